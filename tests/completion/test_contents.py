"""What is asked of a document beyond being there: its sections, and a second signature."""

from __future__ import annotations

import pytest

from muniment.completion import actions
from muniment.completion.documents import template_of
from muniment.completion.models import Deficiency
from muniment.kernel.errors import NotAllowedInState
from muniment.record.models import Entry, Version
from muniment.work.models import WorkItem
from support.house import system_actor
from support.stays import StayMaker, adopt_rule, practitioner

DS, PN = "18842-5", "11506-3"
WHOLE = "HOSPITAL COURSE:\nUneventful.\n\nFOLLOW-UP:\nIn two weeks.\n"
HALF = "HOSPITAL COURSE:\nUneventful.\n\nFOLLOW-UP:\n"


class Scene:
    """An inpatient stay of Dr Stone, whose house asks for two sections and for the attending under what others wrote."""

    def __init__(self, house) -> None:
        adopt_rule(
            house, "completion.discharge-summary", document={"codes": [DS], "name": "Discharge summary"}, classes=["IMP"],
            due={"days": 30, "from": "discharge"},
            elements=[{"name": "Hospital course"}, {"name": "Follow-up", "headings": ["instructions"]}],
        )  # fmt: skip
        adopt_rule(house, "completion.co-signatures", codes=[DS, PN], credentials=["NP"], due={"days": 30, "from": "discharge"})
        adopt_rule(house, "completion.signatures", codes=[DS, PN], due={"days": 30, "from": "discharge"})
        self.stone = practitioner(house, "Stone", "clinician")
        self.nurse = practitioner(house, "Vale", credential="NP")
        self.clinician = house.actor("clinician")
        self.ward = StayMaker(house, self.stone)
        self.ward.admit()

    def discharged(self, text=WHOLE, author=None, *, signed=True):
        self.entry = self.ward.file(DS, text, author=author or self.stone, signed=signed)
        self.ward.discharge()
        return self.lacks()

    def lacks(self):
        actions.drain(actor=system_actor())
        return {row.kind: row for row in Deficiency.objects.filter(state="open")}


@pytest.fixture
def scene(house):
    return Scene(house)


def test_a_whole_summary_lacks_nothing(scene):
    assert scene.discharged() == {}


def test_an_empty_section_is_missing_and_named(scene):
    (lack,) = scene.discharged(HALF).values()
    assert (lack.kind, lack.entry_id, lack.sections) == ("missing section", scene.entry, ["Follow-up"])
    assert WorkItem.objects.get().title == "Add to discharge summary"
    assert template_of(lack.document_code, lack.sections) == "FOLLOW-UP:\n\n"


def test_an_addendum_completes_it_and_leaves_what_was_signed_alone(scene):
    (lack,) = scene.discharged(HALF).values()
    before = list(Version.objects.filter(entry_id=scene.entry).values_list("number", "sha256"))
    left = actions.write(actor=scene.clinician, deficiency_id=lack.id, text="FOLLOW-UP:\nWith Dr Stone in two weeks.")
    lack.refresh_from_db()
    assert (lack.state, lack.closed_why) == ("completed", "The sections are there.")
    assert list(Version.objects.filter(entry_id=scene.entry).values_list("number", "sha256")) == before
    addendum = Entry.objects.exclude(entry_id=scene.entry).get(category="document")
    assert addendum.label == "Addendum to Discharge summary"
    assert (left.kind, left.entry_id) == ("missing signature", addendum.entry_id)
    actions.sign(actor=scene.clinician, deficiency_id=left.id, number=1)
    assert scene.lacks() == {}


def test_an_addendum_alone_is_no_summary(scene):
    (lack,) = scene.discharged(HALF).values()
    actions.write(actor=scene.clinician, deficiency_id=lack.id, text="FOLLOW-UP:\nIn two weeks.")
    scene.ward.file(DS, HALF, entry_id=scene.entry, author=scene.stone, retracts=True)
    assert "missing document" in scene.lacks()


def test_a_missing_section_is_not_signed(scene):
    (lack,) = scene.discharged(HALF).values()
    with pytest.raises(NotAllowedInState, match="lacks a section"):
        actions.sign(actor=scene.clinician, deficiency_id=lack.id, number=1)


def test_a_document_that_is_there_is_not_written_again(scene):
    (lack,) = scene.discharged(author=scene.nurse).values()
    with pytest.raises(NotAllowedInState, match="there already"):
        actions.write(actor=scene.clinician, deficiency_id=lack.id, text="Once more.")


def test_the_attending_co_signs_what_a_nurse_practitioner_wrote(scene):
    (lack,) = scene.discharged(author=scene.nurse).values()
    assert (lack.kind, lack.responsible_id) == ("missing co-signature", scene.stone.id)
    signature = actions.sign(actor=scene.clinician, deficiency_id=lack.id, number=1)
    assert signature.meaning == "co-sign"
    assert scene.lacks() == {}
    lack.refresh_from_db()
    assert lack.closed_why == "The document was co-signed."


def test_a_new_version_asks_for_the_second_signature_again(scene):
    (lack,) = scene.discharged(author=scene.nurse).values()
    actions.sign(actor=scene.clinician, deficiency_id=lack.id, number=1)
    scene.ward.file(DS, WHOLE + "PROCEDURES:\nNone.\n", entry_id=scene.entry, author=scene.nurse, signed=True)
    assert "missing co-signature" in scene.lacks()
