"""A version of another office's criteria is taken into the own folder of sets, or refused; who and why is kept."""

from dataclasses import dataclass
from pathlib import Path

from risk_engine.files.diagnostics import RiskEngineError, is_blank
from risk_engine.files.language import _
from risk_engine.files.reading import read_bytes
from risk_engine.files.writing import make_folder, write_together
from risk_engine.loading.releases import SIGNATURES, lock_to_write
from risk_engine.loading.sets import own_folders, shipped_sets
from risk_engine.loading.signatures import SignatureFile, read_signatures
from risk_engine.office.exchange.feed import Feed, Published, at_hand, brought, check_against
from risk_engine.office.exchange.journal import Event, Journal, append, writing


@dataclass(frozen=True)
class Said:
    """Who decides, and why."""

    by: str
    why: str

    def check(self) -> None:
        """Raise RiskEngineError where one of both is missing."""
        if is_blank(self.by) or is_blank(self.why):
            raise RiskEngineError(_("it is to be remembered who decided and why"), _("say --by NAME and --reason TEXT"))


def remember(register: Path, feed: Feed) -> None:
    """Keep what a feed says, so that an older or another one is told; RefusedError where it is one itself."""
    with writing(register) as journal:
        _seen(journal, feed)


def _seen(journal: Journal, feed: Feed) -> None:
    if check_against(feed, journal):
        append(journal, "feed seen", office=feed.office, number=feed.number, content=feed.digest,
               releases=feed.digests())  # fmt: skip


def refuse(register: Path, feed: Feed, release: str, said: Said) -> Event:
    """Remember that a version is not adopted: it is not shown as new any more."""
    said.check()
    one = feed.named(release)
    with writing(register) as journal:
        _seen(journal, feed)
        return append(journal, "refused", by=said.by, why=said.why, office=feed.office, about=one.release,
                      content=one.digest)  # fmt: skip


def adopt(
    register: Path, feed: Feed, release: str, said: Said, into: Path | None = None, *, told_as: str = ""
) -> tuple[Path, bool]:
    """Take a version into the folder of the office's own sets; return where it lies, and whether it is new there.

    The log says so too; `told_as` is the place that it tells where that folder is there for a while only.

    Raises RefusedError where its file is not what the feed says, and RiskEngineError where it was withdrawn, it bears
    the name of a shipped set, another version of that number is there, or no folder for sets is set up or named.
    """
    said.check()
    one = feed.named(release)
    folder = into or _own_folder()
    if one.withdrawn:
        raise RiskEngineError(_("{release} was withdrawn by {office}", release=one.release, office=feed.office))
    if one.set_id in shipped_sets():
        message = _(
            "`{name}` is a set that came with the program; a version of it comes with the program", name=one.set_id
        )
        raise RiskEngineError(message, _("a changed set has an `id` of its own; ask {office}", office=feed.office))
    with writing(register) as journal, at_hand() as temporary:
        _seen(journal, feed)
        files = _files(brought(feed, one, Path(temporary)), one, folder / one.set_id)
        if files:
            make_folder(folder)
            make_folder(folder / one.set_id)
            write_together(files)
        again = journal.of("adopted", feed.office, one.release)
        if files or not again:
            append(journal, "adopted", by=said.by, why=said.why, office=feed.office, about=one.release,
                   content=one.digest, file=told_as or (folder / one.set_id).as_posix())  # fmt: skip
    return folder / one.set_id, bool(files)


def _files(bundle: Path, one: Published, home: Path) -> dict[Path, str]:
    """Return what to write where a release is taken into a set: its file, who signed it, and last the lock."""
    path = home / "releases" / bundle.name
    content = read_bytes(bundle).decode("utf-8")
    if path.is_file() and read_bytes(path).decode("utf-8", "replace") != content:
        message = _("{file} is there already and holds something else", file=path)
        raise RiskEngineError(message, _("a released version never changes: ask who put it there"))
    lock = lock_to_write(path)
    recorded = lock.releases.get(one.release)
    if recorded not in {None, one.digest}:
        message = _("{file} names {release} with another digest", file=lock.path, release=one.release)
        raise RiskEngineError(message, _("a released version never changes: ask who put it there"))
    if path.is_file() and recorded is not None:
        return {}
    files = {path: content}
    if recorded is None:
        signed = lock.path.with_name(SIGNATURES)
        there = read_signatures(signed) if signed.is_file() else SignatureFile(signed)
        new = [record for record in one.signatures if record not in there.records]
        if new:
            files[signed] = there.text_with(*new)
        files[lock.path] = lock.text_with(one.release, one.digest)
    return files


def _own_folder() -> Path:
    for _by, folder in own_folders():
        if folder.is_dir():
            return folder
    message = _("no folder for sets of the office's own is set up")
    raise RiskEngineError(message, _("name one: --into FOLDER; or say in `risk-engine.yaml` where they lie"))
