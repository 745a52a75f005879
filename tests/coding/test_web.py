"""The coding screens: what they show, what they save, whom they tell, and how many queries they take."""

from __future__ import annotations

from datetime import date

import pytest

from muniment.audit.models import LifecycleEvent
from muniment.coding import actions
from muniment.coding.jobs import drain_all
from muniment.coding.models import Abstract, AbstractCode, FinalCoding
from support.charts import client_of
from support.coding import CodedStay, adopt_coding_rules, draft_of, install_codes

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def stay(house):
    install_codes()
    adopt_coding_rules(house)
    return CodedStay(house).discharged()


@pytest.fixture
def client(house):
    return client_of(house, "coder")


def address(stay, tail=""):
    return f"/coding/{stay.encounter_id}/{tail}"


def post(client, stay, do="", *, revision=None, lines=(), tail="save/", **more):
    """What the workspace posts: its lines, the revision it shows, and the change asked for."""
    if revision is None:
        revision = Abstract.objects.get(encounter_id=stay.encounter_id).revision
    columns = {"role": [], "code": [], "poa": [], "on": [], "operator": []}
    for line in lines:
        for (_, column), value in zip(columns.items(), (*line, *[""] * 5)[:5], strict=True):
            column.append(value)
    return client.post(address(stay, tail), {"revision": revision, "disposition": "01", "do": do, **columns, **more}, **HTMX)


def test_the_workspace_opens_a_draft_beside_the_chart(client, stay):
    stay.note("Acute on chronic systolic heart failure.")
    body = client.get(address(stay)).content.decode()
    assert "Discharge summary" in body
    assert "admitted 1 May 2026 · discharged 6 May 2026 · 5 days · female · 75 years" in body
    assert "ICD-10-CM test" in body
    assert "There is no principal diagnosis" in body
    assert "01 · home or self care" in body
    assert Abstract.objects.get().state == "draft"
    assert LifecycleEvent.objects.filter(name="record.view", after__shown="coding workspace").count() == 1


def test_each_change_is_saved_and_answers_the_drg_live(client, stay):
    client.get(address(stay))
    first = post(client, stay, "add:diagnosis:I5023").content.decode()
    assert "<strong>293</strong>" in first
    assert "Acute on chronic systolic" in first
    principal = ("principal", "I5023", "Y")
    second = post(client, stay, "add:diagnosis:J9601", lines=[principal]).content.decode()
    assert "<strong>291</strong>" in second
    assert "J96.01 as MCC drives 291: without it 293." in second
    assert "J96.01 has no present-on-admission indicator" in second
    both = [principal, ("secondary", "J9601", "Y")]
    assert "Nothing stands in the way" in post(client, stay, lines=both).content.decode()
    again = client.get(address(stay)).content.decode()
    assert "J96.01" in again
    assert "Finalise 2 codes" in again


def test_reorder_promote_remove_and_undo(client, stay):
    client.get(address(stay))
    lines = [("principal", "I5023", "Y"), ("secondary", "J9601", "Y"), ("secondary", "N179", "N")]
    post(client, stay, "up:2", lines=lines)
    assert codes() == ["I5023", "N179", "J9601"]
    post(client, stay, "principal:1", lines=[lines[0], lines[2], lines[1]])
    assert codes() == ["N179", "I5023", "J9601"]
    now = [("principal", "N179", "N"), ("secondary", "I5023", "Y"), ("secondary", "J9601", "Y")]
    body = post(client, stay, "remove:1", lines=now).content.decode()
    assert codes() == ["N179", "J9601"]
    assert 'data-do="put:1:secondary:I5023:Y::"' in body
    post(client, stay, "put:1:secondary:I5023:Y::", lines=[now[0], now[2]])
    assert codes() == ["N179", "I5023", "J9601"]


def codes():
    return list(AbstractCode.objects.order_by("sequence").values_list("code", flat=True))


@pytest.mark.parametrize(
    ("do", "lines", "sentence"),
    [
        ("add:diagnosis:E9999", (), "E99.99 is not in ICD-10-CM"),
        ("add:diagnosis:I502", (), "I50.2 is a heading"),
        ("add:diagnosis:nonsense", (), "is not shaped like an ICD-10-CM code"),
        ("add:diagnosis:I5023", [("principal", "I5023", "Y")], "I50.23 is there already"),
        ("burn:1", (), "a change that does not exist"),
        ("remove:7", (), "a change that does not exist"),
        ("", [("procedure", "0DTJ4ZZ", "", "yesterday")], "“yesterday” is not a date"),
        ("", [("principal", "I5023", "Q")], "a value that does not exist"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(client, stay, do, lines, sentence):
    client.get(address(stay))
    answer = post(client, stay, do, lines=lines)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert codes() == []


def test_the_second_coder_is_told_and_the_first_ones_codes_stay(house, client, stay):
    client.get(address(stay))
    stay.coded(house, "N17.9")
    answer = post(client, stay, "add:diagnosis:I5023", revision=1)
    assert answer.status_code == 409
    assert "changed these codes in the meantime" in answer.content.decode()
    assert codes() == ["N179"]


def test_the_second_coder_compares_and_saves_a_choice_of_both(house, client, stay):
    client.get(address(stay))
    stay.coded(house, "N17.9", "J96.01")
    told = post(client, stay, lines=[("principal", "I5023", "Y"), ("secondary", "J9601", "N")], revision=1)
    assert "Compare yours with theirs" in told.content.decode()
    page = post(client, stay, tail="compare/", lines=[("principal", "I5023", "Y"), ("secondary", "J9601", "N")])
    keys = [(row.key, row.yours, row.theirs, row.chosen) for row in page.context["rows"]]
    assert ("diagnosis-I5023", "Principal, POA Y", "not there", "yours") in keys
    assert ("diagnosis-N179", "not there", "Principal, POA Y", "theirs") in keys
    sent = {"choose-diagnosis-N179": "theirs", "choose-diagnosis-I5023": "yours"}
    two = post(
        client,
        stay,
        tail="settle/",
        lines=[("principal", "I5023", "Y"), ("secondary", "J9601", "N")],
        revision=page.context["abstract"].revision,
        **sent,
    )
    assert two.status_code == 422
    assert "There are two principal diagnoses" in two.content.decode()
    sent["choose-diagnosis-N179"] = "yours"
    done = post(
        client,
        stay,
        tail="settle/",
        lines=[("principal", "I5023", "Y"), ("secondary", "J9601", "N")],
        revision=page.context["abstract"].revision,
        **sent,
    )
    assert done.status_code == 302
    assert codes() == ["I5023", "J9601"]


def test_a_third_change_is_told_while_the_second_chooses(house, client, stay):
    client.get(address(stay))
    stay.coded(house, "N17.9")
    answer = post(client, stay, tail="settle/", lines=[("principal", "I5023", "Y")], revision=1, **{"choose-all": "yours"})
    assert answer.status_code == 409
    assert "Your choices stand below" in answer.content.decode()
    assert codes() == ["N179"]


def test_a_procedure_has_a_date_as_people_write_it(client, stay):
    stay.note("Appendix removed.", title="Operative report")
    client.get(address(stay))
    lines = [("principal", "K3580", "Y"), ("procedure", "0DTJ4ZZ", "", "3 May 2026", str(stay.attending.id))]
    body = post(client, stay, lines=lines).content.decode()
    assert "Nothing stands in the way" in body
    assert AbstractCode.objects.get(role="procedure").on == date(2026, 5, 3)
    assert "Ada Stone, MD" in body


def test_finalising_leads_to_the_final_coding(client, stay):
    client.get(address(stay))
    post(client, stay, lines=[("principal", "I5023", "Y"), ("secondary", "J9601", "Y")])
    answer = post(client, stay, tail="finalise/")
    assert answer.headers["HX-Redirect"] == address(stay, "final/")
    body = client.get(address(stay, "final/")).content.decode()
    for words in ("291", "J96.01", "Verified", "In force", "version 43.1", "Finalised by", "Code the next stay"):
        assert words in body
    assert client.get(address(stay)).status_code == 302


def test_finalising_what_has_errors_is_refused_with_the_first_of_them(client, stay):
    client.get(address(stay))
    post(client, stay, lines=[("principal", "I5023", "")])
    answer = post(client, stay, tail="finalise/")
    assert answer.status_code == 409
    assert "no present-on-admission indicator" in answer.content.decode()
    assert not FinalCoding.objects.exists()


def test_a_warning_asks_for_its_reason_and_keeps_it(client, stay):
    client.get(address(stay))
    lines = [("principal", "I5023", "Y"), ("secondary", "S72009A", "Y")]
    assert "1 to answer" in post(client, stay, lines=lines).content.decode()
    body = post(client, stay, lines=lines, edit="MCE 20:S72009A", answer="Not in the record.").content.decode()
    assert "Nothing stands in the way" in body
    assert 'value="Not in the record."' in client.get(address(stay)).content.decode()


def test_versions_and_differences_stay_readable(house, client, stay):
    stay.finalised(house, "I50.23", "J96.01")
    answer = client.post(address(stay, "recode/"), {"reason": "Audit finding 12"})
    assert answer.url == address(stay)
    assert "The former coding stays in force" in client.get(address(stay)).content.decode()
    abstract = Abstract.objects.get(state="draft")
    changed = actions.set_codes(
        actor=house.actor("coder"),
        patient_id=stay.patient.id,
        abstract_id=abstract.id,
        revision=abstract.revision,
        draft=draft_of("I50.23"),
    )
    actions.finalise(actor=house.actor("coder"), patient_id=stay.patient.id, abstract_id=changed.id, revision=changed.revision)
    body = client.get(address(stay, "final/")).content.decode()
    assert "J96.01 Acute respiratory failure with hypoxia was removed." in body
    former = client.get(address(stay, "final/?version=1")).content.decode()
    assert "Superseded" in former
    assert "J96.01</th>" in former
    assert "J96.01</th>" not in body


def test_search_is_by_the_day_of_discharge_and_notes_are_shown(client, stay):
    found = client.get(address(stay, "search/diagnosis/"), {"q": "systolic failure acute"}).content.decode()
    assert "I50.23" in found
    assert "I50.2<" not in found  # a heading can't be chosen
    assert 'data-do="add:procedure:0DTJ4ZZ"' in client.get(address(stay, "search/procedure/"), {"q": "0DTJ4"}).content.decode()
    about = client.get(address(stay, "code/diagnosis/I5023/")).content.decode()
    assert "Code first" in about
    assert "ICD-10-CM test" in about
    assert "answers “qqq”" in client.get(address(stay, "search/diagnosis/"), {"q": "qqq"}).content.decode()
    assert client.get(address(stay, "search/smoke/"), {"q": "x"}).status_code == 403


def test_documents_open_and_are_found_in_the_workspace(client, stay):
    entry = stay.note("Acute on chronic systolic heart failure, treated with furosemide.")
    body = client.get(address(stay, f"documents/{entry}/")).content.decode()
    assert "treated with furosemide" in body
    found = client.get(address(stay, "find/"), {"q": "furosemide"}).content.decode()
    assert "1 place with" in found
    assert str(entry) in found


def test_the_queue_gives_the_next_stay(client, stay):
    drain_all()
    assert "V1" in client.get("/coding/").content.decode()
    assert client.post("/coding/next/").url == address(stay)
    assert client.post("/coding/next/").url == "/coding/"
    mine = client.get("/coding/?whose=mine&due=late&class=IMP").content.decode()
    assert "V1" in mine
    assert "No stay fits" in client.get("/coding/?class=EMER").content.decode()


def test_the_administrator_sees_what_is_not_coded_but_codes_nothing(house, stay):
    drain_all()
    client = client_of(house, "administrator")
    body = client.get("/coding/uncoded/").content.decode()
    assert "Since discharge, days" in body
    assert "V1" in client.get("/coding/uncoded/?over=30").content.decode()
    assert "Code the next stay" not in body
    assert client.get(address(stay)).status_code == 403
    assert client.post("/coding/next/").status_code == 403


@pytest.mark.parametrize("role", ["clinician", "researcher", "privacy-officer"])
def test_other_roles_see_nothing(house, stay, role):
    client = client_of(house, role)
    for path in ("/coding/", "/coding/uncoded/", address(stay), address(stay, "final/"), address(stay, "search/diagnosis/")):
        assert client.get(path).status_code == 403


def test_the_chart_says_how_its_coding_stands(house, client, stay):
    drain_all()
    assert "Not coded yet." in client.get(f"/charts/{stay.encounter_id}/").content.decode()
    stay.finalised(house, "I50.23")
    body = client.get(f"/charts/{stay.encounter_id}/?tab=coded").content.decode()
    assert "Open the final coding" in body
    assert "I50.23" in body


def test_a_change_takes_a_bounded_number_of_queries(client, stay, django_assert_max_num_queries):
    client.get(address(stay))
    lines = [("principal", "I5023", "Y"), ("secondary", "J9601", "Y"), ("secondary", "N179", "N"), ("secondary", "I10", "Y")]
    post(client, stay, lines=lines)
    with django_assert_max_num_queries(38):
        post(client, stay, "up:3", lines=lines)
    with django_assert_max_num_queries(9):
        client.get(address(stay, "search/diagnosis/"), {"q": "kidney failure"})


def test_looking_at_a_final_coding_leaves_its_event(house, client, stay):
    stay.finalised(house, "I50.23")
    client.get(address(stay, "final/"))
    seen = LifecycleEvent.objects.get(name="record.view")
    assert (seen.after["shown"], seen.patient_id) == ("final coding, version 1", stay.patient.id)
