"""What coders made of suggestions. The suggestions themselves are read off the chart anew and kept nowhere."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from muniment.core.models import MunimentModel, Placement
from muniment.identity.models import Patient
from muniment.kernel.ids import uuid7


class Why(StrEnum):
    """Why a suggestion was refused."""

    MEANS_OTHERWISE = "the text means something else"
    NOT_THEIRS = "it is denied, past or somebody else’s"
    OTHER_CODE = "another code says it better"
    NOT_CODED = "it is not coded in this stay"


class Verdict(MunimentModel):
    """One suggestion taken into a draft, or refused with a reason; ``words`` are those it rested on."""

    placement = Placement.PATIENT
    indelible = True
    witnessed = True

    pk = models.CompositePrimaryKey("patient_id", "id")
    id = models.UUIDField(default=uuid7)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, db_index=False, related_name="+")
    encounter_id = models.UUIDField()
    facility_id = models.UUIDField()
    code = models.CharField(max_length=12)
    words = models.CharField(max_length=200)
    taken = models.BooleanField()
    reason = models.CharField(max_length=80, blank=True)
    section = models.CharField(max_length=60, blank=True)  # the heading its words stood under, in small letters
    percent = models.PositiveSmallIntegerField(default=0)  # its probability when it was shown
    model_number = models.PositiveIntegerField(default=0)  # of the model that spoke; 0 for the terminology alone
    at = models.DateTimeField()
    actor_id = models.UUIDField()
    actor_name = models.CharField(max_length=200)
    event_id = models.UUIDField()

    class Meta:
        db_table = "suggestions_verdict"
        indexes = [
            # what was decided of a stay's suggestions
            models.Index(fields=["patient", "encounter_id"], name="verdict_of_stay"),
            # how often suggestions of a code were taken and refused
            models.Index(fields=["code", "taken"], name="verdict_of_code"),
        ]


class State(StrEnum):
    RUNNING = "running"
    DONE = "done"
    NOTHING = "nothing learned"


class Training(MunimentModel):
    """One run of learning from the final codings in force of stays discharged from ``since`` until before ``until``.

    ``stage`` and ``done`` say how far it is; ``told`` why it ended without a model. What it had learned is lost with its worker: it begins anew.
    """

    placement = Placement.DEPARTMENT
    witnessed = True
    changing = ("state", "stage", "done", "told", "heard_at")

    id = models.UUIDField(primary_key=True, default=uuid7)
    state = models.CharField(max_length=20, choices=[(one.value, one.value) for one in State], default=State.RUNNING)
    since = models.DateField()
    until = models.DateField()
    stage = models.CharField(max_length=40, blank=True)
    done = models.PositiveIntegerField(default=0)
    told = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=200)
    heard_at = models.DateTimeField()

    class Meta:
        db_table = "suggestions_training"


class TrainedModel(MunimentModel):
    """What one training learned (``content``, ``learning.model``), what from, and how it did on stays it had not seen (``measures``)."""

    placement = Placement.DEPARTMENT
    indelible = True
    witnessed = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    number = models.PositiveIntegerField(unique=True)
    training = models.ForeignKey(Training, on_delete=models.PROTECT, db_index=False, related_name="+")
    content = models.BinaryField()
    sha256 = models.BinaryField()
    stays = models.PositiveIntegerField()
    unseen = models.PositiveIntegerField()
    phrases = models.PositiveIntegerField()
    codes = models.PositiveIntegerField()
    release = models.CharField(max_length=40)
    measures = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        db_table = "suggestions_model"


class Choice(MunimentModel):
    """Which model speaks from ``at`` on; none: the terminology alone. The latest governs."""

    placement = Placement.DEPARTMENT
    indelible = True
    witnessed = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    model = models.ForeignKey(TrainedModel, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    at = models.DateTimeField()
    actor_id = models.UUIDField()
    actor_name = models.CharField(max_length=200)

    class Meta:
        db_table = "suggestions_choice"


class Mute(MunimentModel):
    """A coder wants these words not to suggest this code to them (``muted``), or to again. The latest of a coder, code and words governs."""

    placement = Placement.DEPARTMENT
    indelible = True
    witnessed = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    actor_id = models.UUIDField()
    code = models.CharField(max_length=12)
    words = models.CharField(max_length=200)  # as ``wording`` compares them, in the order of the alphabet
    muted = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        db_table = "suggestions_mute"
        indexes = [
            # what a coder has muted
            models.Index(fields=["actor_id", "code", "words", "-id"], name="mute_of_coder"),
        ]
