"""Opening an input: a resource, a bundle or lines of NDJSON become a parcel of valid resources and a list of problems."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from muniment.kernel.errors import Problem, Unfileable, Unreadable
from muniment.kernel.fhir import canonical
from muniment.kernel.fhir.structure import Issue, validate
from muniment.kernel.moments import Moment

ALL_OR_NOTHING = frozenset(["transaction", "document", "message"])
_TYPES = ALL_OR_NOTHING | {"batch", "collection", "searchset", "history"}  # of those FHIR R4 has, the ones that carry records
_WRITES = frozenset(["POST", "PUT"])
_SHOWN_ISSUES = 3
_RESEND = "Correct it and send it again."


@dataclass(slots=True)
class Item:
    """A valid resource and what its source calls it. ``references`` are the Reference elements anywhere in it."""

    where: str
    key: str
    full_url: str
    resource: dict[str, Any]
    references: list[dict[str, Any]]


@dataclass(slots=True)
class Parcel:
    kind: str
    control_id: str = ""
    sent_at: Moment | None = None
    items: list[Item] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    is_document: bool = False


def open_unit(data: bytes) -> Iterator[Parcel]:
    """The parcel of one JSON text. Raises Problem when it, or a bundle that stands or falls as a whole, can't be filed."""
    value = canonical.decode(data)
    if not isinstance(value, dict):
        raise Unreadable("The JSON is not a FHIR resource.", remedy="Send a FHIR R4 resource, bundle or NDJSON.")
    if value.get("resourceType") == "Bundle":
        yield open_bundle(value)
    else:
        yield Parcel(kind=str(value.get("resourceType"))[:64], items=[_item(value, "", "")])


def open_lines(data: bytes, first: int) -> Iterator[Parcel]:
    """The resources of NDJSON lines in one parcel, each bundle among them in its own. ``first`` is the first line's number."""
    parcel = Parcel(kind="NDJSON")
    for number, line in enumerate(data.split(b"\n"), first):
        if not line.strip():
            continue
        try:
            for one in open_unit(line):
                if one.kind.startswith("Bundle/"):
                    yield one
                else:
                    parcel.items += [Item(f"line {number}", item.key, "", item.resource, item.references) for item in one.items]
        except Problem as problem:
            parcel.problems.append(_placed(problem, f"line {number}"))
    yield parcel


def open_bundle(bundle: dict[str, Any]) -> Parcel:
    """The parcel of a Bundle (FHIR R4 §2.36, §3.1.0.11). Raises Problem for one that must be filed whole and can't be."""
    shell = {name: value for name, value in bundle.items() if name != "entry" or not isinstance(value, list)}
    _refuse(validate(shell), "The bundle", "")
    kind = bundle["type"]
    if kind not in _TYPES:
        raise Unfileable(
            "A bundle of this type carries nothing for the record.",
            where="Bundle.type",
            remedy="Send a transaction, batch, collection, document, message, searchset or history bundle.",
        )
    parcel = Parcel(
        kind=f"Bundle/{kind}",
        control_id=(bundle.get("identifier") or {}).get("value") or bundle.get("id", ""),
        sent_at=Moment.from_fhir(bundle["timestamp"]) if "timestamp" in bundle else None,
        is_document=kind == "document",
    )
    entries = enumerate(bundle.get("entry", ()), 1)
    for number, entry in reversed(list(entries)) if kind == "history" else entries:  # history comes newest first
        try:
            parcel.items += _entry_items(entry, kind, f"entry {number}")
        except Problem as problem:
            parcel.problems.append(problem)
    if parcel.problems and kind in ALL_OR_NOTHING:
        raise whole_refused(parcel)
    return parcel


def whole_refused(parcel: Parcel) -> Problem:
    """One problem in place of many, for a bundle that is filed whole or not at all (FHIR R4 §3.1.0.11.2)."""
    first = parcel.problems[0]
    more = len(parcel.problems) - 1
    others = f" {more} more {'entry has' if more == 1 else 'entries have'} problems." if more else ""
    kind = parcel.kind.removeprefix("Bundle/")
    return Unfileable(
        f"Nothing of the {kind} was filed, because it must be filed as a whole: {first.what}{others}",
        where=first.where,
        remedy=first.remedy,
    )


def _entry_items(entry: Any, kind: str, where: str) -> Iterator[Item]:
    shell = {name: value for name, value in entry.items() if name != "resource"} if isinstance(entry, dict) else entry
    if shell or not isinstance(entry, dict) or not entry:
        _refuse(validate({"resourceType": "Bundle", "type": "batch", "entry": [shell]}), "The entry", where)
    method = (entry.get("request") or {}).get("method", "PUT")
    if kind in ("transaction", "batch", "history") and method not in _WRITES:
        raise Unfileable(
            f"The entry asks for {method[:10]}, and intake only files.",
            where=where,
            remedy="Retract or correct the entry in the chart." if method == "DELETE" else "Leave this entry out.",
        )
    if "resource" not in entry:
        raise Unfileable("The entry holds no resource.", where=where, remedy="Send the resource itself.")
    if (entry.get("search") or {}).get("mode") != "outcome":
        yield _item(entry["resource"], entry.get("fullUrl", ""), where)


def _item(resource: Any, full_url: str, where: str) -> Item:
    named = resource.get("resourceType") if isinstance(resource, dict) else None
    references: list[dict[str, Any]] = []
    _refuse(
        validate(resource, references), f"The {named}" if isinstance(named, str) and named.isalpha() else "The resource", where
    )
    if named == "Bundle":
        raise Unfileable("A bundle inside a bundle is not read.", where=where, remedy="Send it on its own.")
    name = resource.get("id") or full_url or "sha256:" + hashlib.sha256(canonical.encode(resource)).hexdigest()
    return Item(where, f"{named}/{name}", full_url, resource, references)


def _refuse(issues: list[Issue], subject: str, where: str) -> None:
    errors = [issue for issue in issues if issue.severity == "error"]
    if not errors:
        return
    sentences = " ".join(dict.fromkeys(issue.message for issue in errors[:_SHOWN_ISSUES]))
    places = ", ".join(dict.fromkeys(issue.path for issue in errors[:_SHOWN_ISSUES]))
    more = f" There are {len(errors) - _SHOWN_ISSUES} more errors." if len(errors) > _SHOWN_ISSUES else ""
    place = f"{where}: {places}" if where else places
    raise Unreadable(f"{subject[:68]} is not valid FHIR R4. {sentences}{more}", where=place, remedy=_RESEND)


def _placed(problem: Problem, where: str) -> Problem:
    return type(problem)(problem.what, where=f"{where}, {problem.where}" if problem.where else where, remedy=problem.remedy)
