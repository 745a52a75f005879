"""What a hand-made address or form can carry: refused in words, never a failure, never in the log."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest
from django.urls import reverse

from muniment.config import logs
from muniment.core.keyset import Cursor
from support.charts import add_patient
from support.web import client_of

KEY = "01a20be2-c24c-7652-a4b4-959f422d7ba4"


@pytest.mark.parametrize("text", ["%00", "Okonjo%00", "a&page=%00"])
def test_a_character_that_is_none_is_refused_in_words(house: Any, text: str) -> None:
    page = client_of(house.users["technician"]).get(reverse("identity-find") + f"?q={text}")
    assert page.status_code == 422
    assert "Type it again." in page.content.decode()


def test_in_a_form_too(house: Any) -> None:
    page = client_of(house.users["technician"]).post(reverse("scanning-sheets"), {"facility": "x", "patient": "a\0b"})
    assert page.status_code == 422
    assert "Type it again." in page.content.decode()


@pytest.mark.parametrize(
    "text",
    ["", "a_1", f"a_1_0001-01-01T00:00:00+14:00_{KEY}", f"a_1_9999-12-31T23:59:59-14:00_{KEY}", f"a_x_2026-01-01_{KEY}", "a_1_2026-01-01_x"],
)  # fmt: skip
def test_a_place_in_a_list_that_cannot_be_is_none(text: str) -> None:
    assert Cursor.read(text) is None


def test_a_place_without_a_zone_has_one_afterwards() -> None:
    found = Cursor.read(f"a_1_2026-01-01T00:00:00_{KEY}")
    assert found is not None
    assert found.at.tzinfo is not None


def test_a_failure_is_logged_by_its_screen_and_not_by_its_address(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from muniment.identity.web.views import person

    patient, out, root = add_patient(house.hospital), io.StringIO(), logging.getLogger()
    kept = root.handlers, root.level
    logs.configure(debug=False)
    root.handlers[0].stream = out  # type: ignore[attr-defined]
    try:
        client = client_of(house.users["technician"])
        client.raise_request_exception = False
        monkeypatch.setattr(person, "render", lambda *args, **named: 1 / 0)
        answer = client.get(reverse("identity-person", args=[patient.person_id]))
    finally:
        root.handlers, root.level = kept
    assert answer.status_code == 500
    said = [json.loads(line) for line in out.getvalue().splitlines()]
    assert ("Internal Server Error", "identity-person", "ZeroDivisionError") in [
        (one["event"], one.get("screen"), one.get("error")) for one in said
    ]
    assert str(patient.person_id) not in out.getvalue()
