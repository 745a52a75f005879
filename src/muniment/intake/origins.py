"""Whose record is it? Our own, or another's that stays apart until it is accepted (ADR 0024)."""

from __future__ import annotations

from typing import Any

from muniment.intake.directory import Directory
from muniment.intake.submission import Submission
from muniment.kernel.errors import Unfileable

UNNAMED = "an organisation it does not name"


def origin_of(submission: Submission, directory: Directory, brought: str) -> str:
    """Whose record a submission is; "" for our own. ``brought``: whose its channel brings, where that was said.

    Else a document's custodian decides (CDA R2 4.2.2.3, FHIR Composition.custodian): who keeps it, not who sent it. Raises
    Unfileable for an HL7 v2 message of another organisation: it moves stays, and theirs are not ours.
    """
    if brought and submission.format == "hl7v2":
        raise Unfileable(
            "An HL7 v2 message tells of stays here; this channel brings the records of others.",
            where="channel", remedy="Ask the sender for documents, or file it over a channel of our own.",
        )  # fmt: skip
    if brought:
        return brought
    kept_by = _custodian(submission)
    if kept_by is None:
        return ""
    roots, name = kept_by
    return "" if directory.is_ours(roots, name) else name or " ".join(roots) or UNNAMED


def _custodian(submission: Submission) -> tuple[list[str], str] | None:
    """(who assigned its identifiers, name) of who keeps a document; None where it is no document, or FHIR that does not say.

    The metadata of an XDM package name its author's institution, which stands for the custodian.
    """
    if submission.format in ("ccda", "xdm"):
        return submission.extra.get("custodian_roots", "").split(), submission.extra.get("custodian", "")
    if submission.kind != "Bundle/document":
        return None
    resources = {draft.key: draft.resource for draft in submission.drafts}
    found = next((one for one in resources.values() if one["resourceType"] == "Composition"), {}).get("custodian")
    if not isinstance(found, dict):
        return None
    named: dict[str, Any] = resources.get(str(found.get("reference", "")).removeprefix("draft:"), {})
    identifier: dict[str, Any] = found.get("identifier") or next(iter(named.get("identifier") or ()), {})
    roots = [str(one) for one in (identifier.get("system"), identifier.get("value")) if one]
    return roots, str(named.get("name") or found.get("display") or "")
