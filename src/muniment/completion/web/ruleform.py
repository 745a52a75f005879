"""A rule of chart analysis as fields to fill in: read from its parameters, written back to them.

Writing what was read changes nothing: lists keep their order, codes the list of types does not know stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import msgspec
from django import forms
from django.forms import BaseFormSet, BoundField, formset_factory

from muniment.accounts.models import Facility
from muniment.completion.document_types import DOCUMENT_TYPES, named
from muniment.completion.parameters import Clock, DocumentRule, Stays, VerbalOrderRule, kind_of
from muniment.encounters.rules import CLASSES
from muniment.kernel.errors import Unfileable
from muniment.kernel.fhir.order_provenance import MODES, SPOKEN
from muniment.rulebook.web.forms import Lines
from muniment.terminology.own_tables import DISCHARGE_STATUSES
from muniment.ui.words import sentence_case

SPARE = 3  # empty rows for sections
MOMENTS = [
    ("discharge", "discharge"),
    ("admission", "admission"),
    ("procedure", "the procedure that brought the stay under the rule"),
    ("order", "the order that brought it under the rule"),
]
PROCEDURES = [
    ("", "with or without procedures"),
    ("any", "only with a procedure"),
    ("none", "only without any procedure"),
    ("these", "only with one of these procedures"),
]


class Folded(forms.CheckboxSelectMultiple):
    """Boxes to tick behind a summary of what is ticked: a long list takes a line until it is opened."""

    template_name = "completion/widgets/folded.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        found = super().get_context(name, value, attrs)
        options = [one for _, group, _ in found["widget"]["optgroups"] for one in group]
        found["chosen"] = [one["label"] for one in options if one["selected"]]
        return found


class Picked(forms.MultipleChoiceField):
    """Codes out of a list; those the rule has stand first, in its order, whether the list knows them or not."""

    widget = Folded

    def __init__(self, words: Callable[[str], str], codes: Iterable[str], have: Sequence[str], **more: Any) -> None:
        codes = [*have, *(one for one in codes if one not in have)]
        super().__init__(choices=[(one, words(one)) for one in codes], required=False, **more)


class ElementForm(forms.Form):
    """A section the document must have."""

    name = forms.CharField(label="Section", max_length=120, required=False)
    headings = Lines(label="Other headings that count as it, one a line", rows=2)
    except_dispositions = forms.CharField(
        label="Not after these dispositions", required=False, help_text="Discharge statuses, like 20, 40"
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if not said.get("name") and (said.get("headings") or said.get("except_dispositions")):
            self.add_error("name", "Name the section.")
        return said


Elements = formset_factory(ElementForm, extra=SPARE)


class RuleForm(forms.Form):
    """What the software reads from a rule, but for the sections of a document rule (``Elements``)."""

    def __init__(self, rule: Stays, data: Any = None) -> None:
        super().__init__(data, initial=typed(rule))
        self.kind = type(rule)
        self.fields |= _fields(rule)

    @property
    def groups(self) -> list[tuple[str, list[BoundField]]]:
        """The fields under their headings, in the order they are asked."""
        names = {title: [name for name in said if name in self.fields] for title, said in GROUPS.items()}
        return [(title, [self[name] for name in said]) for title, said in names.items() if said]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        for name, wants, sentence in _TOGETHER:
            if name in self.fields and name in said and wants(said) and not said[name]:
                self.add_error(name, sentence)
        low, high = said.get("min_days"), said.get("max_days")
        if low is not None and high is not None and high < low:
            self.add_error("max_days", "The longest stay must not be shorter than the shortest.")
        return said


_TOGETHER: tuple[tuple[str, Callable[[dict[str, Any]], Any], str], ...] = (
    ("codes", lambda said: not said.get("more_codes"), "Choose at least one type of document."),
    ("credentials", lambda said: True, "Name at least one credential, like NP."),
    ("modes", lambda said: True, "Choose at least one way in which orders are given."),
    ("procedure_codes", lambda said: said.get("procedures") == "these", "Name the procedures, one a line."),
    ("update_codes", lambda said: said.get("update_name"), "Choose what counts as the update."),
    ("update_name", lambda said: said.get("update_codes"), "Name the update, as the deficiency is to call it."),
)
GROUPS = {
    "Which stays it speaks of": (
        "classes", "services", "facility_kinds", "min_days", "max_days", "dispositions", "except_dispositions", "procedures",
        "procedure_codes", "except_procedures", "with_documents", "with_orders",
    ),
    "What it asks for": (
        "document_name", "document_code", "document_others", "codes", "more_codes", "credentials", "modes", "covering", "each_day", "signature", "responsible",
        "accept_days_before",
    ),
    "By when": ("due_hours", "due_days", "due_from"),
    "An update of a document from before the stay": (
        "update_name", "update_codes", "update_hours", "update_days", "update_from", "update_headings",
    ),
}  # fmt: skip


def _fields(rule: Stays) -> dict[str, forms.Field]:
    found = _stay_fields(rule) | _clock_fields("due", "The time is counted from")
    more = Lines(label="And these LOINC codes, which the list does not have", rows=2, help_text="One a line.")
    if isinstance(rule, DocumentRule):
        return found | _document_fields(rule) | {"more_codes": more}
    if hasattr(rule, "codes"):
        found |= {
            "codes": _types("Types of document", rule.codes, "Those of the stay that must be signed."),
            "more_codes": more,
        }
    if hasattr(rule, "credentials"):
        found["credentials"] = Lines(
            label="Credentials of their authors", help_text="One a line, as the directory has them: NP."
        )
    if isinstance(rule, VerbalOrderRule):
        found |= _order_fields(rule)
    return found


def _order_fields(rule: VerbalOrderRule) -> dict[str, forms.Field]:
    return {
        "modes": Picked(
            lambda code: f"{sentence_case(MODES[code])} ({code})" if code in MODES else code, SPOKEN, rule.modes, label="Orders given in these ways",
            help_text="As the ordering system says it: HL7 v2 ORC-30.",
        ),
        "covering": Lines(
            label="Credentials of others who may authenticate them",
            help_text="One a line, as the directory has them: MD. Whoever gave the order always may.",
        ),
    }  # fmt: skip


def _stay_fields(rule: Stays) -> dict[str, forms.Field]:
    kinds = list(Facility.objects.order_by("kind").values_list("kind", flat=True).distinct())
    statuses = dict(DISCHARGE_STATUSES)
    return {
        "classes": Picked(
            lambda code: f"{CLASSES[code]} ({code})" if code in CLASSES else code, CLASSES, rule.classes,
            label="Patient classes", help_text="None ticked: of every class. The same holds for each list below.",
        ),
        "services": Lines(label="Services", rows=2, help_text="One a line, as the registration system writes them."),
        "facility_kinds": Picked(lambda kind: kind.replace("-", " "), kinds, rule.facility_kinds, label="Kinds of facility"),
        "min_days": _number("Shortest stay, days", "A stay that ends on the day it began counts as one day."),
        "max_days": _number("Longest stay, days"),
        "dispositions": Picked(
            lambda code: f"{code} {statuses.get(code, '')}".strip(), statuses, rule.dispositions, label="Only after these dispositions",
            help_text="How the stay ended (UB-04 discharge status).",
        ),
        "except_dispositions": Picked(
            lambda code: f"{code} {statuses.get(code, '')}".strip(), statuses, rule.except_dispositions,
            label="Not after these dispositions", help_text="Death is 20, and 40 to 42 in hospice.",
        ),
        "procedures": forms.ChoiceField(label="Procedures", choices=PROCEDURES, required=False),
        "procedure_codes": Lines(
            label="These procedures", help_text="One a line: the code system, a bar and the beginning of the code. "
            "http://www.cms.gov/Medicare/Coding/ICD10|0 is every operation in ICD-10-PCS.",
        ),
        "except_procedures": Lines(
            label="But not these procedures", rows=2, help_text="One a line, in the same way: what is done at the bedside, say."
        ),
        "with_documents": _types(
            "Or with one of these documents in the chart", rule.with_documents,
            "They show that something was done before it is coded, like the consent to an operation.",
        ),
        "with_orders": Lines(label="Or with one of these orders", help_text="One a line, like http://loinc.org|11488-4."),
    }  # fmt: skip


def _document_fields(rule: DocumentRule) -> dict[str, forms.Field]:
    first, *others = rule.document.codes or ("",)
    codes = [*dict.fromkeys([*filter(None, (first,)), *DOCUMENT_TYPES])]
    update = rule.update.codes if rule.update else ()
    return {
        "document_name": forms.CharField(label="Document", max_length=120, help_text="As the deficiency is to call it."),
        "document_code": forms.ChoiceField(
            label="It is written as", choices=[(one, named(one)) for one in codes], help_text="Its type when it is written here.",
        ),
        "document_others": _types("These types count as it too", others),
        "each_day": forms.BooleanField(label="One for each day on which there was such a procedure", required=False),
        "signature": forms.BooleanField(label="It must be signed", required=False),
        "responsible": forms.ChoiceField(
            label="Who owes it while it is not there", choices=[("attending", "the attending"), ("operator", "who did the procedure")],
        ),
        "accept_days_before": _number("Days before admission it may have been written", "Empty: only of the stay itself."),
        "update_name": forms.CharField(
            label="Name of the update", max_length=120, required=False,
            help_text="Empty: a document from before the stay needs none.",
        ),
        "update_codes": _types("These documents of the stay bring it up to date", update),
        **_clock_fields("update", "The update’s time is counted from"),
        "update_headings": Lines(
            label="Under one of these headings", help_text="One a line. Empty: under any heading.", rows=2
        ),
    }  # fmt: skip


def _types(label: str, have: Sequence[str], help_text: str = "") -> Picked:
    return Picked(named, DOCUMENT_TYPES, have, label=label, help_text=help_text)


def _number(label: str, help_text: str = "") -> forms.IntegerField:
    widget = forms.TextInput(attrs={"inputmode": "numeric", "data-width": "short", "autocomplete": "off"})
    wrong = {"invalid": "Write a whole number, like 30.", "min_value": "It can’t be less than %(limit_value)s."}
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=36_500, help_text=help_text, widget=widget, error_messages=wrong
    )


def _clock_fields(name: str, label: str) -> dict[str, forms.Field]:
    return {
        f"{name}_hours": _number("Hours"),
        f"{name}_days": _number("Days", "Hours and days both empty: at that moment itself."),
        f"{name}_from": forms.ChoiceField(label=label, choices=MOMENTS),
    }


def typed(rule: Stays) -> dict[str, Any]:
    """A rule as it stands in the fields."""
    said: dict[str, Any] = {name: getattr(rule, name) for name in Stays.__struct_fields__}
    if isinstance(rule.procedures, tuple):
        said |= {"procedures": "these", "procedure_codes": rule.procedures}
    for name in ("codes", "credentials", "modes", "covering", "each_day", "signature", "responsible"):
        if hasattr(rule, name):
            said[name] = getattr(rule, name)
    said |= _clock_typed("due", cast(Clock, getattr(rule, "due")))  # noqa: B009 every kind of rule has one
    return said | (_document_typed(rule) if isinstance(rule, DocumentRule) else {})


def _document_typed(rule: DocumentRule) -> dict[str, Any]:
    first, *others = rule.document.codes or ("",)
    said: dict[str, Any] = {
        "document_name": rule.document.name, "document_code": first, "document_others": others,
        "accept_days_before": rule.accept_days_before or None,
    }  # fmt: skip
    if rule.update:
        said |= {
            "update_name": rule.update.name, "update_codes": rule.update.codes, "update_headings": rule.update.headings,
            **_clock_typed("update", rule.update.due),
        }  # fmt: skip
    return said


def _clock_typed(name: str, clock: Clock) -> dict[str, Any]:
    return {f"{name}_hours": clock.hours or None, f"{name}_days": clock.days or None, f"{name}_from": clock.since}


def elements_typed(rule: Stays) -> list[dict[str, Any]]:
    found = rule.elements if isinstance(rule, DocumentRule) else ()
    return [
        {"name": one.name, "headings": one.headings, "except_dispositions": ", ".join(one.except_dispositions)} for one in found
    ]


def said(form: RuleForm, elements: BaseFormSet[ElementForm] | None) -> dict[str, Any]:
    """The parameters that were filled in. Raises Unfileable where chart analysis could not read them."""
    given = form.cleaned_data
    found = {
        name: given[name] for name in (*Stays.__struct_fields__, "codes", "credentials", "modes", "covering") if name in given
    }
    if "codes" in found:
        found["codes"] = [*dict.fromkeys([*found["codes"], *given["more_codes"]])]
    found["procedures"] = given["procedure_codes"] if given["procedures"] == "these" else given["procedures"]
    found = {name: value for name, value in found.items() if value not in ("", None, [])}
    found["due"] = _clock_said("due", given)
    if form.kind is DocumentRule:
        found |= _document_said(given, elements)
    try:
        msgspec.convert(found, form.kind)
    except msgspec.ValidationError as error:
        raise Unfileable(f"Chart analysis could not read this rule: {error}.") from error
    return found


def _document_said(given: dict[str, Any], elements: BaseFormSet[ElementForm] | None) -> dict[str, Any]:
    codes = [*dict.fromkeys([given["document_code"], *given["document_others"], *given["more_codes"]])]
    found: dict[str, Any] = {
        "document": {"codes": codes, "name": given["document_name"]}, "signature": given["signature"],
        "responsible": given["responsible"],
    }  # fmt: skip
    if given["each_day"]:
        found["each_day"] = True
    if given["accept_days_before"]:
        found["accept_days_before"] = given["accept_days_before"]
    rows = [_element_said(one) for one in (elements.cleaned_data if elements else []) if one.get("name")]
    if rows:
        found["elements"] = rows
    if given["update_name"]:
        found["update"] = {"codes": given["update_codes"], "name": given["update_name"], "due": _clock_said("update", given)}
        found["update"] |= {"headings": given["update_headings"]} if given["update_headings"] else {}
    return found


def _element_said(given: dict[str, Any]) -> dict[str, Any]:
    codes = given["except_dispositions"].replace(",", " ").split()
    found = {"name": given["name"], "headings": given["headings"], "except_dispositions": codes}
    return {name: value for name, value in found.items() if value}


def _clock_said(name: str, given: dict[str, Any]) -> dict[str, Any]:
    found = {"from": given[f"{name}_from"], "hours": given[f"{name}_hours"], "days": given[f"{name}_days"]}
    return {part: value for part, value in found.items() if value}


@dataclass(frozen=True, slots=True)
class Filled:
    """The two parts of the form together. ``elements`` only where the rule asks for a document."""

    form: RuleForm
    elements: BaseFormSet[ElementForm] | None

    @classmethod
    def make(cls, rule: Stays, data: Any = None) -> Filled:
        asks = isinstance(rule, DocumentRule)
        rows = Elements(data, prefix="elements", initial=elements_typed(rule)) if asks else None
        return cls(RuleForm(rule, data), rows)

    @property
    def is_valid(self) -> bool:
        good = self.form.is_valid()
        return (self.elements is None or self.elements.is_valid()) and good

    def parameters(self) -> dict[str, Any]:
        return said(self.form, self.elements)


def rule_of(code: str, parameters: dict[str, Any]) -> Stays:
    """Parameters as the rule of that code. Raises Unfileable where they can't be read."""
    try:
        return msgspec.convert(parameters, kind_of(code))
    except msgspec.ValidationError as error:
        raise Unfileable(
            f"What this version says can’t be read as a rule of chart analysis: {error}.",
            remedy="Propose its next version with the rule book’s own form.",
        ) from error


EMPTY = {"document": {"codes": [], "name": ""}, "due": {"from": "discharge", "days": 30}}  # a new rule, to begin with
