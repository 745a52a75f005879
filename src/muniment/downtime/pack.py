"""The downtime pack: the forms in force that are marked for it, as one PDF for a unit, with a cover that says of which day it is."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from muniment.accounts.models import Facility
from muniment.core.typeset import set_pdf
from muniment.forms import queries as forms
from muniment.forms.models import FormVersion
from muniment.scanning import clues
from muniment.ui import dates

COVER = Path(__file__).parent / "data" / "cover.typ"
EVERY_UNIT = ""


def chosen(facility: Facility, unit: str, day: date) -> list[FormVersion]:
    """The forms of the pack of a unit; ``unit`` empty: of the whole facility, every form once."""
    found = forms.in_force(day, facility_id=facility.id, downtime=True)
    return [one for one in found if one.sha256 and (not unit or not one.used_in or unit in one.used_in)]


def units(facility: Facility, day: date) -> list[str]:
    """The units for which forms of the pack are marked, by name."""
    return sorted({unit for one in forms.in_force(day, facility_id=facility.id, downtime=True) for unit in one.used_in})


def digest(facility: Facility, unit: str, held: Sequence[FormVersion]) -> str:
    """What the pack is made of, day apart: with another digest it has to be made anew."""
    said = [facility.name, unit, *(bytes(one.sha256).hex() for one in held if one.sha256)]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def made(facility: Facility, unit: str, day: date, held: Sequence[FormVersion]) -> tuple[bytes, int]:
    """The PDF and its pages: the cover, then the forms by number. The same forms and day give the same bytes."""
    import pikepdf

    with pikepdf.open(io.BytesIO(set_pdf(COVER, _words(facility, unit, day, held)))) as whole:
        for one in held:
            with pikepdf.open(io.BytesIO(forms.blank(one))) as form:
                whole.pages.extend(form.pages)
        out = io.BytesIO()
        whole.save(out, deterministic_id=True)
        return out.getvalue(), len(whole.pages)


def _words(facility: Facility, unit: str, day: date, held: Sequence[FormVersion]) -> dict[str, Any]:
    return {
        "facility": facility.name, "unit": unit or "All units", "day": dates.day(day),
        "forms": [
            {
                "number": one.form.number, "version": str(one.number), "title": one.title, "owner": one.owner, "pages": str(one.pages),
                "type": clues.vocabulary().get(one.type_code, one.type_code), "from": dates.day(one.effective_from),
            }
            for one in held
        ],
    }  # fmt: skip
