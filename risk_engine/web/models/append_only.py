"""What people said and did, the records that were sealed, and the log: rows are neither changed nor deleted.

The database itself refuses that (`databases`), but for what an erasure takes out. That who reviews is not who assessed
its constraints see to.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from risk_engine.web.models.current import Case, Dossier, Invitation
from risk_engine.web.models.people import Person
from risk_engine.web.words import ActName, HitVerdict, PackageActName, PairSaid, ReleaseAct, RetentionKind, SealedKind


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


class Note(models.Model):
    """What somebody remarked on a case, on one of its questions (a path) or on a finding (its id)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="notes")
    round = models.PositiveIntegerField()
    path = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)


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
        ordering: ClassVar = ["number"]  # A chain is read in its order; PostgreSQL promises none of its own.
        indexes: ClassVar = [
            models.Index(fields=one, name=f"event_by_{one[0]}") for one in (["person", "number"], ["case"], ["verb"])
        ]


class EventDetail(models.Model):
    """What an event was about, which may be erased; the chain holds without it."""

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, related_name="detail")
    salt = models.CharField(max_length=64)
    detail = models.JSONField()


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


class BroughtIn(models.Model):
    """A set of criteria that somebody sent through the browser, as the zip that it came in."""

    name = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)


class Tombstone(models.Model):
    """Of a case that was deleted when its time was over: that it was there, and why it may go."""

    case = models.PositiveBigIntegerField(unique=True)
    number = models.CharField(max_length=40)
    basis = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT)
    at = models.DateTimeField(auto_now_add=True)


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


class HitDecision(models.Model):
    """What somebody said of a hit on a list, and of what: who was asked about, and what the list said of its entry."""

    hit = models.CharField(max_length=600, db_index=True)
    verdict = models.CharField(max_length=20, choices=[(one, one) for one in HitVerdict])
    reason = models.TextField()
    asked = models.JSONField()
    entry = models.JSONField()
    entry_digest = models.CharField(max_length=64)
    is_erased = models.BooleanField(default=False)
    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="hits")
    """From which it was decided, and with which it goes; None: from the page of what is on file."""
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)


class ChangeSeen(models.Model):
    """That somebody saw a change: why it needs nothing more, for one of the cases that it touched, or for none."""

    change = models.CharField(max_length=12, db_index=True)
    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="+")
    touch = models.CharField(max_length=64, blank=True)
    """How it touched the case: touched otherwise, it is told again."""
    reason = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)


class ExchangeLine(models.Model):
    """A line of the log of what the office exchanges with others, as it stands there; it holds the line before."""

    number = models.PositiveBigIntegerField(primary_key=True)
    content = models.BinaryField()


class ExchangeFile(models.Model):
    """A package that left or came, as it was: the log says where it is kept."""

    path = models.CharField(max_length=250, unique=True)
    content = models.BinaryField()


class PackageAct(models.Model):
    """What somebody did so that a package leaves the office. Who asked for it does not let it leave."""

    proposal = models.PositiveIntegerField()
    name = models.CharField(max_length=20, choices=[(one, one) for one in PackageActName])
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    office = models.CharField(max_length=300)
    """How this office calls itself."""
    of_set = models.CharField(max_length=100)
    to = models.CharField(max_length=300, blank=True)
    digest = models.CharField(max_length=64)
    """Of every byte but the signature: what was looked at is what leaves."""
    reason = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["proposal", "name"], name="one_act_of_package")]


class PairWord(models.Model):
    """What somebody said of a pair of institutions that was doubted, or not doubted; the last word on a pair holds."""

    country_a = models.CharField(max_length=2)
    institution_a = models.CharField(max_length=300)
    country_b = models.CharField(max_length=2)
    institution_b = models.CharField(max_length=300)
    said = models.CharField(max_length=10, choices=[(one, one) for one in PairSaid])
    works = models.PositiveIntegerField()
    """How many works of the two there were then."""
    reason = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)


APPEND_ONLY = (
    Answer, GuestAnswer, Note, Act, Sealed, Filed, Evidence, Event, EventDetail, RegisterLine, OnFile, Tombstone,
    RetentionRule, Erasure, ErasureItem, CriteriaAct, BroughtIn, HitDecision,
    ChangeSeen, ExchangeLine, ExchangeFile, PackageAct, PairWord,
)  # fmt: skip
"""What is only ever added to, but for what an erasure takes out."""
