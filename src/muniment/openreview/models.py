"""Draws of open stays, reviews with their answers, and what they found that can be mended."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from muniment.accounts.models import Facility, Practitioner, User
from muniment.core.models import MunimentModel, Placement
from muniment.identity.models import Patient
from muniment.kernel.ids import uuid7
from muniment.openreview.rules import UNSETTLED, ActionState, Answer, Origin, ReviewState, State


class Draw(MunimentModel):
    """One stratum's draw of one day: from whom, by which seed, and who came out. Anybody can draw again from it (``sampling``)."""

    placement = Placement.DEPARTMENT
    indelible = True
    witnessed = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, db_index=False, related_name="+")
    stratum = models.CharField(max_length=80)
    day = models.DateField()  # by the facility's clock
    period = models.CharField(max_length=10)
    begin = models.DateField()  # of the period, and its last day
    last = models.DateField()
    population = ArrayField(models.UUIDField())  # the stays the plan speaks of, in order of their ids
    chosen = ArrayField(models.UUIDField())  # those of them that the period had chosen before
    seed = models.BinaryField()
    drawn = ArrayField(models.UUIDField())  # in the order of the lot
    seen = models.PositiveIntegerField()  # stays of the stratum in the period, with this day's
    required = models.PositiveIntegerField()  # of the whole period, by those seen
    target = models.PositiveIntegerField()  # by this day
    have = models.PositiveIntegerField()  # drawn in the period, with this day's
    short = models.PositiveIntegerField()  # what this day lacks
    rule_number = models.PositiveIntegerField()
    citation = models.CharField(max_length=400)
    made_at = models.DateTimeField()
    event_id = models.UUIDField()

    class Meta:
        db_table = "openreview_draw"
        constraints = [
            # nobody draws again until it suits; also: a stratum's draws of a period
            models.UniqueConstraint(fields=["facility", "stratum", "day"], name="draw_once_a_day"),
        ]
        indexes = [
            # a facility's draws, newest first
            models.Index(fields=["facility", "-made_at", "-id"], name="draw_by_time"),
        ]


class Review(MunimentModel):
    """One open stay to be looked at by a worksheet. ``answers`` is the draft; when it is finished they are rows of their own."""

    placement = Placement.PATIENT
    witnessed = True

    pk = models.CompositePrimaryKey("patient_id", "id")
    id = models.UUIDField(default=uuid7)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, db_index=False, related_name="+")
    encounter_id = models.UUIDField()
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, db_index=False, related_name="+")
    class_code = models.CharField(max_length=10, blank=True)  # of the stay when it was chosen
    service = models.CharField(max_length=120, blank=True)
    unit = models.CharField(max_length=80, blank=True)
    origin = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Origin])
    draw_id = models.UUIDField(null=True)
    stratum = models.CharField(max_length=80, blank=True)
    period = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=400)  # why it is in, in words
    state = models.CharField(max_length=8, choices=[(one.value, one.value) for one in ReviewState], default=ReviewState.WAITING)
    chosen_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    rule_number = models.PositiveIntegerField(null=True)  # of the worksheet it was begun by
    reviewer_id = models.UUIDField(null=True)
    reviewer_name = models.CharField(max_length=200, blank=True)
    begun_at = models.DateTimeField(null=True)
    answers = models.JSONField(default=dict)  # question → {answer, comment, by, machine}
    finished_at = models.DateTimeField(null=True)
    left_out_at = models.DateTimeField(null=True)
    closed_why = models.CharField(max_length=400, blank=True)  # why it was left out
    event_id = models.UUIDField()
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "openreview_review"
        constraints = [
            # no stay is drawn twice in a period
            models.UniqueConstraint(
                fields=["patient", "encounter_id", "period"], condition=models.Q(origin="drawn"), name="drawn_once_a_period"
            ),
        ]
        indexes = [
            # opening one from a link or a work item
            models.Index(fields=["id"], name="review_by_id"),
            # a facility's list, newest first
            models.Index(fields=["facility", "-chosen_at", "-id"], name="review_by_time"),
            # a stay's reviews
            models.Index(fields=["encounter_id"], name="review_by_stay"),
        ]


class GivenAnswer(MunimentModel):
    """One answer of a finished review. Where and of whom it was asked stands in it, so that figures are one count."""

    placement = Placement.PATIENT
    indelible = True
    witnessed = True

    pk = models.CompositePrimaryKey("patient_id", "id")
    id = models.UUIDField(default=uuid7)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, db_index=False, related_name="+")
    review_id = models.UUIDField()
    encounter_id = models.UUIDField()
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, db_index=False, related_name="+")
    origin = models.CharField(max_length=8)
    class_code = models.CharField(max_length=10, blank=True)
    service = models.CharField(max_length=120, blank=True)
    unit = models.CharField(max_length=80, blank=True)
    question = models.CharField(max_length=40)
    section = models.CharField(max_length=80)
    text = models.CharField(max_length=300)
    answer = models.CharField(max_length=3, choices=[(one.value, one.value) for one in Answer])
    by_check = models.BooleanField()  # the record answered and nobody overruled it
    overruled = models.BooleanField()
    words = models.TextField(blank=True)  # of the check
    comment = models.TextField(blank=True)  # of the reviewer
    finished_at = models.DateTimeField()
    event_id = models.UUIDField()

    class Meta:
        db_table = "openreview_answer"
        constraints = [
            # a review's answers
            models.UniqueConstraint(fields=["patient", "review_id", "question"], name="answer_once_a_question"),
        ]
        indexes = [
            # the figures of a facility's month, and the list behind each
            models.Index(fields=["facility", "finished_at", "id"], name="answer_by_time"),
        ]


class OpenFinding(MunimentModel):
    """A *no* that can be mended while the patient is in the house: told to who can, looked at again."""

    placement = Placement.PATIENT
    witnessed = True

    pk = models.CompositePrimaryKey("patient_id", "id")
    id = models.UUIDField(default=uuid7)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, db_index=False, related_name="+")
    review_id = models.UUIDField()
    encounter_id = models.UUIDField()
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, db_index=False, related_name="+")
    question = models.CharField(max_length=40)
    text = models.CharField(max_length=300)  # of the question
    words = models.TextField(blank=True)  # what was found
    places = models.JSONField(default=list)
    rule_number = models.PositiveIntegerField()  # of the worksheet
    owner = models.ForeignKey(Practitioner, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    unit = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=20, choices=[(one.value, one.value) for one in State], default=State.OPEN)
    found_at = models.DateTimeField()
    said = models.CharField(max_length=400, blank=True)  # by whoever owes it
    said_by = models.CharField(max_length=200, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=200, blank=True)
    settled_why = models.CharField(max_length=400, blank=True)
    event_id = models.UUIDField()
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "openreview_finding"
        indexes = [
            # opening one from a link or a work item
            models.Index(fields=["id"], name="open_finding_by_id"),
            # a facility's list, newest first
            models.Index(fields=["facility", "-found_at", "-id"], name="open_finding_by_time"),
            # what waits to be looked at again
            models.Index(
                fields=["found_at"],
                name="open_finding_unsettled",
                condition=models.Q(state__in=[str(one) for one in UNSETTLED]),
            ),
        ]


class CorrectiveAction(MunimentModel):
    """What is done about a question below its threshold: who, what, by when; measured before and since it was carried out."""

    placement = Placement.DEPARTMENT
    witnessed = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, db_index=False, related_name="+")
    question = models.CharField(max_length=40)
    text = models.CharField(max_length=300)  # of the question
    what = models.CharField(max_length=400)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, db_index=False, related_name="+")
    due_on = models.DateField()
    threshold = models.FloatField()  # in per cent, of the worksheet of that day
    before_yes = models.PositiveIntegerField()  # answers of the month up to when it was decided
    before_no = models.PositiveIntegerField()
    state = models.CharField(max_length=14, choices=[(one.value, one.value) for one in ActionState], default=ActionState.OPEN)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=200)
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=200, blank=True)
    done_what = models.CharField(max_length=400, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=200, blank=True)
    closed_why = models.CharField(max_length=400, blank=True)
    event_id = models.UUIDField()
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "openreview_action"
        indexes = [
            # a facility's list, newest first
            models.Index(fields=["facility", "-opened_at", "-id"], name="action_by_time"),
        ]
