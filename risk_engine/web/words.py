"""The closed sets of words that the tables hold: roles, states, acts, kinds of records."""

from enum import StrEnum
from typing import Final

DEMO: Final = "DEMO-"
"""How the number of a case begins that is demo data."""
DEMO_FACULTY: Final = "Demo: "
"""And the name of a faculty that has such cases."""


class Role(StrEnum):
    """What somebody is in a faculty, or in all."""

    ASSESSOR = "assessor"
    REVIEWER = "reviewer"
    DECIDER = "decider"
    EXPORT_OFFICER = "export_officer"
    DATA_PROTECTION_OFFICER = "data_protection_officer"
    AUDITOR = "auditor"
    ADMIN = "admin"


class State(StrEnum):
    """Where a case is on its way."""

    DRAFT = "draft"
    ASSESSED = "assessed"
    IN_REVIEW = "in_review"
    SIGNED = "signed"
    RETURNED = "returned"
    DECIDED = "decided"
    CLOSED = "closed"


class ActName(StrEnum):
    """What somebody does to a case. `answer` stands once a round for each person who gave an answer that counts."""

    ANSWER = "answer"
    ASSESS = "assess"
    EDIT = "edit"
    FILE = "file"
    SEND = "send"
    WITHDRAW = "withdraw"
    REVIEW = "review"
    RETURN = "return"
    DECIDE = "decide"
    CONFIRM = "confirm"
    REOPEN = "reopen"
    CLOSE = "close"
    OPINION = "opinion"


class MailKind(StrEnum):
    """Why somebody gets a mail."""

    SENT = "sent"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"
    SIGNED = "signed"
    DECIDED = "decided"
    CONFIRM = "confirm"
    ASKED = "asked"
    OPINION = "opinion"
    INVITATION = "invitation"
    CODE = "code"
    ANSWERED = "answered"
    EXPIRES = "expires"
    DUE = "due"
    HEAD = "head"
    ERASURE = "erasure"
    RETENTION = "retention"
    CRITERIA = "criteria"
    PACKAGE = "package"
    HITS = "hits"


class Scope(StrEnum):
    """What a token lets a program do of what its person may."""

    ASSESS = "assess"
    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"
    CASES_INVITE = "cases:invite"
    REGISTER_READ = "register:read"
    CRITERIA_READ = "criteria:read"


class JobKind(StrEnum):
    """What the worker does beside mail."""

    PACK = "pack"
    WAYS = "ways"
    DAILY = "daily"
    CHANGES = "changes"
    PROOFS = "proofs"
    IMPACT = "impact"
    TRY = "try"
    MANY = "many"
    LISTS = "lists"
    RECHECK = "recheck"
    MONITOR = "monitor"
    AWARENESS = "awareness"
    FEED = "feed"


class News(StrEnum):
    """What a recheck has to say of a hit."""

    NEW = "new"
    GONE = "gone"


class HitVerdict(StrEnum):
    """What a person says of a hit on a list."""

    CONFIRMED = "confirmed"
    RULED_OUT = "ruled_out"


class ReleaseAct(StrEnum):
    """What somebody does to a version of criteria, so that new cases take it."""

    PROPOSE = "propose"
    RELEASE = "release"
    WITHDRAW = "withdraw"


class PairSaid(StrEnum):
    """What somebody says of a pair of institutions; `open`: as if nobody had said anything."""

    CONFIRMED = "confirmed"
    SUSPECT = "suspect"
    OPEN = "open"


class PackageActName(StrEnum):
    """What somebody does to a package that is to leave the office."""

    ASK = "ask"
    LEAVE = "leave"
    REFUSE = "refuse"


class RetentionKind(StrEnum):
    """What is kept for a time that the office sets."""

    CASE = "case"
    ACCOUNT = "account"
    INVITATION = "invitation"
    SIGN_IN = "sign_in"
    MAIL = "mail"
    TABLE = "table"


class SealedKind(StrEnum):
    """Which record of the package the bytes are."""

    CASE = "case"
    ASSESSMENT = "assessment"
    DECISION = "decision"
    CRITERIA = "criteria"
    PROFILE = "profile"
    EVIDENCE = "evidence"
    KEPT = "kept"
