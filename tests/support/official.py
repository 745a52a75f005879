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

INDEX_CSV = """RowID,Letter,Level,Term,See,SeeAlso,NonEssModif,Code
1,F,0,Failure,,,,
2,F,1,heart,,,(acute) (sudden),I50.9
3,F,2,systolic,,,(left ventricular),I50.2-
4,F,3,acute on chronic,,,,I50.23
5,F,2,with decompensation, category,,,I50
6,F,2,of a new kind,,,,I99.99
7,H,0,"Heart",,condition,,
8,H,0,Hypertension,,"Failure, heart",,I10
9,W,0,Weakness,"Failure, heart NEC",,,
10,W,1,of heart,"Failure, heart, of the moon",,,
11,W,1,,,,(nameless),I10
"""
INDEX = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.index><version>{year}</version><title>ICD-10-CM INDEX TO DISEASES and INJURIES</title>
<letter><title>D</title><mainTerm><title>Diabetes, diabetic<nemod>(mellitus)</nemod></title><code>E11.9</code>
<term level="1"><title>with</title><term level="2"><title>heart failure</title><code>E11.9</code><manif>[I50.9]</manif></term>
<term level="2"><title>hypertension</title><code>E11.9</code><manif>I50.2</manif></term></term></mainTerm></letter></ICD10CM.index>
"""
CAUSES = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.index><version>{year}</version><title>ICD-10-CM EXTERNAL CAUSE of INJURIES INDEX</title>
<letter><title>F</title><mainTerm><title>Fall, falling<nemod>(accidental)</nemod></title><code>W19</code>
<term level="1"><title>same level</title><seecat>W18</seecat></term><term level="1"><title>lightning</title><subcat>T75.0</subcat></term></mainTerm></letter>
</ICD10CM.index>
"""
_COLUMNS = "".join(f'<head col="{n}">{{{n}}}</head>' for n in range(1, 4))
_TABLE = '<?xml version="1.0"?>\n<ICD10CM.index><version>2026</version><indexHeading>{heads}</indexHeading><letter><title>N</title>{terms}</letter></ICD10CM.index>'
NEOPLASMS = _TABLE.format(
    heads=_COLUMNS.replace("{1}", "Neoplasm").replace("{2}", "Malignant Primary").replace("{3}", "Benign"),
    terms='<mainTerm><title>Neoplasm, neoplastic</title><cell col="2">I50.9</cell><cell col="3">-</cell>'
    '<term level="1"><title>heart</title><cell col="2">I50.2-</cell><cell col="3">I10</cell></term></mainTerm>',
)
DRUGS = _TABLE.format(
    heads=_COLUMNS.replace("{1}", "Substance").replace("{2}", "Adverse effect").replace("{3}", "Underdosing"),
    terms='<mainTerm><title>Aspirin</title><cell col="2">W19</cell><cell col="3">--</cell></mainTerm>',
)


def recognised(name: str, text: str) -> Recognised:
    found = recognise(name, text.encode())
    assert isinstance(found, Recognised), found
    return found
