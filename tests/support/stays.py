"""A patient's stays with documents and procedures for tests, built through actions only."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4, uuid5

from support.house import House, system_actor

NAMES = {
    "34117-2": "History and physical", "18842-5": "Discharge summary", "11506-3": "Progress note", "11504-8": "Operative report",
    "34111-5": "Emergency department note", "59284-0": "Consent", "61358-8": "Informed consent", "11488-4": "Consultation note",
}  # fmt: skip
PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
NOTE = "\n\n".join(
    f"{heading}:\nAs expected."
    for heading in (
        "History of present illness",
        "Physical examination",
        "Assessment and plan",
        "Hospital course",
        "Condition at discharge",
        "Follow-up",
        "Postoperative diagnosis",
        "Procedure",
        "Findings",
        "Estimated blood loss",
    )
)  # a note with every section that a shipped rule asks for
ADMITTED = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def adopt_rules(house: House, prefix: str = "completion.") -> None:
    """The shipped rules of an area, proposed by the privacy officer and adopted by the administrator.

    Where the module's mark ``rules`` has had them adopted (``support.database``) nothing is left to do.
    """
    from muniment.config.furnish import shipped_rules
    from muniment.rulebook import actions
    from muniment.rulebook.models import RuleVersion
    from muniment.rulebook.rules import SourceKind

    if RuleVersion.objects.filter(rule__code__startswith=prefix, adopted_at__isnull=False).exists():
        return
    for rule in shipped_rules():
        if rule["code"].startswith(prefix):
            version = actions.propose(
                actor=house.actor("privacy-officer"), code=rule["code"], title=rule["title"], statement=rule["statement"],
                citation=rule["citation"], source_kind=SourceKind(rule["source_kind"]), parameters=rule["parameters"],
                effective_from=rule["effective_from"],
            )  # fmt: skip
            actions.adopt(actor=house.actor("administrator"), version_id=version.id)


def adopt_rule(house: House, code: str, *, since: date = date(2024, 1, 1), **parameters) -> None:
    """A rule of the house's own, adopted."""
    from muniment.rulebook import actions
    from muniment.rulebook.rules import SourceKind

    version = actions.propose(
        actor=house.actor("privacy-officer"), code=code, title=code, statement="As the house wants it.", citation="House policy X",
        source_kind=SourceKind.HOUSE, parameters=parameters, effective_from=since,
    )  # fmt: skip
    actions.adopt(actor=house.actor("administrator"), version_id=version.id)


def practitioner(house: House, family: str, role: str = "", credential: str = "MD"):
    """A practitioner of the directory; with a ``role``, the one that role's user signs as."""
    from muniment.accounts.actions import list_practitioner

    return list_practitioner(
        actor=system_actor(), family=family, given="Ada", credential=credential, identifiers=[("NPI", family)],
        user=house.users[role] if role else None,
    )  # fmt: skip


class StayMaker:
    """One patient with one stay; each method is one thing that happens to it."""

    def __init__(self, house: House, attending, number: str = "1", facility=None, class_code: str = "IMP") -> None:
        from muniment.identity.actions import Number, register
        from muniment.identity.statements import Demographics

        self.facility, self.attending, self.number, self.class_code = facility or house.hospital, attending, number, class_code
        said = Demographics(names=({"family": f"Rowe{number}", "given": ["Alba"]},), birth="1961-03-14", sex="female")
        self.patient = register(
            actor=system_actor(), numbers=[Number("HOSP", number, "MR")], said=said, facility_id=self.facility.id
        )
        self.moved = 0
        self.encounter_id = uuid4()

    def move(self, kind: str, days: float = 0, **more):
        from muniment.encounters import actions
        from muniment.encounters.rules import Kind, Move

        self.moved += 1
        at = ADMITTED + timedelta(days=days)
        movement = Move(
            key=f"{self.number}-{self.moved}", kind=Kind(kind), occurred_at=at, recorded_at=at + timedelta(seconds=self.moved),
            class_=self.class_code, attending=str(self.attending.id), **more,
        )  # fmt: skip
        new = actions.NewMove(
            facility=self.facility, visit=("HOSP", f"V{self.number}"), movement=movement, encounter_id=self.encounter_id
        )
        return actions.move(actor=system_actor(), patient=self.patient, moves=[new])[0]

    def admit(self):
        return self.move("admit")

    def discharge(self, days: float = 4):
        return self.move("discharge", days)

    def cancel_discharge(self, days: float = 4.5):
        return self.move("cancel discharge", days)

    def file(
        self, code: str, text: str = NOTE, *, author=None, entry_id: UUID | None = None, days: float = 1, on: str = "", **more
    ):
        """File a document (or a new version of one). ``signed=True``: authenticated by the sending system; ``on``: its date as FHIR text."""
        return self._file(_document(code, text, days) | ({"date": on} if on else {}), text, author, entry_id, **more)

    def procedure(self, code: str, *, operator=None, days: float = 1, coded: bool = False, on: str = ""):
        """One that the source sent; ``coded``: one of the final codes; ``on``: its date as FHIR text."""
        from muniment.kernel.fhir.descriptions import FINAL_CODING

        resource = {
            "resourceType": "Procedure", "status": "completed", "subject": {"reference": f"Patient/{self.patient.id}"},
            "code": {"coding": [{"system": PCS, "code": code, "display": f"Operation {code}"}]},
            "performedDateTime": on or (ADMITTED + timedelta(days=days)).isoformat(),
        } | ({"meta": {"tag": [FINAL_CODING]}} if coded else {})  # fmt: skip
        return self._file(resource, "", operator, None)

    def spoken_order(self, number: str, mode: str = "PH", *, by=None, days: float = 1, **more) -> UUID:
        """An order and how it was given. Returns the entry of the latter, which is what is authenticated."""
        from muniment.kernel.fhir.order_provenance import MODE_SYSTEM

        order = self._order(number)
        resource = {
            "resourceType": "ServiceRequest", "status": "active", "intent": "order", "subject": {"reference": f"Patient/{self.patient.id}"},
            "code": {"text": f"Order {number}"},
        }  # fmt: skip
        self._file(resource, "", by, order)
        activity = {"coding": [{"system": MODE_SYSTEM, "code": mode}], "text": f"Telephone order: Order {number}"}
        return self._file(_provenance(order, activity, days), "", by, uuid5(self.encounter_id, f"{number} was given"), **more)

    def verified_order(self, number: str, by, *, days: float = 2, on: str = "") -> UUID:
        from muniment.kernel.fhir.order_provenance import PARTICIPANT_SYSTEM, VERIFIER

        activity = {"coding": [{"system": PARTICIPANT_SYSTEM, "code": VERIFIER}], "text": "Order verified"}
        resource = _provenance(self._order(number), activity, days) | ({"occurredDateTime": on} if on else {})
        return self._file(resource, "", by, uuid5(self.encounter_id, f"{number} was verified by {by.id}"))

    def _order(self, number: str) -> UUID:
        return uuid5(self.encounter_id, f"order {number}")

    def _file(self, resource, text, author, entry_id, *, signed=False, retracts=False, of_stay=True):
        from muniment.kernel.fhir.canonical import encode
        from muniment.kernel.fhir.descriptions import describe
        from muniment.record import actions
        from muniment.record.rules import VersionKind

        entry_id = entry_id or uuid4()
        version = actions.NewVersion(
            entry_id=entry_id, resource_type=resource["resourceType"], canonical=encode(resource), description=describe(resource),
            encounter_id=self.encounter_id if of_stay else None, facility_id=self.facility.id,
            author_id=author.id if author else None, author_name=str(author or ""),
            kind=VersionKind.RETRACTION if retracts else None, document=text.encode() or None, media_type="text/plain", text=text,
            signed_by_source="Ada Stone, MD" if signed else "",
        )  # fmt: skip
        actions.file(actor=system_actor(), patient_id=self.patient.id, versions=[version])
        return entry_id


def _document(code: str, text: str, days: float):
    return {
        "resourceType": "DocumentReference", "status": "current", "description": text[:20],
        "type": {"coding": [{"system": "http://loinc.org", "code": code, "display": NAMES.get(code, f"Document {code}")}]},
        "date": (ADMITTED + timedelta(days=days)).isoformat(),
    }  # fmt: skip


def _provenance(order: UUID, activity, days: float):
    at = (ADMITTED + timedelta(days=days)).isoformat()
    return {
        "resourceType": "Provenance", "target": [{"reference": f"ServiceRequest/{order}", "type": "ServiceRequest"}],
        "occurredDateTime": at, "recorded": at, "activity": activity, "agent": [{"who": {"display": "Somebody"}}],
    }  # fmt: skip
