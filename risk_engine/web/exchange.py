"""What the office exchanges with others: whose keys it trusts, packages of precedents that leave and that come.

All of it is done by the package (`office/exchange`), which keeps a log in a folder register. Here the lines of that log
and what it keeps are rows, and the folder is there for as long as something is done. What leaves one person asks for
and another lets leave; no confidential case is among it.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Max

from risk_engine.files.diagnostics import RiskEngineError, is_blank, printable
from risk_engine.files.language import _
from risk_engine.files.reading import read_bytes
from risk_engine.files.signing import need_cryptography, private_key
from risk_engine.files.writing import write_bytes
from risk_engine.loading.translation import criteria_in_words
from risk_engine.office.exchange.journal import RECEIVED, SENT, Journal, Pinned, pin, read_journal, unpin
from risk_engine.office.exchange.package import Package, open_package
from risk_engine.office.exchange.receive import Imported, Taken, imported, take
from risk_engine.office.exchange.send import Leaving, leaving, send
from risk_engine.office.register.folder import EXCHANGED
from risk_engine.office.register.log import LOG
from risk_engine.report.blocks import View
from risk_engine.report.pages.exchange import Leaves, exchange_view
from risk_engine.web import cases, log, second_person
from risk_engine.web.as_folder import as_folder
from risk_engine.web.models import Case, ExchangeFile, ExchangeLine, PackageAct, Person
from risk_engine.web.wording import problem_words
from risk_engine.web.words import MailKind, PackageActName

MOST: Final = 8 * 1024 * 1024
"""Bytes of a package that is brought through the browser."""
FEEDS: Final = "feeds"
"""Under this, what a feed holds is kept beside the packages (`feeds`): no function of a folder register reads it."""


@contextmanager
def opened(*, with_cases: bool = False) -> Iterator[Path]:
    """Yield the exchange of the office as a folder register, with the cases that may leave where they are wanted."""
    found = Case.objects.filter(confidential=False) if with_cases else Case.objects.none()
    with as_folder(found) as folder:
        for one in ExchangeFile.objects.exclude(path__startswith=f"{FEEDS}/").order_by("pk").iterator():
            place = folder / EXCHANGED / one.path
            place.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(place, bytes(one.content))
        lines = [bytes(one.content) for one in ExchangeLine.objects.order_by("number")]
        if lines:
            (folder / EXCHANGED).mkdir(exist_ok=True)
            write_bytes(folder / EXCHANGED / LOG, b"".join(lines))
        yield folder


@contextmanager
def changing(*, with_cases: bool = False) -> Iterator[Path]:
    """Yield the same, and keep what comes to it."""
    with transaction.atomic():
        log.alone_in("exchange")
        with opened(with_cases=with_cases) as folder:
            yield folder
            _keep(folder / EXCHANGED)


def _keep(folder: Path) -> None:
    there = ExchangeLine.objects.count()
    path = folder / LOG
    lines = read_bytes(path).splitlines(keepends=True) if path.is_file() else []
    ExchangeLine.objects.bulk_create(
        ExchangeLine(number=number, content=one) for number, one in enumerate(lines[there:], there + 1)
    )
    known = set(ExchangeFile.objects.values_list("path", flat=True))
    for name in (SENT, RECEIVED):
        for one in sorted((folder / name).glob("*")) if (folder / name).is_dir() else ():
            if (kept := f"{name}/{one.name}") not in known:
                ExchangeFile.objects.create(path=kept, content=read_bytes(one))


def journal() -> Journal:
    """Return what was done so far. Raises RiskEngineError where the log does not hold."""
    with opened() as folder:
        return read_journal(folder)


_NAME_OF_FILE: Final = "package.jsonl"
_RULES: Final = re.compile(r"`[^`]*?([^`/]+/exchange\.yaml)`")


def told(error: RiskEngineError, file: str = "") -> str:
    """Return what is wrong in the words of the pages, which have fields and other pages where a command has options.

    `file` is what the package was called that somebody brought; no folder of the server is named.
    """
    text = problem_words(error)
    text = re.sub(rf"\S*/{re.escape(_NAME_OF_FILE)}", lambda _: printable(file)[:100] or _the_package(), text)
    text = _RULES.sub(r"`\1`", text)
    trusting, own = _("Trust a key, or trust one no more"), _("How this office calls itself")
    return text.replace("`risk-engine exchange keys add`", f"“{trusting}”").replace("--office NAME", f"“{own}”")


def _the_package() -> str:
    return _("the package")


def own_name() -> str:
    """Return how the office called itself last; nothing where nothing left yet."""
    last = PackageAct.objects.order_by("-pk").first()
    return last.office if last else ""


# --- whose keys are trusted ---


def trust(office: str, pem: bytes, by: Person, reason: str) -> Pinned:
    """Trust a public key for an office from now on. Raises as `pin` does."""
    need_cryptography()
    with changing() as folder:
        made = pin(folder, office, pem, _("the file"), by=by.name, why=reason)
        log.note("key_pinned", by, None, office=made.office, key=made.key)
        return made


def distrust(office: str, by: Person, reason: str) -> None:
    """Trust the key of an office no more; what came from it counts no more either. Raises as `unpin` does."""
    with changing() as folder:
        gone = unpin(folder, office, by=by.name, why=reason)
        log.note("key_removed", by, None, office=gone.office, key=gone.key)


# --- what leaves ---


def would_leave(office: str, of_set: str) -> Leaving:
    """Return what would leave now. Raises as `leaving` does."""
    with opened(with_cases=True) as folder:
        return leaving(folder, office, reference=of_set)


def preview(found: Leaving) -> View:
    """Return the page of what would leave, made of the bytes themselves."""
    import orjson

    told = Leaves(
        office=found.head.office,
        number=found.head.number,
        lines=[orjson.loads(one) for one in found.content.splitlines()[1:]],
        k=found.head.k,
        asked=found.k,
        pool=found.pool.cases,
        few=found.made.few,
        held=found.made.held,
        waits=found.waits,
        other_rules=found.other_rules,
        first=found.content.partition(b"\n")[0].decode(),
        digest=digest_of(found),
        size=len(found.content),
        on=cases.today(),
    )
    return exchange_view(told, found.rules.rules, criteria_in_words(found.criteria))


def digest_of(found: Leaving) -> str:
    """Return what stands for every byte that would leave but the signature."""
    return hashlib.sha256(found.content).hexdigest()


@transaction.atomic
def ask(office: str, of_set: str, to: str, digest: str, by: Person, reason: str) -> PackageAct:
    """Ask that what was shown leaves; somebody else lets it.

    Raises RiskEngineError without a reason, and where something else would leave by now.
    """
    log.alone_in("package acts")
    if is_blank(reason):
        raise RiskEngineError(_("Say why it is to leave, and to whom it goes."))
    if digest_of(would_leave(office, of_set)) != digest:
        raise RiskEngineError(_("Something else would leave by now: look at it again."))
    number = (PackageAct.objects.aggregate(Max("proposal"))["proposal__max"] or 0) + 1
    said = {"office": office, "of_set": of_set, "to": to[:300], "digest": digest, "reason": reason.strip()}
    made = PackageAct.objects.create(proposal=number, name=PackageActName.ASK, person=by, **said)
    log.note("package_asked", by, None, package=number, set=of_set, digest=digest)
    second_person.tell(MailKind.PACKAGE, second_person.package_path(number), by)
    return made


def _second(asked: PackageAct, name: PackageActName, by: Person, reason: str) -> PackageAct:
    said = {one: getattr(asked, one) for one in ("office", "of_set", "to", "digest")}
    try:
        with transaction.atomic():
            return PackageAct.objects.create(proposal=asked.proposal, name=name, person=by, reason=reason, **said)
    except IntegrityError as error:
        message = _("Who asked for a package does not let it leave, and nobody does twice.")
        raise RiskEngineError(message) from error


def let_leave(asked: PackageAct, pem: bytes, passphrase: str, by: Person) -> None:
    """Sign what somebody else asked for and keep it for both to get; the key is kept nowhere.

    Raises RiskEngineError where something else would leave by now, or the key is none.
    """
    need_cryptography()
    key = private_key(pem, passphrase, _("the file"))
    with changing(with_cases=True) as folder:
        found = leaving(folder, asked.office, reference=asked.of_set)
        if digest_of(found) != asked.digest:
            raise RiskEngineError(_("Something else would leave by now: refuse it, and ask anew."))
        _second(asked, PackageActName.LEAVE, by, "")
        who = f"{asked.person.name}; {by.name}"
        send(folder, found.head, found.content, folder / "leaves.jsonl", key, found.pool, to=asked.to, by=who)
        log.note("package_left", by, None, package=asked.proposal, set=asked.of_set, digest=asked.digest)


def what_left(asked: PackageAct) -> bytes:
    """Return the signed package that left by two people. Raises RiskEngineError where the log does not hold."""
    line = next(one for one in journal().of("sent", about=asked.of_set) if one.content == asked.digest)
    return bytes(ExchangeFile.objects.get(path=line.file).content)


@transaction.atomic
def refuse(asked: PackageAct, by: Person, reason: str) -> None:
    """Refuse that something leaves; who asked may take it back so. Raises RiskEngineError without a reason."""
    if is_blank(reason):
        raise RiskEngineError(_("Say why."))
    _second(asked, PackageActName.REFUSE, by, reason.strip())
    log.note("package_refused", by, None, package=asked.proposal, set=asked.of_set)


# --- what comes ---


def looked_into(raw: bytes) -> Package:
    """Return what a file holds once its signature holds by a pinned key. Raises as `open_package` does."""
    need_cryptography()
    with opened() as folder:
        return open_package(_put(folder, raw), read_journal(folder))


def bring(raw: bytes, by: Person) -> Taken:
    """Take a package in, whole or not at all. Raises as `take` does."""
    need_cryptography()
    with changing() as folder:
        taken = take(folder, _put(folder, raw), by=by.name)
        head = taken.package.head
        log.note("package_came", by, None, office=head.office, set=head.set, number=head.number, came=taken.came)
        return taken


def _put(folder: Path, raw: bytes) -> Path:
    if len(raw) > MOST:
        message = _("a package has at most {size} MiB here", size=MOST // 1024 // 1024)
        raise RiskEngineError(message, _("`risk-engine exchange import` takes a larger one"))
    path = folder / _NAME_OF_FILE
    write_bytes(path, raw)
    return path


def of_others(of_set: str) -> Imported:
    """Return the precedents of other offices under a set, each package checked again."""
    last = ExchangeLine.objects.order_by("-number").first()
    return _of_others(bytes(last.content), of_set) if last else Imported((), ())


@lru_cache(maxsize=8)
def _of_others(_last: bytes, of_set: str) -> Imported:
    with opened() as folder:
        return imported(folder, of_set)
