"""The columns of a table of many cases: what each states, and what is the same in every case; said and confirmed."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, get_args

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.files.language import _
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, BooleanFact, ChoiceFact, ChoicesFact, DateFact, RowFact, TextFact
from risk_engine.model.mapping import DateForm
from risk_engine.web import cases, many
from risk_engine.web.many import Shown
from risk_engine.web.models import BroughtTable, Person
from risk_engine.web.pages import shown
from risk_engine.web.pages.many import facts_of, table_of, take_profile
from risk_engine.web.security import person_of

MOST_VALUES: Final = 10
"""Of so many values of a column that are no answer somebody can say here what they mean."""
_ENTRIES: Final = 3
"""So many entries of a list are offered for a column of one."""
_DAY: Final = "assessment_date"


@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, key: str) -> HttpResponse:
    """Show what each column of a table may state, with the reason; keep what somebody says and confirms of it."""
    of = table_of(request, key)
    if not many.is_mapped(of):
        return HttpResponseRedirect(of.address)
    wrong: list[str] = []
    said, same, asked = None, many.constants(of), [request.GET.get("same", "")]
    rules = cases.rules_named(of.criteria)
    if request.method == "POST":
        said = _said(request, many.headers(of))
        same, asked = _same(request)
        wrong = take_profile(request, of) + (_undivided(rules, said) or _kept(of, said, same, person_of(request)))
        if not wrong and (asked or request.POST.get("do") != "assess"):
            again = f"?{urlencode({'same': asked[0]})}#same" if asked else ""
            return HttpResponseRedirect(f"{of.address}/columns{again}")
        wrong = wrong or _why_not_yet(said) or _begun(of, person_of(request))
        if not wrong:
            return HttpResponseRedirect(of.address)
    found = many.shown(of)
    if wrong and said is not None:
        found = [_as_sent(one, said.get(one.header)) for one in found]
    targets = _targets(rules, [one.to for one in found])
    facts = {
        **facts_of(request, of),
        "columns": found,
        "targets": targets,
        "abouts": defaultdict(str, {path: about for about, those in targets for path, _words in those}),
        "answers": {one.header: _yes_or_no() if one.option else _answers(rules, one.to) for one in found},
        "options": {one.header: _options(rules, one.to) for one in found},
        "values": {one.header: _values(one) for one in found},
        "more": {one.header: len(one.unread[MOST_VALUES:]) for one in found},
        "days": {one.header for one in found if (one.unread or one.dates) and _is_day(rules, one.to)},
        "forms": get_args(DateForm),
        "same": _same_shown(rules, same, asked),
        "wrong": wrong,
    }
    return shown(request, "many_columns.j2", facts, status=422 if wrong else 200)


def _kept(of: BroughtTable, said: dict[str, dict[str, Any]], same: Mapping[str, str], by: Person) -> list[str]:
    """Keep what somebody says of the columns; return what is wrong in it."""
    try:
        many.save(of, said, by, same)
    except InvalidSourceError as error:
        return [". ".join(filter(None, (one.message, one.help))) for one in error.diagnostics]
    except RiskEngineError as error:
        return [many.told(error, of)]
    return []


def _begun(of: BroughtTable, by: Person) -> list[str]:
    """Have a table assessed; return why that cannot be begun."""
    try:
        many.ask(of, by)
    except RiskEngineError as error:
        return [many.told(error, of)]
    return []


def _undivided(rules: Criteria, said: dict[str, dict[str, Any]]) -> list[str]:
    """Return of which questions of several choices there are several columns, not each with an option of its own."""
    several = defaultdict[str, list[str]](list)
    for one in said.values():
        if _options(rules, one["to"]):
            several[one["to"]].append(one.get("option", ""))
    return [
        _(
            "Several columns state “{question}”: choose under each another answer of which its cells say yes or no.",
            question=rules.title_of(to),
        )
        for to, options in several.items()
        if len(options) > 1 and ("" in options or len(set(options)) < len(options))
    ]


def _why_not_yet(said: dict[str, dict[str, Any]]) -> list[str]:
    """Return what is missing before a table can be assessed."""
    ids = [header for header, one in said.items() if one["to"] == "case"]
    if any(said[one]["confirmed"] for one in ids):
        return []
    name = _("Its number or id")
    if ids:
        return [_("Confirm the column “{header}”: it tells one case from another.", header=ids[0])]
    return [_("Choose “{name}” for the column that tells one case from another, and confirm it.", name=name)]


def _said(request: HttpRequest, headers: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return what a form says of the columns, as a mapping file says it."""
    sent, found = request.POST, dict[str, dict[str, Any]]()
    for number, header in enumerate(headers):
        to = sent.get(f"to.{number}", "")
        if not to:
            continue
        column: dict[str, Any] = {"to": to, "confirmed": f"ok.{number}" in sent}
        if "*" in to:
            column["split"] = sent.get(f"split.{number}", "").strip(" ") or ";"
        option = sent.get(f"option.{number}", "")
        if option and to == sent.get(f"was.{number}"):
            column["option"] = option
        pairs = zip(sent.getlist(f"says.{number}"), sent.getlist(f"means.{number}"), strict=False)
        read_as = (sent.get(f"was.{number}"), sent.get(f"was.option.{number}", ""))
        if read_as == (to, option):  # else they answer another question
            column["values"] = {says: means for says, means in pairs if means}
            if form := sent.get(f"dates.{number}"):
                column["dates"] = form
        found[header] = column
    return found


def _as_sent(one: Shown, said: dict[str, Any] | None) -> Shown:
    """Return a column as somebody said it, who is told what is wrong with that."""
    if said is None:
        return Shown(one.header, one.says)
    option, meant = said.get("option", ""), said.get("values", {})
    sent = replace(one, to=said["to"], split=said.get("split"), option=option, confirmed=said["confirmed"], meant=meant)
    sent = replace(sent, dates=said.get("dates"))
    if (one.to, one.option) == (sent.to, option):
        unread = (*one.meant, *one.unread)
        return replace(sent, unread=tuple(dict.fromkeys(says for says in unread if says not in meant)))
    return replace(sent, reason="", unread=())  # what was found was of another question


# --- the same in every case ---


def _same(request: HttpRequest) -> tuple[dict[str, str], list[str]]:
    """Return what a form says is the same in every case, and what it asks about without an answer yet."""
    sent, found, asked = request.POST, dict[str, str](), list[str]()
    for number in range(sum(one.startswith("same.to.") for one in sent)):
        to, said = sent.get(f"same.to.{number}", ""), sent.getlist(f"same.says.{number}")
        is_answered = to == sent.get(f"same.was.{number}") and any(said)  # else it answers another question
        if to and is_answered:
            found[to] = "; ".join(filter(None, said))
        elif to:
            asked.append(to)
    return found, asked


def _same_shown(rules: Criteria, same: dict[str, str], asked: Sequence[str]) -> list[dict[str, Any]]:
    """Return what is the same in every case, what is asked about, and a line for one more."""
    targets = [one for one in _targets(rules, [*same, *asked])[1:-1] if "*" not in one[1][0][0]]
    known = {path for _about, those in targets for path, _words in those}
    lines = [*same.items(), *((one, "") for one in asked if one in known and one not in same), ("", "")]
    return [
        {
            "to": to,
            "said": said,
            "chosen": said.split("; "),
            "targets": targets,
            "answers": _answers(rules, to),
            "several": isinstance(_fact(rules, to), ChoicesFact),
        }
        for to, said in lines
    ]


# --- what there is to choose ---


Group = tuple[str, list[tuple[str, str]]]


def _targets(rules: Criteria, used_before: Sequence[str]) -> list[Group]:
    """Return what a column can state, by what it is about."""
    groups: list[Group] = [
        (
            _("The case"),
            [("case", _("Its number or id")), ("title", _("Its title")), ("assessment_date", _("Its day"))],
        )
    ]
    for name, entity in rules.entities.items():
        facts = [
            (short, rules.title_of(f"{name}.{short}"))
            for short, fact in entity.facts.items()
            if fact.deprecated is None
            and (isinstance(fact, RowFact | TextFact) or getattr(fact, "from_", None) is None)
        ]
        if entity.many is None:
            groups.append((entity.title, [(f"{name}.{short}", title) for short, title in facts]))
            continue
        used = {int(number) for one in used_before for number in re.findall(rf"^{name}\.(\d+)\.", one)}
        for number in sorted({*range(1, min(entity.many, _ENTRIES) + 1), *used}):
            about = _("{entity}: number {number}", entity=entity.title, number=number)
            groups.append((about, [(f"{name}.{number}.{short}", title) for short, title in facts]))
        about = _("{entity}: several in one cell", entity=entity.title)
        groups.append((about, [(f"{name}.*.{short}", title) for short, title in facts]))
        groups.append((_("{entity}: all of the list", entity=entity.title), [(name, _("none, unknown, or a list"))]))
    groups.append((_("Controls"), [(f"controls.{one}", f"{one} {it.title}") for one, it in rules.controls.items()]))
    return groups


def _values(one: Shown) -> list[tuple[str, str]]:
    """Return what cells say that is no answer as it stands, each with what it means, if anybody said so."""
    return [*one.meant.items(), *((says, "") for says in one.unread[:MOST_VALUES])]


def _fact(rules: Criteria, to: str) -> AnyFact | None:
    """Return the question that something answers, None for what is none."""
    entity, _dot, rest = to.partition(".")
    return rules.entities[entity].facts.get(rest.rpartition(".")[2]) if entity in rules.entities else None


def _is_day(rules: Criteria, to: str) -> bool:
    return to == _DAY or isinstance(_fact(rules, to), DateFact)


def _options(rules: Criteria, to: str) -> list[tuple[str, str]]:
    """Return the answers of a question of several choices, of which each may have a column; of others nothing."""
    return _answers(rules, to) if "*" not in to and isinstance(_fact(rules, to), ChoicesFact) else []


def _yes_or_no() -> list[tuple[str, str]]:
    return [("yes", _("yes")), ("no", _("no"))]


def _answers(rules: Criteria, to: str) -> list[tuple[str, str]]:
    """Return the answers that there are to what a column states, as far as they can be listed."""
    match _fact(rules, to):
        case BooleanFact():
            return _yes_or_no()
        case ChoiceFact() | ChoicesFact() as fact:
            return [(one, rules.shown(fact, one if isinstance(fact, ChoiceFact) else (one,))) for one in fact.options]
        case RowFact() as fact:
            return sorted(((key, row.name) for key, row in rules.tables[fact.of].rows.items()), key=lambda one: one[1])
        case _:
            return []
