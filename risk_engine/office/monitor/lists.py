"""What lists say now of the organisations that cases and files on partners name, and what they said at the last look.

An entry that nobody confirmed or ruled out is told as long as it stands there; one that went is told against the last
look. A list that is not kept any more says nothing: nobody went from it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from risk_engine.engine.work import tupled
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.interrupts import end_if_interrupted
from risk_engine.files.language import _, ngettext
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.on_file import files_in, read_on_file
from risk_engine.loading.releases import choose
from risk_engine.office.monitor.anew import Trial, filed_at, kept_criteria, tried
from risk_engine.office.monitor.cases import CaseSeen, facts_of, screened_facts
from risk_engine.office.monitor.changes import CaseState, Change, Gravity, Part, Touch
from risk_engine.office.monitor.state import AskedKept, HitKept, ListKept, State
from risk_engine.office.prefill.proposals import proposals
from risk_engine.office.prefill.subjects import Subject
from risk_engine.office.register.record import read_filed_assessment, words_of
from risk_engine.screening.asked import Asked
from risk_engine.screening.asked_in import of_entry
from risk_engine.screening.decisions import About, Decision, Decisions, entry_digest, is_open, path_beside
from risk_engine.screening.entry import ListHead
from risk_engine.screening.hit_words import lines
from risk_engine.screening.hits import Hit
from risk_engine.screening.screen import Screened, Screening
from risk_engine.screening.store import Store, sqlite_problems

_EVERY = 50


@dataclass(frozen=True)
class Found:
    """What lists say, and what is kept of it for the next look."""

    changes: tuple[Change, ...]
    part: Part
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    lists: Mapping[str, ListKept] = field(default_factory=dict)
    asked: Mapping[str, AskedKept] = field(default_factory=dict)


@dataclass(frozen=True)
class _Who:
    """Where an organisation is named: a case with its entry, or a file on a partner."""

    name: str
    title: str
    state: CaseState
    entry: str = ""
    case: CaseSeen | None = None


@dataclass
class _Asking:
    """The organisations that are looked up, each once, with all who name it."""

    asked: dict[str, Asked] = field(default_factory=dict)
    by: dict[str, list[_Who]] = field(default_factory=lambda: defaultdict(list))

    def add(self, asked: Asked, who: _Who) -> None:
        """Take in an organisation."""
        self.asked.setdefault(asked.digest, asked)
        self.by[asked.digest].append(who)


def listed(  # noqa: PLR0913 (what is looked at, and what was)
    cases: Sequence[CaseSeen],
    store: Path | None,
    partners: Path | None,
    before: State | None,
    today: date,
    *,
    jobs: int | None,
    is_whole: bool,
    given: Mapping[str, str],
    decided: About | None = None,
) -> Found:
    """Return what lists say of whom cases and files name; `is_whole` says that every case could be read.

    `decided` says what people decided about hits; without it, what lies beside the lists does.
    """
    kept = Found((), Part("lists", _("no file of lists was named (`--lists`)"), "not_asked"))
    if before is not None:
        kept = replace(kept, lists=before.lists, asked=before.asked)
    if store is None:
        return kept
    asking = _Asking()
    for case in (one for one in cases if one.state != "closed"):
        for one in case.named:
            asked = one.asked(f"{case.case_id}, {one.entry}")
            asking.add(asked, _Who(case.case_id, case.title, case.state, one.entry, case))
    problems = list(_on_file(partners, today, asking))
    try:
        with ExitStack() as stack:
            opened = stack.enter_context(Store.open(store))
            stack.enter_context(sqlite_problems(store))
            screening = Screening(opened, today, lambda _list, _done: end_if_interrupted())
            _check_lists(screening, store)
            if decided is None:
                decided = stack.enter_context(Decisions.open(path_beside(store), make=False)).about
            return _Look(screening, decided, asking, before, today, jobs, is_whole=is_whole, given=given).found(
                problems
            )
    except RiskEngineError as error:
        text = _("the lists in {path} could not be looked at", path=store)
        return replace(kept, part=Part("lists", text, "failed"), problems=(*problems, f"{error}"))


def _check_lists(screening: Screening, store: Path) -> None:
    """Raise RiskEngineError where there is no list: a registry alone says nothing about listing."""
    if not screening.lists:
        message = _("there is no list in {path} on {day} to look anybody up on", path=store, day=screening.on)
        raise RiskEngineError(message, _("`risk-engine lists add FILE --as ID` takes one in"))


def _on_file(partners: Path | None, today: date, asking: _Asking) -> Iterator[str]:
    """Take in whom the files of a folder are about; yield what is wrong with any."""
    if partners is None or not partners.is_dir():
        return
    rules = read_criteria(choose(None, today).version.path)
    for path in files_in(partners):
        try:
            found = read_on_file(path, rules)
        except RiskEngineError as error:
            yield f"{error}"
            continue
        about = found.stated.about
        if about in rules.head.roles.label:
            asked = of_entry(rules, screened_facts(rules), about, found.answers, path.as_posix())
            if asked is not None:
                asking.add(asked, _Who(path.as_posix(), asked.name, "on_file"))


class _Look:
    def __init__(  # noqa: PLR0913 (what is looked at, and with what)
        self,
        screening: Screening,
        decided: About,
        asking: _Asking,
        before: State | None,
        today: date,
        jobs: int | None,
        *,
        is_whole: bool,
        given: Mapping[str, str],
    ) -> None:
        self.screening = screening
        self.decided = decided
        self.asking = asking
        self.before = before
        self.today = today
        self.jobs = jobs
        self.is_whole = is_whole
        self.given = given
        self.heads = {one.head.id: one.head for one in screening.lists}

    def found(self, problems: Sequence[str]) -> Found:
        """Return what the lists say."""
        open_hits: list[tuple[str, Screened, Hit, Decision | None]] = []
        now: dict[str, AskedKept] = {}
        for number, (key, asked) in enumerate(self.asking.asked.items()):
            if number % _EVERY == 0:
                end_if_interrupted()
            screened = self.screening.screen(asked)
            hits = {}
            for hit in screened.hits:
                decision = self.decided(asked, hit)
                if hit.is_told_apart:
                    continue
                if is_open(decision):
                    open_hits.append((key, screened, hit, decision))
                elif decision is not None and decision.verdict == "ruled_out":
                    continue
                hits[hit.id] = HitKept(name=hit.entry.name, digest=entry_digest(hit.entry))
            now[key] = AskedKept(name=asked.name, hits=hits)
        changes = (*self._listed(open_hits), *self._unlisted(now), *self._lists_gone())
        lists = {key: _kept(one) for key, one in self.heads.items()}
        was_lists = self.before.lists if self.before else {}
        stale = [one.id for one in self.heads.values() if one.is_stale(self.today)]
        warnings = [_("`{id}` is old: `risk-engine lists update {id}` reads it anew", id=one) for one in stale]
        part = Part("lists", self._said(), "failed" if problems else "looked")
        return Found(changes, part, tuple(problems), tuple(warnings), {**was_lists, **lists}, self._kept(now))

    def _said(self) -> str:
        told = [
            _("{list} ({dated}, read on {read})", list=one.title, dated=_dated(one), read=one.read_on)
            for one in self.heads.values()
        ]
        number = len(self.asking.asked)
        looked = ngettext(
            "{number} organisation looked up on {lists}",
            "{number} organisations looked up on {lists}",
            number,
            lists="; ".join(told),
        )
        registries = [one.head.title for one in self.screening.registries]
        return f"{looked}; {', '.join(registries)}" if registries else looked

    def _kept(self, now: Mapping[str, AskedKept]) -> dict[str, AskedKept]:
        """Return what is kept: what lists that are gone said stays, and of cases that could not be read all."""
        kept = dict(self.before.asked) if self.before and not self.is_whole else {}
        for key, one in now.items():
            was = self.before.asked.get(key) if self.before else None
            lost = (
                {hit: each for hit, each in was.hits.items() if hit.partition("/")[0] not in self.heads} if was else {}
            )
            kept[key] = AskedKept(name=one.name, hits={**lost, **one.hits})
        return kept

    def _listed(self, found: Sequence[tuple[str, Screened, Hit, Decision | None]]) -> Iterator[Change]:
        """Yield the entries that nobody decided about, with what each case would come to if somebody confirms them."""
        trials: list[Trial] = []
        places: dict[tuple[str, str, str], int] = {}
        for key, screened, hit, _decision in found:
            for who in self.asking.by[key]:
                if who.case is not None and (trial := self._trial(who, screened, hit)) is not None:
                    places[key, hit.id, f"{who.name} {who.entry}"] = len(trials)
                    trials.append(trial)
        differences = list(tried(trials, self.jobs))
        for key, screened, hit, decision in found:
            touches = []
            for who in self.asking.by[key]:
                facts: dict[str, Any] = {"entry": who.entry}
                gravity, told = Gravity.TO_LOOK_AT, _where(who)
                place = places.get((key, hit.id, f"{who.name} {who.entry}"))
                if place is not None and differences[place].same:
                    told = (*told, _("if somebody confirms it, the case comes out as it did"))
                elif place is not None:
                    one = differences[place]
                    facts |= dict(one.facts)
                    worse = one.gravity in {Gravity.STRICTER, Gravity.MAY_BE_STRICTER}
                    gravity = Gravity.MAY_BE_STRICTER if worse else Gravity.TO_LOOK_AT
                    told = (*told, _("if somebody confirms it:"), *(f"  {line}" for line in one.lines))
                touches.append(Touch(who.name, who.title, who.state, gravity, facts, told))
            about = {
                "asked": key,
                "name": screened.asked.name,
                "hit": hit.id,
                "entry": hit.entry.name,
                "digest": entry_digest(hit.entry),
                "list": hit.head.title,
                "strength": hit.strength,
                "relation": hit.kind,
            }
            said = tuple(line.strip() for line in lines(hit, decision, self.today))
            yield replace(Change("listed", about).touching(touches), lines=said)

    def _trial(self, who: _Who, screened: Screened, hit: Hit) -> Trial | None:
        """Return the case with what a hit would answer if it were confirmed; None where it answers nothing anew."""
        assert who.case is not None  # noqa: S101 (asked of cases)
        place = who.case.assessment
        assert place is not None  # noqa: S101 (it names an organisation, so it was assessed)
        old = read_filed_assessment(filed_at(place))
        criteria = words_of(old, place)
        entity, _dot, entry_id = who.entry.partition(".")
        facts = facts_of(criteria, self.given).get(entity)
        if facts is None:
            return None
        data = tupled(old.case)
        entry: dict[str, Any] = next((one for one in data[entity] if one.get("id") == entry_id), {})
        subject = Subject(screened.asked, entity, "", entry, criteria, facts)
        alone = replace(screened, hits=(hit,), registered=())
        sure = Decision(hit.id, "confirmed", "", "", self.today, (), {}, {})
        found = proposals(subject, alone, tuple(self.heads.values()), lambda _asked, _hit: sure)
        answers = {
            one.path: one.answer for one in found if one.state in {"proposed", "differs"} and one.answer is not None
        }
        if not answers:
            return None
        entries = tuple({**one, **answers} if one.get("id") == entry_id else one for one in data[entity])
        return Trial(place, kept_criteria(place, criteria), who.case.on or self.today, {**data, entity: entries})

    def _unlisted(self, now: Mapping[str, AskedKept]) -> Iterator[Change]:
        """Yield the entries that went since the last look, and those that had gone before and nobody acknowledged."""
        if self.before is None:
            return
        for key, was in self.before.asked.items():
            for hit, one in was.hits.items():
                list_id = hit.partition("/")[0]
                if key in now and hit not in now[key].hits and list_id in self.heads:
                    about = {
                        "asked": key,
                        "name": was.name or self.asking.asked[key].name,
                        "hit": hit,
                        "entry": one.name,
                        "digest": one.digest,
                        "list": self.heads[list_id].title,
                    }
                    if not self._is_ruled_out(key, hit):
                        yield self._gone(about, key)
        for kept in self.before.found:
            if kept.kind == "unlisted" and kept.about["asked"] in now:
                key, hit = kept.about["asked"], kept.about["hit"]
                if hit not in now[key].hits and hit.partition("/")[0] in self.heads:
                    yield self._gone(kept.about, key)

    def _is_ruled_out(self, key: str, hit: str) -> bool:
        """Return whether an entry is there still and a person ruled it out since."""
        asked = self.asking.asked[key]
        return any(one.id == hit for one in self.screening.screen(asked).hits)

    def _gone(self, about: Mapping[str, Any], key: str) -> Change:
        touches = [
            Touch(
                who.name,
                who.title,
                who.state,
                Gravity.TO_LOOK_AT,
                {"entry": who.entry},
                _where(who),
            )
            for who in self.asking.by[key]
        ]
        return Change("unlisted", about, is_event=True).touching(touches)

    def _lists_gone(self) -> Iterator[Change]:
        """Yield the lists that were looked at before and are not kept any more, with the cases that had a hit there."""
        if self.before is None:
            return
        had = {key: one.hits for key, one in self.before.asked.items()}
        for list_id, was in self.before.lists.items():
            if list_id in self.heads:
                continue
            touches = [
                Touch(
                    who.name,
                    who.title,
                    who.state,
                    Gravity.TO_LOOK_AT,
                    {"entry": who.entry},
                    _where(who),
                )
                for key, several in self.asking.by.items()
                for who in several
                if any(hit.partition("/")[0] == list_id for hit in had.get(key, ()))
            ]
            change = Change("list_gone", {"list": was.title, "list_id": list_id}, least=Gravity.TO_LOOK_AT)
            yield change.touching(touches)


def _where(who: _Who) -> tuple[str, ...]:
    return (_("named in the case as {entry}", entry=who.entry),) if who.entry else ()


def _kept(head: ListHead) -> ListKept:
    return ListKept(title=head.title, dated=head.source_date, read_on=head.read_on)


def _dated(head: ListHead) -> str:
    return _("dated {day}", day=head.source_date) if head.source_date else _("without a date of its own")
