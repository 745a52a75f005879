"""Whom a sign-in signs as: the part of a person's page about it, and its form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from muniment.access.web.forms import ReasonForm
from muniment.accounts.models import Practitioner, User
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
