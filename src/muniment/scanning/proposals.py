"""What the pages themselves say of patient, stay, type and date: proposed, each with its evidence, never decided.

Numbers, names and birth dates are matched exactly against the records of the batch's facility. Two patients who agree equally
well are no proposal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat, StrIndex

from muniment.accounts.models import Facility
from muniment.core import clock
from muniment.encounters.models import Encounter
from muniment.identity.models import Patient, PatientIdentifier
from muniment.scanning import clues
from muniment.scanning.clues import Dated, Pages, Place, Words
from muniment.scanning.formcodes import FormCode
from muniment.scanning.separators import Sheet

MOST_NUMBERS = 5000
MOST_CANDIDATES = 200
SURE_HEADING = 85
CONFIDENCE = {0: 0, 1: 50, 2: 95, 3: 99, 4: 99}


@dataclass(frozen=True, slots=True)
class Agreement:
    """One identifier of a patient that stands in the text: which, and the line."""

    what: str
    place: Place


@dataclass(frozen=True, slots=True)
class Said:
    """The clues of a document's pages, read once."""

    pages: Pages
    words: Words
    numbers: dict[str, Place]
    dates: list[Dated]

    @classmethod
    def of(cls, pages: Pages) -> Said:
        return cls(pages, clues.words(pages), clues.numbers(pages), clues.dates(pages))


@dataclass(slots=True)
class Proposed:
    """All proposals of one document; ``contradiction`` says in words what the sheet and the page disagree on.

    ``against``: what of the text speaks against a proposal, each with its line; a person sees it, a rule stops at it.
    """

    patient: dict[str, Any] = field(default_factory=dict)
    encounter: dict[str, Any] = field(default_factory=dict)
    type: dict[str, Any] = field(default_factory=dict)
    date: dict[str, Any] = field(default_factory=dict)
    against: list[dict[str, Any]] = field(default_factory=list)
    contradiction: str = ""


def propose(facility: Facility, pages: Pages, sheet: Sheet | None = None, forms: Sequence[FormCode] = ()) -> Proposed:
    """``forms`` are those that the codes on the pages name."""
    said = Said.of(pages)
    found = Proposed(type=_type(pages, sheet, forms))
    ranked = _ranked(facility, said)
    patient, agreed = _patient(facility, said, sheet, found, ranked)
    if patient:
        found.patient = _proposal(patient.id, patient.display_name, CONFIDENCE[min(len(agreed), 4)], agreed, by_sheet(sheet))
    found.date = _date(said, patient)
    if patient:
        found.encounter = _encounter(facility, patient, said, sheet, found.date.get("value", ""))
        others = [agreed for one, agreed in ranked if one.id != patient.id]
        found.against = [{"what": one.what, **asdict(one.place)} for one in _against(facility, patient, said, found, others)]
    return found


def _against(
    facility: Facility, patient: Patient, said: Said, found: Proposed, others: list[list[Agreement]]
) -> list[Agreement]:
    """Another patient's number, another birth date, another stay's number, another heading, a second date of service. One query."""
    numbers = [one for agreed in others for one in agreed if one.what in ("record number", "visit number")]
    speaking = [Agreement(f"the {one.what} of another patient stands in the text", one.place) for one in numbers]
    unread = list(said.numbers.values())[MOST_NUMBERS : MOST_NUMBERS + 1]
    speaking += [Agreement("more numbers stand in the text than were looked up", one) for one in unread]
    born = [one for one in said.dates if one.about == "birth" and patient.birth_date and one.day != patient.birth_date]
    speaking += [Agreement("another birth date stands in the text", one.place) for one in born]
    stay = found.encounter.get("label", "")
    visits = Encounter.objects.filter(patient_id=patient.id, facility_id=facility.id).values_list("visit_number", flat=True)
    elsewhere = [one for one in visits if one != stay and one in said.numbers]
    speaking += [Agreement("the number of another stay stands in the text", said.numbers[one]) for one in elsewhere]
    kinds = [one for one in clues.types_on(said.pages, SURE_HEADING) if one.heading.code != found.type.get("value")]
    speaking += [Agreement("another kind of document stands in a heading", one.place) for one in kinds]
    served = [one for one in said.dates if one.about == "service" and one.day.isoformat() != found.date.get("value")]
    return speaking + [Agreement("another date of service stands in the text", one.place) for one in served]


def by_sheet(sheet: Sheet | None) -> bool:
    return bool(sheet and sheet.number)


def at_facility(facility_id: UUID) -> QuerySet[Patient]:
    """Records registered at a facility or with a stay there; not those merged into another."""
    stays = Encounter.objects.filter(patient_id=OuterRef("id"), facility_id=facility_id)
    return Patient.objects.filter(Q(facility_id=facility_id) | Exists(stays), merged_into_id__isnull=True)


def agreements(patient: Patient, said: Said, numbers: Iterable[str], visits: Iterable[str]) -> list[Agreement]:
    """Which of a patient's identifiers stand in the text: record number, name, birth date, visit number."""
    found = [Agreement("record number", said.numbers[one]) for one in list(numbers)[:20] if one in said.numbers][:1]
    name = clues.name_in(said.words, patient.family, patient.given)
    found += [Agreement("name", name)] if name else []
    birth = next((one for one in said.dates if one.day == patient.birth_date), None)
    found += [Agreement("birth date", birth.place)] if birth else []
    found += [Agreement("visit number", said.numbers[one]) for one in visits if one in said.numbers][:1]
    return found


def agreeing(patient: Patient, pages: Pages, facility_id: UUID) -> list[Agreement]:
    """``agreements`` of one patient with pages. Two queries."""
    numbers = PatientIdentifier.objects.filter(patient_id=patient.id, deciding=True).values_list("value", flat=True)
    visits = Encounter.objects.filter(patient_id=patient.id, facility_id=facility_id).values_list("visit_number", flat=True)
    return agreements(patient, Said.of(pages), numbers, visits)


Ranked = list[tuple[Patient, list[Agreement]]]


def _patient(
    facility: Facility, said: Said, sheet: Sheet | None, found: Proposed, ranked: Ranked
) -> tuple[Patient | None, list[Agreement]]:
    """The one who agrees best. What a sheet names comes first, unless the pages name somebody else by two identifiers."""
    named = _of_sheet(facility, sheet)
    if named is None:
        if by_sheet(sheet):
            found.contradiction = "The separator sheet names a record number that nobody here has."
        return _best(ranked)
    others = [one for one in ranked if one[0].id != named.id and len(one[1]) >= 2]
    agreed = next((one[1] for one in ranked if one[0].id == named.id), None)
    agreed = agreeing(named, said.pages, facility.id) if agreed is None else agreed
    if others and len(others[0][1]) > len(agreed):
        found.contradiction = "The separator sheet names one patient, the pages another."
        return None, []
    return named, agreed


def _best(ranked: Ranked) -> tuple[Patient | None, list[Agreement]]:
    if not ranked or (len(ranked) > 1 and len(ranked[0][1]) == len(ranked[1][1])):
        return None, []
    return ranked[0]


def _of_sheet(facility: Facility, sheet: Sheet | None) -> Patient | None:
    if sheet is None or not sheet.number:
        return None
    named = PatientIdentifier.objects.filter(system=sheet.assigner, value=sheet.number, deciding=True)
    return at_facility(facility.id).filter(id__in=named.values("patient_id")).first()


def _ranked(facility: Facility, said: Said) -> Ranked:
    """Everybody of the facility of whom an identifier stands in the text, the most agreements first. Four queries.

    Of those born on a day of the text only who has their family name there too: in a large house hundreds share a birth date.
    """
    values = list(said.numbers)[:MOST_NUMBERS]
    here = at_facility(facility.id)
    by_number = PatientIdentifier.objects.filter(value__in=values, deciding=True)
    by_visit = Encounter.objects.filter(facility_id=facility.id, visit_number__in=values)
    owners: dict[UUID, list[str]] = {}
    visits: dict[UUID, list[str]] = {}
    for owner, value in by_number.values_list("patient_id", "value"):
        owners.setdefault(owner, []).append(value)
    for owner, value in by_visit.values_list("patient_id", "visit_number"):
        visits.setdefault(owner, []).append(value)
    born = {one.day for one in said.dates if one.about == "birth"}
    lines = "\n".join(words for words, _ in said.words)  # no name runs from one into the next
    named = StrIndex(Value(lines), Concat(Value(" "), "family_key", Value(" ")))
    wanted = Q(id__in=[*owners, *visits]) | Q(birth_date__in=born, named__gt=0)
    rows = [
        (one, agreements(one, said, owners.get(one.id, ()), visits.get(one.id, ())))
        for one in here.annotate(named=named).filter(wanted).order_by("id")[:MOST_CANDIDATES]
    ]
    known = [(one, agreed) for one, agreed in rows if one.id in owners or one.id in visits or len(agreed) > 1]
    return sorted(known, key=lambda pair: -len(pair[1]))


def _type(pages: Pages, sheet: Sheet | None, forms: Sequence[FormCode]) -> dict[str, Any]:
    """By the separator sheet; else by the code of the house's own form, where the pages carry one kind of it; else by its heading."""
    known = clues.vocabulary()
    if sheet and sheet.type_code in known:
        return _proposal(sheet.type_code, known[sheet.type_code], 99, [], True)
    coded = {one.type_code for one in forms} & known.keys()
    if len(coded) == 1:
        code = coded.pop()
        form = next(one for one in forms if one.type_code == code)
        return _proposal(code, known[code], 98, [], False) | {"why": f"the code of form {form.number}, version {form.version}"}
    found = clues.type_of(pages)
    if found is None:
        return {}
    return _proposal(found.heading.code, found.heading.name, found.confidence, [Agreement("heading", found.place)], False)


def _date(said: Said, patient: Patient | None) -> dict[str, Any]:
    """The first date that is called one of service; else the first that is nobody's birth date."""
    born = patient.birth_date if patient else None
    fitting = [one for one in said.dates if one.about != "birth" and one.day != born and one.day <= clock.today()]
    found = next((one for one in fitting if one.about == "service"), next(iter(fitting), None))
    if found is None:
        return {}
    return _proposal(
        found.day.isoformat(), found.day.isoformat(), 90 if found.about else 60, [Agreement("date", found.place)], False
    )


def _encounter(facility: Facility, patient: Patient, said: Said, sheet: Sheet | None, day: str) -> dict[str, Any]:
    """By the visit number of the sheet or the text; else the only stay whose days hold the date."""
    stays = list(Encounter.objects.filter(patient_id=patient.id, facility_id=facility.id).order_by("-admitted_at"))
    for stay in stays:
        if sheet and sheet.visit and stay.visit_number == sheet.visit:
            return _proposal(stay.id, stay.visit_number, 99, [], True)
    for stay in stays:
        if stay.visit_number in said.numbers:
            return _proposal(
                stay.id, stay.visit_number, 97, [Agreement("visit number", said.numbers[stay.visit_number])], False
            )
    holding = [one for one in stays if day and _holds(one, date.fromisoformat(day), ZoneInfo(facility.zone))]
    if len(holding) == 1:
        return _proposal(holding[0].id, holding[0].visit_number, 75, [], False) | {"why": "the only stay on that date"}
    return {}


def _holds(stay: Encounter, day: date, zone: ZoneInfo) -> bool:
    if stay.admitted_at is None or stay.admitted_at.astimezone(zone).date() > day:
        return False
    return stay.discharged_at is None or day <= stay.discharged_at.astimezone(zone).date()


def _proposal(value: object, label: str, confidence: int, agreed: list[Agreement], sheet: bool) -> dict[str, Any]:
    return {
        "value": str(value), "label": label, "confidence": confidence, "sheet": sheet, "why": "",
        "evidence": [{"what": one.what, **asdict(one.place)} for one in agreed],
    }  # fmt: skip
