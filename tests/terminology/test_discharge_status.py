"""Patient discharge statuses in words: UB-04 FL 17, HL7 table 0112."""

from __future__ import annotations

import pytest

from muniment.terminology.own_tables import discharge_status


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("01", "01 · home or self care"),
        ("1", "01 · home or self care"),
        ("20", "20 · expired"),
        ("81", "81 · home or self care, planned readmission"),
        ("HOM", "HOM"),
        ("99", "99"),
        ("", ""),
    ],
)
def test_a_status_stands_with_its_words(code: str, shown: str) -> None:
    assert discharge_status(code) == shown
