"""The organisation, its facilities, the people who work there and the practitioners its records name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.db import models

from muniment.accounts.rules import Role
from muniment.core import clock
from muniment.core.models import MunimentModel, Placement
from muniment.kernel.ids import uuid7


class Organisation(MunimentModel):
    placement = Placement.REFERENCE

    id = models.UUIDField(primary_key=True, default=uuid7)
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    aliases = models.JSONField(default=list)  # other spellings of it as an assigner of numbers: OIDs, URIs
    demonstration = models.BooleanField(default=False, editable=False)  # an invented house: its past may be told

    class Meta:
        db_table = "accounts_organisation"

    def __str__(self) -> str:
        return self.name


class Facility(MunimentModel):
    """A place of care with its own patients' numbers and time zone. ``aliases`` are the codes messages call it by."""

    placement = Placement.REFERENCE

    id = models.UUIDField(primary_key=True, default=uuid7)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)  # hospital, clinic, behavioural-health
    zone = models.CharField(max_length=60, default="America/New_York")
    aliases = models.JSONField(default=list)

    class Meta:
        db_table = "accounts_facility"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username or "")


class User(AbstractBaseUser, MunimentModel):
    """Somebody who signs in. What they may do comes from their assignments, never from flags here."""

    placement = Placement.REFERENCE

    id = models.UUIDField(primary_key=True, default=uuid7)
    username = models.CharField(max_length=60, unique=True)
    email = models.EmailField(blank=True)
    family = models.CharField(max_length=80)
    given = models.CharField(max_length=80)
    credential = models.CharField(max_length=40, blank=True)  # as printed with a signature: "MD", "RHIT"
    is_active = models.BooleanField(default=True)
    single_keys = models.BooleanField(default=True)  # single-letter shortcuts on
    password_is_one_time = models.BooleanField(default=False)  # opens only the screen on which another is chosen
    created_at = models.DateTimeField(default=clock.now)

    is_trusted: bool = False  # accounts.seals read it and its seal holds; ``granted`` are the open assignments it read
    granted: Sequence[Mapping[str, Any]] = ()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        db_table = "accounts_user"
        ordering = ["family", "given"]

    def __str__(self) -> str:
        return self.printed_name

    @property
    def printed_name(self) -> str:
        """As it stands under a signature: "Karen Smith, RN" (EHR-S FM RI.1.1.4)."""
        name = f"{self.given} {self.family}".strip() or self.username
        return f"{name}, {self.credential}" if self.credential else name

    def get_full_name(self) -> str:
        return self.printed_name

    def check_password(self, raw_password: str | None) -> bool:
        """Without the library's silent re-hash: a password is written, and sealed, by actions alone."""
        return check_password(raw_password, self.password)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.username = self.username.lower()
        super().save(*args, **kwargs)


class Assignment(MunimentModel):
    """A role somebody holds at a facility. Ended, never deleted."""

    placement = Placement.REFERENCE

    id = models.UUIDField(primary_key=True, default=uuid7)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=40, choices=[(role.value, role.label) for role in Role])
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, db_index=False)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_assignment"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "facility"], name="assignment_held_once", condition=models.Q(until__isnull=True)
            ),
        ]


class Seal(MunimentModel):
    """What a person's power rests on, sealed (accounts.seals). The highest revision is the one in force; none is ever taken back."""

    placement = Placement.REFERENCE
    indelible = True

    pk = models.CompositePrimaryKey("user_id", "revision")
    user_id = models.UUIDField()
    revision = models.PositiveIntegerField()
    mac = models.CharField(max_length=64)
    steps = models.JSONField(default=dict)  # second step → digest
    at = models.DateTimeField()

    class Meta:
        db_table = "accounts_seal"


class Practitioner(MunimentModel):
    """Somebody the record names as author or attending, with or without a sign-in of their own."""

    placement = Placement.REFERENCE

    id = models.UUIDField(primary_key=True, default=uuid7)
    family = models.CharField(max_length=120)
    given = models.CharField(max_length=120, blank=True)
    credential = models.CharField(max_length=40, blank=True)
    specialty = models.CharField(max_length=120, blank=True)
    user = models.OneToOneField(User, null=True, on_delete=models.PROTECT, related_name="practitioner")

    class Meta:
        db_table = "accounts_practitioner"
        ordering = ["family", "given"]

    def __str__(self) -> str:
        name = f"{self.given} {self.family}".strip()
        return f"{name}, {self.credential}" if self.credential else name


class PractitionerIdentifier(MunimentModel):
    """A number a practitioner is known by (an NPI, a local staff number) and who assigned it."""

    placement = Placement.REFERENCE

    id = models.BigAutoField(primary_key=True)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="identifiers")
    system = models.CharField(max_length=200)
    value = models.CharField(max_length=120)

    class Meta:
        db_table = "accounts_practitioner_identifier"
        constraints = [models.UniqueConstraint(fields=["system", "value"], name="practitioner_number_is_one_persons")]
