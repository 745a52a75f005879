"""Two short code sets written out, because no package carries their texts. Wording is ours; the codes are UB-04's."""

POA_INDICATORS = (
    ("Y", "Present at the time of inpatient admission"),
    ("N", "Not present at the time of inpatient admission"),
    ("U", "Documentation is insufficient to determine"),
    ("W", "Provider is unable to clinically determine"),
    ("1", "Exempt from reporting"),
)

_BASE = (
    ("01", "Home or self care"),
    ("02", "Short-term general hospital"),
    ("03", "Skilled nursing facility"),
    ("04", "Custodial or supportive care facility"),
    ("05", "Designated cancer center or children’s hospital"),
    ("06", "Home under care of a home health service"),
    ("07", "Left against medical advice"),
    ("20", "Expired"),
    ("21", "Court or law enforcement"),
    ("30", "Still a patient"),
    ("43", "Federal health care facility"),
    ("50", "Hospice at home"),
    ("51", "Hospice in a medical facility"),
    ("61", "Hospital-based swing bed"),
    ("62", "Inpatient rehabilitation facility or unit"),
    ("63", "Long-term care hospital"),
    ("64", "Nursing facility certified under Medicaid only"),
    ("65", "Psychiatric hospital or unit"),
    ("66", "Critical access hospital"),
    ("69", "Disaster alternative care site"),
    ("70", "Another type of institution"),
)
_PLANNED_READMISSION = {
    "01": "81", "02": "82", "03": "83", "04": "84", "05": "85", "06": "86", "21": "87", "43": "88",
    "61": "89", "62": "90", "63": "91", "64": "92", "65": "93", "66": "94", "70": "95",
}  # fmt: skip

DISCHARGE_STATUSES = (
    *_BASE,
    *((_PLANNED_READMISSION[code], f"{title}, planned readmission") for code, title in _BASE if code in _PLANNED_READMISSION),
)
_STATUSES = dict(DISCHARGE_STATUSES)


def two_digits(status: str) -> str:
    """A patient discharge status as UB-04 FL 17 writes it: 1 is 01 (HL7 table 0112 has it either way)."""
    return status.zfill(2) if status.isascii() and status.isdigit() else status


def discharge_status(status: str) -> str:
    """``01 · home or self care``; a code that UB-04 does not have as it came, and nothing for nothing."""
    code = two_digits(status.strip())
    words = _STATUSES.get(code, "")
    return f"{code} · {words[:1].lower()}{words[1:]}" if words else status.strip()
