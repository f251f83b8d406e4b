"""What stands now and changes as work goes on: cases and what lists find them by, who is asked, what the worker does.

Much of it is made of what was said and done (`append_only`) and can be made again from there.
"""

from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models

from risk_engine.web.models.people import Faculty, Person
from risk_engine.web.words import JobKind, MailKind, News, State


class Case(models.Model):
    """A case as it stands: where it is on its way, and what its answers come to (`document`, made from them)."""

    number = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=500)
    faculty = models.ForeignKey(Faculty, models.PROTECT)
    state = models.CharField(max_length=20, choices=[(one, one) for one in State], default=State.DRAFT)
    round = models.PositiveIntegerField(default=1)
    confidential = models.BooleanField(default=False)
    criteria = models.CharField(max_length=200)
    document = models.JSONField()
    search = models.TextField()
    summary = models.JSONField(default=dict)
    """What a list shows of it, by ids: made with the rows by which it is found."""
    opened = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)
    reviewer = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    due = models.DateField(null=True)
    in_register = models.CharField(max_length=64, blank=True)
    """SHA-256 of what the folder register was told of the case last."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=[*one, "confidential"], name=f"case_by_{one[0].strip('-')}")
            for one in (["-changed", "faculty"], ["faculty", "state"], ["criteria", "faculty"], ["title", "faculty"])
        ]

    def __str__(self) -> str:
        return self.number


class CaseLevel(models.Model):
    """A level that a case may have by its last assessment, or was decided to have; made of the sealed records."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="levels")
    ladder = models.CharField(max_length=100)
    level = models.CharField(max_length=100)
    is_headline = models.BooleanField()
    rank = models.PositiveSmallIntegerField()
    """How many levels of its ladder are stricter."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["ladder", "level", "case"], name="level_of_ladder")]


class CaseFinding(models.Model):
    """What a case is about by its last assessment, in the names of its criteria: an indicator that is not absent."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="findings")
    indicator = models.CharField(max_length=100)
    is_present = models.BooleanField()
    """Else answers are missing that decide whether it is."""
    least = models.CharField(max_length=20)
    most = models.CharField(max_length=20)
    """Between which severities it lies, after controls."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["indicator", "case"], name="finding_of_indicator")]


class CaseDue(models.Model):
    """A day by which something of a case is due, by its sealed records: its words are made when somebody reads."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="dues")
    day = models.DateField()
    what = models.CharField(max_length=20)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "day", "what"], name="due_of_case")]


class CaseEntry(models.Model):
    """Somebody or something that a case names in a list of the criteria, such as a partner; made of its answers."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="entries")
    entity = models.CharField(max_length=100)
    entry = models.CharField(max_length=100)
    name = models.CharField(max_length=500)
    folded = models.CharField(max_length=500)
    """The name as names are compared: in small letters, full-width forms as usual ones."""
    on_file = models.CharField(max_length=100, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["folded", "entity", "case"], name="entry_by_name")]


class CaseAccess(models.Model):
    """Who sees a confidential case, whatever their role."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="access")
    person = models.ForeignKey(Person, models.CASCADE)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "person"], name="named_once")]


class Consultation(models.Model):
    """Who of the office was asked about a case: for an opinion, for answers to the questions of a role, or both."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="consultations")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    for_opinion = models.BooleanField()
    asked_of = models.CharField(max_length=100, blank=True)
    """The role of the criteria whose questions they answer; blank for none."""
    question = models.TextField(blank=True)
    due = models.DateField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    withdrawn = models.BooleanField(default=False)
    names = models.BooleanField(default=False)
    """Whether they see a confidential case only because they are asked."""


class Invitation(models.Model):
    """A link by which somebody without an account answers the questions that the criteria ask of one role."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="invitations")
    token_sha256 = models.CharField(max_length=64, unique=True)
    role = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=20)
    expires = models.DateTimeField()
    revoked = models.BooleanField(default=False)
    sent = models.DateTimeField(null=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    code_sha256 = models.CharField(max_length=64, blank=True)
    """Of the code that is asked beside the link, in confidential cases."""
    wrong_codes = models.PositiveIntegerField(default=0)


class Dossier(models.Model):
    """An organisation, or another entry of a list of the criteria, about which something is on file."""

    key = models.CharField(max_length=100, unique=True)
    """By which cases and files name it."""
    about = models.CharField(max_length=100)
    """The list of the criteria whose questions it answers."""
    sealed = models.ForeignKey("Sealed", models.PROTECT, null=True, related_name="+")
    """The file that it came with, and how many rows that says (`in_file`); with more rows it is another file."""
    in_file = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.key


class DossierName(models.Model):
    """A name under which an organisation is found; made of its rows."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="names")
    name = models.CharField(max_length=500)
    folded = models.CharField(max_length=500, db_index=True)


class RegisterFile(models.Model):
    """What else lies in the folder register: its description, and logs that gave way to this one."""

    name = models.CharField(max_length=40, primary_key=True)
    content = models.BinaryField()


class Taken(models.Model):
    """What the worker does: taken by one, taken again where that one never came back, tried so often, then given up."""

    made = models.DateTimeField(auto_now_add=True)
    after = models.DateTimeField(auto_now_add=True)
    """Not before this moment; a failure moves it."""
    taken = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    finished = models.DateTimeField(null=True)
    given_up = models.BooleanField(default=False)
    error = models.TextField(blank=True)

    class Meta:
        abstract = True


class Outbox(Taken):
    """A mail that is to be sent, written with the act that it tells of. It holds a number and a link, no content."""

    kind = models.CharField(max_length=20, choices=[(one, one) for one in MailKind])
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    address = models.CharField(max_length=320, blank=True)
    """Of a guest, who is no person of the office."""
    language = models.CharField(max_length=20)
    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="+")
    path = models.CharField(max_length=500)
    """Where its link leads, within the office."""
    secret = models.CharField(max_length=200, blank=True)
    """What only the addressee may know, a token or a code; blank once it is sent or given up."""
    once = models.CharField(max_length=200, null=True, unique=True)  # noqa: DJ001 (null is not unique)
    """What a mail is about that is sent once only."""


class Job(Taken):
    """Something long that somebody asked for, or that the office does each day (`once`)."""

    kind = models.CharField(max_length=20, choices=[(one, one) for one in JobKind])
    by = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="+")
    language = models.CharField(max_length=20)
    once = models.CharField(max_length=100, null=True, unique=True)  # noqa: DJ001 (likewise)
    about = models.CharField(max_length=400, blank=True)
    """Of which versions of criteria something is worked out, a line each."""
    parts_done = models.PositiveIntegerField(default=0)
    parts = models.PositiveIntegerField(default=0)
    """How far it is: how many of how many parts are done; 0 of 0 before that is known."""


class WorkedOut(models.Model):
    """What was worked out about versions of criteria, found by their digests: the record of the package, as JSON.

    It has words in it, so each language has its own. Of cases it holds numbers and no titles.
    """

    kind = models.CharField(max_length=20, choices=[(one, one) for one in JobKind])
    before = models.CharField(max_length=64, blank=True)
    after = models.CharField(max_length=64)
    language = models.CharField(max_length=20)
    content = models.TextField()
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "before", "after", "language"], name="one_of_versions")
        ]


class BroughtTable(models.Model):
    """A table of many cases that somebody brought; it lies in a folder of its own, with all that came of it."""

    key = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    faculty = models.ForeignKey(Faculty, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    criteria = models.CharField(max_length=200)
    """Under which it is assessed."""
    sheet = models.CharField(max_length=200, blank=True)
    header = models.PositiveIntegerField()
    confidential = models.BooleanField(default=False)
    """Whether who brought it sees it alone."""

    def __str__(self) -> str:
        return self.name

    @property
    def folder(self) -> Path:
        """Return where all of it lies."""
        return Path(settings.OFFICE) / "many" / self.key

    @property
    def path(self) -> Path:
        """Return where the table itself lies, under its own name: what is told of a row names it."""
        return self.folder / "table" / self.name

    @property
    def address(self) -> str:
        """Return where its page is."""
        return f"/many/{self.key}"


class Recheck(models.Model):
    """That all partners were looked up anew on the lists."""

    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    """None where the office did it on its day."""
    lists = models.CharField(max_length=64)
    """What was listed, by its digest."""
    at = models.DateTimeField(auto_now_add=True)


class LookedUp(models.Model):
    """What the last recheck saw of an organisation, by what was asked: names and contents are not told apart by it."""

    asked = models.CharField(max_length=64, primary_key=True)
    hits = models.JSONField()
    """By hit the name of its entry, and the digest of what the list says of it."""


class HitNews(models.Model):
    """A hit that was new or gone at a recheck, beside one of the entries or files that name its organisation."""

    recheck = models.ForeignKey(Recheck, models.CASCADE, related_name="news")
    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="+")
    entry = models.CharField(max_length=200, blank=True)
    """Of the case, as `partner.x`."""
    dossier = models.ForeignKey(Dossier, models.CASCADE, null=True, related_name="+")
    hit = models.CharField(max_length=600)
    name = models.CharField(max_length=500)
    """Of the entry on the list."""
    what = models.CharField(max_length=10, choices=[(one, one) for one in News])
    strength = models.CharField(max_length=10, blank=True)


class Look(models.Model):
    """That somebody looked what changed around the cases, and what it saw for the next look."""

    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    """None where the office did it on its day."""
    on = models.DateField()
    before = models.DateField(null=True)
    """When the look before it was."""
    language = models.CharField(max_length=20)
    state = models.TextField()
    parts = models.JSONField()
    """What was looked at and what was not: its name and how that went."""
    at = models.DateTimeField(auto_now_add=True)


class Changed(models.Model):
    """Something that changed, as the last look found it: facts and ids alone."""

    look = models.ForeignKey(Look, models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=20)
    about = models.JSONField()
    least = models.PositiveSmallIntegerField()
    is_event = models.BooleanField()
    first = models.DateField(null=True)
    is_new = models.BooleanField()
    touches_some = models.BooleanField()
    """Whether it touched a case then: of one that touches none anybody may know."""
    lines = models.JSONField(default=list)
    """What there is to say of it whatever it touches, in the language of the look."""


class Touched(models.Model):
    """A case that a change touches, and how."""

    change = models.ForeignKey(Changed, models.CASCADE, related_name="touched")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    state = models.CharField(max_length=10)
    gravity = models.PositiveSmallIntegerField()
    facts = models.JSONField()
    lines = models.JSONField()
    """The difference in words, in the language of the look."""
    is_new = models.BooleanField()


class BroughtWorks(models.Model):
    """An export of works that somebody brought; what was read of it lies in a folder of its own, without any person."""

    key = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=200)
    a = models.CharField(max_length=60)
    """Between which two regions, or countries, pairs are looked for: by their names."""
    b = models.CharField(max_length=60)
    whole = models.BooleanField()
    """Whether whoever brought it said that nothing is missing in it; else it is a sample of unknown share."""
    ours = models.CharField(max_length=300, default="")
    """The institution whose partners the daily look holds against the cases; empty where it does not."""
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    @property
    def folder(self) -> Path:
        """Return where all of it lies."""
        return Path(settings.OFFICE) / "works" / self.key

    @property
    def address(self) -> str:
        """Return where its page is."""
        return f"/awareness/{self.key}"
