"""The inventory of forms: their numbers, every version ever proposed, and which types of document are in use."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from muniment.accounts.models import Facility
from muniment.core.models import MunimentModel, Placement
from muniment.forms.rules import Medium, State
from muniment.kernel.ids import uuid7


class Form(MunimentModel):
    """A form's number, under which its versions stand. Without a facility it is the whole organisation's."""

    placement = Placement.DEPARTMENT
    indelible = True
    witnessed = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    number = models.CharField(max_length=40, unique=True)
    facility = models.ForeignKey(Facility, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    registered_at = models.DateTimeField()

    class Meta:
        db_table = "forms_form"

    def __str__(self) -> str:
        return self.number


class FormVersion(MunimentModel):
    """One version of a form. What it is never changes; only its steps set how it stands and until when.

    ``original_sha256`` is the file that was brought, ``sha256`` the blank form as it is printed, framed with number, version and code.
    """

    placement = Placement.DEPARTMENT
    witnessed = True
    changing = (
        "state", "effective_to", "ended_why", "approved_by_id", "approved_at", "review_due", "reviewed_at", "reviewed_by_id",
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid7)
    form = models.ForeignKey(Form, on_delete=models.PROTECT, db_index=False, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in State], default=State.DRAFT)
    title = models.CharField(max_length=200)
    type_code = models.CharField(max_length=40)
    medium = models.CharField(max_length=20, choices=[(one.value, one.value) for one in Medium])
    owner = models.CharField(max_length=200)  # a person or a department
    used_in = ArrayField(models.CharField(max_length=80), default=list)  # units; none: wherever the type is written
    downtime = models.BooleanField(default=False)  # part of the downtime pack
    changes = models.TextField()  # what is new in it, and why
    layout = models.TextField(blank=True)  # of a form that is set here, as it was typed
    original_sha256 = models.BinaryField(null=True)
    sha256 = models.BinaryField(null=True)
    pages = models.PositiveSmallIntegerField(default=0)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)  # the first day it is no longer in force
    ended_why = models.TextField(blank=True)  # why it was retired or withdrawn
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+")
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    review_due = models.DateField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )

    class Meta:
        db_table = "forms_version"
        ordering = ["form_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["form", "number"], name="form_version_numbered_once"),
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True) | ~models.Q(approved_by=models.F("proposed_by")),
                name="form_approved_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(effective_to__isnull=True) | models.Q(effective_to__gte=models.F("effective_from")),
                name="form_interval_runs_forward",
            ),
        ]
        indexes = [
            # the reviews that are due (every morning)
            models.Index(fields=["review_due"], name="forms_review_due", condition=models.Q(state="approved")),
            # the forms that make a type of document
            models.Index(fields=["type_code"], name="forms_by_type"),
        ]

    def __str__(self) -> str:
        return f"{self.form.number}, version {self.number}"


class TypeInUse(MunimentModel):
    """How many current documents of a type a facility's charts hold: counted anew every night, so that no page counts the record."""

    placement = Placement.DEPARTMENT
    erasable = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, db_index=False, related_name="+")
    code = models.CharField(max_length=120, blank=True)
    label = models.CharField(max_length=400)  # as one of its documents is called
    documents = models.PositiveIntegerField()
    last = models.DateTimeField(null=True)  # the newest document's time
    counted_at = models.DateTimeField()

    class Meta:
        db_table = "forms_type_in_use"
        constraints = [
            # a facility's types, each counted once
            models.UniqueConstraint(fields=["facility", "code", "label"], name="forms_type_counted_once"),
        ]
