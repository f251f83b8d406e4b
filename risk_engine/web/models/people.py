"""Who works in the office: people, their sessions and tokens, faculties, roles, who stands in for whom."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from risk_engine.web.words import Role


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


class SavedView(models.Model):
    """A view of the register that somebody keeps under a name, for themselves or for the people of a faculty."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="views")
    name = models.CharField(max_length=100)
    query = models.CharField(max_length=1000)
    faculty = models.ForeignKey(Faculty, models.CASCADE, null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "name"], name="one_view_of_a_name")]


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
