"""A discharged stay to be coded, and the rules that put it into the queue; built through actions only."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from muniment.coding import actions, queries
from muniment.coding.drafting import Draft, DraftCode, Role
from muniment.coding.models import Abstract
from muniment.coding.rules import POA
from muniment.kernel.fhir.canonical import encode
from muniment.kernel.fhir.descriptions import describe
from muniment.terminology.actions import install_release
from muniment.terminology.rules import System
from muniment.terminology.sources import ReleaseSource, discharge_status_rows, icd10cm_rows, icd10pcs_rows, msdrg_rows
from support.house import House, system_actor
from support.terminology import some_of, source

DISCHARGED = datetime(2026, 5, 6, 15, 0, tzinfo=UTC)
CODES = ("I50", "I10", "J96.0", "N17", "E11", "K35", "W19", "K52", "A05", "S72.0")


@cache
def _sources() -> tuple[ReleaseSource, ...]:
    """The releases' rows, read from the packages once per process."""
    beginnings = [code.replace(".", "") for code in CODES]
    return (
        source(some_of(icd10cm_rows(), *beginnings)),
        source(some_of(icd10pcs_rows(), "0DTJ"), system=System.ICD10PCS),
        source(msdrg_rows(431, weights=True), system=System.MS_DRG, version="43.1", since=date(2026, 4, 1)),
        source(discharge_status_rows(), system=System.DISCHARGE_STATUS, since=date(2015, 10, 1), until=None),
    )


def install_codes() -> None:
    """Some dozens of diagnoses, the appendectomies, all MS-DRGs of version 43.1 and the discharge statuses."""
    for one in _sources():
        install_release(actor=system_actor(), source=one)


def adopt_coding_rules(house: House) -> None:
    """The shipped rules of coding, proposed by the privacy officer and adopted by the administrator."""
    from muniment.config.furnish import shipped_rules
    from muniment.rulebook import actions as rulebook
    from muniment.rulebook.rules import SourceKind

    for rule in shipped_rules():
        if rule["code"].startswith("coding."):
            version = rulebook.propose(
                actor=house.actor("privacy-officer"), code=rule["code"], title=rule["title"], statement=rule["statement"],
                citation=rule["citation"], source_kind=SourceKind(rule["source_kind"]), parameters=rule["parameters"],
                effective_from=rule["effective_from"],
            )  # fmt: skip
            rulebook.adopt(actor=house.actor("administrator"), version_id=version.id)


class CodedStay:
    """One patient with one stay."""

    def __init__(
        self, house: House, number: str = "1", *, class_code: str = "IMP", disposition: str = "01", birth: str = "1951-03-14"
    ) -> None:
        from muniment.accounts.actions import list_practitioner
        from muniment.identity.actions import Number, register
        from muniment.identity.statements import Demographics

        self.facility, self.number, self.class_code, self.disposition = house.hospital, number, class_code, disposition
        said = Demographics(names=({"family": f"Rowe{number}", "given": ["Alba"]},), birth=birth, sex="female")
        self.attending = list_practitioner(
            actor=system_actor(), family="Stone", given="Ada", credential="MD", identifiers=[("NPI", f"900{number}")]
        )
        self.patient = register(
            actor=system_actor(), numbers=[Number("HOSP", number, "MR")], said=said, facility_id=self.facility.id
        )
        self.encounter_id, self.moved = uuid4(), 0

    def move(self, kind: str, at: datetime, **more: Any) -> Any:
        from muniment.encounters import actions as encounters
        from muniment.encounters.rules import Kind, Move

        self.moved += 1
        movement = Move(
            key=f"{self.number}-{self.moved}", kind=Kind(kind), occurred_at=at, recorded_at=at + timedelta(seconds=self.moved),
            class_=self.class_code, attending=str(self.attending.id), **more,
        )  # fmt: skip
        new = encounters.NewMove(
            facility=self.facility, visit=("HOSP", f"V{self.number}"), movement=movement, encounter_id=self.encounter_id
        )
        return encounters.move(actor=system_actor(), patient=self.patient, moves=[new])[0]

    def discharged(self, *, at: datetime = DISCHARGED, days: int = 5) -> CodedStay:
        self.move("admit", at - timedelta(days=days))
        self.move("discharge", at, disposition=self.disposition)
        return self

    def note(self, text: str, title: str = "Discharge summary") -> UUID:
        from muniment.record import actions as record

        entry_id = uuid4()
        resource = {
            "resourceType": "DocumentReference", "status": "current", "description": title, "date": DISCHARGED.isoformat(),
            "type": {"coding": [{"system": "http://loinc.org", "code": "18842-5", "display": title}]},
        }  # fmt: skip
        version = record.NewVersion(
            entry_id=entry_id, resource_type="DocumentReference", canonical=encode(resource), description=describe(resource),
            encounter_id=self.encounter_id, facility_id=self.facility.id, author_id=self.attending.id, author_name=str(self.attending),
            document=text.encode(), media_type="text/plain", text=text,
        )  # fmt: skip
        record.file(actor=system_actor(), patient_id=self.patient.id, versions=[version])
        return entry_id

    @property
    def key(self) -> dict[str, UUID]:
        return {"patient_id": self.patient.id, "encounter_id": self.encounter_id}

    def opened(self, house: House) -> Abstract:
        return actions.open_draft(actor=house.actor("coder"), **self.key)

    def coded(self, house: House, *codes: str, answers: dict[str, str] | None = None, role: str = "coder") -> Abstract:
        """A draft with these diagnoses, the first as principal: ``"I50.23"`` present on admission, ``"N17.9 N"`` not."""
        abstract = self.opened(house)
        draft = draft_of(*codes, answers=answers, disposition=abstract.disposition)
        return actions.set_codes(
            actor=house.actor(role),
            patient_id=self.patient.id,
            abstract_id=abstract.id,
            revision=abstract.revision,
            draft=draft,
        )

    def finalised(self, house: House, *codes: str) -> Any:
        abstract = self.coded(house, *codes)
        return actions.finalise(
            actor=house.actor("coder"), patient_id=self.patient.id, abstract_id=abstract.id, revision=abstract.revision
        )

    def content(self) -> dict[str, Any]:
        found = queries.final(self.patient.id, self.encounter_id)
        assert found is not None
        return queries.content_of(found)


def draft_of(*codes: str, answers: dict[str, str] | None = None, disposition: str = "01") -> Draft:
    lines = []
    for place, text in enumerate(codes):
        code, _, poa = text.partition(" ")
        role = Role.SECONDARY if place else Role.PRINCIPAL
        lines.append(DraftCode(role=role, code=code.replace(".", ""), poa=POA(poa.replace("-", "")) if poa else POA.YES))
    return Draft(tuple(lines), disposition, answers or {})
