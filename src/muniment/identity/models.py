"""Source patient records, the persons they are linked to, and the events that linked them.

A source patient record is what one assigner calls one patient. Its entries never move: merging moves the *link*.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from muniment.core.models import MunimentModel, Placement
from muniment.identity.rules import LinkKind, MatchState
from muniment.kernel.ids import uuid7


class Person(MunimentModel):
    """A human being, as far as the department knows: the records linked to it."""

    placement = Placement.DEPARTMENT

    id = models.UUIDField(primary_key=True, default=uuid7)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "identity_person"


class Patient(MunimentModel):
    """A source patient record with its current demographics; every former state is a PatientVersion.

    Its ``id`` is the ``patient_id`` by which everything patient-scoped is distributed.
    """

    placement = Placement.PATIENT
    witnessed = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="patients", db_index=False, db_constraint=False)
    facility_id = models.UUIDField(null=True)
    family = models.CharField(max_length=200, blank=True)
    given = models.CharField(max_length=200, blank=True)
    suffix = models.CharField(max_length=40, blank=True)
    birth = models.CharField(max_length=40, blank=True)  # as exact as the source: "1961", "1961-03", "1961-03-14"
    birth_date = models.DateField(null=True)  # the full date, where it is one
    sex = models.CharField(max_length=10, blank=True)
    deceased = models.BooleanField(default=False)
    deceased_at = models.CharField(max_length=40, blank=True)
    flags = models.JSONField(default=list)  # unknown, alias, vip, protected, newborn, test
    names = models.JSONField(default=list)
    addresses = models.JSONField(default=list)
    telecoms = models.JSONField(default=list)
    mother_id = models.UUIDField(null=True)
    search_name = models.CharField(max_length=400, blank=True)  # every name, folded, and every telephone number's digits
    family_key = models.CharField(max_length=200, blank=True)  # the family name, folded
    number = models.PositiveIntegerField(default=1)  # of the current PatientVersion
    sha256 = models.BinaryField()  # of its content: the same statement again changes nothing
    merged_into_id = models.UUIDField(null=True)  # the surviving record, after a merge the source told us of
    created_at = models.DateTimeField()

    class Meta:
        db_table = "identity_patient"
        indexes = [
            # a person's source records
            models.Index(fields=["person"], name="patient_by_person"),
            # possible matches of a new record
            models.Index(
                fields=["birth_date", "family_key"], name="patient_by_birth", condition=models.Q(birth_date__isnull=False)
            ),
            # finding a patient by part of a name or by telephone
            GinIndex(fields=["search_name"], name="patient_name_trigrams", opclasses=["gin_trgm_ops"]),
        ]

    @property
    def display_name(self) -> str:
        """FAMILY, Given: as every banner shows it."""
        family = self.family.upper() or "UNKNOWN"
        suffix = f" {self.suffix}" if self.suffix else ""
        return f"{family}{suffix}, {self.given}" if self.given else f"{family}{suffix}"


class PatientVersion(MunimentModel):
    """The demographics as a source stated them, one row a statement."""

    placement = Placement.PATIENT
    indelible = True

    pk = models.CompositePrimaryKey("patient_id", "number")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, db_index=False, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.TextField()  # canonical JSON of what was said
    sha256 = models.BinaryField()
    event_id = models.UUIDField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "identity_patient_version"


class PatientIdentifier(MunimentModel):
    """A number, who assigned it, and the source record it means. The directory by which intake finds a patient."""

    placement = Placement.DEPARTMENT

    id = models.BigAutoField(primary_key=True)
    system = models.CharField(max_length=200)  # the assigner, as messages name it
    value = models.CharField(max_length=120)
    type = models.CharField(max_length=12, blank=True)
    deciding = models.BooleanField()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="identifiers", db_constraint=False)
    since = models.DateTimeField()

    class Meta:
        db_table = "identity_identifier"
        constraints = [
            models.UniqueConstraint(
                fields=["system", "value"], name="identifier_means_one_patient", condition=models.Q(deciding=True)
            ),
            models.UniqueConstraint(fields=["patient", "system", "value", "type"], name="identifier_listed_once"),
        ]
        indexes = [
            # finding a patient by a number typed without its assigner
            models.Index(fields=["value"], name="identifier_by_value"),
        ]


class LinkEvent(MunimentModel):
    """A source record came to a person: registered, linked, merged, unmerged. The record of identity itself."""

    placement = Placement.PATIENT
    indelible = True

    pk = models.CompositePrimaryKey("patient_id", "id")
    id = models.UUIDField(default=uuid7)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, db_index=False, related_name="links")
    kind = models.CharField(max_length=12, choices=[(one.value, one.value) for one in LinkKind])
    from_person_id = models.UUIDField(null=True)
    to_person_id = models.UUIDField()
    reason = models.CharField(max_length=400, blank=True)
    event_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        db_table = "identity_link"


class PossibleMatch(MunimentModel):
    """Two source records that may be one person: a question put to a person, asked once."""

    placement = Placement.DEPARTMENT
    witnessed = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    first_id = models.UUIDField()  # the older record
    second_id = models.UUIDField()
    agreements = models.JSONField()  # what speaks for it, in words
    state = models.CharField(max_length=20, choices=[(one.value, one.value) for one in MatchState], default=MatchState.OPEN)
    decided_by_id = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "identity_possible_match"
        constraints = [models.UniqueConstraint(fields=["first_id", "second_id"], name="pair_asked_once")]
        indexes = [
            # the questions about one record
            models.Index(fields=["second_id"], name="match_by_second"),
        ]
