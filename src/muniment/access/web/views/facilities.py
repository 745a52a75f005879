"""The facilities of the house: their codes, the other codes messages use for them, and opening another one."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from muniment.access.middleware import needs
from muniment.access.permissions import can, check_facility
from muniment.access.rules import Category, Grade
from muniment.access.web import presenters
from muniment.accounts import actions, queries
from muniment.accounts.models import Facility, Organisation, User
from muniment.accounts.rules import Role
from muniment.audit.models import LifecycleEvent
from muniment.core.actions import unit_of_work
from muniment.core.actor import Actor
from muniment.core.request import ActorRequest
from muniment.kernel.errors import Refused
from muniment.ui.shapes import Fact

KINDS = {"hospital": "Hospital", "clinic": "Clinic", "behavioural-health": "Behavioural health"}
CODE = forms.RegexField(
    label="Code", regex=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$", help_text="As messages write it, and as the assigner of its numbers.",
    error_messages={"invalid": "Use letters, figures, dots, hyphens and underscores, without spaces."},
)  # fmt: skip


class FacilityForm(forms.Form):
    name = forms.CharField(label="Name", max_length=200)
    code = CODE
    kind = forms.ChoiceField(label="Kind", choices=list(KINDS.items()))
    zone = forms.CharField(
        label="Time zone", initial="America/New_York", help_text="The IANA name, like America/Chicago. Its clock decides what day it is there."
    )  # fmt: skip
    aliases = forms.CharField(
        label="Other codes", required=False, help_text="Other codes that messages use for it, separated by commas. It can be left empty."
    )  # fmt: skip

    def clean_code(self) -> str:
        return _free(self.cleaned_data["code"])

    def clean_zone(self) -> str:
        zone: str = self.cleaned_data["zone"].strip()
        if zone not in available_timezones():
            raise forms.ValidationError(f"“{zone}” is not a time zone. Write it like America/Chicago.")
        return zone

    def clean_aliases(self) -> list[str]:
        return [_free(one.strip()) for one in self.cleaned_data["aliases"].split(",") if one.strip()]


class AliasForm(forms.Form):
    alias = forms.CharField(label="Code that messages use", max_length=40)

    def clean_alias(self) -> str:
        return _free(self.cleaned_data["alias"].strip())


def _free(code: str) -> str:
    """A code means one facility. Raises ValidationError with whose it is."""
    known = queries.facility_by_code(code)
    if known:
        raise forms.ValidationError(f"“{code}” means {known.name} already.")
    return code


@needs(Category.ACCOUNTS)
@require_GET
def facilities(request: ActorRequest) -> HttpResponse:
    rows = [(one, KINDS.get(one.kind, one.kind), one.id in request.actor.facilities) for one in Facility.objects.all()]
    return render(request, "access/facilities.html", {"rows": rows, "may_write": _may_write(request.actor)})


@needs(Category.ACCOUNTS, Grade.WRITE)
@require_http_methods(["GET", "POST"])
def add(request: ActorRequest) -> HttpResponse:
    """Open a facility. Whoever opens it is its first administrator, since nobody else works there yet to assign one."""
    form = FacilityForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "access/facility_add.html", {"form": form}, status=422 if form.is_bound else 200)
    organisation = Organisation.objects.order_by("id").first()
    if organisation is None:
        raise Refused("No organisation is set up yet.", remedy="Run “muniment database prepare”, then try again.")
    with unit_of_work():
        opened = actions.open_facility(actor=request.actor, organisation=organisation, **form.cleaned_data)
        system = Actor.system("opening of a facility", organisation=organisation.code)
        user = User.objects.get(username=request.user.get_username())
        actions.assign_role(actor=system, user=user, role=Role(request.actor.role), facilities=[opened])
    messages.success(request, f"Opened {opened.name}. You are its first administrator; assign its people their roles.")
    return redirect("accounts-facility", facility_id=opened.id)


@needs(Category.ACCOUNTS)
@require_GET
def facility(request: ActorRequest, facility_id: UUID) -> HttpResponse:
    return _page(request, _found(facility_id), AliasForm())


@needs(Category.ACCOUNTS, Grade.WRITE)
@require_POST
def alias(request: ActorRequest, facility_id: UUID) -> HttpResponse:
    """Add a code that messages use for the facility; what waits in quarantine for want of it can then be replayed."""
    found, form = _found(facility_id), AliasForm(request.POST)
    check_facility(request.actor, [found.id])
    if not form.is_valid():
        return _page(request, found, form, status=422)
    new = form.cleaned_data["alias"]
    actions.name_facility(actor=request.actor, facility=found, aliases=[*found.aliases, new])
    messages.success(
        request, f"Messages that say {new} mean {found.name} now. What waits in quarantine for it can be replayed."
    )
    return redirect("accounts-facility", facility_id=found.id)


def _found(facility_id: UUID) -> Facility:
    found = Facility.objects.filter(id=facility_id).first()
    if found is None:
        raise Refused("There is no such facility.", remedy="Open the list of facilities.")
    return found


def _may_write(actor: Actor) -> bool:
    return can(actor, Category.ACCOUNTS, Grade.WRITE)


def _page(request: ActorRequest, found: Facility, form: AliasForm, status: int = 200) -> HttpResponse:
    trail = LifecycleEvent.objects.filter(subject_type="facility", subject_id=str(found.id)).order_by("-at")[:50]
    here = found.id in request.actor.facilities
    facts = [
        Fact(label="Code", value=found.code), Fact(label="Kind", value=KINDS.get(found.kind, found.kind)),
        Fact(label="Time zone", value=found.zone), Fact(label="Other codes", value=", ".join(found.aliases) or "none"),
    ]  # fmt: skip
    return render(request, "access/facility.html", {
        "facility": found, "facts": facts, "form": form, "events": presenters.events(list(trail)), "here": here,
        "may_change": here and _may_write(request.actor), "may_write": _may_write(request.actor),
    }, status=status)  # fmt: skip
