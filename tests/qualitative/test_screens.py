"""The screens of qualitative analysis: who may open them, what they show and do."""

from __future__ import annotations

import pytest
from django.urls import reverse

from muniment.access.rules import Category, Grade, grade
from muniment.accounts.rules import Role
from muniment.audit.models import LifecycleEvent
from muniment.qualitative.models import QualitativeFinding
from muniment.qualitative.web.views import findings
from support.coding import install_codes
from support.findings import PROGRESS, Contradicted, look
from support.web import client_of

pytestmark = pytest.mark.rules("qualitative.")

LONG = " ".join(f"word{number}" for number in range(80))
SENTENCE = "Replacement, hip: left in “Operative report”, right in “Informed consent”."


@pytest.fixture
def chart(house):
    return Contradicted(house)


def browse(house, role="coder"):
    return client_of(house.users[role])


def page(house, name, *args, role="coder", **said):
    return browse(house, role).get(reverse(name, args=args), said)


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("role", list(Role))
def test_the_list_is_for_those_who_may_see_codes(house, chart, role):
    expected = 200 if grade(role, Category.CODING) >= Grade.READ else 403
    assert page(house, "qualitative-findings", role=role).status_code == expected


def test_the_list_narrows_by_kind_state_and_facility(house, chart):
    assert SENTENCE in text_of(page(house, "qualitative-findings"))
    assert SENTENCE in text_of(page(house, "qualitative-findings", kind="laterality"))
    assert SENTENCE not in text_of(page(house, "qualitative-findings", kind="dates"))
    assert SENTENCE not in text_of(page(house, "qualitative-findings", state="muted"))
    assert SENTENCE in text_of(page(house, "qualitative-findings", facility=house.hospital.id))
    assert SENTENCE in text_of(page(house, "qualitative-findings", kind="nonsense", at="nonsense", state="gone"))


def test_whom_the_list_named_is_counted_in_the_trail(house, chart):
    page(house, "qualitative-findings", kind="laterality")
    event = LifecycleEvent.objects.order_by("at").last()
    assert (event.subject_id, event.after["persons"], event.after["filter"]) == (
        "qualitative findings",
        1,
        {"kind": "laterality"},
    )


def test_a_page_follows_the_last(house, chart, monkeypatch):
    monkeypatch.setattr(findings, "PAGE", 1)
    Contradicted(house, "2", adopt=False)
    first = page(house, "qualitative-findings")
    second = browse(house).get(reverse("qualitative-findings") + first.context["page"].next_url)
    assert [len(one.context["rows"]) for one in (first, second)] == [1, 1]
    assert first.context["rows"] != second.context["rows"]
    assert not second.context["page"].next_url


def test_a_finding_of_another_facility_is_not_listed_and_not_there(house, chart):
    other = Contradicted(house, "2", facility=house.clinic, adopt=False)
    user = house.users["clinician"]
    assert client_of(user).get(reverse("qualitative-finding", args=[other.finding.id])).status_code == 403
    assert page(house, "qualitative-findings").context["total"] == 1


@pytest.mark.parametrize("role", ["technician", "coder", "clinician", "auditor"])
def test_the_chart_shows_what_to_look_at_twice(house, chart, role):
    shown = text_of(page(house, "record-chart", chart.ward.encounter_id, role=role))
    assert "Look twice" in shown
    assert SENTENCE in shown
    assert ("Mute with a reason" in shown) is (role in ("coder", "clinician"))


def test_a_quote_opens_the_document_at_its_words(house, chart):
    shown = page(house, "qualitative-finding", chart.finding.id)
    (left, right) = shown.context["line"].quotes
    assert left.words == "Left total hip arthroplasty"
    opened = text_of(browse(house).get(left.url))
    assert '<mark id="found">Left total hip arthroplasty</mark>' in opened
    assert '<mark id="found">Right total hip arthroplasty</mark>' in text_of(browse(house).get(right.url))


def test_the_coding_workspace_shows_it_beside_the_documents(house, chart):
    install_codes()
    shown = text_of(page(house, "coding-workspace", chart.ward.encounter_id))
    assert "Look twice" in shown
    assert "data-read" in shown[shown.index("Look twice") :]


def test_muting_takes_a_reason_and_shows_it(house, chart):
    client, address = browse(house), reverse("qualitative-step", args=[chart.finding.id, "mute"])
    refused = client.post(address, {"revision": chart.finding.revision, "reason": ""})
    assert refused.status_code == 422
    assert "Mute" in refused.content.decode()
    answer = client.post(address, {"revision": chart.finding.revision, "reason": "Corrected by hand."}, follow=True)
    assert "Muted. It stays so while these words stand in the chart." in text_of(answer)
    shown = text_of(page(house, "record-chart", chart.ward.encounter_id, role="auditor"))
    assert "1 muted" in shown
    assert "Corrected by hand." in shown
    assert SENTENCE in text_of(page(house, "qualitative-findings", state="muted"))
    client.post(reverse("qualitative-step", args=[chart.finding.id, "unmute"]))
    assert chart.finding.state == "open"


def test_a_change_in_the_meantime_is_told(house, chart):
    address = reverse("qualitative-step", args=[chart.finding.id, "mute"])
    answer = browse(house).post(address, {"revision": 99, "reason": "Mine."})
    assert answer.status_code in (403, 409)
    assert "changed this in the meantime" in answer.content.decode()
    assert chart.finding.state == "open"


def test_who_only_reads_mutes_nothing(house, chart):
    address = reverse("qualitative-step", args=[chart.finding.id, "mute"])
    assert browse(house, "auditor").post(address, {"revision": 1, "reason": "Mine."}).status_code == 403
    assert "Mute</button>" not in text_of(page(house, "qualitative-finding", chart.finding.id, role="auditor"))


def test_an_unknown_step_is_refused_in_words(house, chart):
    answer = browse(house).post(reverse("qualitative-step", args=[chart.finding.id, "burn"]))
    assert answer.status_code == 403
    assert "There is no such step" in answer.content.decode()


def test_copied_text_stands_beside_its_source(house, chart):
    for day, more in ((1, "Slept."), (2, "Walked.")):
        chart.ward.file(PROGRESS, f"SUBJECTIVE:\n{LONG}\nPLAN:\n{more}", days=day)
    look()
    row = QualitativeFinding.objects.get(kind="copied")
    shown = text_of(page(house, "qualitative-copied", row.id))
    assert shown.count(f"<td><mark>{LONG}</mark></td>") == 2
    assert '<tr class="own"><td>own</td><td>Walked.</td><td></td></tr>' in shown
    assert "Slept" not in shown
    views = LifecycleEvent.objects.filter(patient_id=row.patient_id, subject_type="entry").order_by("at")
    assert len({one.subject_id for one in views} & {one["entry_id"] for one in row.evidence}) == 2


def test_only_copied_text_has_two_sides(house, chart):
    answer = page(house, "qualitative-copied", chart.finding.id)
    assert answer.status_code == 409
    assert "not about copied text" in answer.content.decode()


def test_opening_a_finding_leaves_a_view(house, chart):
    text_of(page(house, "qualitative-finding", chart.finding.id, role="auditor"))
    event = LifecycleEvent.objects.filter(subject_type="finding").order_by("at").last()
    assert (event.subject_id, event.patient_id) == (str(chart.finding.id), chart.finding.patient_id)


def test_a_changed_rule_says_what_it_judges_again(house, chart):
    shown = text_of(page(house, "rulebook-adopt", "qualitative.laterality", 1, role="administrator"))
    assert "1 of 1 discharged chart that left on" in " ".join(shown.split())


def test_a_patient_without_a_number_at_the_facility_is_listed_with_none(house, chart):
    from muniment.qualitative.models import QualitativeFinding
    from muniment.qualitative.web import presenters
    from support.house import system_actor

    row = QualitativeFinding.objects.select_related("facility").first()
    row.facility = house.clinic
    assert presenters.whose(system_actor(), [row]) == {row.patient_id: ""}
    row.facility = house.hospital
    assert presenters.whose(system_actor(), [row])[row.patient_id].endswith(f"({house.hospital.code})")
