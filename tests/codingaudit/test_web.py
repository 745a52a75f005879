"""The screens of coding audits: who may open them, that the first codes stay unseen, and the whole way through the forms."""

from __future__ import annotations

import csv
from html import unescape

import pytest
from django.urls import reverse

from muniment.access.rules import Category, grade
from muniment.accounts.models import User
from muniment.accounts.rules import Role
from muniment.codingaudit import queries
from muniment.codingaudit.models import Audit
from muniment.codingaudit.rules import State
from support.coding import CodedStay, adopt_coding_rules, install_codes
from support.codingaudit import adopt_audit_rules, another_coder, audited, drawn, respond
from support.queries import asked
from support.web import client_of


@pytest.fixture
def coded(house):
    install_codes()
    adopt_coding_rules(house)
    return house


@pytest.fixture
def auditor(coded):
    return another_coder(coded)


@pytest.fixture
def waiting(coded):
    CodedStay(coded).discharged().finalised(coded, "I50.23", "I10")
    adopt_audit_rules(coded)
    return drawn(coded)[0]


def url(name, *args):
    return reverse(f"codingaudit-{name}", args=args)


def words(answer) -> str:
    return unescape(answer.content.decode())


def second(auditor):
    return client_of(User.objects.get(id=auditor.id))


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_the_access_table_decides(coded, waiting, role):
    client = client_of(coded.users[role])
    reads = 200 if grade(role, Category.CODING) else 403
    for name in ("audits", "accuracy", "accuracy-csv"):
        assert client.get(url(name)).status_code == reads, name
    oversees = role in ("administrator", "auditor")
    assert client.get(url("draw", waiting.draw_id)).status_code == (200 if oversees else 403)
    assert client.get(url("audit", waiting.id)).status_code == (200 if oversees else 403)
    assert client.get(url("code", waiting.id)).status_code == 403  # the house's only coder coded the stay


def test_the_second_coder_sees_neither_the_first_codes_nor_whose_they_are(coded, waiting, auditor):
    client = second(auditor)
    page = words(client.get(url("audit", waiting.id), follow=True))
    assert "Code this stay afresh" in page and "I50.23" not in page and waiting.coder_name not in page
    listed = words(client.get(url("audits")))
    assert "not shown yet" in listed and waiting.coder_name not in listed
    coded_tab = words(client.get(url("code", waiting.id) + "?tab=coded"))
    assert "I50.23" not in coded_tab


def draft(revision, *codes):
    return {
        "revision": revision, "role": ["principal", "secondary", "secondary"][: len(codes)], "code": codes, "poa": ["Y"] * len(codes),
        "on": [""] * len(codes), "operator": [""] * len(codes), "disposition": "01",
    }  # fmt: skip


def test_from_the_first_code_to_a_closed_audit_through_the_forms(coded, waiting, auditor):
    client = second(auditor)
    pane = client.post(url("save", waiting.id), draft(1) | {"do": "add:diagnosis:I50.23"})
    assert pane.status_code == 200 and "I50.23" in words(pane)
    client.post(url("save", waiting.id), draft(2, "I5023") | {"do": "add:diagnosis:E11.9"})
    done = client.post(url("compare", waiting.id), {"revision": 3})
    assert done["HX-Redirect"] == url("audit", waiting.id)
    page = words(client.get(url("audit", waiting.id)))
    assert "I10" in page and "E11.9" in page and waiting.coder_name in page
    untold = client.post(url("respond", waiting.id), {"revision": 4, "verdict-1": "error", "words-1": "Kept on this screen"})
    assert untold.status_code == 422 and "Kept on this screen" in words(untold)
    said = {"revision": 4} | {
        key: value for one in queries.findings_of(Audit.objects.get()) for key, value in (
            (f"verdict-{one.number}", "error"), (f"error-{one.number}", "unsupported"), (f"words-{one.number}", "Not treated"),
        )
    }  # fmt: skip
    assert client.post(url("respond", waiting.id), said).status_code == 302
    coder = client_of(coded.users["coder"])
    assert "Not treated" in words(coder.get(url("audit", waiting.id)))
    coder.post(url("respond", waiting.id), {"revision": 5, "verdict-1": "agreed", "verdict-2": "agreed"})
    assert Audit.objects.get().state == State.CLOSED


def test_a_coder_reads_their_own_numbers_and_no_others(coded, auditor):
    audit = audited(coded, auditor, ("I50.23", "I10"), ("I50.23", "I10"))
    assert audit.state == State.CLOSED
    own = list(csv.reader(client_of(coded.users["coder"]).get(url("accuracy-csv")).content.decode().splitlines()))
    other = list(csv.reader(second(auditor).get(url("accuracy-csv")).content.decode().splitlines()))
    assert own[1][2:7] == ["1", "2", "0", "2", "100.0"] and other[1][2] == "0"
    assert "auditor" not in {row[0] for row in own}
    everything = words(client_of(coded.users["administrator"]).get(url("accuracy")))
    assert "By coder" in everything and "By auditor" in everything and "100.0" in everything


def test_a_draw_is_drawn_again_before_the_readers_eyes(coded, waiting):
    page = words(client_of(coded.users["auditor"]).get(url("draw", waiting.draw_id)))
    assert "the same stays in the same order" in page


def test_the_list_costs_the_same_for_one_and_for_four(coded, waiting):
    client = client_of(coded.users["administrator"])
    client.get(url("audits"))
    one = asked(lambda: client.get(url("audits")))
    for number in "234":
        CodedStay(coded, number).discharged().finalised(coded, "I50.23", "I10")
    from support.codingaudit import DAY

    drawn(coded, DAY.replace(day=18))
    assert len(asked(lambda: client.get(url("audits")))) == len(one)


def test_what_the_coder_disputes_is_not_theirs_any_more(coded, auditor):
    audit = audited(coded, auditor, ("I50.23", "I10"), ("I50.23",))
    respond(auditor, audit, "error", error="unsupported")
    coder = client_of(coded.users["coder"])
    answer = {"revision": Audit.objects.get().revision, "verdict-1": "disputed", "words-1": "Treated with lisinopril"}
    assert coder.post(url("respond", audit.id), answer).status_code == 302
    page = words(coder.get(url("audit", audit.id)))
    assert "Treated with lisinopril" in page and 'name="verdict-1"' not in page
