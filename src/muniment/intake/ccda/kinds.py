"""What kind of document it is: C-CDA's document templates and the code's own name."""

from __future__ import annotations

from muniment.intake.ccda.tree import Element, attr, kid, kids, words

_D = "2.16.840.1.113883.10.20.22.1."
TEMPLATES = {
    _D + "2": "Continuity of Care Document",
    _D + "3": "History and Physical",
    _D + "4": "Consultation Note",
    _D + "5": "Diagnostic Imaging Report",
    _D + "6": "Procedure Note",
    _D + "7": "Operative Note",
    _D + "8": "Discharge Summary",
    _D + "9": "Progress Note",
    _D + "10": "Unstructured Document",
    _D + "13": "Transfer Summary",
    _D + "14": "Referral Note",
    _D + "15": "Care Plan",
}
LOINC = {
    "34133-9": "Continuity of Care Document",
    "18842-5": "Discharge Summary",
    "11488-4": "Consultation Note",
    "34117-2": "History and Physical",
    "11504-8": "Operative Note",
    "28570-0": "Procedure Note",
    "11506-3": "Progress Note",
    "18748-4": "Diagnostic Imaging Report",
    "57133-1": "Referral Note",
    "18761-7": "Transfer Summary",
    "52521-2": "Care Plan",
}


def kind(root: Element) -> str:
    """``C-CDA 2.1 Discharge Summary``, ``C-CDA 1.1 …``, or ``CDA …`` for a document outside C-CDA."""
    code = kid(root, "code")
    found = {
        attr(each, "root"): attr(each, "extension") for each in kids(root, "templateId") if attr(each, "root").startswith(_D)
    }
    name = next((TEMPLATES[each] for each in found if each in TEMPLATES), "") or LOINC.get(attr(code, "code"), "")
    name = name or attr(code, "displayName") or words(kid(root, "title")) or "document"
    return f"C-CDA {_version(max(found.values()))} {name}" if found else f"CDA {name}"


def _version(extension: str) -> str:
    """The release a template version belongs to; R1.1 had no extensions, R2.0 was of June 2014, R3.0 of May 2024."""
    if not extension:
        return "1.1"
    if extension < "2015":
        return "2.0"
    return "2.1" if extension < "2024-05" else "3.0"
