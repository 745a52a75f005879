"""A filed scan whose pages carry the code of one of the house's forms is held against the inventory; the scan itself stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from muniment.accounts.queries import organisation_code
from muniment.core import clock, keys
from muniment.core.actor import Actor
from muniment.forms import queries, worklist
from muniment.forms.models import FormVersion
from muniment.forms.rules import in_force, standing
from muniment.kernel.moments import Moment
from muniment.scanning import formcodes
from muniment.scanning.formcodes import FormCode
from muniment.scanning.happenings import ScanFiled
from muniment.scanning.models import Document
from muniment.ui import dates
from muniment.work import actions as work


def filed(happening: ScanFiled) -> None:
    """Put before a technician what was written on a form that was not in force then, or that the inventory does not know."""
    forms = formcodes.among(happening.codes, keys.named("separators"))
    if not forms:
        return
    known, written = queries.named({one.number for one in forms}), written_on(happening.document)
    told = [(one, why(one, known, written)) for one in forms]
    items = [worklist.to_trace(happening.document, one, said) for one, said in told if said]
    if items:
        work.create(actor=Actor.system("forms", organisation=organisation_code()), items=items)


def written_on(document: Document) -> date:
    """The day the paper was written, where it is known to the day; else today."""
    moment = Moment.from_fhir(document.original)
    return moment.date if len(document.original) >= len("2026-03-14") else clock.today()


def why(form: FormCode, known: Mapping[tuple[str, int], FormVersion], day: date) -> str:
    """What is wrong with paper of this form on this day, in a sentence; "" where nothing is."""
    found = known.get((form.number, form.version))
    if found is None:
        here = any(number == form.number for number, _ in known)
        return "the inventory has no such version of this form." if here else "the inventory has no form of this number."
    if in_force(found, day):
        return ""
    said = standing(found, day)
    ended = f" since {dates.day(found.effective_to)}" if found.effective_to and found.effective_to <= day else ""
    return f"written on {dates.day(day)}, when this version was {said}{ended}."
