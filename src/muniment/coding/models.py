"""Abstracts in work, and final codings, which never change."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from muniment.coding.drafting import Role
from muniment.core.models import MunimentModel, Placement
from muniment.identity.models import Patient
from muniment.kernel.ids import uuid7


class State(StrEnum):
    DRAFT = "draft"
    FINAL = "final"
    SUPERSEDED = "superseded"


class Abstract(MunimentModel):
    """One version of a stay's abstract. While a draft, its codes are AbstractCode rows; once final, they are the FinalCoding."""

    placement = Placement.PATIENT
    witnessed = True

    pk = models.CompositePrimaryKey("patient_id", "id")
    id = models.UUIDField(default=uuid7)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, db_index=False, related_name="+")
    encounter_id = models.UUIDField()
    facility_id = models.UUIDField()
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in State], default=State.DRAFT)
    revision = models.PositiveIntegerField(default=1)  # somebody else's change shows as a higher one
    disposition = models.CharField(max_length=20, blank=True)
    answers = models.JSONField(default=dict)  # edit → why it was passed
    reason = models.CharField(max_length=400, blank=True)  # why it is coded again
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_by_id = models.UUIDField(null=True)
    changed_by = models.CharField(max_length=200)

    class Meta:
        db_table = "coding_abstract"
        constraints = [
            models.UniqueConstraint(fields=["patient", "encounter_id", "number"], name="abstract_number"),
            models.UniqueConstraint(
                fields=["patient", "encounter_id"], name="abstract_one_draft", condition=models.Q(state="draft")
            ),
        ]
        indexes = [
            # whose drafts are open: the coder's own
            models.Index(fields=["changed_by_id"], name="abstract_drafts_of", condition=models.Q(state="draft")),
        ]


class AbstractCode(MunimentModel):
    """One code of a draft, with the title that was shown when it was chosen."""

    placement = Placement.PATIENT
    erasable = True

    pk = models.CompositePrimaryKey("patient_id", "id")
    id = models.UUIDField(default=uuid7)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, db_index=False, related_name="+")
    abstract_id = models.UUIDField()
    sequence = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Role])
    system = models.CharField(max_length=24)
    code = models.CharField(max_length=12)
    display = models.TextField()
    poa = models.CharField(max_length=1, blank=True)
    on = models.DateField(null=True)
    operator_id = models.UUIDField(null=True)  # practitioner

    class Meta:
        db_table = "coding_abstract_code"
        constraints = [
            models.UniqueConstraint(fields=["patient", "abstract_id", "sequence"], name="abstract_code_sequence"),
        ]


class FinalCoding(MunimentModel):
    """What a coder finalised: canonical JSON with its SHA-256. ``number`` 1 is the first; a higher one recodes the stay."""

    placement = Placement.PATIENT
    indelible = True

    pk = models.CompositePrimaryKey("patient_id", "encounter_id", "number")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, db_index=False, related_name="+")
    encounter_id = models.UUIDField()
    number = models.PositiveIntegerField()
    abstract_id = models.UUIDField()
    facility_id = models.UUIDField()
    content = models.TextField()
    sha256 = models.BinaryField()
    principal = models.CharField(max_length=12)
    drg = models.CharField(max_length=3, blank=True)
    weight = models.DecimalField(max_digits=8, decimal_places=4, null=True)
    discharged_on = models.DateField()
    coder_id = models.UUIDField(null=True)
    coder_name = models.CharField(max_length=200)
    finalised_at = models.DateTimeField()
    reason = models.CharField(max_length=400, blank=True)
    event_id = models.UUIDField()

    class Meta:
        db_table = "coding_final"
        indexes = [
            # opening a stay's final coding from a link
            models.Index(fields=["encounter_id"], name="final_by_encounter"),
            # owncodes.recents: what a coder finalised last
            models.Index(fields=["coder_id", "-finalised_at"], name="final_by_coder"),
            # the stays of a code update's window
            models.Index(fields=["discharged_on"], name="final_by_discharge"),
        ]


class Favourite(MunimentModel):
    """A code a coder keeps at hand, with the title it had then. Each person’s own."""

    placement = Placement.DEPARTMENT
    erasable = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    user_id = models.UUIDField()
    system = models.CharField(max_length=24)
    code = models.CharField(max_length=12, db_collation="C")
    display = models.TextField()
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "coding_favourite"
        constraints = [models.UniqueConstraint(fields=["user_id", "system", "code"], name="favourite_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.display}"


class Pending(MunimentModel):
    """A stay that changed, or (encounter null) a changed rule: the coding queue is to be brought into step."""

    placement = Placement.DEPARTMENT
    erasable = True

    id = models.BigAutoField(primary_key=True)
    patient_id = models.UUIDField(null=True)
    encounter_id = models.UUIDField(null=True)
    since = models.DateField(null=True)

    class Meta:
        db_table = "coding_pending"
