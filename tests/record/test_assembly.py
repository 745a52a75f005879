"""Other ways to put a chart together: by problem, what is new since this reader's last visit, and the view charts open in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from muniment.record import assembly
from support.charts import add_patient, add_stay, client_of, condition, document, file, file_note, new_version


@pytest.fixture
def stay(house: Any) -> Any:
    return add_stay(add_patient(house.hospital), house.hospital)


@pytest.fixture
def each_look_a_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assembly, "VISIT", timedelta(0))


def shown(house: Any, stay: Any, tab: str = "", role: str = "coder") -> Any:
    answer = client_of(house, role).get(f"/charts/{stay.id}/" + (f"?tab={tab}" if tab else ""))
    assert answer.status_code == 200
    return answer


def groups(answer: Any) -> dict[str, list[tuple[str, str]]]:
    return {group.name: [(line.title, line.value) for line in group.lines] for group in answer.context["groups"]}


def test_who_was_never_here_is_told_so(house: Any, stay: Any) -> None:
    file_note(stay)
    answer = shown(house, stay, "new")
    assert "You have not been in this chart before" in answer.content.decode()
    assert shown(house, stay).context["fresh"] == {}


def test_what_was_recorded_since_ones_own_last_visit_is_new(house: Any, stay: Any, each_look_a_visit: None) -> None:
    file_note(stay, title="Old note", code="11506-3")
    shown(house, stay)
    new = file_note(stay, title="New note", code="11506-3")
    answer = shown(house, stay)
    assert set(answer.context["fresh"]) == {new}
    assert answer.content.decode().count(">New</span>") == 1
    assert shown(house, stay, role="technician").context["fresh"] == {}  # everybody has their own last visit
    assert "Nothing was recorded in this chart since you were last here" in shown(house, stay, "new").content.decode()


def test_the_list_of_what_is_new_holds_corrections_and_retractions_last_recorded_first(
    house: Any, stay: Any, each_look_a_visit: None
) -> None:
    from muniment.record.rules import VersionKind

    first, second = file_note(stay, title="First"), file_note(stay, title="Second")
    file_note(stay, title="Untouched")
    shown(house, stay)
    file(
        stay,
        new_version(
            document(title="First", status="entered-in-error"), stay, entry_id=first, kind=VersionKind.RETRACTION, reason="x"
        ),
    )
    file(stay, new_version(document("Other words", title="Second"), stay, entry_id=second, text="Other words"))
    (lines,) = (group.lines for group in shown(house, stay, "new").context["groups"])
    assert [line.title for line in lines] == ["Second", "First"]
    assert lines[1].state == "Retracted"


def test_looks_close_together_are_one_visit(house: Any, stay: Any) -> None:
    file_note(stay)
    shown(house, stay)
    file_note(stay)
    assert assembly.last_visit(house.actor("coder"), [stay.patient_id]) is None


def test_another_facilitys_news_is_not_told(house: Any, stay: Any, each_look_a_visit: None) -> None:
    from muniment.identity.models import Patient

    away = add_stay(Patient.objects.get(id=stay.patient_id), house.clinic, number="C200")
    shown(house, stay)
    file_note(away)
    news = assembly.fresh(house.actor("coder"), [stay.patient_id])
    assert news.since is not None
    assert news.entries == {}


def test_problems_hold_what_refers_to_them_and_what_names_them_and_nothing_is_lost(house: Any, stay: Any) -> None:
    failing, same, gout = (file(stay, new_version(one, stay))[0] for one in (
        condition(), condition(), condition("Gout", "M10.9"),
    ))  # fmt: skip
    file_note(stay, "Admitted with failure of the heart.", title="Progress note")
    file_note(stay, "Sprained ankle.", title="Nursing note")
    operation = {
        "resourceType": "Procedure", "status": "completed", "code": {"text": "Joint aspiration"},
        "reasonReference": [{"reference": f"Condition/{gout}"}],
    }  # fmt: skip
    file(stay, new_version(operation, stay))
    found = groups(shown(house, stay, "problems"))
    assert found["Heart failure (I50.9)"] == [
        ("Heart failure", "States it"), ("Heart failure", "States it"), ("Progress note", assembly.NAMES)
    ]  # fmt: skip
    assert found["Gout (M10.9)"] == [("Gout", "States it"), ("Joint aspiration", assembly.REFERS)]
    assert found["Documents that cite no problem"] == [("Nursing note", "")]
    assert failing != same


def test_a_reference_of_an_earlier_version_does_not_count(house: Any, stay: Any) -> None:
    gout = file(stay, new_version(condition("Gout", "M10.9"), stay))[0]
    operation = {"resourceType": "Procedure", "status": "completed", "code": {"text": "Joint aspiration"}}
    entry = file(stay, new_version(operation | {"reasonReference": [{"reference": f"Condition/{gout}"}]}, stay))[0]
    file(stay, new_version(operation, stay, entry_id=entry))
    assert groups(shown(house, stay, "problems")) == {"Gout (M10.9)": [("Gout", "States it")]}


def test_charts_open_in_the_view_somebody_keeps_and_every_tab_stays_within_reach(house: Any, stay: Any) -> None:
    client = client_of(house, "coder")
    address = f"/charts/{stay.id}/"
    assert client.post(address + "usual-view", {"view": "timeline"}).status_code == 302
    assert client.get(address)["Location"] == address + "?tab=timeline"
    assert client.get(address + "?tab=timeline").status_code == 200
    documents = client.get(address + "?tab=documents")
    assert documents.status_code == 200
    assert "Open charts in this view" in documents.content.decode()
    assert f'href="{address}?tab=documents"' in documents.content.decode()
    assert client_of(house, "technician").get(address).status_code == 200  # another's charts open as before
    assert client.post(address + "usual-view", {"view": "sideways"}).status_code == 403


def test_a_kept_view_leaves_its_event(house: Any, stay: Any) -> None:
    from muniment.audit.models import LifecycleEvent
    from muniment.record import actions

    actions.keep_view(actor=house.actor("coder"), view="new")
    event = LifecycleEvent.objects.get(name="record.keep-view")
    assert event.after == {"chart_view": "new"}
    assert assembly.usual_view(house.actor("coder")) == "new"
