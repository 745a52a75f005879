"""The technician's way out of quarantine: read what is wrong, mend it, file it again or dismiss it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from muniment.accounts import actions as accounts
from muniment.audit.models import LifecycleEvent
from muniment.intake import corrections
from muniment.intake.desk import Desk
from muniment.intake.models import Input
from muniment.kernel.errors import NotAllowedInState, Unfileable
from muniment.record.models import Version
from muniment.work.models import WorkItem
from support.house import system_actor
from support.messages import admission, document, result


@pytest.fixture
def desk(house):
    return Desk(actor=system_actor(), source="lab-line")


@pytest.fixture
def technician(house, client):
    client.force_login(house.users["technician"])
    return client


def stuck(desk, message=None):
    """An input in quarantine: its sending facility is not known here."""
    content = (message or result("R1")).content.replace(b"|SIM|HOSP|", b"|SIM|FAR|").replace(b"4W^0^A^HOSP", b"4W^0^A^FAR")
    outcome = desk.take(content)[0]
    assert outcome.status == "quarantined", outcome
    return Input.objects.get(id=outcome.input_id)


def mend(house):
    """Somebody teaches the hospital the name the laboratory uses."""
    accounts.name_facility(actor=house.actor("administrator"), facility=house.hospital, aliases=["MAIN", "FAR"])


def views(row):
    return list(
        LifecycleEvent.objects.filter(name="intake.view", subject_id=str(row.id)).values_list("after__shown", flat=True)
    )


def test_the_list_shows_the_reason_first_and_counts(technician, desk):
    row = stuck(desk)
    page = technician.get(reverse("intake-quarantine"))
    assert page.status_code == 200
    assert row.reason in page.content.decode()
    assert page.context["total"] == 1
    assert "ASHGROVE" not in page.content.decode().upper()


def test_the_filter_narrows_and_says_so(technician, desk):
    stuck(desk)
    assert technician.get(reverse("intake-quarantine") + "?format=fhir").context["total"] == 0
    assert technician.get(reverse("intake-quarantine") + "?source=lab-line&format=hl7v2").context["total"] == 1
    assert technician.get(reverse("intake-quarantine") + "?age=7").context["total"] == 0
    assert technician.get(reverse("intake-quarantine") + "?format=nonsense&at=nonsense").context["total"] == 1


def test_the_record_shows_the_bytes_and_each_view_leaves_its_event(technician, desk):
    row = stuck(desk)
    page = technician.get(reverse("intake-input", args=[row.id]))
    text = page.content.decode()
    assert "PID|1||7000^^^HOSP^MR||" in text
    assert row.reason in text
    assert views(row) == ["on screen"]
    saved = technician.get(reverse("intake-original", args=[row.id]))
    assert saved.content == corrections.original(row)
    assert saved["Content-Disposition"].startswith("attachment")
    assert sorted(views(row)) == ["downloaded", "on screen"]


def test_the_named_segment_is_marked(technician, desk):
    nameless = admission("A1").content.replace(b"7000^^^HOSP^MR", b"")
    row = Input.objects.get(id=desk.take(nameless)[0].input_id)
    assert "PID" in row.where
    marked = [
        line.text[:3] for line in technician.get(reverse("intake-input", args=[row.id])).context["shown"].lines if line.named
    ]
    assert marked == ["PID"]


def test_markup_in_an_original_is_shown_not_run(technician, desk):
    row = stuck(desk, document("D1"))
    evil = corrections.original(row).replace(b"resting", b"<script>alert(1)</script>").replace(b"D1", b"D2")
    other = Input.objects.get(id=desk.take(evil)[0].input_id)
    text = technician.get(reverse("intake-input", args=[other.id])).content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_replayed_after_the_cause_was_mended_it_is_filed_once(technician, desk, house):
    row = stuck(desk)
    mend(house)
    answer = technician.post(reverse("intake-replay", args=[row.id]), {"reason": "Alias added."})
    filed = Input.objects.get(status="filed")
    assert answer.url == reverse("intake-input", args=[filed.id])
    row.refresh_from_db()
    assert (row.status, row.corrected_by_id, filed.entries) == ("corrected", filed.id, 4)
    assert Version.objects.filter(source_id=filed.id).count() == 4
    assert not WorkItem.objects.filter(queue_id="quarantine", state="open").exists()
    assert technician.get(answer.url).status_code == 200
    assert desk.take(corrections.original(row))[0].status == "duplicate"


def test_still_failing_the_sentence_is_shown_and_what_was_typed_is_kept(technician, desk):
    row = stuck(desk)
    answer = technician.post(reverse("intake-replay", args=[row.id]), {"reason": "Trying once more."})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "No facility here goes by the code" in text
    assert "Trying once more." in text
    row.refresh_from_db()
    assert row.status == "quarantined"
    assert not Version.objects.exists()


def test_corrected_it_is_filed_and_the_original_stays_as_it_came(technician, desk):
    row = stuck(desk)
    before = corrections.original(row)
    text = before.decode().replace("|SIM|FAR|", "|SIM|HOSP|").replace("\r", "\r\n")
    answer = technician.post(reverse("intake-correct", args=[row.id]), {"text": text, "reason": "Facility was misspelt."})
    assert answer.status_code == 302, answer.content.decode()
    filed = Input.objects.get(status="filed")
    assert corrections.original(filed) == before.replace(b"|SIM|FAR|", b"|SIM|HOSP|")
    assert corrections.original(row) == before
    event = LifecycleEvent.objects.get(name="intake.settle")
    assert (event.actor_name, event.reason) == ("Test Technician, RHIT", "Facility was misspelt.")


def test_a_correction_that_still_fails_keeps_the_text(technician, desk):
    row = stuck(desk)
    text = corrections.original(row).decode().replace("|SIM|FAR|", "|SIM|FURTHER|")
    answer = technician.post(reverse("intake-correct", args=[row.id]), {"text": text, "reason": "Guess."})
    assert answer.status_code == 422
    assert "FURTHER" in answer.context["told"].what
    assert "|SIM|FURTHER|" in answer.context["correct"]["text"].value()


def test_an_unchanged_text_is_no_correction(technician, desk):
    row = stuck(desk)
    text = corrections.original(row).decode()
    answer = technician.post(reverse("intake-correct", args=[row.id]), {"text": text, "reason": "None."})
    assert answer.status_code == 422
    assert "replay it as it is" in answer.content.decode()


def test_a_correction_that_was_filed_before_is_refused(technician, desk):
    desk.take(result("R1").content)
    row = stuck(desk)
    text = result("R1").content.decode()
    answer = technician.post(reverse("intake-correct", args=[row.id]), {"text": text, "reason": "Facility."})
    assert answer.status_code == 422
    assert "filed before" in answer.content.decode()


def test_dismissing_takes_two_steps_and_a_reason(technician, desk):
    row = stuck(desk)
    url = reverse("intake-dismiss", args=[row.id])
    assert technician.post(url, {"reason": " "}).status_code == 422
    asked = technician.post(url, {"reason": "A test message."})
    assert "will be in no chart" in asked.content.decode()
    row.refresh_from_db()
    assert row.status == "quarantined"
    technician.post(url, {"reason": "A test message.", "confirmed": "1"})
    row.refresh_from_db()
    assert row.status == "dismissed"
    assert corrections.original(row)


@pytest.mark.parametrize("step", ["replay", "dismiss", "correct"])
def test_the_second_of_two_is_told(technician, desk, house, step):
    row = stuck(desk)
    text = corrections.original(row).decode().replace("|SIM|FAR|", "|SIM|HOSP|")
    technician.post(reverse("intake-dismiss", args=[row.id]), {"reason": "First.", "confirmed": "1"})
    answer = technician.post(reverse(f"intake-{step}", args=[row.id]), {"reason": "Second.", "text": text, "confirmed": "1"})
    assert answer.status_code == 409
    assert "dismissed already" in answer.content.decode()
    if step == "correct":
        assert "|SIM|HOSP|" in answer.content.decode()


def test_a_part_of_a_larger_input_is_not_filed_alone(desk, house, technician):
    bundle = (
        b'{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:p","resource":{"resourceType":"Patient","id":"p",'
        b'"identifier":[{"system":"HOSP","value":"55"}],"name":[{"family":"Dow"}]}},{"resource":{"resourceType":"Nonsense"}}]}'
    )
    outcomes = Desk(actor=system_actor(), source="t", facility=house.hospital).take(bundle)
    assert [one.status for one in outcomes] == ["filed", "quarantined"], outcomes
    row = Input.objects.get(id=outcomes[1].input_id)
    with pytest.raises(Unfileable, match="one part"):
        corrections.replay(actor=system_actor(), input_id=row.id, reason="try")
    page = technician.get(reverse("intake-input", args=[row.id])).content.decode()
    assert "Replay it as it is" not in page
    assert "Dismiss it" in page


def test_filed_by_its_channels_facility_it_is_replayed_for_it(house):
    line = Desk(actor=system_actor(), source="line", facility=house.hospital)
    nameless = admission("A1").content.replace(b"7000^^^HOSP^MR", b"").replace(b"|SIM|HOSP|", b"|SIM||")
    row = Input.objects.get(id=line.take(nameless)[0].input_id)
    content = admission("A1").content.replace(b"|SIM|HOSP|", b"|SIM||")
    outcome = corrections.replay(actor=house.actor("technician"), input_id=row.id, reason="Number added.", content=content)
    assert Input.objects.get(id=outcome.input_id).facility_id == house.hospital.id


def test_nobody_files_for_a_facility_they_do_not_work_at(house, desk):
    row = stuck(desk)
    text = corrections.original(row).replace(b"|SIM|FAR|", b"|SIM|CLIN|")
    with pytest.raises(Exception, match="facility you do not work at"):
        corrections.replay(actor=house.actor("technician"), input_id=row.id, reason="There.", content=text)
    assert not Version.objects.exists()
    row.refresh_from_db()
    assert row.status == "quarantined"


def test_settled_twice_it_is_refused(house, desk):
    row = stuck(desk)
    mend(house)
    corrections.replay(actor=house.actor("technician"), input_id=row.id, reason="Alias added.")
    with pytest.raises(NotAllowedInState):
        corrections.replay(actor=house.actor("technician"), input_id=row.id, reason="Again.")
    assert Input.objects.filter(status="filed").count() == 1


def test_who_may_not_read_charts_sees_facts_but_no_bytes(client, house, desk):
    row = stuck(desk)
    client.force_login(house.users["database-administrator"])
    page = client.get(reverse("intake-input", args=[row.id]))
    assert page.status_code == 200
    assert "PID|1" not in page.content.decode()
    assert client.get(reverse("intake-original", args=[row.id])).status_code == 403
    assert client.post(reverse("intake-replay", args=[row.id]), {"reason": "x"}).status_code == 403
    assert views(row) == []
