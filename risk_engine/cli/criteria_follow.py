"""`risk-engine criteria publish | follow`: versions that offices give each other, looked at before they are adopted."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, get_args

import typer

from risk_engine.cli.options import Jobs, Pages
from risk_engine.cli.output import FORM, Exit, form_of, note, progress, put_document, say, warn, wrote
from risk_engine.cli.verify import TrustedKeys, signing_key, trusted_keys
from risk_engine.files.diagnostics import RiskEngineError, printable
from risk_engine.files.language import _, ngettext
from risk_engine.files.reading import check_file
from risk_engine.files.writing import make_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from risk_engine.model.comparison import ImpactReport
    from risk_engine.office.exchange.adopt import Said
    from risk_engine.office.exchange.feed import Feed, Published
    from risk_engine.office.exchange.journal import Journal

PUBLISH_EXAMPLES = (
    """Example: risk-engine criteria publish our-criteria@1.0.0 --to feed --office 'Office A' --key office.pem"""
)
FOLLOW_EXAMPLES = """Examples: risk-engine criteria follow feed --register register ·
risk-engine criteria follow feed --register register --release our-criteria@1.0.0 -o impact.html ·
risk-engine criteria follow feed --register register --adopt our-criteria@1.0.0 --into sets --by 'B. Ode'
--reason 'stricter where we were too mild' ·
risk-engine criteria follow feed --register register --refuse our-criteria@1.0.0 --by 'B. Ode'
--reason 'no law here asks it'"""
_VERSION = "SET@VERSION"

FollowFormat: TypeAlias = Literal["text", "html", "md"]
"""The forms of what a version of another office would do."""


def publish(
    references: Annotated[list[str], typer.Argument(help="Released versions, each `SET@VERSION`.", metavar=_VERSION)],
    to: Annotated[Path, typer.Option("--to", metavar="FOLDER", help="The folder of the feed; a new one begins it.")],
    office: Annotated[str, typer.Option("--office", metavar="NAME", help="The name of the own office.")],
    key: Annotated[Path, typer.Option("--key", "--sign", metavar="KEY", help="The private key of the office.")],
) -> None:
    """Publish released versions as a feed that other offices follow: their files, and an index that is signed.

    The folder can be put on any drive or web server. The index names each release with its digest, its day, whether it
    was withdrawn and who signed it; it never forgets one, and its number rises. What is there stays; a version that was
    withdrawn since is published again to say so.
    """
    from risk_engine.office.exchange.feed import check_releases, published
    from risk_engine.office.exchange.feed import publish as write
    from risk_engine.office.exchange.send import check_office

    check_office(office)
    if to.exists() and not to.is_dir():
        raise RiskEngineError(_("{folder}: this is no folder", folder=to), _("name another folder"))
    check_file(key)
    check_releases(references)  # before anybody is asked for a passphrase
    feed, files = published(references, to, office, signing_key(key))
    if files:
        make_folder(to)
        write(files)
    typer.echo(
        ngettext(
            "index {index} of {office}: {number} release",
            "index {index} of {office}: {number} releases",
            len(feed.releases),
            index=feed.number,
            office=office,
        )
    )
    for file in files:
        wrote(file)


def follow(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    feed: Annotated[str, typer.Argument(help="The folder of a feed, or its address (https).", metavar="FEED")],
    register: Annotated[
        Path | None,
        typer.Option("--register", metavar="FOLDER", help="The register: whose keys count, what was seen, its cases."),
    ] = None,
    keys: TrustedKeys = None,
    release: Annotated[
        str | None,
        typer.Option("--release", metavar=_VERSION, help="The version to look at; without it the newest undecided."),
    ] = None,
    cases: Annotated[
        list[Path] | None,
        typer.Option("--cases", metavar="CASE...", help="Cases, assessments, or folders of them, beside the register."),
    ] = None,
    adopt: Annotated[
        str | None, typer.Option("--adopt", metavar=_VERSION, help="Take this version into the office's own sets.")
    ] = None,
    refuse: Annotated[
        str | None, typer.Option("--refuse", metavar=_VERSION, help="Remember that this version is not adopted.")
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option("--into", metavar="FOLDER", help="With --adopt: the folder of sets; else the one set up."),
    ] = None,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="With --adopt and --refuse: who decides it.")] = "",
    why: Annotated[str, typer.Option("--reason", metavar="TEXT", help="With --adopt and --refuse: why.")] = "",
    asked: Annotated[FollowFormat | None, FORM] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write what it would do to the cases there.")
    ] = None,
    jobs: Jobs = None,
    templates: Pages = None,
) -> None:
    """Look at criteria that another office publishes: what a new version would have decided on the own cases.

    Nothing is adopted by looking. The index counts only with the key that is pinned for its office (`exchange keys
    add`), or without a register with a key that is named. What it said is remembered in the register: an older index,
    another one of the same number, a release with another digest or one that is gone is refused. `--adopt` and
    `--refuse` decide, and who, when and why is remembered; what was decided is not shown as new again.

    Exit code 1: the feed or a file of it was refused; 2: no key is pinned, or something cannot be read.
    """
    from risk_engine.office.exchange.sealed import RefusedError

    form = form_of(output, get_args(FollowFormat), asked, templates=templates)
    for one in (path for path in cases or () if not path.is_dir()):
        check_file(one)
    if into is not None and not adopt:
        raise RiskEngineError(_("--into {folder} stands beside --adopt", folder=into), _("leave it out"))
    if adopt and refuse:
        raise RiskEngineError(_("--adopt and --refuse do not go together"), _("decide on one version at a time"))
    if (adopt or refuse) and register is None:
        raise RiskEngineError(_("a decision is remembered in a register"), _("name it: --register FOLDER"))
    try:
        found, journal = _opened(feed, register, keys or [])
        if adopt or refuse:
            assert register is not None  # noqa: S101 (it was asked for above)
            _decide(found, register, adopt, refuse, _said(by, why), into)
            return
        _show(found, journal)
        chosen = _chosen(found, journal, release)
        if chosen is None:
            return
        report = _impact(found, chosen, register, cases or [], jobs)
    except RefusedError as error:
        warn(f"{error}")
        raise typer.Exit(Exit.FAILED) from None
    if report is None:
        return
    from risk_engine.report.set_pages.impact import MOST, impact_view

    for text in dict.fromkeys((*report.notes, *(one.told for one in report.problems))):
        warn(text)
    most = MOST if form == "text" and output is None else None
    put_document(impact_view(report, with_pictures=form == "html", most=most), form, output)
    if report.problems:
        raise typer.Exit(Exit.INVALID_INPUT)


def _said(by: str, why: str) -> "Said":
    from risk_engine.office.exchange.adopt import Said

    said = Said(by, why)
    said.check()
    return said


def _opened(feed: str, register: Path | None, keys: "Sequence[Path]") -> "tuple[Feed, Journal | None]":
    """Return the feed, once its signature holds with a key that is trusted, and the log of the register."""
    from risk_engine.office.exchange.adopt import remember
    from risk_engine.office.exchange.feed import office_of, opened, read_index
    from risk_engine.office.exchange.journal import read_journal

    if register is None:
        known = trusted_keys(keys)
        sealed = read_index(feed)
        key = known.get(sealed.signature.key)
        if key is None:
            message = _("the feed of {office} is signed with a key that was not named", office=office_of(sealed))
            raise RiskEngineError(message, _("name the register where its key is pinned, or its public key with --key"))
        note(_("without --register nothing is remembered, and an older index is not told"))
        return opened(sealed, key), None
    journal = read_journal(register)
    sealed = read_index(feed)
    found = opened(sealed, journal.pinned(office_of(sealed)).public())
    remember(register, found)
    return found, read_journal(register)


def _decide(
    feed: "Feed", register: Path, adopted: str | None, refused: str | None, said: "Said", into: Path | None
) -> None:
    from risk_engine.office.exchange.adopt import adopt, refuse

    if adopted is not None:
        home, is_new = adopt(register, feed, adopted, said, into)
        say(
            _("{release} of {office} lies in {folder} now", release=adopted, office=feed.office, folder=home)
            if is_new
            else _("{release} of {office} lies in {folder} already", release=adopted, office=feed.office, folder=home)
        )
    elif refused is not None:
        refuse(register, feed, refused, said)
        say(_("{release} of {office} is not adopted: {why}", release=refused, office=feed.office, why=said.why))


def _show(feed: "Feed", journal: "Journal | None") -> None:
    """List the releases of a feed, and what was decided about each."""
    say(_("index {number} of {office}", number=feed.number, office=feed.office))
    for one in feed.releases:
        columns = [one.release, _("in force from {day}", day=one.in_force_from)]
        decided = [each for each in journal.events if each.about == one.release] if journal else []
        last = next((each for each in reversed(decided) if each.what in {"adopted", "refused"}), None)
        if one.withdrawn:
            columns.append(_("withdrawn"))
        if last is None:
            columns.append(_("not decided yet"))
        else:
            said = {"by": printable(last.by), "day": last.at[:10], "why": printable(last.reason)}
            columns.append(
                _("adopted by {by} on {day}: {why}", **said)
                if last.what == "adopted"
                else _("refused by {by} on {day}: {why}", **said)
            )
        say("\t".join(columns))
        if one.withdrawn and last is not None and last.what == "adopted":
            warn(
                _(
                    "{release} was adopted here, and {office} has withdrawn it since",
                    release=one.release,
                    office=feed.office,
                )
            )


def _chosen(feed: "Feed", journal: "Journal | None", release: str | None) -> "Published | None":
    from risk_engine.office.exchange.feed import undecided

    if release is not None:
        return feed.named(release)
    new = list(undecided(feed, journal)) if journal else [one for one in feed.releases if not one.withdrawn]
    if not new:
        note(_("nothing is undecided"))
        return None
    return max(new, key=lambda one: (one.in_force_from, one.release))


def _impact(
    feed: "Feed", chosen: "Published", register: Path | None, cases: "Sequence[Path]", jobs: int | None
) -> "ImpactReport | None":
    """Return what a version would have decided on the own cases; None, and why, where it cannot be held against any."""
    from risk_engine.audit.impact.run import impact
    from risk_engine.loading.releases import newest
    from risk_engine.loading.sets import UnknownSetError
    from risk_engine.office.exchange.feed import at_hand, brought

    with at_hand() as folder:
        path = brought(feed, chosen, Path(folder))
        try:
            own = newest(chosen.set_id)
        except UnknownSetError:
            note(_("{set} is no set of this office: nothing was decided under it that {release} could move",
                   set=chosen.set_id, release=chosen.release))  # fmt: skip
            return None
        files = [*_of_set(register, chosen.set_id), *cases]
        if not files:
            note(_("no case was assessed under {set}", set=chosen.set_id))
            return None
        note(_("{release} beside {own}, which this office has", release=chosen.release, own=own))
        with progress(_("cases")) as tell:
            return impact(files, f"{own.path}", f"{path}", jobs=jobs or os.cpu_count() or 1, tell=tell)


def _of_set(register: Path | None, set_id: str) -> list[Path]:
    """Return the newest assessment of each case of a register that is under a set."""
    from risk_engine.office.register.folder import case_folders
    from risk_engine.office.register.record import read_filed_assessment

    if register is None:
        return []
    last = [several[-1] for one in case_folders(register) if (several := one.of("assessment"))]
    return [one.path for one in last if read_filed_assessment(one).criteria.id == set_id]
