"""The engine's own words in other languages: bring the files of `risk_engine/locale/` up to date with the code.

    python scripts/messages.py            write every .po anew from the code, and every .mo from its .po
    python scripts/messages.py --check    only say what is missing or out of date; exit code 1 if anything is
    python scripts/messages.py --add it   begin a language
    python scripts/messages.py --add it --extent outside     begin with what people outside the office read, and no more

Each domain is a pair of files for one part of the engine, so that a translator can begin with the reports. Messages
keep their order in the code; a changed message is a new one, never a guess from the old one.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from risk_engine.cli.commands import application
from risk_engine.cli.commands import messages as help_of

ROOT = Path(__file__).parents[1]
LOCALE = ROOT / "risk_engine" / "locale"
KEYWORDS = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "NP_": ((1, "c"), 2)}


def page_of_a_set(*names: str) -> list[str]:
    """Return the files of pages about a criteria set: facts and template."""
    return [file for one in names for file in (f"risk_engine/report/set_pages/{one}.py", f"templates/pages/{one}.j2")]


OUTSIDE = "outside"
"""The domain of what people outside the office read. A language that has it alone is offered to them alone."""
DOMAINS = {
    OUTSIDE: [
        *(
            f"templates/web/{one}.j2"
            for one in ("layout", "guest*", "questions", "saved", "problem", "_fields", "_tasks")
        ),
        *(f"templates/pages/{one}.j2" for one in ("letter", "questions", "_ruling")),
        *(f"risk_engine/web/{one}.py" for one in ("pages/guest", "questions", "outbox")),
        *(f"risk_engine/report/pages/{one}.py" for one in ("__init__", "letter", "questions", "ruling")),
        *(
            f"risk_engine/report/{one}.py"
            for one in ("frame", "returned", "typst", "unsettled", "wording", "word/fields", "word/paper")
        ),
        *(f"risk_engine/office/forms/{one}.py" for one in ("answers", "export_form", "form", "xlsx_write")),
        *(f"risk_engine/{one}.py" for one in ("engine/sentences", "model/facts", "files/language")),
    ],
    "report": [
        "templates/*.j2",
        *(f"templates/pages/{one}.j2" for one in ("*report*", "annex", "outlook")),
        "risk_engine/report/*.py",
        "risk_engine/report/word/*.py",
    ],
    "catalogue": [*page_of_a_set("catalogue", "speech", "record_words"), "templates/pages/_records.j2"],
    "exchange": [
        "risk_engine/office/exchange/*.py",
        "risk_engine/loading/exchange_rules.py",
        "risk_engine/report/pages/exchange.py",
        "templates/pages/exchange.j2",
        *(f"risk_engine/cli/{one}.py" for one in ("exchange", "criteria_follow")),
    ],
    "documents": [
        *(
            f"templates/pages/{one}.j2"
            for one in (
                "_documents",
                "_ruling",
                "decision",
                "index",
                "letter",
                "plan",
                "questions",
                "record",
                "*redacted*",
            )
        ),
        "risk_engine/report/pages/*.py",
    ],
    "engine": ["risk_engine/model/*.py", "risk_engine/engine/*.py"],
    "forms": ["risk_engine/office/forms/*.py", "risk_engine/office/partners.py"],
    "interview": ["risk_engine/office/interview/*.py"],
    "command": [
        "risk_engine/*.py",
        *(f"risk_engine/{one}/**/*.py" for one in ("files", "loading", "records", "office/register", "cli")),
        "risk_engine/portfolio/assess.py",
        *(f"risk_engine/audit/{one}*.py" for one in ("", "editor/", "mutants/")),
    ],
    "proofs": ["risk_engine/solver/*.py", "risk_engine/audit/proofs/*.py", *page_of_a_set("proofs")],
    "changes": [
        "risk_engine/audit/diff/*.py",
        "risk_engine/report/set_pages/changed_*.py",
        *page_of_a_set("changes"),
        *(f"risk_engine/report/set_pages/{one}.py" for one in ("meaning", "shown_cases")),
    ],
    "impact": ["risk_engine/audit/impact/*.py", *page_of_a_set("impact")],
    "coverage": [
        "risk_engine/audit/coverage/*.py",
        "risk_engine/audit/lint/*.py",
        *page_of_a_set("coverage", "case_tests"),
        "templates/pages/lint.j2",
    ],
    "tables": ["risk_engine/audit/tables/*.py"],
    "releases": ["risk_engine/audit/releases/*.py", *page_of_a_set("timeline")],
    "outlook": ["risk_engine/outlook/*.py"],
    "web": ["risk_engine/web/**/*.py", "templates/web/*.j2"],
    "comparison": [
        "risk_engine/portfolio/compare.py",
        *page_of_a_set("comparison"),
        "templates/pages/comparisons.j2",
    ],
    "monitor": ["risk_engine/office/monitor/*.py", "templates/pages/monitor.j2"],
    "screening": ["risk_engine/screening/**/*.py", "risk_engine/office/prefill/*.py"],
    "portfolio": ["risk_engine/portfolio/**/*.py", "templates/pages/portfolio.j2"],
    "precedents": [
        "risk_engine/office/precedents/*.py",
        *(f"templates/pages/{one}.j2" for one in ("consistency", "similar")),
    ],
    "awareness": ["risk_engine/awareness/**/*.py", "templates/pages/*awareness*.j2"],
}
"""Which files the words of each domain are in; a file that two of them name is the first one's."""
TEMPLATE_OPTIONS = {
    "trimmed": "true",
    "extensions": "risk_engine.report.sandbox.Sentences",
    "silent": "false",
}
"""How templates are read; one that cannot be is an error, or its messages would be lost without a word."""
_STAMP = datetime(2026, 1, 1, tzinfo=UTC)  # the files are the same whenever they are written


def main() -> None:
    """Write or check the files."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--check", action="store_true")
    asked.add_argument("--add", metavar="LANGUAGE")
    asked.add_argument("--extent", choices=(OUTSIDE, "whole"), default="whole")
    options = asked.parse_args()
    languages = sorted(one.name for one in LOCALE.iterdir() if one.is_dir()) if LOCALE.is_dir() else []
    problems: list[str] = []
    for language in dict.fromkeys((*languages, *([options.add] if options.add else []))):
        # A message that moves to another domain keeps its translation.
        elsewhere = {
            _key(one): one for path in sorted((LOCALE / language).rglob("*.po")) for one in read(path, language)
        }
        for domain in domains_of(language, options.extent if language == options.add else OUTSIDE):
            problems += bring_up_to_date(domain, language, elsewhere, is_check=options.check)
    for one in problems:
        print(one, file=sys.stderr)
    sys.exit(1 if options.check and problems else 0)


def domains_of(language: str, extent: str = OUTSIDE) -> list[str]:
    """Return the domains that a language has: all, unless what people outside the office read is all that it has."""
    has_more = any(one.stem != OUTSIDE for one in (LOCALE / language / "LC_MESSAGES").glob("*.po"))
    return list(DOMAINS) if has_more or extent != OUTSIDE else [OUTSIDE]


def read(po: Path, language: str) -> Catalog:
    """Return the translations in a file, none where there is no such file."""
    return read_po(io.BytesIO(po.read_bytes()), locale=language) if po.is_file() else Catalog(locale=language)


def _key(message: Message) -> tuple[object, str | None]:
    return message.id, message.context


def bring_up_to_date(
    domain: str, language: str, elsewhere: Mapping[tuple[object, str | None], Message], *, is_check: bool
) -> Iterator[str]:
    """Yield what is wrong with the files of a domain in a language; without `is_check` write them first.

    What is not translated in them takes the translation that it has `elsewhere`.
    """
    po = LOCALE / language / "LC_MESSAGES" / f"{domain}.po"
    old = read(po, language)
    new = catalog(domain, language)
    for message in new:
        known = (old.get(message.id, message.context) or elsewhere.get(_key(message))) if message.id else None
        if known is not None:
            message.string, message.user_comments = known.string, known.user_comments
    written, compiled = io.BytesIO(), io.BytesIO()
    write_po(written, new, width=120, no_location=True, omit_header=False)
    write_mo(compiled, new)
    for path, content in ((po, written.getvalue()), (po.with_suffix(".mo"), compiled.getvalue())):
        if path.is_file() and path.read_bytes() == content:
            continue
        if is_check:
            yield f"{path.relative_to(ROOT)} is out of date: make messages"
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    yield from (f"{po.relative_to(ROOT)}: {one}" for message in new if message.id for one in _problems(message))


def _problems(message: Message) -> Iterator[str]:
    said = texts(message.id)
    told = texts(message.string)
    if not all(told):
        yield f"not translated: {said[0]!r}"
        return
    wanted = {one for text in said for one in _names(text)}
    for text in told:
        # What is said of one thing may do without its number; what is said of several may not.
        is_whole = set(_names(text)) == (wanted if len(said) == 1 else set(_names(said[-1])))
        if not (set(_names(text)) <= wanted and (is_whole or text is not told[-1])):
            yield f"other names in braces: {said[0]!r}"
        if text.count("**") != said[0].count("**"):
            yield f"other words stand out: {said[0]!r}"


def texts(said: object) -> tuple[str, ...]:
    """Return the forms of a message or of its translation: one, or one for each number."""
    return tuple(said) if isinstance(said, tuple | list) else (str(said or ""),)


def _names(text: str) -> list[str]:
    in_templates = re.findall(r"%\(\w+\)s", text)
    try:
        return in_templates + [name for _, name, _, _ in Formatter().parse(text) if name]
    except ValueError:  # braces that belong to the text: it is printed without values
        return re.findall(r"\{(\w+)\}", text)


@cache
def files_of(domain: str) -> tuple[Path, ...]:
    """Return the files whose words belong to a domain, and to none before it."""
    names = list(DOMAINS)
    taken = {path for one in names[: names.index(domain)] for path in files_of(one)}
    found = dict.fromkeys(path for pattern in DOMAINS[domain] for path in sorted(ROOT.glob(pattern)))
    return tuple(path for path in found if path not in taken)


def catalog(domain: str, language: str) -> Catalog:
    """Return the messages of a domain as the code has them now, without translations."""
    made = Catalog(
        locale=language,
        domain=domain,
        project="risk-engine",
        version="all",
        copyright_holder="the authors of risk-engine",
        msgid_bugs_address="the project's issues",
        last_translator="the authors of risk-engine",
        language_team="the authors of risk-engine",
        creation_date=_STAMP,
        revision_date=_STAMP,
        fuzzy=False,
        header_comment="# The words of the engine in another language: Apache-2.0, as the engine itself.",
    )
    for path in files_of(domain):
        method = "jinja2.ext:babel_extract" if path.suffix == ".j2" else "python"
        options = TEMPLATE_OPTIONS if path.suffix == ".j2" else None
        for _, found, comments, context in extract_from_file(method, path, KEYWORDS, ("Translators:",), options):
            made.add(found, auto_comments=comments, context=context)
    for context, text in (
        help_of(application()) if domain == "command" else ()
    ):  # it stands unmarked, where typer reads it
        made.add(text, context=context)
    return made


if __name__ == "__main__":
    main()
