"""Small files in the layouts CDC and CMS publish code systems in, of codes we made up or that everybody knows."""

from __future__ import annotations

from muniment.terminology.official import Recognised, recognise


def order_line(number: int, code: str, title: str, *, billable: bool = True) -> str:
    return f"{number:05d} {code:<7} {int(billable)} {title[:60]:<60} {title}"


CM_ORDER = "\n".join([
    order_line(1, "I50", "Heart failure", billable=False),
    order_line(2, "I502", "Systolic (congestive) heart failure", billable=False),
    *(order_line(3 + place, f"I502{place}", f"Systolic heart failure, form {place}") for place in range(4)),
    order_line(7, "I509", "Heart failure, unspecified"),
    order_line(8, "I5099", "Heart failure of a new kind"),
]) + "\n"  # fmt: skip
PCS_ORDER = "\n".join([
    order_line(1, "0DT", "Gastrointestinal System, Resection", billable=False),
    order_line(2, "0DTJ4ZZ", "Resection of Appendix, Percutaneous Endoscopic Approach"),
]) + "\n"  # fmt: skip
CM_CODES = "I5020   Systolic heart failure, form 0\nI509    Heart failure, unspecified\n"
EXEMPT = "Order\tPOAexemptCode\tDescription\n1\tI50.9\tHeart failure\n" + "".join(f"{n}\tZ99.{n}\tx\n" for n in range(5001))
TABLE_5 = (
    "TABLE 5.—LIST OF MS-DRGs, FY 2026 FINAL RULE\n"
    "MS-DRG\tFY 2026 Final Post-Acute DRG\tFY 2026 Final Special Pay DRG\tMDC\tTYPE\tMS-DRG Title\tWeights\tGeometric mean LOS\tArithmetic mean LOS\n"
    "291\tYes\tYes\t05\tMED\tHEART FAILURE AND SHOCK WITH MCC\t1.2000\t3.9\t5.0\n"
    "998\tNo\tNo\t\t**\tPRINCIPAL DIAGNOSIS INVALID AS DISCHARGE DIAGNOSIS\t*\t*\t*\n"
)
TABULAR = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular><version>{year}</version><title>made for a test</title>
<chapter><name>9</name><desc>Diseases of the circulatory system (I00-I99)</desc>
<section id="I30-I5A"><desc>Other forms of heart disease (I30-I5A)</desc>
<diag><name>I50</name><desc>Heart failure</desc><codeFirst><note>what it is due to</note></codeFirst>
<diag><name>I50.2</name><desc>Systolic (congestive) heart failure</desc>
<diag><name>I50.20</name><desc>Unspecified systolic heart failure</desc></diag></diag>
<diag><name>I50.9</name><desc>Heart failure, unspecified</desc></diag></diag>
</section></chapter></ICD10CM.tabular>
"""


def recognised(name: str, text: str) -> Recognised:
    found = recognise(name, text.encode())
    assert isinstance(found, Recognised), found
    return found
