"""Specification of the edits before final coding: the claim, and the findings it must have (number, severity, codes)."""

from datetime import date

import pytest

from muniment.coding.edits import blocking, find_edits
from muniment.coding.findings import CodeFacts, excluded_by, references
from muniment.coding.mce import shared_editor
from muniment.coding.rules import POAReporting, Sex
from support.claims import claim

OLD, HEADING = CodeFacts("Old", True, False), CodeFacts("Heading", False, False)
COLITIS = CodeFacts("Enteritis", True, True, (("K529", "colitis due to toxins (A05.-, K52.1)"),))
EXEMPT, NOT_EXEMPT = CodeFacts("Exempt", True, True, poa_exempt=True), CodeFacts("Listed", True, True, poa_exempt=False)
CKD = CodeFacts(
    "Chronic kidney disease, stage 4 (severe)",
    True,
    True,
    code_first=(("N18", "diabetic chronic kidney disease (E08.22, E11.22)"),),
)
NEUROMYOPATHY = CodeFacts(
    "Other disorders in diseases classified elsewhere", True, True, code_first=(("G13", "underlying neoplasm (C00-D49)"),)
)
POLYNEUROPATHY = CodeFacts(
    "Polyneuropathy in diseases classified elsewhere", True, True,
    code_first=(("G63", "underlying disease, such as:"), ("G63", "amyloidosis (E85.-)")),
)  # fmt: skip
ULCER = CodeFacts(
    "Type 2 diabetes mellitus with foot ulcer", True, True,
    use_additional=(("E11621", "code to identify site of ulcer (L97.4-, L97.5-)"), ("10", "code for tobacco use (Z72.0)")),
)  # fmt: skip
CATARACT = "Cortical age-related cataract, {}"
BRONCHITIS = CodeFacts("Bronchitis, unspecified", True, True, parent="J20")
ODD = {
    "N184": CKD,
    "G130": NEUROMYOPATHY,
    "G63": POLYNEUROPATHY,
    "E11621": ULCER,
    "J209": BRONCHITIS,
    "H25011": CodeFacts(CATARACT.format("right eye"), True, True),
    "H25012": CodeFacts(CATARACT.format("left eye"), True, True),
    "H25019": CodeFacts(CATARACT.format("unspecified eye"), True, True),
    "H25013": CodeFacts(CATARACT.format("bilateral"), True, True),
    "C50111": CodeFacts("Neoplasm, right breast", True, True),
    "C50112": CodeFacts("Neoplasm, left breast", True, True),
    "S72001": CodeFacts("Fracture of neck of right femur", False, False),
    "W19A": None,
    "S72001Z": None,
    "E119": HEADING,
    "B880": OLD,
    "K529": COLITIS,
    "Z794": EXEMPT,
    "N179": NOT_EXEMPT,
    "Z9989": None,
    "0DTJ0ZZ": None,
}


class KnownTerms:
    """Every code is valid but for those above."""

    def diagnosis(self, code: str) -> CodeFacts | None:
        return ODD.get(code, CodeFacts("A diagnosis", True, True))

    procedure = diagnosis

    def usable(self, codes):
        return {code: ODD[code] or OLD for code in codes if code in ODD and ODD[code].valid} | {
            code: OLD for code in codes if code in ("S72001A", "S72001D", "W19XXXA")
        }


STAY = date(2026, 4, 26)
TABLE = [
    # what it is about, the claim, number, severity, codes
    ("no principal diagnosis", claim(None, "I10"), "H01", "critical", ()),
    ("a code that was deleted", claim("I50.23", "B88.0"), "H02", "error", ("B880",)),
    ("a code that never was", claim("I50.23", "Z99.89"), "H02", "error", ("Z9989",)),
    ("a heading", claim("I50.23", "E11.9"), "H03", "error", ("E119",)),
    ("an unknown procedure", claim("K35.80", procedures=[("0DTJ0ZZ", STAY)]), "H02", "error", ("0DTJ0ZZ",)),
    ("no indicator", claim("I50.23", "I10 -"), "H04", "error", ("I10",)),
    ("exempt is said of a code that is not", claim("I50.23", "N17.9 1"), "H05", "error", ("N179",)),
    ("a secondary diagnosis twice", claim("I50.23", "I10", "I10"), "H06", "error", ("I10",)),
    ("an excludes1 pair", claim("I50.23", "K52.9", "A05.1"), "H07", "warning", ("A051", "K529")),
    ("discharge before admission", claim("I50.23", admitted=date(2026, 5, 2)), "H08", "critical", ()),
    ("an age of 130", claim("I50.23", age=130), "H09", "critical", ()),
    ("a negative age", claim("I50.23", age=-1), "H09", "critical", ()),
    ("a procedure without a date", claim("K35.80", procedures=[("0DTJ4ZZ", None)]), "H10", "error", ("0DTJ4ZZ",)),
    ("a procedure after discharge", claim("K35.80", procedures=[("0DTJ4ZZ", date(2026, 5, 2))]), "H11", "error", ("0DTJ4ZZ",)),
    ("four days before admission", claim("K35.80", procedures=[("0DTJ4ZZ", date(2026, 4, 20))]), "H11", "error", ("0DTJ4ZZ",)),
    ("an external cause as principal", claim("W19.XXXA", "S72.002A"), "MCE 2", "critical", ("W19XXXA",)),
    ("the principal repeated", claim("I50.23", "I50.23"), "MCE 3", "error", ("I5023",)),
    ("a newborn’s code at 70", claim("I50.23", "E84.11"), "MCE 4", "error", ("E8411",)),
    ("a manifestation as principal", claim("I32"), "MCE 6", "critical", ("I32",)),
    ("what can't be principal", claim("B95.2"), "MCE 9", "critical", ("B952",)),
    ("what needs company as principal", claim("Z51.89"), "MCE 9", "error", ("Z5189",)),
    ("diabetes alone as the reason to admit", claim("E13.9"), "MCE 8", "warning", ("E139",)),
    (
        "a delivery without its outcome",
        claim("O80", sex=Sex.FEMALE, age=30, procedures=[("10E0XZZ", STAY)]),
        "MCE 8",
        "warning",
        ("10E0XZZ",),
    ),
    ("a procedure Medicare doesn't cover", claim("Z30.2", procedures=[("0V5Q0ZZ", STAY)]), "MCE 11", "warning", ("0V5Q0ZZ",)),
    ("no seventh character", claim("I50.23", "S72.001"), "H13", "error", ("S72001",)),
    ("a seventh character not in its table", claim("I50.23", "S72.001Z"), "H13", "error", ("S72001Z",)),
    ("placeholders missing", claim("I50.23", "W19.A"), "H13", "error", ("W19A",)),
    ("kidney disease before its diabetes", claim("I50.23", "N18.4", "E11.22"), "H14", "warning", ("N184", "E1122")),
    ("the principal should follow", claim("N18.4", "E11.22"), "H14", "warning", ("N184", "E1122")),
    ("a manifestation, cause not coded", claim("I50.23", "G13.0"), "H15", "warning", ("G130",)),
    ("a manifestation of an unlisted cause", claim("I50.23", "G63"), "H15", "information", ("G63",)),
    ("right and left where bilateral exists", claim("I50.23", "H25.011", "H25.012"), "H16", "warning", ("H25011", "H25012")),
    ("unspecified side beside a side", claim("I50.23", "H25.012", "H25.019"), "H17", "warning", ("H25019", "H25012")),
    ("unspecified beside specific", claim("I50.23", "J20.9", "J20.5"), "H18", "warning", ("J209", "J205")),
    ("an additional code not there", claim("E11.621"), "H19", "information", ("E11621",)),
    ("an indicator on an exempt code", claim("I50.23", "Z79.4"), "H20", "warning", ("Z794",)),
    ("nobody knows the sex", claim("I50.23", sex=Sex.UNKNOWN), "H12", "warning", ()),
    ("an unspecified side", claim("S72.009A"), "MCE 20", "warning", ("S72009A",)),
    ("an impossible discharge status", claim("I50.23", discharge_status="99"), "MCE 16", "critical", ()),
    ("a wrong side operated on", claim("I50.23", "Y65.53"), "MCE 18", "critical", ("Y6553",)),
    (
        "over 96 hours of ventilation in 3 days",
        claim("J96.01", procedures=[("5A1955Z", date(2026, 4, 28))], admitted=date(2026, 4, 28)),
        "MCE 19",
        "error",
        ("5A1955Z",),
    ),
]
CLEAN = [
    ("diabetes before its kidney disease", claim("I50.23", "E11.22", "N18.4")),
    ("a manifestation with its cause", claim("I50.23", "C34.90", "G13.0")),
    ("an open cause that is listed", claim("I50.23", "E85.4", "G63")),
    ("both sides where no code is bilateral", claim("I50.23", "C50.111", "C50.112")),
    ("the additional code is there", claim("E11.621", "L97.411")),
    ("unspecified alone", claim("I50.23", "J20.9")),
    ("a plain stay", claim("I50.23", "J96.01 N", "I10")),
    ("an exempt code without indicator", claim("I50.23", "Z79.4 -")),
    ("exempt, and no list to judge by", claim("I50.23", "Z92.3 1")),
    ("a hospital that need not report", claim("I50.23 -", "I10 -", poa_reporting=POAReporting.EXEMPT)),
    ("three days before admission", claim("K35.80", procedures=[("0DTJ4ZZ", date(2026, 4, 21))])),
    ("on the day of discharge", claim("K35.80", procedures=[("0DTJ4ZZ", date(2026, 5, 1))])),
    ("ventilation over four days", claim("J96.01", procedures=[("5A1955Z", STAY)], admitted=date(2026, 4, 27))),
]


@pytest.mark.parametrize(("about", "given", "number", "severity", "codes"), TABLE, ids=[row[0] for row in TABLE])
def test_finding(about, given, number, severity, codes) -> None:
    found = find_edits(given, KnownTerms(), shared_editor())
    assert (number, severity, codes) in [(edit.number, edit.severity, edit.codes) for edit in found]
    assert blocking(found) is any(edit.severity in ("critical", "error") for edit in found)
    for edit in found:
        assert edit.sentence.endswith(".")
        assert "{" not in edit.sentence
        assert edit.citation


@pytest.mark.parametrize(("about", "given"), CLEAN, ids=[row[0] for row in CLEAN])
def test_nothing_to_find(about, given) -> None:
    assert find_edits(given, KnownTerms(), shared_editor()) == ()


def test_warnings_alone_do_not_block() -> None:
    found = find_edits(claim("S72.009A"), KnownTerms(), shared_editor())
    assert [edit.severity for edit in found] == ["warning"]
    assert not blocking(found)


def test_the_gravest_comes_first() -> None:
    found = find_edits(claim("W19.XXXA", "S72.009A", "I10 -"), KnownTerms(), shared_editor())
    assert [edit.severity for edit in found] == sorted(
        (edit.severity for edit in found), key=["critical", "error", "warning"].index
    )


NOTES = [
    ("colitis NOS (K52.9)", [("K529", "K529")]),
    ("salmonella infection (A02.-)", [("A02", "A02")]),
    ("toxic effect of foodstuffs (T61-T62)", [("T61", "T62")]),
    ("influenza (J09.X3, J10.2, J11.2)", [("J09X3", "J09X3"), ("J102", "J102"), ("J112", "J112")]),
    ("E. coli infection (A04.0-A04.4)", [("A040", "A044")]),
    ("iridocyclitis (due to) in diabetes (E08-E13 with .39)", []),
    ("current concussion (brain) (S06.0X- with seventh character A)", []),
    ("certain localized infections - see body system-related chapters", []),
]


@pytest.mark.parametrize(("note", "expected"), NOTES)
def test_the_codes_a_note_names(note: str, expected: list[tuple[str, str]]) -> None:
    assert references(note) == expected


@pytest.mark.parametrize(
    ("note", "code", "named"),
    [
        ("x (A04.0-A04.4)", "A044", True),
        ("x (A04.0-A04.4)", "A045", False),
        ("x (T61-T62)", "T628X1A", True),
        ("x (T61-T62)", "T630", False),
        ("x (A02.-)", "A0221", True),
        ("x (K52.9)", "K52", False),
    ],
)
def test_whether_a_note_names_a_code(note: str, code: str, named: bool) -> None:
    assert excluded_by(note, code) is named
