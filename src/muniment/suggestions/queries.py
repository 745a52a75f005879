"""Reads over what coders made of suggestions, the models that were trained, and the final codings they learn from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from muniment.coding.queries import draft_abstract, lines_of
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.encounters.models import Encounter
from muniment.kernel.errors import Refused
from muniment.kernel.fhir.canonical import decode
from muniment.suggestions.models import Choice, Mute, State, TrainedModel, Training, Verdict

SILENT = timedelta(minutes=10)  # without a word of it for so long, its worker is gone
NOBODY = UUID(int=0)
BANDS = (90, 75, 50, 0)  # lower ends, in hundredths
# Final codings in force of a window, by the primary key of coding_final, behind the last one.
_CODED = """
SELECT final.patient_id, final.encounter_id, final.content
FROM coding_final AS final
WHERE (final.patient_id, final.encounter_id) > (%s, %s) AND final.discharged_on >= %s AND final.discharged_on < %s
  AND NOT EXISTS (SELECT FROM coding_final AS later WHERE later.patient_id = final.patient_id
    AND later.encounter_id = final.encounter_id AND later.number > final.number)
ORDER BY final.patient_id, final.encounter_id LIMIT %s
"""
_HOW_MANY = "SELECT count(*) FROM (SELECT DISTINCT patient_id, encounter_id FROM coding_final WHERE discharged_on >= %s AND discharged_on < %s) AS stays"


def refused(stay: Encounter) -> set[str]:
    """Codes that were refused in this stay."""
    found = Verdict.objects.filter(patient_id=stay.patient_id, encounter_id=stay.id, taken=False)
    return set(found.values_list("code", flat=True))


def drafted(stay: Encounter) -> set[str]:
    """Codes that stand in the stay's draft. Two queries."""
    draft = draft_abstract(stay)
    return {one.code for one in lines_of(draft)} if draft else set()


def lessons(codes: Collection[str]) -> dict[str, tuple[int, int]]:
    """Code → how often suggestions of it were taken and refused in this department. Served by verdict_of_code."""
    rows = Verdict.objects.filter(code__in=list(codes)).order_by().values("code")
    counted = rows.annotate(yes=Count("id", filter=Q(taken=True)), no=Count("id", filter=Q(taken=False)))
    return {row["code"]: (row["yes"], row["no"]) for row in counted}


@dataclass(frozen=True, slots=True)
class Coded:
    """A stay and the diagnosis codes of its final coding, without dots."""

    patient_id: UUID
    encounter_id: UUID
    codes: frozenset[str]


def coded(since: date, until: date, after: tuple[UUID, UUID], limit: int) -> list[Coded]:
    """The next final codings in force of stays discharged from ``since`` until before ``until``. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_CODED, [*after, since, until, limit])
        return [_coded(row) for row in cursor.fetchall()]


def _coded(row: Sequence[Any]) -> Coded:
    codes = decode(row[2].encode())["codes"]
    return Coded(row[0], row[1], frozenset(one["code"] for one in codes if one["system"] == "icd-10-cm"))


def how_many(since: date, until: date) -> int:
    """Stays of a window that have a final coding. Served by final_by_discharge."""
    with connection.cursor() as cursor:
        cursor.execute(_HOW_MANY, [since, until])
        return int(cursor.fetchone()[0])


def taken(stays: Collection[UUID], patients: Collection[UUID]) -> dict[UUID, dict[str, list[str]]]:
    """Stay → code → the words of suggestions of it that were taken. One query, served by verdict_of_stay."""
    found: dict[UUID, dict[str, list[str]]] = {}
    rows = Verdict.objects.filter(patient_id__in=patients, encounter_id__in=stays, taken=True).order_by("id")
    for stay, code, words in rows.values_list("encounter_id", "code", "words"):
        found.setdefault(stay, {}).setdefault(code, []).append(words)
    return found


def speaks() -> int:
    """The number of the model in use; 0 for the terminology alone. One query."""
    return Choice.objects.order_by("-id").values_list("model__number", flat=True).first() or 0


def content_of(number: int) -> bytes:
    return bytes(TrainedModel.objects.values_list("content", flat=True).get(number=number))


def trained() -> QuerySet[TrainedModel]:
    """Without what they learned: the newest first."""
    return TrainedModel.objects.defer("content").select_related("training").order_by("-number")


def trained_as(number: int) -> TrainedModel:
    """Raises Refused where there is no such model."""
    found = trained().filter(number=number).first()
    if found is None:
        raise Refused("There is no such model.", remedy="Load the page again.")
    return found


def choices() -> QuerySet[Choice]:
    return Choice.objects.defer("model__content").select_related("model").order_by("-id")


def last_training() -> Training | None:
    return Training.objects.order_by("-id").first()


def training(training_id: UUID) -> Training:
    return Training.objects.get(id=training_id)


def training_for_update(training_id: UUID) -> Training:
    found = Training.objects.select_for_update().filter(id=training_id).first()
    if found is None:
        raise Refused("There is no such training.")
    return found


def is_silent(run: Training, now: datetime | None = None) -> bool:
    """Whether its worker is gone before it came to its end."""
    return run.state == State.RUNNING and (now or clock.now()) - run.heard_at > SILENT


def muted(actor: Actor) -> list[Mute]:
    """What this coder does not want to be suggested, the latest first. Served by mute_of_coder."""
    if actor.id is None:
        return []
    last = (
        Mute.objects.filter(actor_id=actor.id)
        .order_by("actor_id", "code", "words", "-id")
        .distinct("actor_id", "code", "words")
    )
    return sorted((one for one in last if one.muted), key=lambda one: one.id, reverse=True)


@dataclass(frozen=True, slots=True)
class Decided:
    """How often suggestions were taken and refused, under one heading or of one band of probability."""

    name: str
    taken: int
    refused: int

    @property
    def precision(self) -> str:
        return f"{round(100 * self.taken / (self.taken + self.refused))} %"


def by_section(actor: Actor, model: int | None = None) -> list[Decided]:
    """At the actor's facilities, by the heading the words stood under; the most decided first."""
    rows: Iterable[Mapping[str, Any]] = _decided(actor, model).values("section").annotate(**_COUNTS)
    found = [Decided(row["section"] or "no heading", row["yes"], row["no"]) for row in rows]
    return sorted(found, key=lambda one: (-one.taken - one.refused, one.name))


def by_band(actor: Actor, model: int | None = None) -> list[Decided]:
    """At the actor's facilities, by the probability that was shown; the highest first."""
    band = Case(*(When(percent__gte=least, then=Value(least)) for least in BANDS), output_field=IntegerField())
    rows: Iterable[Mapping[str, Any]] = (
        _decided(actor, model).annotate(band=band).values("band").annotate(**_COUNTS).order_by("-band")
    )
    ends = dict(zip(BANDS, (101, *BANDS), strict=False))
    return [Decided(f"{row['band']} to {ends[row['band']] - 1} %", row["yes"], row["no"]) for row in rows]


_COUNTS: dict[str, Any] = {"yes": Count("id", filter=Q(taken=True)), "no": Count("id", filter=Q(taken=False))}


def _decided(actor: Actor, model: int | None) -> QuerySet[Verdict]:
    found = Verdict.objects.filter(facility_id__in=actor.facilities).order_by()
    return found if model is None else found.filter(model_number=model)
