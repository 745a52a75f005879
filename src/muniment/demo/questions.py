"""The demo hospital's queries to clinicians: some open, some overdue and before an administrator, some answered, one declined."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from muniment.accounts import queries as accounts
from muniment.accounts.models import User
from muniment.accounts.rules import Role
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.demo.organisation import ORGANISATION_CODE
from muniment.demo.staff import staff
from muniment.encounters.models import Encounter
from muniment.querying import actions, queries, quoting
from muniment.querying.models import Query
from muniment.querying.rules import OTHER, UNDETERMINED, Form, Indicator, Option, Written
from muniment.record.models import Entry

MATTERS = {  # LOINC code and flag → title, question, options
    ("718-7", "L"): ("Clarification of hemoglobin results", "In your clinical judgment, which condition, if any, do these hemoglobin results represent?",
                     ("Acute blood loss anemia", "Anemia of chronic disease")),
    ("2951-2", "L"): ("Clarification of sodium results", "In your clinical judgment, which condition, if any, do these sodium results represent?",
                      ("Hyponatremia", "A finding without clinical significance")),
    ("2160-0", "H"): ("Clarification of creatinine results", "In your clinical judgment, which condition, if any, do these creatinine results represent?",
                      ("Acute kidney injury", "Chronic kidney disease")),
    ("2823-3", "H"): ("Clarification of potassium results", "In your clinical judgment, which condition, if any, do these potassium results represent?",
                      ("Hyperkalemia", "A finding without clinical significance")),
}  # fmt: skip
OPEN_QUESTION = ("Clarification of documentation", "Please clarify, in your clinical judgment, the condition that was treated with what is quoted below.")  # fmt: skip
READ = ("34117-2", "11506-3", "34111-5", "18842-5")  # history and physical, progress, emergency note, discharge summary
HEADERS = ("Patient:", "Visit:", "MRN")
DAYS_AGO = (21, 17, 15, 13, 12, 9, 8, 6, 5, 3, 2, 1)  # when each was asked, before the morning the demo begins
ANSWERED = {0: 2, 2: 5, 3: 9, 5: 1, 6: 3, 8: 2}  # which of them, after so many days
DECLINED = 9
NOT_MINE = "I saw the patient on one night only; the day team decided this."


def run(as_of: datetime) -> None:
    """Asked over three weeks by the coders in turn; a look at what is overdue this morning."""
    if Query.objects.exists():
        return
    names = [one.username for one in staff() if one.role == Role.CODER]
    coders = [accounts.actor_for(user) for user in User.objects.filter(username__in=names).order_by("username")]
    asked: set[UUID] = set()
    for place, days in enumerate(DAYS_AGO):
        coder, at = coders[place % len(coders)], as_of - timedelta(days=days) + timedelta(hours=2 + place % 5)
        found = next(_stays(coder, at, asked), None)
        if found is None:
            continue
        asked.add(found[0].id)
        with clock.at(min(at, as_of)):
            query = _ask(coder, *found)
        _follow(query, place, as_of)
    with clock.at(as_of):
        actions.look(actor=Actor.system("worker", organisation=ORGANISATION_CODE))


def _stays(coder: Actor, at: datetime, asked: set[UUID]) -> Iterator[tuple[Encounter, Written]]:
    """Stays that left in the days before, whose attending signs in and whose chart gives something to ask."""
    stays = Encounter.objects.select_related("facility", "attending__user").filter(
        status="finished", attending__user__is_active=True, facility_id__in=coder.facilities, class_code="IMP", discharged_at__lt=at,
        discharged_at__gt=at - timedelta(days=12),
    )  # fmt: skip
    found = list(stays.exclude(id__in=asked).order_by("-discharged_at", "id")[:12])
    for matter in (_of_results, _openly):
        for stay in found:
            written = matter(stay)
            if written:
                yield stay, written


def _of_results(stay: Encounter) -> Written | None:
    """A multiple choice about flagged results, two at least; nothing where the chart has none."""
    rows = Entry.objects.filter(patient_id=stay.patient_id, encounter_id=stay.id, category="result", retracted=False).exclude(
        value=""
    )
    for (code, flag), (title, question, options) in MATTERS.items():
        found = list(rows.filter(code=code, flag=flag).order_by("occurred_at", "entry_id")[:3])
        if len(found) >= 2:
            quotes = tuple(_indicator(one) for one in found)
            support = tuple(range(1, len(quotes) + 1))
            said = tuple(Option(text, support) for text in options)
            return Written(title=title, question=question, form=Form.CHOICE, indicators=quotes, options=said)
    return None


def _openly(stay: Encounter) -> Written | None:
    document = Entry.objects.filter(
        patient_id=stay.patient_id, encounter_id=stay.id, category="document", retracted=False, document_sha256__isnull=False, code__in=READ
    ).order_by("occurred_at", "entry_id").first()  # fmt: skip
    said = quoting.lines_of(quoting.text_of(document, document.number)) if document else []
    lines = [one for one in said if 50 < len(one) < 200 and not one.startswith(HEADERS)]
    if not document or not lines:
        return None
    quotes = tuple(Indicator(entry_id=str(document.entry_id), version=document.number, quote=one) for one in lines[:2])
    title, question = OPEN_QUESTION
    return Written(title=title, question=question, form=Form.OPEN, indicators=quotes)


def _indicator(entry: Entry) -> Indicator:
    return Indicator(entry_id=str(entry.entry_id), version=entry.number, quote=quoting.result_words(entry))


def _ask(coder: Actor, stay: Encounter, written: Written) -> Query:
    assert stay.attending_id is not None
    return actions.ask(
        actor=coder, patient_id=stay.patient_id, encounter_id=stay.id, written=written, responsible_id=stay.attending_id
    )


def _follow(query: Query, place: int, as_of: datetime) -> None:
    assert query.responsible is not None
    assert query.responsible.user is not None
    clinician = accounts.actor_for(query.responsible.user)
    days = ANSWERED.get(place)
    if days is not None:
        with clock.at(min(as_of, query.asked_at + timedelta(days=days, hours=3))):
            actions.answer(actor=clinician, query_id=query.id, version=1, **_answer(query.id, place))
    elif place == DECLINED:
        with clock.at(min(as_of, query.asked_at + timedelta(hours=20))):
            actions.decline(actor=clinician, query_id=query.id, reason=NOT_MINE)


def _answer(query_id: UUID, place: int) -> dict[str, str]:
    """Mostly the first option; once undetermined, and in words where nothing is offered."""
    options = queries.written(Query.objects.get(id=query_id)).options
    if place == 6:
        return {"choice": UNDETERMINED, "words": ""}
    if not options:
        return {"choice": OTHER, "words": "Treated as documented on admission; nothing further was found."}
    return {"choice": options[0].text, "words": ""}
