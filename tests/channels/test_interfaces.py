"""Interfaces: set up by whoever answers for the system, watched by the rule book, shown with their figures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from muniment.audit.models import LifecycleEvent
from muniment.channels import actions, queries
from muniment.channels.actions import Setup
from muniment.channels.models import Channel
from muniment.channels.rules import Kind, Policy, silent_since
from muniment.config.furnish import shipped_rules
from muniment.core import clock
from muniment.intake import actions as intake
from muniment.intake.desk import Desk
from muniment.intake.models import Input
from muniment.kernel.errors import Conflict, Refused
from muniment.work.models import WorkItem
from support.house import system_actor
from support.messages import document, result
from support.web import client_of

START = clock.now() - timedelta(days=10)  # the clock is set only to what has been


@contextmanager
def after(**passed: float) -> Iterator[None]:
    """So long after the test began, in this thread, though the house is no demonstration."""
    token = clock._moment.set(START + timedelta(**passed))
    try:
        yield
    finally:
        clock._moment.reset(token)


def set_up(house: Any, name: str = "lab", role: str = "database-administrator", **setup: Any) -> Channel:
    return actions.open_channel(actor=house.actor(role), name=name, setup=Setup(**({"kind": Kind.LINE} | setup)))


def bring(content: bytes, source: str = "lab") -> Input:
    [outcome] = Desk(actor=system_actor(), source=source).take(content)
    return Input.objects.get(id=outcome.input_id)


def open_items() -> dict[tuple[str, str], WorkItem]:
    found = WorkItem.objects.filter(queue_id="interfaces", state__in=["open", "assigned"])
    return {(one.subject_type, one.subject_id): one for one in found}


def test_a_silent_channel_is_put_before_its_administrators_until_it_speaks(house: Any) -> None:
    with after():
        row = set_up(house, expected_minutes=60)
        bring(document("D1").content)
    with after(minutes=59):
        assert actions.look(actor=system_actor()) == 0
    with after(minutes=70):
        assert actions.look(actor=system_actor()) == 1
        assert actions.look(actor=system_actor()) == 1
        item = open_items()["channel", str(row.id)]
        assert item.title == "Silent: lab"
        assert "something is expected every 1 h" in item.reason
        assert item.citation == "No rule is in force: the strictest applies"
        bring(document("D2").content)
        assert actions.look(actor=system_actor()) == 0
    assert open_items() == {}
    assert WorkItem.objects.get(id=item.id).state == "done"
    assert LifecycleEvent.objects.filter(name="channels.look").count() == 2  # found, and gone


def test_one_that_is_switched_off_or_expected_never_is_not_silent(house: Any) -> None:
    setup = Setup(kind=Kind.LINE, expected_minutes=1, active=False)
    with after():
        set_up(house)
        row = set_up(house, "off", expected_minutes=1)
        actions.change_channel(actor=house.actor("administrator"), channel_id=row.id, setup=setup, revision=row.revision)
    with after(days=9):
        assert actions.look(actor=system_actor()) == 0


def test_what_waits_in_quarantine_for_a_day_is_said_once_a_channel(house: Any) -> None:
    with after():
        first, second = bring(b"no message"), bring(b"none either")
        assert actions.look(actor=system_actor()) == 0
    with after(hours=25):
        assert actions.look(actor=system_actor()) == 1
        item = open_items()["channel-quarantine", "lab"]
        assert item.reason == "2 of its inputs wait there longer than 24 hours."
        for one in (first, second):
            intake.settle(actor=house.actor("technician"), input_id=one.id, step="dismiss", reason="Nothing")
        actions.look(actor=system_actor())
    assert open_items() == {}


def test_the_rule_book_decides_how_long(house: Any) -> None:
    from muniment.rulebook import actions as rulebook
    from muniment.rulebook.rules import SourceKind

    rule = next(one for one in shipped_rules() if one["code"] == "interfaces.quarantine")
    version = rulebook.propose(
        actor=house.actor("privacy-officer"), code=rule["code"], title=rule["title"], statement=rule["statement"],
        citation=rule["citation"], source_kind=SourceKind(rule["source_kind"]), parameters={"quarantine_hours": 2},
        effective_from=rule["effective_from"],
    )  # fmt: skip
    rulebook.adopt(actor=house.actor("administrator"), version_id=version.id)
    with after():
        bring(b"no message")
    with after(hours=3):
        assert actions.look(actor=system_actor()) == 1
    assert "HIM-61" in open_items()["channel-quarantine", "lab"].citation


def test_a_malware_scanner_that_is_away_is_said(house: Any, settings: Any, tmp_path: Any) -> None:
    settings.MUNIMENT_CLAMD = str(tmp_path / "nobody.sock")
    assert actions.look(actor=system_actor()) == 1
    assert ("malware-scanner", "clamd") in open_items()
    settings.MUNIMENT_CLAMD = ""
    assert actions.look(actor=system_actor()) == 0
    assert open_items() == {}


def test_the_figures_of_a_channel(house: Any) -> None:
    with after():
        set_up(house, expected_minutes=60)
        bring(document("D1").content)
        bring(b"no message")
        unmatched = bring(result("R1").content.replace(b"7000^^^HOSP^MR", b"^^^HOSP^MR"))
        assert unmatched.status == "quarantined", unmatched.where
        [found] = queries.board(house.actor("auditor"))
    assert (found.name, found.today, found.kept_today, found.waiting, found.unmatched) == ("lab", 3, 2, 2, 1)
    assert found.last == unmatched.received_at
    with after(days=2):
        [later] = queries.board(house.actor("auditor"))
    assert (later.today, later.waiting, later.silent is not None) == (0, 2, True)


def test_only_who_answers_for_the_system_sets_up(house: Any) -> None:
    for role in ("technician", "auditor"):
        with pytest.raises(Refused):
            set_up(house, role=role)
    row = set_up(house)
    with pytest.raises(Conflict):
        actions.change_channel(
            actor=house.actor("administrator"), channel_id=row.id, setup=Setup(kind=Kind.LINE, origin="x"), revision=7
        )


@pytest.mark.parametrize(
    ("setup", "where"),
    [
        ({"kind": Kind.FOLDER, "folder": "../etc"}, "folder"),
        ({"kind": Kind.FOLDER, "folder": ""}, "folder"),
        ({"kind": Kind.FOLDER, "folder": "/etc"}, "folder"),
        ({"kind": Kind.FOLDER, "folder": "a/b"}, "folder"),
        ({"kind": Kind.FOLDER, "folder": "taken"}, "folder"),
        ({"kind": Kind.LINE, "folder": "lab"}, "folder"),
        ({"kind": Kind.FAX, "folder": "fax"}, "facility"),
        ({"kind": Kind.LINE, "sender_is_origin": True}, "origin"),
        ({"kind": Kind.LINE, "expected_minutes": 0}, "expected"),
        ({"kind": Kind.LINE, "expected_minutes": 10_000_000}, "expected"),
    ],
)
def test_a_channel_that_could_not_work_is_refused_at_its_field(
    house: Any, settings: Any, tmp_path: Any, setup: dict[str, Any], where: str
) -> None:
    settings.MUNIMENT_CHANNELS = tmp_path
    with pytest.raises(Refused) as told:
        set_up(house, **setup)
    assert told.value.where == where


def test_names_and_folders_are_taken_once(house: Any, settings: Any, tmp_path: Any) -> None:
    settings.MUNIMENT_CHANNELS = tmp_path
    set_up(house, kind=Kind.FOLDER, folder="a")
    with pytest.raises(Refused, match="of this name"):
        set_up(house)
    with pytest.raises(Refused, match="takes from this folder"):
        set_up(house, "other", kind=Kind.FOLDER, folder="a")
    settings.MUNIMENT_CHANNELS = None
    with pytest.raises(Refused, match="MUNIMENT_CHANNELS"):
        set_up(house, "third", kind=Kind.FOLDER, folder="b")


def test_silence_counts_from_the_last_message() -> None:
    now = clock.now()
    hour = timedelta(hours=1)
    assert silent_since(now - hour, 61, now, Policy()) is None
    assert silent_since(now - hour, 59, now, Policy()) == now - timedelta(minutes=1)
    assert silent_since(now - hour, 59, now, Policy(intervals=2)) is None
    assert silent_since(now - hour, None, now, Policy()) is None


# Screens


def test_the_board_shows_every_interface_within_its_budget(house: Any) -> None:
    set_up(house, expected_minutes=60)
    bring(document("D1").content)
    bring(b"no message", "elsewhere")
    client = client_of(house.users["database-administrator"])
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = client.get(reverse("channels-board"))
    text = page.content.decode()
    assert page.status_code == 200
    for words in ("lab", "elsewhere", "Not set up", "In time", "every 1 h", "None is silent, 1 in quarantine"):
        assert words in text
    before = len(asked)
    for number in range(5):
        set_up(house, f"more {number}", expected_minutes=60)
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("channels-board"))
    assert len(asked) == before <= 12


def test_a_channel_is_set_up_and_changed_on_its_screen(house: Any) -> None:
    client = client_of(house.users["administrator"])
    said = {"name": "lab", "kind": "line", "expected": "15", "active": "on"}
    assert client.get(reverse("channels-new") + "?name=lab").context["form"]["name"].value() == "lab"
    assert client.post(reverse("channels-new"), said).status_code == 302
    row = Channel.objects.get()
    assert client.post(reverse("channels-new"), said).status_code == 422
    url = reverse("channels-channel", args=[row.id])
    page = client.get(url)
    assert "Set up" in page.content.decode()
    changed = {"kind": "line", "expected": "", "active": "on", "origin": "Sample Clinic", "revision": str(row.revision)}
    assert client.post(url, changed).status_code == 302
    assert client.post(url, changed | {"origin": "x"}).status_code == 409
    row.refresh_from_db()
    assert (row.origin, row.expected_minutes, row.revision) == ("Sample Clinic", None, 2)
    wrong = client.post(url, changed | {"kind": "fax", "folder": "f", "revision": "2"})
    assert wrong.status_code == 422
    typed = client.post(url, changed | {"expected": "an hour", "revision": "2"}).content.decode()
    assert "Write a whole number of minutes, like 60." in typed
    assert 'value="an hour"' in typed


def test_an_auditor_sees_and_changes_nothing(house: Any) -> None:
    row, client = set_up(house), client_of(house.users["auditor"])
    page = client.get(reverse("channels-channel", args=[row.id]))
    assert page.status_code == 200
    assert b"Change the channel" not in page.content
    assert client.post(reverse("channels-channel", args=[row.id]), {"kind": "line"}).status_code == 403
    assert client.get(reverse("channels-new")).status_code == 403
    assert client_of(house.users["technician"]).get(reverse("channels-board")).status_code == 403


def test_the_items_lead_to_where_they_are_settled(house: Any) -> None:
    from muniment.work import places

    with after():
        set_up(house, expected_minutes=1)
        bring(b"no message")
    with after(days=2):
        actions.look(actor=system_actor())
    client = client_of(house.users["database-administrator"])
    for item in open_items().values():
        assert client.get(places.url_of(item)).status_code == 200
    assert client.get("/work/interfaces/").status_code == 200
