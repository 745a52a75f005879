"""What stands in the way of a final-coded stay: the Medicare Code Editor's edits and our own. Pure.

Terminology comes in through a protocol, the editor likewise, so that the rules can be read and tested by themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Protocol

from muniment.coding.conventions import CONVENTIONS, seventh_character
from muniment.coding.findings import GUIDELINES as _GUIDELINES
from muniment.coding.findings import CodeFacts, Edit, Severity, Terms, excluded_by
from muniment.coding.grouping import OLDEST
from muniment.coding.mce import Tripped
from muniment.coding.rules import POA, Claim, Diagnosis, POAReporting, Sex
from muniment.kernel.codes import dotted


class Editor(Protocol):
    """A Medicare Code Editor that names codes."""

    def edit(self, claim: Claim) -> Sequence[Tripped]: ...


_MCE = "CMS Definitions of Medicare Code Edits, edit {}"
_STAY = "42 CFR 412.2(c)(5), the three-day payment window"
VENTILATION_OVER_96_HOURS = "5A1955Z"
_VENTILATION_DAYS = 4
_WINDOW = timedelta(days=3)

_C, _E, _W, _I = Severity.CRITICAL, Severity.ERROR, Severity.WARNING, Severity.INFORMATION
MCE_EDITS: dict[str, tuple[str, Severity, str]] = {
    "INVALID_CODE": ("1", _E, "{codes}: not valid on the discharge date. Choose the code that was in force then."),
    "INVALID_ADMIT_DX": ("1", _E, "The admitting diagnosis is not valid on the discharge date. Choose one that is."),
    "E_CODE_AS_PDX": ("2", _C, "{codes} is an external cause; it can't be principal. Put the injury or condition first."),
    "DUPLICATE_OF_PDX": ("3", _E, "{codes} repeats the principal diagnosis. Remove it from the secondary diagnoses."),
    "AGE_CONFLICT": ("4", _E, "{codes}: does not go with the patient’s age. Check the age and the code."),
    "SEX_CONFLICT": ("5", _E, "{codes}: does not go with the patient’s sex. Check the sex and the code."),
    "MANIFESTATION_AS_PDX": ("6", _C, "{codes} is a manifestation; its cause comes first. Make that the principal."),
    "NONSPECIFIC_PDX": ("7", _W, "{codes} as principal says little. Look for a more specific diagnosis."),
    "QUESTIONABLE_ADMISSION": ("8", _W, "{codes} alone seldom needs an inpatient stay. Check the reason for admission."),
    "QUESTIONABLE_OBSTETRIC_ADMISSION": ("8", _W, "{codes}: a delivery not fully described. Add outcome and delivery codes."),
    "UNACCEPTABLE_PDX": ("9", _C, "{codes} can't be the principal diagnosis. Put the condition that led to the stay first."),
    "REQUIRES_SDX": ("9", _E, "{codes} as principal needs a secondary diagnosis. Add what it refers to."),
    "NONSPECIFIC_OR": ("10", _W, "{codes} says little about the operation. Look for a more specific code."),
    "NON_COVERED": ("11", _W, "{codes}: Medicare does not cover this procedure here. Check before billing."),
    "OPEN_BIOPSY": ("12", _I, "{codes}: an open biopsy. Check that the approach was open."),
    "BILATERAL": ("13", _W, "{codes}: bilateral replacement. Check that both sides were done in this stay."),
    "INVALID_AGE": ("14", _C, "The age is impossible. Correct the date of birth or of admission."),
    "INVALID_SEX": ("15", _C, "The sex is missing or unknown. Correct it in the registration."),
    "INVALID_DISCHARGE_STATUS": ("16", _C, "The discharge status is not a valid code. Choose one."),
    "WRONG_PROCEDURE_PERFORMED": ("18", _C, "{codes}: a wrong procedure, site or patient. Tell the supervisor."),
    "UNSPECIFIED": ("20", _W, "{codes}: the side is unspecified, yet each side has a code. Look in the record."),
}  # fmt: skip
_LIMITED = ("17", _W, "{codes}: covered by Medicare only under conditions. Check that they are met.")
_OTHER = ("", _W, "{codes}: the code editor reports “{name}”. Check the code.")


def find_edits(claim: Claim, terms: Terms, editor: Editor | None) -> tuple[Edit, ...]:
    """Every edit of a claim, the gravest first. ``editor`` None leaves the Medicare Code Editor out."""
    own = [edit for check in CHECKS for edit in check(claim, terms)]
    named = {code for edit in own if edit.number in ("H02", "H03", "H13") for code in edit.codes}
    tripped = editor.edit(claim) if editor and claim.principal and not _impossible_age(claim) else ()
    editors = [edit for item in tripped if (edit := _from_editor(item, named))]
    return gravest_first((*own, *editors))


def gravest_first(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    order = list(Severity)
    return tuple(sorted(edits, key=lambda edit: (order.index(edit.severity), edit.number)))


def blocking(edits: Iterable[Edit]) -> bool:
    """Whether any of them stops the final coding."""
    return any(edit.severity in (Severity.CRITICAL, Severity.ERROR) for edit in edits)


def _from_editor(item: Tripped, already_named: set[str]) -> Edit | None:
    """An editor's finding in words; None where ours says the same of the same codes, better."""
    if item.name == "INVALID_CODE" and item.codes and set(item.codes) <= already_named:
        return None
    limited = item.name.startswith("LIMITED_COVERAGE")
    number, severity, sentence = _LIMITED if limited else MCE_EDITS.get(item.name, _OTHER)
    said = sentence.format(codes=_written(item.codes) or "A code", name=item.name.replace("_", " ").lower())
    return Edit(f"MCE {number}".strip(), severity, said, item.codes, _MCE.format(number or item.name))


def _written(codes: Iterable[str]) -> str:
    return ", ".join(code if len(code) == 7 and not code[0].isalpha() else dotted(code) for code in codes)


def _principal_present(claim: Claim, terms: Terms) -> Iterator[Edit]:
    if claim.principal is None:
        sentence = "There is no principal diagnosis. Choose the condition that, after study, occasioned the admission."
        yield Edit("H01", _C, sentence, (), _GUIDELINES.format("Section II"))


def _diagnoses_valid(claim: Claim, terms: Terms) -> Iterator[Edit]:
    for diagnosis in _once(claim.diagnoses):
        facts = terms.diagnosis(diagnosis.code.value)
        if (facts is None or not facts.billable) and (better := seventh_character(diagnosis.code.value, terms)):
            yield better
            continue
        yield from _validity(diagnosis.code.value, diagnosis.code.dotted, facts, claim, "ICD-10-CM")


def _procedures_valid(claim: Claim, terms: Terms) -> Iterator[Edit]:
    for code in dict.fromkeys(procedure.code.value for procedure in claim.procedures):
        yield from _validity(code, code, terms.procedure(code), claim, "ICD-10-PCS")


def _validity(code: str, written: str, facts: CodeFacts | None, claim: Claim, system: str) -> Iterator[Edit]:
    day = f"{claim.discharged.day} {claim.discharged:%B %Y}"
    citation = f"{facts.release if facts and facts.release else system}; 45 CFR 162.1002"
    if facts is None:
        yield Edit("H02", _E, f"{written} is not in {system}. Search for the code that is meant.", (code,), citation)
    elif not facts.billable:
        yield Edit("H03", _E, f"{written} is a heading, not a code. Choose a more specific code below it.", (code,), citation)
    elif not facts.valid:
        yield Edit("H02", _E, f"{written} is not valid on {day}. Choose the code that was in force then.", (code,), citation)


def _once(diagnoses: Iterable[Diagnosis]) -> list[Diagnosis]:
    return list({diagnosis.code: diagnosis for diagnosis in diagnoses}.values())


def _poa_given(claim: Claim, terms: Terms) -> Iterator[Edit]:
    if claim.poa_reporting is POAReporting.EXEMPT:
        return
    citation = _GUIDELINES.format("Appendix I")
    for diagnosis in claim.diagnoses:
        facts = terms.diagnosis(diagnosis.code.value)
        exempt = facts.poa_exempt if facts else None
        written, codes = diagnosis.code.dotted, (diagnosis.code.value,)
        if diagnosis.poa is POA.NONE and not exempt:
            yield Edit("H04", _E, f"{written} has no present-on-admission indicator. Choose Y, N, U or W.", codes, citation)
        if diagnosis.poa not in (POA.NONE, POA.EXEMPT) and exempt:
            yield Edit("H20", _W, f"{written} is exempt from POA reporting. Leave its indicator empty.", codes, citation)
        if diagnosis.poa is POA.EXEMPT and exempt is False:
            yield Edit("H05", _E, f"{written} is not exempt from POA reporting. Choose Y, N, U or W.", codes, citation)


def _no_duplicates(claim: Claim, terms: Terms) -> Iterator[Edit]:
    counts = Counter(diagnosis.code for diagnosis in claim.secondary)
    citation = _GUIDELINES.format("Section I.B.12")
    for code in (code for code, times in counts.items() if times > 1):
        yield Edit("H06", _E, f"{code.dotted} is there more than once. Keep one.", (code.value,), citation)


def _excludes1(claim: Claim, terms: Terms) -> Iterator[Edit]:
    citation = _GUIDELINES.format("Section I.A.12.a")
    seen: set[frozenset[str]] = set()
    for diagnosis in _once(claim.diagnoses):
        facts = terms.diagnosis(diagnosis.code.value)
        for heading, note in facts.excludes1 if facts else ():
            for other in _once(claim.diagnoses):
                pair = frozenset((diagnosis.code.value, other.code.value))
                if len(pair) == 2 and pair not in seen and excluded_by(note, other.code.value):
                    seen.add(pair)
                    yield Edit("H07", _W, _excludes_sentence(diagnosis, heading, note, other), tuple(sorted(pair)), citation)


def _excludes_sentence(diagnosis: Diagnosis, heading: str, note: str, other: Diagnosis) -> str:
    return (
        f"{diagnosis.code.dotted} and {other.code.dotted} exclude each other (note at {dotted(heading)}: “{note}”). "
        "Keep one, unless the two conditions are unrelated."
    )


def _stay_dates(claim: Claim, terms: Terms) -> Iterator[Edit]:
    if claim.admitted and claim.discharged < claim.admitted:
        yield Edit("H08", _C, "The discharge is before the admission. Correct the dates of the stay.", (), "UB-04 FL 6, 12")
    if _impossible_age(claim):
        age = "The age is unknown" if claim.age < 0 else f"An age of {claim.age} is impossible"
        yield Edit("H09", _C, f"{age}. Correct the date of birth in the registration.", (), _MCE.format("14"))


def _sex_known(claim: Claim, terms: Terms) -> Iterator[Edit]:
    """CMS's editor takes unknown (2) for valid, yet no sex-dependent edit or DRG can then be judged."""
    if claim.sex is Sex.UNKNOWN:
        yield Edit(
            "H12",
            _W,
            "The sex is unknown; what depends on it was not checked. Look it up.",
            (),
            "UB-04 FL 11",
        )


def _impossible_age(claim: Claim) -> bool:
    return not 0 <= claim.age <= OLDEST


def _procedure_dates(claim: Claim, terms: Terms) -> Iterator[Edit]:
    for procedure in claim.procedures:
        written, codes = procedure.code.value, (procedure.code.value,)
        if procedure.on is None:
            yield Edit("H10", _E, f"{written} has no date. Enter the day it was done.", codes, "UB-04 FL 74; UHDDS")
        elif procedure.on > claim.discharged or (claim.admitted and procedure.on < claim.admitted - _WINDOW):
            yield Edit("H11", _E, f"{written} is dated outside the stay. Check the date.", codes, _STAY)


def _ventilation_fits_stay(claim: Claim, terms: Terms) -> Iterator[Edit]:
    """MCE edit 19: more than 96 consecutive hours of ventilation can't be in a stay of less than four days."""
    coded = any(procedure.code.value == VENTILATION_OVER_96_HOURS for procedure in claim.procedures)
    stay = claim.length_of_stay
    if coded and stay is not None and stay < _VENTILATION_DAYS:
        days = "1 day" if stay == 1 else f"{stay} days"
        sentence = f"{VENTILATION_OVER_96_HOURS} means over 96 hours of ventilation, but the stay was {days}. Check the hours."
        yield Edit("MCE 19", _E, sentence, (VENTILATION_OVER_96_HOURS,), _MCE.format("19"))


CHECKS: tuple[Callable[[Claim, Terms], Iterator[Edit]], ...] = (
    _principal_present,
    _diagnoses_valid,
    _procedures_valid,
    _poa_given,
    _no_duplicates,
    _excludes1,
    _stay_dates,
    _sex_known,
    _procedure_dates,
    _ventilation_fits_stay,
    *CONVENTIONS,
)
