"""Stays and movements in words: what templates place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse

from muniment.accounts.models import Facility
from muniment.encounters.models import Encounter, Movement
from muniment.encounters.rules import CLASSES, Status, days
from muniment.identity.web.presenters import Stay
from muniment.terminology.own_tables import discharge_status
from muniment.ui import dates
from muniment.ui.shapes import Event, Fact, Tone

STATUSES = {
    Status.PLANNED: ("Planned", Tone.PLAIN),
    Status.IN_PROGRESS: ("In the house", Tone.INFO),
    Status.FINISHED: ("Discharged", Tone.OK),
    Status.CANCELLED: ("Cancelled", Tone.LATE),
}


class AtFacility(Protocol):
    """A row that says at which facility it is: a stay, a deficiency, a finding."""

    @property
    def facility(self) -> Facility: ...


def zone_of(row: AtFacility) -> ZoneInfo:
    """The clock of the facility a row belongs to."""
    return ZoneInfo(row.facility.zone)


def status(stay: Encounter) -> tuple[str, Tone]:
    return STATUSES.get(Status(stay.status), (stay.status, Tone.PLAIN))


def class_name(stay: Encounter) -> str:
    return CLASSES.get(stay.class_code, stay.class_code)


def interval(stay: Encounter) -> str:
    """ "3 Mar 2026 – 7 Mar 2026", or the one day; an open end says so."""
    zone = zone_of(stay)
    begun = dates.day(stay.admitted_at.astimezone(zone)) if stay.admitted_at else "not begun"
    if stay.discharged_at:
        ended = dates.day(stay.discharged_at.astimezone(zone))
        return begun if begun == ended else f"{begun} – {ended}"
    return f"{begun} – now" if stay.status == Status.IN_PROGRESS else begun


def place(stay: Encounter) -> str:
    return " ".join(part for part in (stay.facility.name + ",", stay.unit, stay.room, stay.bed) if part).rstrip(",")


def for_banner(stay: Encounter, *, url: str = "") -> Stay:
    return Stay(
        facility=stay.facility.code,
        number=stay.visit_number,
        url=url,
        class_name=class_name(stay),
        dates=interval(stay),
        location=place(stay),
    )


def facts(stay: Encounter) -> list[Fact]:
    zone = zone_of(stay)
    length = days(stay.admitted_at, stay.discharged_at, zone)
    return [
        Fact(label="Stay", value=stay.visit_number + (f" ({stay.visit_system})" if stay.visit_system else "")),
        Fact(label="Status", value=status(stay)[0]),
        Fact(label="Class", value=class_name(stay)),
        Fact(label="Service", value=stay.service),
        Fact(label="Place", value=place(stay)),
        Fact(label="Attending", value=str(stay.attending or "")),
        Fact(label="Admitted", value=dates.moment(stay.admitted_at, zone) if stay.admitted_at else ""),
        Fact(label="Discharged", value=dates.moment(stay.discharged_at, zone) if stay.discharged_at else "not yet"),
        Fact(label="Length of stay", value=f"{length} {'day' if length == 1 else 'days'}" if length else "still open"),
        Fact(label="Disposition", value=discharge_status(stay.disposition)),
        Fact(label="Account", value=stay.account_number),
        Fact(label="Reason", value=stay.reason),
    ]


def movement_events(moves: Sequence[Movement], zone: ZoneInfo, practitioners: Mapping[UUID, str]) -> list[Event]:
    """What the sources said happened to a stay, as given."""
    return [
        Event(
            what=row.kind.capitalize(),
            who=practitioners.get(row.attending_id, "the sending system") if row.attending_id else "the sending system",
            when=dates.moment(row.occurred_at, zone),
            why=_where(row),
            tone=Tone.LATE if row.kind.startswith("cancel") else Tone.PLAIN,
        )
        for row in moves
    ]


def _where(row: Movement) -> str:
    place = " ".join(part for part in (row.unit, row.room, row.bed) if part)
    parts = [
        CLASSES.get(row.class_code, row.class_code),
        row.service,
        place,
        f"disposition {discharge_status(row.disposition)}" if row.disposition else "",
    ]
    return ", ".join(part for part in parts if part)


def chart_url(stay: Encounter) -> str:
    """The chart of a stay. The record, which owns that screen, lies above: its address is known by name alone."""
    return reverse("record-chart", args=[stay.id])
