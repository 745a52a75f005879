"""The matrix on screen: as of a day, what it does not cover, and its next version proposed as a table."""

from __future__ import annotations

from datetime import date
from typing import Any

from muniment.record.production.definition import RULE, Mark, read
from support.charts import client_of, file_note
from support.productions import a_stay, adopt_definition

URL = "/record-definition/"


def test_the_matrix_is_read_as_of_a_day(house: Any) -> None:
    adopt_definition(house, begin=date(2024, 1, 1))
    second = {"rows": [{"name": "Letters alone", "section": "Correspondence and administration", "legal": True}]}
    adopt_definition(house, second, begin=date(2026, 6, 1))
    client = client_of(house, "technician")
    assert "Psychotherapy notes" in client.get(URL + "?on=14 Mar 2026").content.decode()
    later = client.get(URL + "?on=2026-07-01").content.decode()
    assert "Letters alone" in later
    assert "Peer review</th><td>codes" not in later
    assert "No definition is in force on this day" in client.get(URL + "?on=2020-01-01").content.decode()
    assert "is not a date" in client.get(URL + "?on=yesterday").content.decode()


def test_what_no_row_covers_is_named_with_its_count(house: Any) -> None:
    adopt_definition(house)
    stay = a_stay(house)
    file_note(stay)
    page = client_of(house, "coder").get(URL).content.decode()
    assert "Every type on file at your facilities is covered" in page
    file_note(stay, title="Horoscope", code="x-1")
    file_note(stay, "Other words.", title="Horoscope", code="x-1")
    page = client_of(house, "coder").get(URL).content.decode()
    assert '<th scope="row">Documents: Horoscope (x-1)</th><td class="number">2</td>' in page


def edited(rows: list[dict[str, str]], **more: str) -> dict[str, str]:
    said = {
        "rows": str(len(rows)),
        "statement": "What belongs to it.",
        "citation": "House policy HIM-30",
        "effective_from": "1 Dec 2026",
        "outside": "none",
    }
    for place, row in enumerate(rows):
        said |= {f"{name}-{place}": value for name, value in row.items()}
    return said | more


def test_a_changed_version_is_proposed_as_a_table(house: Any) -> None:
    from muniment.rulebook.models import RuleVersion

    adopt_definition(house)
    client = client_of(house, "administrator")
    page = client.get(URL + "propose").content.decode()
    assert 'value="Discharge summaries"' in page
    rows = [
        {"name": "Results", "category": "result", "legal": "1", "designated": "1"},
        {"name": "Incident reports", "codes": "inc-1, inc-2", "incident": "1"},
        {"name": "", "codes": "", "section": "", "category": ""},
    ]
    answer = client.post(URL + "propose", edited(rows))
    assert answer["Location"] == f"/rules/{RULE}/"
    version = RuleVersion.objects.get(rule_id=RULE, number=2)
    assert version.status == "proposed"
    found = read(version.parameters)
    assert [row.name for row in found.rows] == ["Results", "Incident reports"]
    assert found.rows[0].marks == {Mark.LEGAL, Mark.DESIGNATED}
    assert found.rows[1].codes == {"inc-1", "inc-2"}
    assert found.outside == "none"


def test_what_is_wrong_with_a_row_is_said_and_nothing_that_was_typed_is_lost(house: Any) -> None:
    from muniment.rulebook.models import RuleVersion

    client = client_of(house, "administrator")
    rows = [{"name": "Minutes of the committee", "codes": "m-1", "peer_review": "1", "legal": "1"}]
    answer = client.post(URL + "propose", edited(rows))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "A type marked “Peer review” is kept apart" in page
    assert "row 1, Minutes of the committee" in page
    assert 'value="Minutes of the committee"' in page
    assert not RuleVersion.objects.filter(rule_id=RULE).exists()


def test_more_rows_can_be_had(house: Any) -> None:
    answer = client_of(house, "administrator").post(URL + "propose", edited([{"name": "A"}], more="1"))
    assert answer.status_code == 200
    assert 'name="name-3"' in answer.content.decode()
    assert 'value="A"' in answer.content.decode()


def test_only_who_may_write_rules_proposes(house: Any) -> None:
    assert client_of(house, "coder").get(URL + "propose").status_code == 403
