"""The tables of the office: people and faculties, cases and their answers, acts, sealed records, the log.

What people said and did is only ever added to: rows of `APPEND_ONLY` are neither changed nor deleted, which the
database itself refuses (`append_only`). Who reviews is not who assessed, which its constraints refuse.
"""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q

from risk_engine.web.words import ActName, JobKind, MailKind, ReleaseAct, RetentionKind, Role, SealedKind, State


class People(BaseUserManager["Person"]):
    """Makes people; their mail address is what they sign in with."""

    def create_user(self, email: str, password: str | None = None, **more: Any) -> "Person":
        """Return a new person; without a password nobody can sign in until one is chosen."""
        person = self.model(email=self.normalize_email(email).casefold(), **more)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody of the office; blanked when they leave, never deleted, for acts name them."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=20, default="en")
    is_active = models.BooleanField(default=True)
    edits_criteria = models.BooleanField(default=False)

    objects: ClassVar[People] = People()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class SignedIn(AbstractBaseSession):
    """A session; whose it is stands beside it, so that people see and end their own. It may lie in another file."""

    person = models.PositiveBigIntegerField(null=True, db_index=True)
    since = models.DateTimeField()
    agent = models.CharField(max_length=200, blank=True)
    """What the browser says it is."""

    @classmethod
    def get_session_store_class(cls) -> type[Any]:
        """Return what reads and writes such rows."""
        from risk_engine.web.sessions import SessionStore

        return SessionStore


class Faculty(models.Model):
    """A part of the institution whose cases its own people see."""

    name = models.CharField(max_length=200, unique=True)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A role of a person in one faculty, or in all."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=30, choices=[(one, one) for one in Role])
    faculty = models.ForeignKey(Faculty, models.PROTECT, null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "role", "faculty"], name="one_role_once", nulls_distinct=False),
        ]


class Deputy(models.Model):
    """Who does somebody's work on cases while they are away; four eyes are then not those of either of the two."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="stands_in")
    on_behalf_of = models.ForeignKey(Person, models.CASCADE, related_name="deputies")
    starts = models.DateField()
    ends = models.DateField()
    """The last day."""
    cancelled = models.BooleanField(default=False)


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


class SavedView(models.Model):
    """A view of the register that somebody keeps under a name, for themselves or for the people of a faculty."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="views")
    name = models.CharField(max_length=100)
    query = models.CharField(max_length=1000)
    faculty = models.ForeignKey(Faculty, models.CASCADE, null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "name"], name="one_view_of_a_name")]


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


class Note(models.Model):
    """What somebody remarked on a case, on one of its questions (a path) or on a finding (its id)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="notes")
    round = models.PositiveIntegerField()
    path = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)


class Answer(models.Model):
    """One answer as somebody gave it: the latest of a path stands. Its number is the lock: two cannot be the next."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="answers")
    path = models.CharField(max_length=300)
    seq = models.PositiveIntegerField()
    value = models.JSONField(null=True)
    """As a case file says it; null where nobody knows yet, and where it was erased."""
    is_erased = models.BooleanField(default=False)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    page = models.CharField(max_length=100)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "path", "seq"], name="one_next_answer")]

    @property
    def author(self) -> str:
        """Who gave it."""
        return self.by.name


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


class GuestAnswer(models.Model):
    """An answer of a guest as it was given; it stands in the case once somebody of the office took it over."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="answers")
    path = models.CharField(max_length=300)
    seq = models.PositiveIntegerField()
    value = models.JSONField(null=True)
    is_erased = models.BooleanField(default=False)
    page = models.CharField(max_length=100)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["invitation", "path", "seq"], name="one_next_of_guest")
        ]

    @property
    def author(self) -> str:
        """Who gave it."""
        return self.invitation.name


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


APART = (
    (ActName.ANSWER, ActName.REVIEW),
    (ActName.ANSWER, ActName.DECIDE),
    (ActName.ANSWER, ActName.CONFIRM),
    (ActName.DECIDE, ActName.CONFIRM),
)
"""Acts that nobody does both of in one round, neither themselves nor by a deputy."""


def _apart(first: ActName, other: ActName) -> models.UniqueConstraint:
    return models.UniqueConstraint(
        fields=["case", "round", "person"],
        condition=Q(name__in=[first, other]),
        name=f"{first}_is_not_{other}",
        violation_error_message=f"{first}, {other}",
    )


class Act(models.Model):
    """What somebody did to a case. Who assessed in a round neither reviews, decides nor confirms in it."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="acts")
    round = models.PositiveIntegerField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=20, choices=[(one, one) for one in ActName])
    digest = models.CharField(max_length=64, blank=True)
    note = models.TextField(blank=True)
    on_behalf_of = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    """Whose right it was, where a deputy did it. That these are two more eyes is kept by a trigger (`databases`)."""
    imported = models.BooleanField(default=False)
    """Whether a folder register stated it: then nobody has proven here that it was that person."""
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            *(_apart(*pair) for pair in APART),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "case"], name="act_of_person")]


class Sealed(models.Model):
    """The bytes of a record as the package wrote them, found by their digest."""

    digest = models.CharField(max_length=64, primary_key=True)
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=20, choices=[(one, one) for one in SealedKind])
    content = models.BinaryField()
    """Nothing of a file that is kept as evidence: that lies in the office's folder, by its SHA-256."""


class Filed(models.Model):
    """A sealed record in the file of a case, in the order in which they came."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="filed")
    order = models.PositiveIntegerField()
    sealed = models.ForeignKey(Sealed, models.PROTECT)
    supersedes = models.CharField(max_length=64, blank=True)
    path = models.CharField(max_length=250, blank=True)
    """Where it lies in the folder register; blank where that follows from what it is."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "order"], name="one_next_record")]


class RegisterLine(models.Model):
    """A line of the log of the folder register, as it stands there; its digest holds the line before."""

    number = models.PositiveBigIntegerField(primary_key=True)
    folder = models.CharField(max_length=100, blank=True, db_index=True)
    """Of which case it tells, by the folder of that."""
    content = models.BinaryField()


class RegisterFile(models.Model):
    """What else lies in the folder register: its description, and logs that gave way to this one."""

    name = models.CharField(max_length=40, primary_key=True)
    content = models.BinaryField()


class Evidence(models.Model):
    """A file that supports something in a case; the file itself lies in the office's folder, by its digest."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="files")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "sha256"], name="one_file_once")]


class Event(models.Model):
    """A link of the log: no names and no content, so that it outlives what is erased."""

    number = models.PositiveBigIntegerField(primary_key=True)
    previous = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    person = models.PositiveBigIntegerField(null=True)
    verb = models.CharField(max_length=40)
    case = models.CharField(max_length=40, blank=True)
    commitment = models.CharField(max_length=64)
    """SHA-256 of salt and detail: proves a detail that is still there, says nothing of one that is not."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=one, name=f"event_by_{one[0]}") for one in (["person", "number"], ["case"], ["verb"])
        ]


class EventDetail(models.Model):
    """What an event was about, which may be erased; the chain holds without it."""

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, related_name="detail")
    salt = models.CharField(max_length=64)
    detail = models.JSONField()


class Tombstone(models.Model):
    """Of a case that was deleted when its time was over: that it was there, and why it may go."""

    case = models.PositiveBigIntegerField(unique=True)
    number = models.CharField(max_length=40)
    basis = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT)
    at = models.DateTimeField(auto_now_add=True)


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


class CriteriaAct(models.Model):
    """What somebody did so that new cases take a version of criteria. Who proposed it does not release it."""

    proposal = models.PositiveIntegerField()
    name = models.CharField(max_length=20, choices=[(one, one) for one in ReleaseAct])
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reference = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    """Of the rules: what was looked at is what counts."""
    reason = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["proposal", "name"], name="one_act_of_proposal")]


class Token(models.Model):
    """By what a program does what a person may, as far as its scopes go; what it reads nobody keeps, its hash alone."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="tokens")
    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=100)
    scopes = models.JSONField()
    made = models.DateTimeField(auto_now_add=True)
    ends = models.DateField()
    """The last day."""
    used = models.DateTimeField(null=True)
    """When it was used last, to the minute."""
    revoked = models.DateTimeField(null=True)


class Dossier(models.Model):
    """An organisation, or another entry of a list of the criteria, about which something is on file."""

    key = models.CharField(max_length=100, unique=True)
    """By which cases and files name it."""
    about = models.CharField(max_length=100)
    """The list of the criteria whose questions it answers."""
    sealed = models.ForeignKey(Sealed, models.PROTECT, null=True, related_name="+")
    """The file that it came with, and how many rows that says (`in_file`); with more rows it is another file."""
    in_file = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.key


class OnFile(models.Model):
    """What somebody put on file about an organisation: an answer, another name, how long its answers are taken."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="rows")
    path = models.CharField(max_length=200)
    seq = models.PositiveIntegerField()
    value = models.JSONField(null=True)
    """As a case says it; null where it was taken off the file."""
    is_erased = models.BooleanField(default=False)
    evidence = models.JSONField(default=list)
    """Records as a case file has them; `for` names an option of `choices`, or nothing."""
    recorded_on = models.DateField()
    until = models.DateField(null=True)
    """The last day on which it counts, where somebody said one."""
    case = models.CharField(max_length=40, blank=True)
    """Number of the case from which it was kept."""
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["dossier", "path", "seq"], name="one_next_row")]

    @property
    def author(self) -> str:
        """Who put it there."""
        return self.by.name


class DossierName(models.Model):
    """A name under which an organisation is found; made of its rows."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="names")
    name = models.CharField(max_length=500)
    folded = models.CharField(max_length=500, db_index=True)


class RetentionRule(models.Model):
    """How long something is kept, and why no longer; it counts once a second person confirmed it, until the next."""

    kind = models.CharField(max_length=20, choices=[(one, one) for one in RetentionKind])
    days = models.PositiveIntegerField()
    basis = models.TextField()
    is_automatic = models.BooleanField()
    """Whether what is due goes without somebody confirming each time."""
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(confirmed_by=F("by")), name="rule_by_two"),
        ]


class Erasure(models.Model):
    """That something of people is to be erased, which a second person confirms; afterwards, that it was, and why.

    Rows that are only added to lose their text while their erasure is confirmed and not done, and in no other way: the
    database sees to it (`databases`). All three moments are of one transaction.
    """

    subject = models.CharField(max_length=500, blank=True)
    """Whose data; blank as soon as it is done or refused."""
    basis = models.TextField()
    rule = models.ForeignKey(RetentionRule, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    """None where a rule says that nobody need confirm."""
    confirmed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(confirmed_by=F("by")), name="erasure_by_two"),
        ]


class ErasureItem(models.Model):
    """A row that an erasure is about: its tombstone, once that is done."""

    erasure = models.ForeignKey(Erasure, models.PROTECT, related_name="items")
    table = models.CharField(max_length=40)
    row = models.PositiveBigIntegerField()
    case = models.CharField(max_length=40, blank=True)
    digest = models.CharField(max_length=64)
    """Of what stood there, under the office's secret: shows whether a text that somebody brings is the one."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["erasure", "table", "row"], name="item_once")]


APPEND_ONLY = (
    Answer, GuestAnswer, Note, Act, Sealed, Filed, Evidence, Event, EventDetail, RegisterLine, OnFile, Tombstone,
    RetentionRule, Erasure, ErasureItem, CriteriaAct,
)  # fmt: skip
"""What is only ever added to, but for what an erasure takes out."""
