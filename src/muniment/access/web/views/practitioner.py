"""Which practitioner of the directory a sign-in is: who signs, and whose deficiencies come to whose inbox."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from muniment.access.middleware import needs
from muniment.access.rules import Category, Grade
from muniment.access.web.forms import ReasonForm
from muniment.accounts import actions, permissions, queries
from muniment.accounts.models import Practitioner, User
from muniment.core.request import ActorRequest
from muniment.ui.shapes import Fact

MOST = 8
SYSTEMS = {"http://hl7.org/fhir/sid/us-npi": "NPI", "urn:oid:2.16.840.1.113883.4.6": "NPI", "2.16.840.1.113883.4.6": "NPI"}


class LinkForm(ReasonForm):
    """``practitioner`` is a number of theirs or their name; after ``is_valid`` it is the Practitioner."""

    practitioner = forms.CharField(
        label="Practitioner", max_length=120, help_text="A number of theirs (the NPI, say), or their family and given name."
    )
    field_order = ("practitioner", "reason")

    def clean_practitioner(self) -> Practitioner:
        text = self.cleaned_data["practitioner"].strip()
        found = named(text)
        if len(found) == 1:
            if found[0].user_id:
                raise forms.ValidationError(f"{found[0]} has a sign-in already. Take that link away first.")
            return found[0]
        if not found:
            raise forms.ValidationError(
                f"The directory has nobody of the number or name “{text}”. They come into it with the first message that names them."
            )
        some = "; ".join(f"{one} ({numbers(one)})" for one in found[:MOST])
        raise forms.ValidationError(f"Several are meant. Write the number of the right one: {some}.")


def named(text: str) -> list[Practitioner]:
    """Whom a number means, else whom the words of a name fit."""
    people = Practitioner.objects.prefetch_related("identifiers").distinct()
    held = list(people.filter(identifiers__value__iexact=text))
    if held:
        return held
    name = Q()
    for word in text.replace(",", " ").split():
        name &= Q(family__iexact=word) | Q(given__icontains=word) | Q(family__icontains=word)
    return list(people.filter(name)[: MOST + 1]) if text else []


def numbers(one: Practitioner) -> str:
    return ", ".join(f"{SYSTEMS.get(row.system, row.system)} {row.value}" for row in one.identifiers.all()) or "no number"


def section(found: User, typed: dict[str, forms.Form] | None = None) -> dict[str, Any]:
    """What the person's page says of it: the practitioner, else the form, which proposes the one of the same name."""
    linked = Practitioner.objects.prefetch_related("identifiers").filter(user=found).first()
    facts = [Fact(label="Signs as", value=str(linked)), Fact(label="Numbers", value=numbers(linked))] if linked else []
    same = Practitioner.objects.filter(family__iexact=found.family, given__iexact=found.given, user__isnull=True).count()
    start = {"practitioner": f"{found.family}, {found.given}"} if not linked and same == 1 else {}
    forms_ = {"link": LinkForm(initial=start, auto_id="link-%s"), "unlink": ReasonForm(auto_id="unlink-%s")} | (typed or {})
    return {
        "practitioner": linked,
        "practitioner_facts": facts,
        "practitioner_forms": forms_,
        "practitioner_open": next(iter(typed or {}), ""),
    }


@needs(Category.ACCOUNTS, Grade.WRITE)
@require_POST
def link(request: ActorRequest, user_id: UUID) -> HttpResponse:
    """This sign-in is this practitioner."""
    return _step(request, user_id, "link")


@needs(Category.ACCOUNTS, Grade.WRITE)
@require_POST
def unlink(request: ActorRequest, user_id: UUID) -> HttpResponse:
    """This sign-in is no practitioner any more; what it signed stays signed."""
    return _step(request, user_id, "unlink")


def _step(request: ActorRequest, user_id: UUID, name: str) -> HttpResponse:
    from muniment.access.web.views.person import page

    found = queries.person(request.actor, user_id)
    permissions.check_change(request.actor, found, "links a practitioner")
    form = {"link": LinkForm, "unlink": ReasonForm}[name](request.POST, auto_id=f"{name}-%s")
    if not form.is_valid():
        return page(request, found, practitioner={name: form}, status=422)
    said = form.cleaned_data
    if name == "link":
        actions.link_practitioner(actor=request.actor, practitioner=said["practitioner"], user=found, reason=said["reason"])
        messages.success(
            request, f"{found.printed_name} signs as {said['practitioner']} now; what they owe comes to their inbox."
        )
    else:
        actions.unlink_practitioner(actor=request.actor, user=found, reason=said["reason"])
        messages.success(request, f"{found.printed_name} signs as nobody now. What was signed stays signed.")
    return redirect("accounts-person", user_id=user_id)
