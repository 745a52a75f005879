"""Volumes of paper charts and every movement of them."""

from __future__ import annotations

from django.db import models

from muniment.accounts.models import Facility
from muniment.core.models import MunimentModel, Placement
from muniment.kernel.ids import uuid7
from muniment.tracking.rules import State, Step


class Volume(MunimentModel):
    """One folder of paper. ``home`` is its place in the file; ``place`` and ``holder`` where it is and who has it while it is out."""

    placement = Placement.DEPARTMENT
    witnessed = True
    changing = ("home", "state", "place", "holder", "due_on", "since", "revision")

    id = models.UUIDField(primary_key=True, default=uuid7)
    number = models.CharField(max_length=100, unique=True)
    patient_id = models.UUIDField()
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, db_index=False, related_name="+")
    ordinal = models.PositiveSmallIntegerField()  # which of the patient's volumes at this facility, from 1
    label = models.CharField(max_length=200)  # what it holds: "2009 to 2015"
    home = models.CharField(max_length=120)
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in State], default=State.IN_FILE)
    place = models.CharField(max_length=120, blank=True)
    holder = models.CharField(max_length=200, blank=True)
    due_on = models.DateField(null=True)
    since = models.DateTimeField()  # when it came where it is
    registered_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "tracking_volume"
        constraints = [
            # a patient's volumes at a facility, each number once
            models.UniqueConstraint(fields=["patient_id", "facility", "ordinal"], name="tracking_one_ordinal"),
        ]
        indexes = [
            # the lists of a facility: out, missing, all, the latest movement first
            models.Index(fields=["facility", "state", "-since", "-id"], name="tracking_by_state"),
            # what is due back (the board, the daily recall)
            models.Index(fields=["due_on"], name="tracking_due", condition=models.Q(state="out")),
        ]

    def __str__(self) -> str:
        return self.number


class Movement(MunimentModel):
    """One step of a volume's life."""

    placement = Placement.DEPARTMENT
    indelible = True
    witnessed = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    volume = models.ForeignKey(Volume, on_delete=models.PROTECT, db_index=False, related_name="movements")
    at = models.DateTimeField()
    step = models.CharField(max_length=20, choices=[(one.value, one.value) for one in Step])
    place = models.CharField(max_length=120, blank=True)
    holder = models.CharField(max_length=200, blank=True)
    due_on = models.DateField(null=True)
    reason = models.TextField(blank=True)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    event_id = models.UUIDField()

    class Meta:
        db_table = "tracking_movement"
        indexes = [
            # a volume's history
            models.Index(fields=["volume", "at", "id"], name="tracking_history"),
        ]
