"""What if: the DRG of other codes beside that of the codes as they are; nothing of it is saved."""

from __future__ import annotations

import pytest

from muniment.audit.models import LifecycleEvent
from muniment.coding.models import Abstract, AbstractCode
from support.charts import client_of
from support.coding import CodedStay, adopt_coding_rules, install_codes

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}
LINES = [("principal", "I5023", "Y"), ("secondary", "J9601", "Y"), ("secondary", "N179", "Y")]


@pytest.fixture
def stay(house):
    install_codes()
    adopt_coding_rules(house)
    return CodedStay(house).discharged()


@pytest.fixture
def client(house, stay):
    """A coder whose draft has acute on chronic systolic heart failure with respiratory and kidney failure."""
    coder = client_of(house, "coder")
    coder.get(f"/coding/{stay.encounter_id}/")
    revision = Abstract.objects.get().revision
    coder.post(f"/coding/{stay.encounter_id}/save/", {"revision": revision, "disposition": "01", **columns(LINES)}, **HTMX)
    return coder


def columns(lines):
    said = {"role": [], "code": [], "poa": [], "on": [], "operator": []}
    for role, code, poa in lines:
        for name, value in zip(said, (role, code, poa, "", ""), strict=True):
            said[name].append(value)
    return said


def tried(client, stay, lines=LINES, **asked):
    answer = client.post(f"/coding/{stay.encounter_id}/what-if/try/", {"disposition": "01", **columns(lines), **asked}, **HTMX)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_it_begins_with_the_codes_as_they_are(client, stay):
    body = client.get(f"/coding/{stay.encounter_id}/what-if/").content.decode()
    assert "291 Heart Failure and Shock with MCC" in body
    assert "The MS-DRG stays 291" in body
    assert "differs" not in body
    assert LifecycleEvent.objects.filter(name="record.view", after__shown="DRG what-if").count() == 1


def test_a_code_left_out_is_compared_and_the_draft_stays(client, stay):
    before, events = list(AbstractCode.objects.values()), LifecycleEvent.objects.count()
    body = tried(client, stay, do="remove:1")
    assert "<strong>292 Heart Failure and Shock with CC</strong>" in body
    assert "J96.01 left out" in body
    assert "The weight would fall by" in body
    assert list(AbstractCode.objects.values()) == before
    assert LifecycleEvent.objects.count() == events


def test_another_principal_and_another_indicator_are_told(client, stay):
    body = tried(client, stay, do="principal:1")
    assert "J96.01 as principal; I50.23 as secondary" in body
    changed = [LINES[0], ("secondary", "J9601", "N"), LINES[2]]
    assert "J96.01 with POA N" in tried(client, stay, changed)


def test_order_alone_changes_nothing_and_is_told(client, stay):
    body = tried(client, stay, do="down:1")
    assert "The MS-DRG stays 291" in body
    assert "another order" in body


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("i10", "Essential (primary) hypertension"),
        ("0DTJ4ZZ", "0DTJ4ZZ added"),
        ("S72001A", "S72.001A added"),
        ("xx", "not shaped like an ICD-10-CM code"),
        ("I50.23", "is there already"),
        ("Z99.89", "No such code on the day of discharge"),
    ],
)
def test_what_is_typed_is_tried_or_answered_by_a_sentence(client, stay, typed, said):
    assert said in tried(client, stay, more=typed)


def test_without_a_principal_it_says_so(client, stay):
    assert "There is no principal diagnosis." in tried(client, stay, do="remove:0")


def test_the_expected_payment_needs_a_rate_of_the_house(client, stay, house):
    from datetime import date

    from muniment.rulebook import actions as rulebook
    from muniment.rulebook.rules import SourceKind

    assert "$" not in tried(client, stay)
    version = rulebook.propose(
        actor=house.actor("privacy-officer"), code="coding.base-rate", title="Base rate per discharge", statement="What we are paid.",
        citation="Rates of the house", source_kind=SourceKind("house policy"), parameters={"dollars": 7000.5},
        effective_from=date(2026, 5, 1),
    )  # fmt: skip
    rulebook.adopt(actor=house.actor("administrator"), version_id=version.id)
    body = tried(client, stay, do="remove:1")
    assert body.count("$") == 2
    page = client.get(f"/coding/{stay.encounter_id}/").content.decode()
    assert "× base rate $7,000.50" in page
    assert "Rates of the house" in page


def test_a_trial_takes_a_bounded_number_of_queries(client, stay, django_assert_max_num_queries):
    tried(client, stay)
    with django_assert_max_num_queries(16):
        tried(client, stay, do="remove:1")


def test_a_final_coding_is_tried_as_well(client, stay):
    client.post(f"/coding/{stay.encounter_id}/finalise/", {"revision": Abstract.objects.get().revision}, **HTMX)
    assert "/what-if/" in client.get(f"/coding/{stay.encounter_id}/final/").content.decode()
    assert "The MS-DRG stays 291" in client.get(f"/coding/{stay.encounter_id}/what-if/").content.decode()
    assert "J96.01 left out" in tried(client, stay, do="remove:1")


def test_who_does_not_code_is_refused(house, client, stay):
    assert client_of(house, "technician").get(f"/coding/{stay.encounter_id}/what-if/").status_code == 403
