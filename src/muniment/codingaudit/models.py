"""Draws of final codings, audits as they stand, and every step of them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from muniment.accounts.models import Facility
from muniment.codingaudit.rules import Origin, State
from muniment.core.models import MunimentModel, Placement
from muniment.identity.models import Patient
from muniment.kernel.ids import uuid7


class AuditDraw(MunimentModel):
    """One coder's sample of one day: from which stays, by which seed, and which came out. Anybody can draw again from it."""

    placement = Placement.DEPARTMENT
    indelible = True
    witnessed = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, db_index=False, related_name="+")
    coder_id = models.UUIDField()
    coder_name = models.CharField(max_length=200)
    sample = models.CharField(max_length=80)  # "random", or the focus's name
    day = models.DateField()  # by the facility's clock
    population = ArrayField(models.UUIDField())  # stays, in order of their ids
    seed = models.BinaryField()
    drawn = ArrayField(models.UUIDField())  # in the order of the lot
    wanted = models.PositiveIntegerField()
    rule_number = models.PositiveIntegerField()
    citation = models.CharField(max_length=400)
    made_at = models.DateTimeField()
    event_id = models.UUIDField()

    class Meta:
        db_table = "codingaudit_draw"
        constraints = [
            # nobody draws again until it suits
            models.UniqueConstraint(fields=["facility", "coder_id", "sample", "day"], name="audit_draw_once_a_day"),
        ]


class Audit(MunimentModel):
    """One final coding that a second coder codes again. ``second`` is their coding, ``findings`` the differences and their verdicts."""

    placement = Placement.PATIENT
    witnessed = True

    pk = models.CompositePrimaryKey("patient_id", "id")
    id = models.UUIDField(default=uuid7)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, db_index=False, related_name="+")
    encounter_id = models.UUIDField()
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, db_index=False, related_name="+")
    class_code = models.CharField(max_length=10, blank=True)
    service = models.CharField(max_length=120, blank=True)
    final_number = models.PositiveIntegerField()  # of the coding that is audited
    coder_id = models.UUIDField()
    coder_name = models.CharField(max_length=200)
    origin = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Origin])
    reason = models.CharField(max_length=400)  # why it is in, in words
    draw_id = models.UUIDField()
    state = models.CharField(max_length=8, choices=[(one.value, one.value) for one in State], default=State.CODING)
    auditor_id = models.UUIDField(null=True)
    auditor_name = models.CharField(max_length=200, blank=True)
    second = models.JSONField(default=dict)  # codes and disposition, as final codings have them
    compared_at = models.DateTimeField(null=True)
    findings = models.JSONField(default=list)  # rules.Finding
    rule_number = models.PositiveIntegerField(null=True)  # of the taxonomy it was judged by
    first_drg = models.CharField(max_length=3, blank=True)
    second_drg = models.CharField(max_length=3, blank=True)
    standing_drg = models.CharField(max_length=3, blank=True)  # of the coding that stands in the end
    coded = models.PositiveIntegerField(default=0)
    correct = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)
    chosen_at = models.DateTimeField()
    due_at = models.DateTimeField()  # of whoever's turn it is
    closed_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "codingaudit_audit"
        constraints = [
            models.UniqueConstraint(fields=["patient", "encounter_id", "final_number"], name="audit_once"),
        ]
        indexes = [
            # opening an audit from a link or a work item
            models.Index(fields=["id"], name="audit_by_id"),
            # a facility's audits, newest first
            models.Index(fields=["facility", "-chosen_at", "-id"], name="audit_by_choice"),
            # what closed in a time: accuracy
            models.Index(fields=["facility", "closed_at"], name="audit_by_close", condition=models.Q(state="closed")),
        ]


class AuditStep(MunimentModel):
    """What somebody did in an audit, with the findings as they stood after it."""

    placement = Placement.PATIENT
    indelible = True
    witnessed = True

    pk = models.CompositePrimaryKey("patient_id", "id")
    id = models.UUIDField(default=uuid7)
    patient_id = models.UUIDField()
    audit_id = models.UUIDField()
    state = models.CharField(max_length=8, choices=[(one.value, one.value) for one in State])  # whose turn it was
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    second = models.JSONField(default=dict)  # the second coding, in the step that compared
    findings = models.JSONField(default=list)
    event_id = models.UUIDField()

    class Meta:
        db_table = "codingaudit_step"
        indexes = [
            # one audit's history
            models.Index(fields=["patient_id", "audit_id", "at"], name="audit_steps"),
        ]
