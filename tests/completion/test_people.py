"""What people do about deficiencies: sign, write, decline, reassign, waive; and who may not."""

from __future__ import annotations

import pytest

from muniment.accounts import actions as accounts
from muniment.accounts.queries import actor_for
from muniment.accounts.rules import Role
from muniment.audit.verify import verify
from muniment.completion import actions, queries
from muniment.completion.models import ChartStatus, Deficiency, DeficiencyStep
from muniment.completion.queues import ANALYSIS, INBOX
from muniment.kernel.errors import Conflict, Refused
from muniment.record.models import DocumentText, Entry, Signature, Version
from muniment.record.verify import verify as verify_record
from muniment.work.models import WorkItem
from support.house import House, system_actor
from support.stays import StayMaker, adopt_rules, practitioner

pytestmark = pytest.mark.rules("completion.")

DS, ED = "18842-5", "34111-5"


class Scene:
    """An emergency stay of Dr Stone with an unsigned note of hers; Dr Reed works there too."""

    def __init__(self, house: House) -> None:
        adopt_rules(house)
        self.house = house
        self.stone = practitioner(house, "Stone", "clinician")
        self.clinician = house.actor("clinician")
        user = accounts.add_user(actor=system_actor(), username="reed", family="Reed", given="Rosa", credential="MD")
        accounts.assign_role(actor=system_actor(), user=user, role=Role.CLINICIAN, facilities=[house.hospital])
        self.other = actor_for(user)
        self.reed = accounts.list_practitioner(
            actor=system_actor(), family="Reed", given="Rosa", credential="MD", identifiers=[("NPI", "Reed")], user=user
        )
        self.ward = StayMaker(house, self.stone, class_code="EMER")
        self.ward.admit()

    def discharged(self, *, note=True, author=None) -> Deficiency:
        self.entry = self.ward.file(ED, author=author or self.stone) if note else None
        self.ward.discharge(1)
        actions.drain(actor=system_actor())
        return Deficiency.objects.get()


@pytest.fixture
def scene(house):
    return Scene(house)


def test_signing_closes_it_at_once(scene):
    lack = scene.discharged()
    signature = actions.sign(actor=scene.clinician, deficiency_id=lack.id, number=1)
    assert (signature.meaning, signature.printed_name, signature.credential) == ("author", "Test Clinician", "RHIT")
    assert signature.zone == "America/New_York"
    lack.refresh_from_db()
    assert (lack.state, lack.closed_entry_id) == ("completed", scene.entry)
    assert WorkItem.objects.get().state == "done"
    assert ChartStatus.objects.get().complete_since
    assert [one.actor_name for one in queries.history(lack)] == ["Test Clinician, RHIT", "test"]
    assert verify().sound
    assert verify_record().faults == []


def test_who_did_not_write_it_attests_it(scene):
    lack = scene.discharged(author=practitioner(scene.house, "Elsewhere"))
    actions.reassign(
        actor=scene.house.actor("technician"), deficiency_id=lack.id, practitioner_id=scene.stone.id, reason="Left the house."
    )
    signature = actions.sign(actor=scene.clinician, deficiency_id=lack.id, number=1)
    assert signature.meaning == "attest"
    assert Entry.objects.get(entry_id=scene.entry).author_name == "Ada Elsewhere, MD"


def test_the_second_to_sign_is_told(scene):
    lack = scene.discharged()
    actions.sign(actor=scene.clinician, deficiency_id=lack.id, number=1)
    with pytest.raises(Conflict, match="completed in the meantime by Test Clinician"):
        actions.sign(actor=scene.clinician, deficiency_id=lack.id, number=1)
    assert Signature.objects.count() == 1


def test_a_version_nobody_read_is_not_signed(scene):
    lack = scene.discharged()
    scene.ward.file(ED, "Changed meanwhile.", author=scene.stone, entry_id=scene.entry)
    with pytest.raises(Conflict, match="Version 2"):
        actions.sign(actor=scene.clinician, deficiency_id=lack.id, number=1)
    assert not Signature.objects.exists()


def test_nobody_signs_what_another_owes(scene):
    lack = scene.discharged()
    with pytest.raises(Refused, match="not yours"):
        actions.sign(actor=scene.other, deficiency_id=lack.id, number=1)


def test_a_missing_document_is_written_and_then_signed(scene):
    lack = scene.discharged(note=False)
    assert lack.kind == "missing document"
    unsigned = actions.write(actor=scene.clinician, deficiency_id=lack.id, text="COURSE\r\nSutured and sent home.")
    assert (unsigned.kind, unsigned.state, unsigned.responsible_id) == ("missing signature", "open", scene.stone.id)
    lack.refresh_from_db()
    assert (lack.state, lack.closed_why) == ("completed", "The document was filed.")
    entry = Entry.objects.get(category="document")
    assert (entry.code, entry.author_id, entry.encounter_id) == (ED, scene.stone.id, scene.ward.encounter_id)
    assert DocumentText.objects.get().text == "COURSE\nSutured and sent home.\n"
    actions.sign(actor=scene.clinician, deficiency_id=unsigned.id, number=1)
    assert not Deficiency.objects.filter(state="open").exists()
    assert verify_record().faults == []


def test_what_is_written_is_valid_fhir(scene):
    from muniment.kernel.fhir.canonical import decode
    from muniment.kernel.fhir.structure import validate

    actions.write(actor=scene.clinician, deficiency_id=scene.discharged(note=False).id, text="Text.")
    assert validate(decode(Version.objects.get(resource_type="DocumentReference").content.encode())) == []


def test_an_empty_document_is_refused(scene):
    with pytest.raises(Refused, match="empty"):
        actions.write(actor=scene.clinician, deficiency_id=scene.discharged(note=False).id, text=" \n ")


def test_declining_sends_it_to_the_technicians(scene):
    lack = scene.discharged()
    actions.decline(actor=scene.clinician, deficiency_id=lack.id, reason="Dictated by the locum.")
    item = WorkItem.objects.get(state="open")
    assert (item.queue_id, item.owner_id) == (ANALYSIS, None)
    assert "Dictated by the locum." in item.reason
    actions.analyse(actor=system_actor(), encounters=[(lack.patient_id, lack.encounter_id)])
    lack.refresh_from_db()
    assert (lack.responsible_id, lack.state) == (None, "open")


def test_reassigning_gives_it_to_the_other_clinician(scene):
    lack = scene.discharged()
    actions.reassign(
        actor=scene.house.actor("technician"), deficiency_id=lack.id, practitioner_id=scene.reed.id, reason="She took over."
    )
    assert [one.deficiency.id for one in queries.inbox(scene.other)] == [lack.id]
    assert queries.inbox(scene.clinician) == []
    actions.analyse(actor=system_actor(), encounters=[(lack.patient_id, lack.encounter_id)])
    assert [one.deficiency.id for one in queries.inbox(scene.other)] == [lack.id]
    assert WorkItem.objects.filter(queue_id=INBOX, state="assigned").count() == 1


def test_a_waived_one_stays_waived_and_the_chart_is_complete(scene):
    lack = scene.discharged()
    actions.waive(
        actor=scene.house.actor("administrator"), deficiency_id=lack.id, reason="The author died.", authority="MEC 2026-03"
    )
    actions.analyse(actor=system_actor(), encounters=[(lack.patient_id, lack.encounter_id)])
    lack.refresh_from_db()
    assert (lack.state, lack.closed_why) == ("waived", "The author died. Authority: MEC 2026-03")
    assert ChartStatus.objects.get().open_count == 0
    assert WorkItem.objects.get().state == "cancelled"
    assert DeficiencyStep.objects.filter(step="waive").count() == 1


def waived(scene) -> Deficiency:
    lack = scene.discharged()
    said = {"reason": "The author died.", "authority": "MEC 2026-03"}
    return actions.waive(actor=scene.house.actor("administrator"), deficiency_id=lack.id, **said)


def test_a_waiver_is_taken_back(scene):
    lack = actions.take_back(
        actor=scene.house.actor("administrator"), deficiency_id=waived(scene).id, reason="It was another chart."
    )
    assert (lack.state, lack.closed_at, lack.closed_why) == ("open", None, "")
    assert ChartStatus.objects.get().open_count == 1
    assert [one.deficiency.id for one in queries.inbox(scene.clinician)] == [lack.id]
    assert [one.step for one in queries.history(lack)] == ["reopen", "waive", "open"]
    assert verify().sound


def test_a_waiver_taken_back_of_what_was_signed_since_is_completed(scene):
    from muniment.record import actions as record

    lack = waived(scene)
    record.sign(
        actor=scene.clinician, patient_id=lack.patient_id, entry_id=scene.entry, number=1, meaning="author", printed_name="Ada Stone",
        credential="MD", zone="America/New_York", practitioner_id=scene.stone.id,
    )  # fmt: skip
    after = actions.take_back(actor=scene.house.actor("administrator"), deficiency_id=lack.id, reason="Not needed.")
    assert (after.state, ChartStatus.objects.get().open_count) == ("completed", 0)
    assert not WorkItem.objects.filter(state__in=["open", "assigned"]).exists()


def test_only_what_is_waived_and_only_an_administrator_takes_it_back(scene):
    lack = scene.discharged()
    with pytest.raises(Conflict, match="no waiver"):
        actions.take_back(actor=scene.house.actor("administrator"), deficiency_id=lack.id, reason="x")
    actions.waive(actor=scene.house.actor("administrator"), deficiency_id=lack.id, reason="x", authority="y")
    for role in ("technician", "clinician"):
        with pytest.raises(Refused):
            actions.take_back(actor=scene.house.actor(role), deficiency_id=lack.id, reason="x")


REFUSED = {
    "sign": lambda actor, lack: actions.sign(actor=actor, deficiency_id=lack.id, number=1),
    "write": lambda actor, lack: actions.write(actor=actor, deficiency_id=lack.id, text="x"),
    "decline": lambda actor, lack: actions.decline(actor=actor, deficiency_id=lack.id, reason="x"),
    "reassign": lambda actor, lack: actions.reassign(
        actor=actor, deficiency_id=lack.id, practitioner_id=lack.responsible_id, reason="x"
    ),
    "waive": lambda actor, lack: actions.waive(actor=actor, deficiency_id=lack.id, reason="x", authority="y"),
}
MAY = {"clinician": {"sign", "decline", "write"}, "technician": {"reassign"}, "administrator": {"reassign", "waive"}}


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_each_role_is_refused_what_is_not_its(scene, role):
    lack = scene.discharged()
    for what, attempt in REFUSED.items():
        if what not in MAY.get(role, set()):
            with pytest.raises(Refused):
                attempt(scene.house.actor(role), lack)
    lack.refresh_from_db()
    assert (lack.state, lack.revision) == ("open", 1)


def test_another_facilitys_deficiency_is_not_there(scene):
    lack = scene.discharged()
    user = accounts.add_user(actor=system_actor(), username="far", family="Far", given="Flo")
    accounts.assign_role(actor=system_actor(), user=user, role=Role.ADMINISTRATOR, facilities=[scene.house.clinic])
    far = actor_for(user)
    with pytest.raises(Refused, match="nothing here"):
        queries.deficiency(far, lack.id)
    with pytest.raises(Refused, match="nothing here"):
        actions.waive(actor=far, deficiency_id=lack.id, reason="x", authority="y")
    assert queries.for_encounter(far, lack.patient_id, lack.encounter_id).open == []
    assert list(queries.open_list(far, queries.Search())) == []


def test_what_is_owed_follows_the_sign_in(house):
    """Nobody's work stays with somebody who can't sign in, and a new link brings it into the inbox."""
    adopt_rules(house)
    late = practitioner(house, "Late")
    stay = StayMaker(house, late, number="7", class_code="EMER")
    stay.admit()
    stay.file(ED, author=late)
    stay.discharge(1)
    actions.drain(actor=system_actor())
    owed = {str(row.id) for row in Deficiency.objects.filter(responsible=late)}

    def where():
        items = WorkItem.objects.filter(subject_id__in=owed, state__in=["open", "assigned"])
        return {(one.queue_id, one.owner_id) for one in items}, items.count()

    user, admin = house.users["clinician"], house.actor("administrator")
    assert owed
    assert where() == ({(ANALYSIS, None)}, len(owed))
    accounts.link_practitioner(actor=admin, practitioner=late, user=user, reason="Is she.")
    assert where() == ({(INBOX, user.id)}, len(owed))
    accounts.set_active(actor=admin, user=user, active=False, reason="On leave")
    assert where() == ({(ANALYSIS, None)}, len(owed))
    accounts.set_active(actor=admin, user=user, active=True, reason="Back")
    assert where() == ({(INBOX, user.id)}, len(owed))
    accounts.unlink_practitioner(actor=admin, user=user, reason="Was another.")
    assert where() == ({(ANALYSIS, None)}, len(owed))
    assert verify().sound
