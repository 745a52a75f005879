"""What each check finds and, more important, what it lets be. Tables of texts."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from muniment.qualitative.parameters import compile_rules
from muniment.qualitative.rules import Kind
from muniment.qualitative.sides import side_by_side
from muniment.rulebook.rules import RuleInForce
from support.contradictions import CONSENT, CONSULT, DS, ED, HP, OP, PN, code, document, found, notes, result, shipped

CONSENTED = (CONSENT, "PROCEDURE:\nRight total hip arthroplasty")

# (what the other documents say; whether that contradicts the consent to a right hip replacement)
SIDES = {
    "the operative report says left": ([(OP, "PROCEDURE:\nLeft total hip arthroplasty")], True),
    "it says left in a sentence": ([(OP, "DESCRIPTION OF PROCEDURE:\nThe left hip replacement was completed.")], True),
    "the side follows": ([(OP, "PROCEDURE:\nTotal hip arthroplasty, left")], True),
    "the site stands behind a comma": ([(OP, "PROCEDURE:\nCemented hip replacement, left hip")], True),
    "the act stands before a comma": ([(OP, "PROCEDURE:\nCemented hemiarthroplasty, left hip")], True),
    "another site's side before a comma": ([(HP, "ASSESSMENT:\nLeft knee effusion, hip replacement next week.")], False),
    "the side stands at the end": ([(OP, "PROCEDURE:\nHip replacement with a cemented stem, left")], True),
    "what follows is another site's": ([(OP, "PROCEDURE:\nTotal hip arthroplasty, left knee injection")], False),
    "the side follows its site": ([(OP, "PROCEDURE:\nReplacement of the hip, left")], True),
    "the same side": ([(OP, "PROCEDURE:\nRight total hip arthroplasty")], False),
    "another act on the other side": ([(HP, "ASSESSMENT AND PLAN:\nLeft hip osteoarthritis.")], False),
    "another site on the other side": ([(OP, "PROCEDURE:\nLeft total knee arthroplasty")], False),
    "years ago": ([(HP, "HISTORY OF PRESENT ILLNESS:\nStatus post left hip replacement in 2015.")], False),
    "among former operations": ([(HP, "PAST SURGICAL HISTORY:\nLeft hip replacement.")], False),
    "negated": ([(HP, "ASSESSMENT AND PLAN:\nNo left hip replacement planned.")], False),
    "both sides in one document": ([(OP, "PROCEDURE:\nLeft hip replacement after right hip replacement")], False),
    "bilateral": ([(OP, "PROCEDURE:\nBilateral hip replacement"), (PN, "PLAN:\nLeft hip replacement doing well.")], False),
    "examined": ([(HP, "PHYSICAL EXAMINATION:\nLeft hip replacement scar.")], False),
    "left without a site": ([(PN, "PLAN:\nHip replacement; left the recovery room at noon.")], False),
}


@pytest.mark.parametrize("case", SIDES)
def test_left_and_right(case):
    said, contradicts = SIDES[case]
    findings = found(Kind.LATERALITY, documents=notes(CONSENTED, *said))
    assert bool(findings) is contradicts
    if contradicts:
        assert findings[0].sentence == "Replacement, hip: left in “Operative report”, right in “Informed consent”."
        assert findings[0].evidence[1].quote == "Right total hip arthroplasty"


@pytest.mark.parametrize(
    ("value", "title", "procedure", "text", "contradicts"),
    [
        ("0SRB0JZ", "Replacement of Left Hip Joint with Synthetic Substitute, Open Approach", True, CONSENTED[1], True),
        ("0SR90JZ", "Replacement of Right Hip Joint with Synthetic Substitute, Open Approach", True, CONSENTED[1], False),
        ("S72012A", "Unspecified intracapsular fracture of left femur, initial encounter", False, "DISCHARGE DIAGNOSES:\n1. Right hip fracture", True),
        ("S72011A", "Unspecified intracapsular fracture of right femur, initial encounter", False, "DISCHARGE DIAGNOSES:\n1. Right hip fracture", False),
        ("M1712", "Unilateral primary osteoarthritis, left knee", False, "DISCHARGE DIAGNOSES:\n1. Right knee osteoarthritis", True),
    ],
)  # fmt: skip
def test_the_side_of_a_code(value, title, procedure, text, contradicts):
    codes = (code(1, value, title, procedure=procedure),)
    assert bool(found(Kind.LATERALITY, documents=notes((DS, text)), codes=codes)) is contradicts


# (text, sex of the patient, whether it is found)
SEXES = {
    "a man's gland in a woman": ("ASSESSMENT:\nBenign enlargement of the prostate.", "female", True),
    "in a man": ("ASSESSMENT:\nBenign enlargement of the prostate.", "male", False),
    "a former operation": ("PAST SURGICAL HISTORY:\nHysterectomy.", "male", True),
    "of the mother": ("FAMILY HISTORY:\nOvarian cancer.", "male", False),
    "of his wife": ("SOCIAL HISTORY:\nHis wife is pregnant.", "male", False),
    "negated": ("HISTORY:\nNot pregnant.", "male", False),
    "should it come": ("INSTRUCTIONS:\nCall if you become pregnant.", "male", False),
    "the neck is not the womb's": ("ASSESSMENT:\nCervical spine pain.", "male", False),
    "described as a man": ("HISTORY OF PRESENT ILLNESS:\nMs. Rowe is a 64-year-old man with a cough.", "female", True),
    "described with two words between": ("HISTORY:\n64 year old pleasant retired gentleman.", "female", True),
    "described as she is": ("HISTORY OF PRESENT ILLNESS:\n64-year-old woman.", "female", False),
    "another person described": ("HISTORY OF PRESENT ILLNESS:\nBrought by a 40-year-old man, her son.", "female", False),
    "her son described": ("HISTORY OF PRESENT ILLNESS:\nBrought by her 40-year-old son, a man.", "female", False),
    "sex not registered": ("ASSESSMENT:\nBenign enlargement of the prostate.", "", False),
}


@pytest.mark.parametrize("case", SEXES)
def test_sex_against_text(case):
    text, sex, expected = SEXES[case]
    assert bool(found(Kind.SEX, documents=notes((HP, text)), sex=sex)) is expected


def test_a_small_childs_chart_speaks_of_the_mother():
    assert not found(Kind.SEX, documents=notes((HP, "HISTORY:\nPregnancy was uneventful.")), sex="male", born=date(2026, 3, 1))


@pytest.mark.parametrize(
    ("value", "procedure", "sex", "expected"),
    [
        ("O80", False, "male", True), ("N400", False, "female", True), ("C61", False, "male", False), ("0UT90ZZ", True, "male", True),
        ("0VT00ZZ", True, "female", True), ("10E0XZZ", True, "male", True), ("10E0XZZ", True, "female", False), ("J189", False, "male", False),
        ("0UT90ZZ", False, "male", False),
    ],
)  # fmt: skip
def test_sex_against_codes(value, procedure, sex, expected):
    assert bool(found(Kind.SEX, codes=(code(1, value, "A title", procedure=procedure),), sex=sex)) is expected


SUMMARY = "ADMISSION DATE:\n{}\n\nDISCHARGE DATE:\n{}\n"
# (document, what of the sentence is told; "" for nothing)
DATES = {
    "within the stay": (document(1, PN, "x"), ""),
    "a progress note two days after": (document(1, PN, "x", at=datetime(2026, 3, 8, 9)), "is dated 8 Mar 2026, outside the stay"),
    "the day after will do": (document(1, PN, "x", at=datetime(2026, 3, 7, 9)), ""),
    "an addendum may come later": (document(1, PN, "x", at=datetime(2026, 3, 20, 9), addendum=True), ""),
    "a history three weeks before": (document(1, HP, "x", at=datetime(2026, 2, 10, 9)), ""),
    "a history of last year": (document(1, HP, "x", at=datetime(2025, 3, 3, 9)), "is dated 3 Mar 2025"),
    "signed before it was written": (
        document(1, PN, "x", signed_at=datetime(2026, 3, 2, 9)), "was signed 2 Mar 2026 09:00, before it was written (3 Mar 2026 09:01)",
    ),
    "signed some minutes before": (document(1, PN, "x", signed_at=datetime(2026, 3, 3, 8, 30)), ""),
    "of a day without time": (document(1, PN, "x", at=datetime(2026, 3, 3), day_only=True, signed_at=datetime(2026, 3, 3, 1)), ""),
    "dictated after it was signed": (
        document(1, OP, "Dictated: 03/05/2026 10:00", signed_at=datetime(2026, 3, 4, 9)), "was dictated 5 Mar 2026 10:00, after it was signed",
    ),
    "dictated before": (document(1, OP, "Dictated: 03/03/2026 10:00", signed_at=datetime(2026, 3, 4, 9)), ""),
    "the dates of the stay": (document(1, DS, SUMMARY.format("03/02/2026", "March 6, 2026")), ""),
    "admitted before midnight": (document(1, DS, SUMMARY.format("03/01/2026", "2026-03-06")), ""),
    "another admission": (document(1, DS, SUMMARY.format("02/12/2026", "03/06/2026")), "gives 02/12/2026 as the day of admission"),
    "another discharge": (document(1, DS, SUMMARY.format("03/02/2026", "03/16/2026")), "gives 03/16/2026 as the day of discharge"),
    "day before month": (document(1, DS, SUMMARY.format("2/3/2026", "6/3/2026")), ""),
    "no date at all": (document(1, DS, SUMMARY.format("unknown", "unknown")), ""),
    "operated before the stay": (document(1, OP, "DATE OF PROCEDURE:\n01/15/2026"), "dates the procedure 01/15/2026, outside the stay"),
    "operated in the stay": (document(1, OP, "DATE OF PROCEDURE: 03/03/2026"), ""),
    "another age": (document(1, HP, "HISTORY:\nMs. Rowe is a 46-year-old woman."), "gives the age 46; the patient was 64"),
    "a year off": (document(1, HP, "HISTORY:\nMs. Rowe is a 65-year-old woman."), ""),
    "somebody else's age": (document(1, HP, "HISTORY:\nHer brother, a 46-year-old man, came along."), ""),
}  # fmt: skip


@pytest.mark.parametrize("case", DATES)
def test_dates(case):
    one, told = DATES[case]
    findings = found(Kind.DATES, documents=(one,))
    assert len(findings) == bool(told)
    assert not told or told in findings[0].sentence


@pytest.mark.parametrize(("day", "expected"), [(date(2026, 3, 3), False), (date(2026, 2, 28), False), (date(2026, 2, 1), True), (date(2026, 3, 7), True)])  # fmt: skip
def test_the_day_of_a_coded_procedure(day, expected):
    assert bool(found(Kind.DATES, codes=(code(1, "0SR90JZ", "Replacement", procedure=True, on=day),))) is expected


PNEUMONIA = (DS, "DISCHARGE DIAGNOSES:\n1. Pneumonia, right lower lobe\n\nHOSPITAL COURSE:\nImproved.")
# (notes before a summary that diagnoses pneumonia; whether they contradict it)
DIAGNOSES = {
    "never spoken of": ([(PN, "ASSESSMENT:\nCough.")], False),
    "negated": ([(PN, "ASSESSMENT:\nNo pneumonia.")], True),
    "negated, then asserted": ([(HP, "ASSESSMENT:\nNo pneumonia."), (PN, "ASSESSMENT:\nPneumonia, on ceftriaxone.")], False),
    "asserted, then gone": ([(HP, "ASSESSMENT:\nPneumonia."), (PN, "ASSESSMENT:\nNo pneumonia on today's film.")], False),
    "asserted, then ruled out": ([(HP, "ASSESSMENT:\nPneumonia."), (PN, "ASSESSMENT:\nPneumonia was ruled out by CT.")], True),
    "possible, then ruled out": ([(HP, "ASSESSMENT:\nPossible pneumonia."), (PN, "ASSESSMENT:\nPneumonia ruled out.")], True),
    "ruled out, then possible again": (
        [(HP, "ASSESSMENT:\nPneumonia ruled out."), (PN, "ASSESSMENT:\nPossible pneumonia.")],
        False,
    ),
    "only one kind of it": ([(PN, "ASSESSMENT:\nNo bacterial pneumonia.")], False),
    "only on one side": ([(PN, "ASSESSMENT:\nNo pneumonia on the left.")], False),
    "no further": ([(PN, "ASSESSMENT:\nNo further pneumonia.")], False),
    "in the family": ([(HP, "FAMILY HISTORY:\nNo pneumonia.")], False),
    "examined": ([(HP, "REVIEW OF SYSTEMS:\nNo pneumonia.")], False),
    "in the summary's own course": ([(DS, "HOSPITAL COURSE:\nPneumonia was excluded.")], True),
}


@pytest.mark.parametrize("case", DIAGNOSES)
def test_diagnoses_that_the_notes_negate(case):
    said, contradicts = DIAGNOSES[case]
    findings = found(Kind.DIAGNOSES, documents=notes(*said, PNEUMONIA))
    assert bool(findings) is contradicts
    if contradicts:
        assert findings[0].evidence[1].quote == "Pneumonia, right lower lobe"


@pytest.mark.parametrize(
    ("value", "title", "contradicts"),
    [
        ("I2699", "Other pulmonary embolism without acute cor pulmonale", True), ("Z86711", "Personal history of pulmonary embolism", False),
        ("J189", "Pneumonia, unspecified organism", False),
    ],
)  # fmt: skip
def test_ruled_out_then_coded(value, title, contradicts):
    said = notes((ED, "COURSE:\nPulmonary embolism was ruled out by CT angiography."))
    assert bool(found(Kind.DIAGNOSES, documents=said, codes=(code(1, value, title),))) is contradicts


LONG = (
    "She reports nine days of burning behind the breastbone that wakes her before dawn and eases when she walks about the kitchen with a glass of "
    "milk, and that first came on after the long drive home from her niece in Ohio, where she had eaten little but crackers; she has since lost "
    "four pounds, stopped her evening tea, and sleeps propped on three pillows beside an open window."
)
OWN = "Walks the ward alone this morning and asks for her own clothes."


def copied(first, second, *, elsewhere=0, **more):
    earlier = document(1, more.pop("code", PN), first, day=3)
    later = document(2, more.pop("as_code", PN), second, day=4, author="Vale, Noor")
    return found(Kind.COPIED, documents=(earlier, later), elsewhere=lambda passage: elsewhere, **more)


def test_copied_text_names_its_source_and_both_places():
    (finding,) = copied(f"SUBJECTIVE:\n{LONG}", f"SUBJECTIVE:\n{LONG} {OWN}")
    assert "of “Progress note” stands word for word in “Progress note” of 3 Mar 2026, by Stone, Ada" in finding.sentence
    later, source = finding.evidence
    assert (later.entry_id.int, source.entry_id.int) == (2, 1)
    assert later.quote == source.quote == LONG[:200].strip()
    assert f"SUBJECTIVE:\n{LONG} {OWN}"[later.start : later.end] == LONG.rstrip(".")


@pytest.mark.parametrize(
    ("first", "second", "more"),
    [
        (f"SUBJECTIVE:\n{LONG}", f"SUBJECTIVE:\n{OWN}", {}),
        (f"SUBJECTIVE:\n{LONG}", f"SUBJECTIVE:\n{' '.join(LONG.split()[:40])} {OWN}", {}),  # too short a run
        (f"SUBJECTIVE:\n{LONG}", f"SUBJECTIVE:\n{LONG} {'Another word of her own today. ' * 60}", {}),  # too small a share
        (f"PAST MEDICAL HISTORY:\n{LONG}", f"PAST MEDICAL HISTORY:\n{LONG}", {}),
        (f"SUBJECTIVE:\n{LONG}", f"SUBJECTIVE:\n{LONG}", {"elsewhere": 3}),  # a template
        (f"SUBJECTIVE:\n{LONG}", f"SUBJECTIVE:\n{LONG}", {"as_code": DS}),  # a summary restates
    ],
)
def test_what_is_no_copy(first, second, more):
    assert copied(first, second, **more) == []


def test_the_same_note_sent_twice_is_no_copy():
    twice = tuple(document(number, PN, f"SUBJECTIVE:\n{LONG}", at=datetime(2026, 3, 3, 9)) for number in (1, 2))
    assert found(Kind.COPIED, documents=twice) == []


def test_text_of_an_earlier_stay_is_a_source():
    earlier = document(1, HP, f"HISTORY OF PRESENT ILLNESS:\n{LONG}", at=datetime(2025, 11, 1, 9))
    later = document(2, HP, f"HISTORY OF PRESENT ILLNESS:\n{LONG}")
    assert "of 1 Nov 2025" in found(Kind.COPIED, documents=(later,), earlier=(earlier,))[0].sentence


def test_each_line_of_a_copy_has_its_source_beside_it():
    words = " ".join(f"word{number}" for number in range(20))
    pairs = side_by_side(f"HISTORY:\n{words}. Came alone.", f"SUBJECTIVE:\nToday {words} again.\n\nWalks.")
    shown = [
        (
            one.kind,
            [piece.text for piece in one.newer],
            [piece.text for piece in one.older],
            [piece.changed for piece in one.newer],
        )
        for one in pairs
    ]
    assert shown == [
        ("own", ["SUBJECTIVE:"], [], [False]), ("copied", ["Today ", words, " again."], [words], [False, True, False]), ("own", ["Walks."], [], [False]),
    ]  # fmt: skip


XR = ("30745-4", "XR Chest Views")
# (result, note, whether the result is found unmentioned)
RESULTS = {
    "a culture nobody mentions": (result(1, "600-7", "Blood culture", "Escherichia coli, 2 of 2 bottles"), "Improving.", True),
    "mentioned in short": (
        result(1, "600-7", "Blood culture", "Escherichia coli, 2 of 2 bottles"),
        "E. coli bacteremia.",
        False,
    ),
    "no growth": (result(1, "600-7", "Blood culture", "No growth after 5 days."), "Improving.", False),
    "an organism no table names": (result(1, "600-7", "Blood culture", "Cutibacterium acnes"), "Improving.", False),
    "a critical value nobody mentions": (result(1, "2823-3", "Potassium", "6.8 mmol/L", flag="HH"), "Improving.", True),
    "mentioned as a diagnosis": (result(1, "2823-3", "Potassium", "6.8 mmol/L", flag="HH"), "Hyperkalemia treated.", False),
    "high, not critical": (result(1, "2823-3", "Potassium", "5.3 mmol/L", flag="H"), "Improving.", False),
    "a pneumonia nobody mentions": (result(1, *XR, text="IMPRESSION: Right lower lobe pneumonia."), "Fell at home.", True),
    "a fracture nobody mentions": (result(1, *XR, text="Impression:\n1. Fracture of the eighth rib."), "Cough.", True),
    "mentioned, if only to deny it": (result(1, *XR, text="IMPRESSION: Right lower lobe pneumonia."), "No pneumonia.", False),
    "denied by the report": (result(1, *XR, text="IMPRESSION: No pneumonia."), "Fell at home.", False),
    "possible in the report": (result(1, *XR, text="IMPRESSION: Possible pneumonia."), "Fell at home.", False),
    "old in the report": (result(1, *XR, text="IMPRESSION: Old rib fracture."), "Cough.", False),
    "why it was done": (result(1, *XR, text="INDICATION: Pneumonia.\nIMPRESSION: Normal."), "Cough.", False),
}


@pytest.mark.parametrize("case", RESULTS)
def test_results_that_no_note_mentions(case):
    one, text, expected = RESULTS[case]
    assert bool(found(Kind.RESULTS, documents=notes((PN, f"ASSESSMENT:\n{text}")), results=(one,))) is expected


def test_without_a_note_nothing_is_unmentioned():
    assert found(Kind.RESULTS, documents=(), results=(RESULTS["a critical value nobody mentions"][0],)) == []


def test_a_consultation_mentions_too():
    one = RESULTS["a critical value nobody mentions"][0]
    assert found(Kind.RESULTS, documents=notes((CONSULT, "IMPRESSION:\nHyperkalemia.")), results=(one,)) == []


def test_every_check_has_its_shipped_rule_and_a_rule_that_cannot_be_read_is_named():
    assert [one.kind for one in shipped().checks] == sorted(Kind)
    assert shipped().broken == ()
    wrong = [
        RuleInForce(name, 1, "T", "S", "C", "house policy", False, date(2024, 1, 1), parameters)
        for name, parameters in (("qualitative.dates", {"days_befor": 3}), ("qualitative.mood", {}))
    ]
    rules = compile_rules(wrong)
    assert rules.checks == ()
    assert [one for one, _ in rules.broken] == ["qualitative.dates", "qualitative.mood"]
