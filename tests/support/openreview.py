"""Open records for tests, built through actions only, at the time they happened."""

from __future__ import annotations

import io
import re
from html import unescape
from uuid import UUID

from django.urls import reverse

from muniment.completion.queries import practitioner_of
from muniment.encounters.models import Encounter
from muniment.openreview import actions, queries
from muniment.openreview.models import Draw, OpenFinding, Review
from muniment.work.models import WorkItem
from support.delinquency import at
from support.house import House, system_actor
from support.stays import StayMaker, adopt_rule, adopt_rules, practitioner
from support.web import client_of

HP, PROGRESS = "34117-2", "11506-3"
NOON = (3, 4)  # two days after the admission of every stay


class Scene:
    """Stays of Dr Stone at the hospital, begun on 2 March; it is looked at on 4 March, a Wednesday."""

    def __init__(self, house: House, stays: int = 1, *, rules: bool = True, stone=None) -> None:
        self.house, self.hospital = house, house.hospital
        if rules:
            for prefix in ("openreview.", "completion.", "qualitative."):
                adopt_rules(house, prefix)
        self.stone = stone or practitioner(house, "Stone", "clinician")
        self.technician, self.administrator, self.clinician = (
            house.actor(one) for one in ("technician", "administrator", "clinician")
        )
        self.wards = [self.admit(str(number)) for number in range(1, stays + 1)]

    def admit(self, number: str, **more) -> StayMaker:
        with at(3, 2, 15):
            ward = StayMaker(self.house, self.stone, number=number, **more)
            ward.admit()
        return ward

    def stay(self, ward: StayMaker) -> Encounter:
        return Encounter.objects.select_related("facility", "patient", "attending").get(id=ward.encounter_id)

    def look(self) -> int:
        return actions.look(actor=system_actor())

    def draws(self) -> list[Draw]:
        return list(Draw.objects.order_by("made_at"))

    def reviews(self) -> list[Review]:
        return list(Review.objects.order_by("chosen_at", "id"))

    def add(self, ward: StayMaker | None = None, reason: str = "The ward asked for it.", actor=None) -> Review:
        return actions.add(actor=actor or self.technician, stay=self.stay(ward or self.wards[0]), reason=reason)

    def begin(self, row: Review, actor=None) -> Review:
        return actions.begin(actor=actor or self.technician, patient_id=row.patient_id, review_id=row.id)

    def answer(
        self, row: Review, code: str, given: str, comment: str = "", *, actor=None, revision: int | None = None
    ) -> Review:
        return actions.answer(
            actor=actor or self.technician, patient_id=row.patient_id, review_id=row.id, code=code, given=given, comment=comment, revision=revision
        )  # fmt: skip

    def answer_all(self, row: Review, given: str = "yes") -> Review:
        """What the record did not answer, answered."""
        for one in queries.questions_of(row, queries.stay_of(row)):
            if not row.answers.get(one.code, {}).get("answer"):
                row = self.answer(row, one.code, given, "As seen." if given == "no" else "")
        return row

    def finish(self, row: Review, actor=None) -> Review:
        return actions.finish(actor=actor or self.technician, patient_id=row.patient_id, review_id=row.id)

    def reviewed(self, ward: StayMaker | None = None, given: str = "yes") -> Review:
        return self.finish(self.answer_all(self.begin(self.add(ward)), given))

    def decide(self, question: str, what: str = "The ward scans in colour.", **more):
        from datetime import date

        from muniment.openreview.corrections import actions as corrections

        said = {"actor": self.administrator, "owner": self.house.users["administrator"], "due_on": date(2026, 4, 1)} | more
        return corrections.decide(facility=self.hospital, question=question, what=what, **said)

    def findings(self) -> dict[str, OpenFinding]:
        return {one.question: one for one in OpenFinding.objects.order_by("id")}

    def items(self, subject: UUID) -> list[tuple[str, str]]:
        """Queue and state of everything about it."""
        found = WorkItem.objects.filter(subject_id=str(subject)).order_by("created_at", "queue_id")
        return list(found.values_list("queue_id", "state"))


def plan(house: House, **more) -> None:
    """A plan of the house's own: two inpatient stays a week unless said otherwise."""
    said = {"period": "week", "min_hours": 24, "strata": [{"name": "Inpatient", "classes": ["IMP"], "count": 2}]} | more
    adopt_rule(house, "openreview.plan", **said)


def get(scene, name, role="technician", *args, **query):
    return client_of(scene.house.users[role]).get(reverse(f"openreview-{name}", args=args), query)


def text(answer) -> str:
    """What a page says, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def words_of(answer) -> str:
    """What a PDF says."""
    import pypdfium2

    assert answer["Content-Type"] == "application/pdf"
    opened = pypdfium2.PdfDocument(io.BytesIO(answer.content))
    return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in opened).split())


__all__ = ["HP", "PROGRESS", "Scene", "adopt_rules", "at", "get", "plan", "practitioner_of", "text", "words_of"]
