"""Patients as banners, facts and comparisons: what templates place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from muniment.accounts.queries import Reach, reach
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.identity import queries
from muniment.identity.models import LinkEvent, Patient, PatientIdentifier
from muniment.identity.queries import chief_number
from muniment.identity.statements import full_date, phones
from muniment.kernel.moments import Moment
from muniment.kernel.names import folded
from muniment.ui import dates, shapes
from muniment.ui.shapes import Event, Fact, Flag, Tone
from muniment.work.names import At, Whose

FLAGS = {
    "vip": Flag("VIP", Tone.INFO, "Openings of this chart are reviewed"),
    "protected": Flag("Protected", Tone.DUE, "This person asked for confidential handling"),
    "unknown": Flag("Unknown patient", Tone.DUE, "Identity not established"),
    "alias": Flag("Alias", Tone.DUE, "Registered under a name that is not their own"),
    "newborn": Flag("Newborn", Tone.INFO),
    "test": Flag("Test patient", Tone.LATE, "Not a real person: never in statistics"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """What a banner says of an encounter, already in words."""

    number: str
    facility: str = ""  # its code: its own medical record number is the one shown
    url: str = ""
    class_name: str = ""
    dates: str = ""
    location: str = ""


def banner(
    row: Patient,
    numbers: Sequence[PatientIdentifier],
    *,
    stay: Stay | None = None,
    merged_into: str = "",
    comparing: str = "",
    url: bool = True,
) -> shapes.Patient:
    """The patient banner. ``merged_into`` is the number of the surviving record, in words."""
    stay = stay or Stay(number="")
    number = chief_number(numbers, stay.facility)
    return shapes.Patient(
        family=row.family + (f" {row.suffix}" if row.suffix else "") or "Unknown",
        given=row.given or "unknown",
        born=partial(row.birth) or "unknown",
        age=age(row),
        sex=row.sex or "sex unknown",
        mrn=number.value if number else "none",
        assigner=number.system if number else "",
        url=reverse("identity-person", args=[row.person_id]) if url else "",
        encounter=stay.number,
        encounter_url=stay.url,
        encounter_class=stay.class_name,
        dates=stay.dates,
        location=stay.location,
        flags=flags(row, merged_into),
        comparing=comparing,
    )


def flags(row: Patient, merged_into: str = "") -> list[Flag]:
    """What must be seen before anything else is read, in words."""
    found = []
    if row.merged_into_id:
        found.append(
            Flag(
                f"Merged into {merged_into}" if merged_into else "Merged record",
                Tone.DUE,
                "The surviving record is the other one",
            )
        )
    if row.deceased:
        found.append(Flag(f"Deceased {partial(row.deceased_at)}".strip(), Tone.INFO))
    return found + [FLAGS.get(name, Flag(name.capitalize())) for name in row.flags]


def age(row: Patient) -> str:
    """Age in words, at death where the patient has died; the year alone gives none."""
    if row.birth_date is None:
        return "age unknown"
    died = full_date(row.deceased_at)
    if died:
        return f"died at {dates.age(row.birth_date, died)}"
    return dates.age(row.birth_date, clock.today())


def partial(text: str) -> str:
    """A FHIR date as it is shown, no more exact than it is; text that is none is shown as it came."""
    try:
        found = Moment.from_fhir(text)
    except ValueError:
        return text
    return dates.partial(found.value, found.precision)


def numbers_within(numbers: Iterable[PatientIdentifier], reach: Reach) -> tuple[list[PatientIdentifier], str]:
    """The numbers that are not another facility's, and in words how many are; empty when none is."""
    every = list(numbers)
    shown = [one for one in every if one.system not in reach.foreign]
    hidden = len(every) - len(shown)
    words = f"{hidden} number{'s' if hidden > 1 else ''} at facilities you do not work for." if hidden else ""
    return shown, words


def numbers_for(actor: Actor, patients: Sequence[UUID]) -> dict[UUID, list[PatientIdentifier]]:
    """Each record's numbers, those of facilities the actor does not work for left out. Two queries."""
    return _within(reach(actor), patients)


def _within(here: Reach, patients: Sequence[UUID]) -> dict[UUID, list[PatientIdentifier]]:
    return {one: numbers_within(kept, here)[0] for one, kept in queries.numbers_of(patients).items()}


def number_words(number: PatientIdentifier | None) -> str:
    return f"{number.value} ({number.system})" if number else ""


def whose(actor: Actor, patients: Iterable[At]) -> dict[At, Whose]:
    """Each patient by name, birth date and the number they go by at that facility, for lists of work. Three queries."""
    wanted = list(patients)
    if not wanted:
        return {}
    ids = list({patient for patient, _ in wanted})
    here = reach(actor)
    numbers, rows = _within(here, ids), Patient.objects.in_bulk(ids)
    return {
        (patient, place): Whose(
            rows[patient].display_name, partial(rows[patient].birth) or "unknown",
            number_words(chief_number(numbers.get(patient, []), here.codes.get(place, "") if place else "")) or "none",
        )
        for patient, place in wanted
        if patient in rows
    }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One line of the list of patients found."""

    row: Patient
    born: str
    number: str
    others: str  # names it matched under before
    merged: str

    @property
    def url(self) -> str:
        notice = f"?from={self.row.id}" if self.row.merged_into_id else ""
        return reverse("identity-person", args=[self.row.person_id]) + notice

    @property
    def flags(self) -> list[Flag]:
        return flags(self.row, self.merged)


def found_rows(rows: Sequence[Patient], numbers: Mapping[UUID, Sequence[PatientIdentifier]]) -> list[Found]:
    return [
        Found(
            row=row,
            born=partial(row.birth),
            number=number_words(chief_number(numbers.get(row.id, []))),
            others=", ".join(former_names(row)),
            merged=number_words(chief_number(numbers.get(row.merged_into_id, []))) if row.merged_into_id else "",
        )
        for row in rows
    ]


def former_names(row: Patient) -> list[str]:
    """Every other name a record carries, as written, current one left out."""
    current = folded(f"{row.family} {row.given}")
    names = {
        name_words(name): None
        for name in row.names
        if folded(f"{name.get('family', '')} {' '.join(name.get('given', ()))}") != current
    }
    return [name for name in names if name]


def name_words(name: Mapping[str, Any]) -> str:
    return ", ".join(part for part in (str(name.get("family", "")), " ".join(name.get("given", ()))) if part)


def address_words(address: Mapping[str, Any]) -> str:
    parts = [
        *address.get("line", ()),
        address.get("city", ""),
        f"{address.get('state', '')} {address.get('postalCode', '')}".strip(),
    ]
    return ", ".join(str(part) for part in parts if part)


def telecom_words(telecom: Mapping[str, Any]) -> str:
    use = f" ({telecom['use']})" if telecom.get("use") else ""
    return f"{telecom.get('value', '')}{use}"


TELECOMS = "Telephone and mail"


def described(row: Patient) -> dict[str, str]:
    """A record's demographics, field by field, in words; empty where the source did not say."""
    died = partial(row.deceased_at) or "yes, date unknown" if row.deceased else ""
    return {
        "Family name": row.family + (f" {row.suffix}" if row.suffix else ""),
        "Given names": row.given,
        "Other names": "; ".join(former_names(row)),
        "Born": partial(row.birth),
        "Sex": row.sex,
        "Deceased": died,
        "Address": "; ".join(address_words(one) for one in row.addresses),
        TELECOMS: "; ".join(telecom_words(one) for one in row.telecoms),
    }


def demographics(row: Patient, facility: str) -> list[Fact]:
    facts = [
        Fact(label=label, value=value)
        for label, value in described(row).items()
        if value or label not in ("Other names", "Deceased")
    ]
    return [
        *facts,
        Fact(label="Kept by", value=facility),
        Fact(label="Stated", value="once" if row.number == 1 else f"{row.number} times"),
    ]


LINKS = {
    "registered": "Record opened, with a person of its own",
    "linked": "Linked to this person",
    "merged": "Merged into another record",
    "unmerged": "Merge taken back",
}


def link_events(links: Sequence[tuple[LinkEvent, str]], names: Mapping[UUID, str]) -> list[Event]:
    """Who linked which record, when and why, as given."""
    zone = timezone.get_current_timezone()
    return [
        Event(
            what=f"{LINKS.get(link.kind, link.kind)}: {names.get(link.patient_id, '')}",
            who=who or "the sending system",
            when=dates.moment(link.at, zone),
            why=link.reason,
            tone=Tone.PLAIN if link.kind == "registered" else Tone.INFO,
        )
        for link, who in links
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One field of two records side by side."""

    field: str
    first: str
    second: str
    means_the_same: bool = False  # though written differently: a telephone number with and without its country

    @property
    def verdict(self) -> str:
        if not self.first or not self.second:
            return "not stated in both" if not (self.first or self.second) else "stated in one"
        if self.first == self.second:
            return "agrees"
        same = self.means_the_same or folded(self.first) == folded(self.second)
        return "agrees, written differently" if same else "differs"

    @property
    def tone(self) -> Tone:
        tones = {"agrees": Tone.OK, "agrees, written differently": Tone.OK, "differs": Tone.LATE}
        return tones.get(self.verdict, Tone.PLAIN)


def _reached(row: Patient) -> tuple[frozenset[str], frozenset[str]]:
    """What is dialled and where is written to, however they were written down."""
    others = {one.get("value", "").strip().casefold() for one in row.telecoms if one.get("system") != "phone"}
    return phones(row.telecoms), frozenset(others)


def compared(first: Patient, second: Patient) -> list[Compared]:
    one, other = described(first), described(second)
    same = {TELECOMS} if _reached(first) == _reached(second) else set()
    rows = [Compared(field=name, first=one[name], second=other[name], means_the_same=name in same) for name in one]
    return [row for row in rows if row.first or row.second]
