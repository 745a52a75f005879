"""Paper from before the electronic record: volumes in the basement, some of them out, one late, one missing."""

from __future__ import annotations

from datetime import datetime, timedelta

from muniment.accounts import queries as accounts
from muniment.accounts.models import Facility, User
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.demo.draw import Draw
from muniment.demo.organisation import FACILITIES
from muniment.identity.models import Patient
from muniment.tracking import actions
from muniment.tracking.models import Volume

KEEPER, ASKING = "tnowell", "dferreira"
MOST = 40  # patients whose paper is still kept
HOLDERS = (
    ("Simon Whitlock, MD, ext. 4410", "Cardiology clinic"),
    ("Risk management, ext. 2075", "Administration, room 212"),
    ("Tumor registry, ext. 3120", "Basement, room B08"),
)


def shelve(as_of: datetime) -> None:
    """Registered six weeks ago; loans of the last days. What is there already stays."""
    if Volume.objects.exists():
        return
    facility = Facility.objects.get(code=FACILITIES[0].code)
    keeper = accounts.actor_for(User.objects.get(username=KEEPER))
    old = Patient.objects.filter(
        facility_id=facility.id, merged_into_id__isnull=True, birth_date__lt="1965-01-01", identifiers__system=facility.code
    )
    with clock.at(as_of - timedelta(days=42)):
        rows = [_register(keeper, one, facility) for one in old.distinct().order_by("created_at", "id")[:MOST]]
    if len(rows) > len(HOLDERS) + 2:
        _lend(keeper, rows, as_of)


def _register(keeper: Actor, patient: Patient, facility: Facility) -> Volume:
    draw = Draw("paper", str(patient.identifiers.filter(system=facility.code).values_list("value", flat=True).first()))
    first = draw.between(1988, 2004)
    home = f"Basement, bay {draw.between(1, 24)}, shelf {draw.between(1, 6)}"
    return actions.register(
        actor=keeper, patient_id=patient.id, facility=facility, label=f"{first} to {draw.between(2006, 2012)}", home=home
    )


def _lend(keeper: Actor, rows: list[Volume], as_of: datetime) -> None:
    for place, (row, (holder, room)) in enumerate(zip(rows, HOLDERS, strict=False)):
        with clock.at(as_of - timedelta(days=3 + 5 * place, hours=2)):
            actions.charge_out(actor=keeper, volume_id=row.id, holder=holder, place=room, purpose="Follow-up")
    missing = rows[len(HOLDERS)]
    with clock.at(as_of - timedelta(days=2, hours=1)):
        actions.report_missing(actor=keeper, volume_id=missing.id, reason="Not at its place, and no out-guide there.")
        actions.note_search(actor=keeper, volume_id=missing.id, place="its place in the file")
    with clock.at(as_of - timedelta(hours=16)):
        coder = accounts.actor_for(User.objects.get(username=ASKING))
        actions.request(
            actor=coder,
            volume_id=rows[-1].id,
            wanted_on=as_of.date() + timedelta(days=1),
            purpose="History before 2012 for a query",
        )
    with clock.at(as_of):
        actions.recall_late(actor=Actor.system("worker", organisation=keeper.organisation), today=as_of.date())
