"""Reads of the record: a chart's entries, a document's bytes and versions, find-in-chart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db.models import Count, F, Q, QuerySet

from muniment.core.actor import Actor
from muniment.kernel.errors import Refused
from muniment.kernel.fhir.search_keys import key
from muniment.kernel.likeness import Shelf
from muniment.record import permissions
from muniment.record.models import Blob, Closure, DocumentText, Entry, Reconciliation, Signature, Version
from muniment.record.rules import IN_RECORD, Acceptance, Category

MOST_REPORTS = 2000
MOST_ALIKE = 20


def entries(
    actor: Actor,
    patients: Sequence[UUID],
    *,
    encounter_id: UUID | None = None,
    categories: Iterable[Category] = (),
    retracted: bool = False,
    outside: bool = False,
) -> QuerySet[Entry]:
    """Entries of these source records within the actor's facilities, newest first. Retracted ones only where they are asked for.

    So are those of others' records that nobody has accepted (``outside``).
    """
    found = Entry.objects.filter(patient_id__in=patients).defer("keys")
    if not retracted:
        found = found.filter(retracted=False)
    if not outside:
        found = found.filter(standing__in=IN_RECORD)
    if not actor.is_system:
        found = found.filter(facility_id__in=actor.facilities)
    if encounter_id:
        found = found.filter(encounter_id=encounter_id)
    categories = list(categories)
    if categories:
        found = found.filter(category__in=categories)
    return found.order_by(F("occurred_at").desc(nulls_last=True), "entry_id")


def outside(actor: Actor, patients: Sequence[UUID]) -> QuerySet[Entry]:
    """What others' records say of this patient, whatever was decided about it: of all stays and none, for it knows none of ours."""
    return entries(actor, patients, outside=True).exclude(origin="")


def decision(entry: Entry) -> Reconciliation | None:
    """What stands of an outside entry's current version: who decided it, when and why."""
    found = Reconciliation.objects.filter(patient_id=entry.patient_id, entry_id=entry.entry_id, number=entry.number)
    return found.order_by("decided_at", "id").last()


def following(found: QuerySet[Entry], last: Entry) -> QuerySet[Entry]:
    """What comes after ``last`` in the order of ``entries``: the next keyset page. Entries without a time stand last."""
    if last.occurred_at is None:
        return found.filter(occurred_at__isnull=True, entry_id__gt=last.entry_id)
    same = Q(occurred_at=last.occurred_at, entry_id__gt=last.entry_id)
    return found.filter(Q(occurred_at__lt=last.occurred_at) | same | Q(occurred_at__isnull=True))


def documents(actor: Actor, patients: Sequence[UUID], *, encounter_id: UUID | None = None) -> QuerySet[Entry]:
    """What is read as a document, retracted ones too: they stay in the chart and say so."""
    listed = entries(actor, patients, encounter_id=encounter_id, retracted=True)
    return listed.filter(Q(category=Category.DOCUMENT) | Q(document_sha256__isnull=False))


def counts(actor: Actor, patients: Sequence[UUID], *, encounter_id: UUID | None = None) -> dict[str, int]:
    """How many entries of each category there are, ``documents`` and ``outside``, as the lists count them. One query."""
    listed = entries(actor, patients, retracted=True, outside=True).order_by()
    here = Q(standing__in=IN_RECORD) & (Q(encounter_id=encounter_id) if encounter_id else Q())
    document = Q(category=Category.DOCUMENT) | Q(document_sha256__isnull=False)
    rows = listed.values("category").annotate(
        counted=Count("entry_id", filter=here & Q(retracted=False)),
        documents=Count("entry_id", filter=here & document),
        theirs=Count("entry_id", filter=Q(retracted=False) & ~Q(origin="")),
    )
    found: dict[str, int] = {"documents": 0, "outside": 0}
    for row in rows:
        found[row["category"]] = row["counted"]
        found["documents"] += row["documents"]
        found["outside"] += row["theirs"]
    return found


def reports(actor: Actor, patients: Sequence[UUID], *, encounter_id: UUID | None = None) -> dict[int, Entry]:
    """Which diagnostic report an observation belongs to: by the search key of the report's reference to it (``result_key``)."""
    found = entries(actor, patients, encounter_id=encounter_id, categories=[Category.RESULT]).defer(None)
    listed = found.filter(resource_type="DiagnosticReport")[:MOST_REPORTS]
    return {number: report for report in listed for number in report.keys}


def result_key(entry_id: UUID) -> int:
    """The search key by which a diagnostic report refers to the observation ``entry_id``."""
    return key("result", "", f"Observation/{entry_id}")


def entry_among(actor: Actor, patients: Sequence[UUID], entry_id: UUID) -> Entry:
    """One entry of a person's records that the actor may see. Raises Refused alike for one that is not there."""
    found = Entry.objects.filter(patient_id__in=patients, entry_id=entry_id).first()
    if found is None:
        raise Refused("There is nothing here that you may see.")
    permissions.check_read(actor, found)
    return found


def entry(actor: Actor, patient_id: UUID, entry_id: UUID) -> Entry:
    """One entry the actor may see. Raises Refused alike for one that is not there."""
    found = Entry.objects.filter(patient_id=patient_id, entry_id=entry_id).first()
    if found is None:
        raise Refused("There is nothing here that you may see.")
    permissions.check_read(actor, found)
    return found


def entry_for_update(patient_id: UUID, entry_id: UUID) -> Entry:
    found = Entry.objects.select_for_update().filter(patient_id=patient_id, entry_id=entry_id).first()
    if found is None:
        raise Refused("There is nothing here that you may see.")
    return found


def versions(patient_id: UUID, entry_id: UUID) -> list[Version]:
    """All versions of an entry, first to last, without their content."""
    return list(Version.objects.filter(patient_id=patient_id, entry_id=entry_id).defer("content").order_by("number"))


def version(patient_id: UUID, entry_id: UUID, number: int) -> Version:
    """One version with its content. Raises Refused where there is none of this number."""
    found = Version.objects.filter(patient_id=patient_id, entry_id=entry_id, number=number).first()
    if found is None:
        raise Refused("There is no such version of this document.", remedy="Its versions are listed under it.")
    return found


def numbers(patient_id: UUID, entries: Iterable[UUID]) -> dict[UUID, int]:
    """The number of each entry's current version."""
    found = Entry.objects.filter(patient_id=patient_id, entry_id__in=list(entries))
    return dict(found.values_list("entry_id", "number"))


def media_type_of(sha256: bytes) -> str:
    """The media type under which these bytes were kept."""
    return Blob.objects.filter(sha256=sha256).values_list("media_type", flat=True).first() or ""


def signatures(patient_id: UUID, entry_id: UUID) -> list[Signature]:
    return list(Signature.objects.filter(patient_id=patient_id, entry_id=entry_id).order_by("signed_at"))


def closures(patient_id: UUID, entry_id: UUID) -> list[Closure]:
    """How its versions were closed without their author's signature, first to last."""
    return list(Closure.objects.filter(patient_id=patient_id, entry_id=entry_id).order_by("closed_at"))


def labels(patient_id: UUID, references: Iterable[str]) -> dict[str, str]:
    """Reference ("ServiceRequest/…") → what that entry of the patient is called. One query, none for none."""
    ids = {}
    for one in references:
        try:
            ids[UUID(one.partition("/")[2])] = one
        except ValueError:
            continue
    found = Entry.objects.filter(patient_id=patient_id, entry_id__in=ids) if ids else Entry.objects.none()
    return {ids[entry]: label for entry, label in found.values_list("entry_id", "label")}


def text_of(patient_id: UUID, entry_id: UUID) -> str:
    found = DocumentText.objects.filter(patient_id=patient_id, entry_id=entry_id).values_list("text", flat=True).first()
    return found or ""


@dataclass(frozen=True, slots=True)
class Alike:
    """A document whose text is nearly a given one's. ``share`` is of the five-word runs, 0 to 1."""

    entry: Entry
    share: float

    @property
    def per_cent(self) -> int:
        return round(self.share * 100)


def texts_of(patients: Sequence[UUID]) -> dict[UUID, str]:
    """Entry → the text of it, of every document of these records. One query."""
    return dict(DocumentText.objects.filter(patient_id__in=patients).values_list("entry_id", "text"))


def alike(actor: Actor, patients: Sequence[UUID], text: str, least: float, *, outside: bool = False) -> list[Alike]:
    """Documents of a chart whose text shares at least ``least`` (0 to 1) of its five-word runs with ``text``, the likest first.

    What others' records hold is compared where ``outside`` is said, but not what was found to be another patient's. Two queries,
    one where nothing is near.
    """
    near = [(key, share) for key, share in Shelf(texts_of(patients)).near(text) if share >= least][:MOST_ALIKE]
    if not near:
        return []
    seen = entries(actor, patients, categories=[Category.DOCUMENT], outside=outside).exclude(standing=Acceptance.NOT_PATIENT)
    known = {one.entry_id: one for one in seen.filter(entry_id__in=[key for key, _ in near])}
    return [Alike(known[key], share) for key, share in near if key in known]


@dataclass(frozen=True, slots=True)
class Hit:
    """A place in the chart where the words stand. ``snippet`` marks them with ⟦ and ⟧."""

    patient_id: UUID
    entry_id: UUID
    label: str
    occurred: str
    category: str
    encounter_id: UUID | None
    snippet: str
    origin: str = ""
    standing: str = ""


def find_in_chart(
    actor: Actor, patients: Sequence[UUID], text: str, *, encounter_id: UUID | None = None, limit: int = 50
) -> list[Hit]:
    """Full text over the documents and labels of a chart (PostgreSQL ``websearch_to_tsquery``), best first.

    Bounded by the same facilities as the chart itself, so neither snippets nor counts leak. What others' records say is found
    too, and says whose it is; not what was found to be another patient's.
    """
    text = text.replace("\0", " ").strip()
    if not text:
        return []
    visible = entries(actor, patients, outside=True).exclude(standing=Acceptance.NOT_PATIENT)
    if encounter_id:
        visible = visible.filter(Q(encounter_id=encounter_id) | Q(encounter_id=None) & ~Q(origin=""))
    listed = {one.entry_id: one for one in visible.filter(Q(category=Category.DOCUMENT))}
    query = SearchQuery(text, search_type="websearch", config="english")
    found = (
        DocumentText.objects.filter(patient_id__in=patients, entry_id__in=list(listed), search=query)
        .annotate(
            rank=SearchRank(F("search"), query),
            snippet=SearchHeadline(
                "text", query, config="english", start_sel="⟦", stop_sel="⟧", max_words=24, min_words=10, max_fragments=2
            ),
        )
        .order_by("-rank", "entry_id")
        .values_list("entry_id", "snippet")[:limit]
    )
    hits = [_hit(listed[entry_id], snippet) for entry_id, snippet in found]
    labelled = visible.filter(label__icontains=text).exclude(entry_id__in=[hit.entry_id for hit in hits])
    return hits + [_hit(one, one.value) for one in labelled[: limit - len(hits)]]


def _hit(one: Entry, snippet: str) -> Hit:
    return Hit(
        one.patient_id, one.entry_id, one.label, one.occurred, one.category, one.encounter_id, snippet, one.origin, one.standing
    )
