"""This is what was signed: digests computed anew, seals, and a tampered byte that fails visibly."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connections

from support.charts import add_patient, add_stay, client_of, document, file, file_note, new_version
from support.house import build_house


def signed_note(house: Any, stay: Any, **more: Any) -> Any:
    from muniment.record import actions
    from muniment.record.rules import Meaning

    entry = file_note(stay, **more)
    actions.sign(
        actor=house.actor("clinician"), patient_id=stay.patient_id, entry_id=entry, number=1, meaning=Meaning.AUTHOR,
        printed_name="Ines Moreau", credential="MD", zone="America/New_York",
    )  # fmt: skip
    return entry


def proof_of(house: Any, stay: Any, entry: Any, tail: str = "") -> str:
    return client_of(house, "coder").get(f"/charts/{stay.id}/documents/{entry}/proof{tail}").content.decode()


def test_what_was_signed_holds(house: Any) -> None:
    stay = add_stay(add_patient(house.hospital), house.hospital)
    page = proof_of(house, stay, signed_note(house, stay))
    assert "This is what was signed." in page
    assert "Ines Moreau, MD" in page
    assert "America/New_York" in page
    assert page.count("Agrees") == 2
    assert "Verified" in page
    assert "days after the time it states" in page  # the note is of March and was filed today


def test_versions_are_linked_in_order_with_kind_reason_and_who_filed(house: Any) -> None:
    from muniment.record.rules import VersionKind

    stay = add_stay(add_patient(house.hospital), house.hospital)
    entry = signed_note(house, stay)
    file(
        stay,
        new_version(document("Two."), stay, entry_id=entry, text="Two.", kind=VersionKind.ADDENDUM, reason="Result came in"),
    )
    file(
        stay,
        new_version(document("Three."), stay, entry_id=entry, text="Three.", kind=VersionKind.CORRECTION, reason="Wrong side"),
    )
    page = proof_of(house, stay, entry, "?version=2")
    order = [page.index(words) for words in ("1 Original", "2 Addendum", "3 Correction")]
    assert order == sorted(order)
    assert "Result came in" in page
    assert "filed by test" in page
    assert "nobody has signed this version" in page
    assert "This is what was signed." in proof_of(house, stay, entry, "?version=1")


@pytest.mark.forges
@pytest.mark.parametrize(
    ("forgery", "says"),
    [
        ("UPDATE record_version SET content = replace(content, 'current', 'Current') WHERE entry_id = %s", "Differs"),
        ("UPDATE record_signature SET credential = 'DO' WHERE entry_id = %s", "Does not verify"),
        ("UPDATE record_signature SET signed_at = signed_at - interval '1 day' WHERE entry_id = %s", "Does not verify"),
        ("UPDATE record_version SET document_sha256 = sha256('x') WHERE entry_id = %s", "Differs"),
    ],
)
def test_a_tampered_byte_fails_visibly(own_database: str, forgery: str, says: str) -> None:
    from muniment.accounts.models import Facility

    house = _house()
    hospital = Facility.objects.get(code="HOSP")
    stay = add_stay(add_patient(hospital, number=f"N{abs(hash(forgery))}"), hospital, number=f"V{abs(hash(forgery))}")
    entry = signed_note(house, stay)
    with connections["owner"].cursor() as cursor:
        for table in ("record_version", "record_signature"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(forgery, [entry])
    page = proof_of(house, stay, entry)
    assert "This is not what was filed or signed." in page
    assert says in page


_built: dict[str, Any] = {}


def _house() -> Any:
    """One for the module: its database stays between the cases."""
    if "house" not in _built:
        _built["house"] = build_house()
    return _built["house"]
