"""Names as lists show them. What a source printed stays in the record as it is; only its display is made even. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Written in capitals wherever they stand, also in a title that is capitals throughout.
ACRONYMS = frozenset(
    [
        "AMA",
        "CBC",
        "CCD",
        "CT",
        "DNR",
        "DRG",
        "ECG",
        "ED",
        "EEG",
        "EGD",
        "EKG",
        "EMG",
        "EMS",
        "ENT",
        "ER",
        "H&P",
        "HIV",
        "ICU",
        "IV",
        "MRA",
        "MRI",
        "NICU",
        "NPO",
        "OB",
        "OR",
        "OT",
        "PACU",
        "PET",
        "PICU",
        "POLST",
        "PT",
        "ROI",
        "SOAP",
        "TB",
        "US",
        "VTE",
        "XR",
    ]
)
# Names of persons and places keep their capital.
PROPER = frozenset(
    ["Apgar", "Braden", "Doppler", "Foley", "Glasgow", "Holter", "Medicaid", "Medicare", "Morse", "Papanicolaou", "Parkinson"]
)
# UCUM's case-sensitive spellings that nobody reads, and how the ward writes them. The rest is shown as it came.
UNITS = {
    "mm[Hg]": " mmHg", "cm[H2O]": " cmH₂O", "[pH]": "", "10*3/uL": " ×10³/µL", "10*6/uL": " ×10⁶/µL", "10*9/L": " ×10⁹/L",
    "10*12/L": " ×10¹²/L", "Cel": " °C", "[degF]": " °F", "[in_i]": " in", "[lb_av]": " lb",
}  # fmt: skip
_UNIT = re.compile(rf"(?<=\d) ({'|'.join(map(re.escape, UNITS))})(?![^\s,;/)])")
_WORD = re.compile(r"[^\W\d_][\w&’'-]*")


def sentence_case(name: str) -> str:
    """``Discharge Summary note`` and ``DISCHARGE SUMMARY NOTE`` as ``Discharge summary note``; ``CT Chest W contrast`` keeps CT and W."""
    shouted = name.isupper() and len(name) > 5
    said = _WORD.sub(lambda found: _word(found[0], shouted=shouted), name.strip())
    return said[:1].upper() + said[1:]


def inside(name: str) -> str:
    """A name in the midst of a sentence: ``discharge summary``, but ``CT of the head``."""
    said = sentence_case(name)
    first = said.split(" ")[0]
    return said if first in PROPER or first != first.capitalize() or len(first) == 1 else said[:1].lower() + said[1:]


def listed(words: Sequence[str]) -> str:
    """ "Saturday, Sunday and 3 listed days"; "" for none."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def with_units(value: str) -> str:
    """``112/68 mm[Hg]`` as ``112/68 mmHg``: a measured value as it is read; the record keeps UCUM."""
    return _UNIT.sub(lambda found: UNITS[found[1]], value)


def _word(word: str, *, shouted: bool) -> str:
    if shouted:
        return word if word in ACRONYMS else word.lower()
    return word.lower() if word == word.capitalize() and len(word) > 1 and word not in PROPER else word
