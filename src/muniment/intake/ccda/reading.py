"""What is known while one document is read: its zone, its texts by id, the drafts so far and what could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from hashlib import sha256
from typing import Any

from muniment.intake.ccda.tree import V3, Element, attr, down, kid, kids, null, words
from muniment.intake.submission import Draft, PractitionerFacts
from muniment.kernel.moments import Moment

PATIENT = {"reference": "draft:patient"}
ENCOUNTER = {"reference": "draft:encounter"}
_STATEMENTS = [
    V3 + name for name in ("observation", "act", "procedure", "encounter", "supply", "substanceAdministration", "organizer")
]
MAX_REMARKS = 200
MAX_BORROWED = 8_000_000  # characters of narrative that entries may copy, together


@dataclass(slots=True)
class Reading:
    """The state of reading one document. ``section`` and ``ordinal`` say where we are, for keys and remarks."""

    zone: tzinfo
    document_key: str = ""
    author: PractitionerFacts | None = None
    has_encounter: bool = False
    texts: dict[str, Element] = field(default_factory=dict)
    drafts: list[Draft] = field(default_factory=list)
    borrowed: dict[str, str] = field(default_factory=dict)
    budget: int = MAX_BORROWED
    remarks: list[str] = field(default_factory=list)
    section: str = "header"
    section_code: str = ""
    section_path: str = ""
    ordinal: int = 0
    shared: set[tuple[str, ...]] = field(default_factory=set)
    filed: dict[str, dict[str, str]] = field(default_factory=dict)

    def remark(self, what: str) -> None:
        """Note what was left to the original; the sentence names section and entry, never a value."""
        place = f"{self.section}, entry {self.ordinal}" if self.ordinal else self.section
        sentence = f"{place}: {what}"
        if len(self.remarks) < MAX_REMARKS and sentence not in self.remarks:
            self.remarks.append(sentence)

    def moment(self, node: Element | None, name: str = "value") -> Moment | None:
        """A TS (HL7 v3 point in time) as a moment; a remark and None for one that does not exist."""
        text = attr(node, name)
        if not text or null(node):
            return None
        try:
            return self._plausible(Moment.from_hl7(text, self.zone))
        except (ValueError, OverflowError):
            self.remark("a date or time that does not exist was left out.")
            return None

    def _plausible(self, moment: Moment | None) -> Moment | None:
        """Drop the year-one dates that some systems send for "none"; no FHIR offset has seconds, as local mean time does."""
        if moment is None or not moment.has_time:
            return moment
        if moment.value.year < 1800:
            self.remark("a date or time that can't be meant was left out.")
            return None
        seconds = (moment.value.utcoffset() or timedelta()).seconds % 60
        return Moment.of(moment.date) if seconds else moment

    def date_time(self, node: Element | None) -> str:
        moment = self.moment(node)
        return moment.to_fhir() if moment else ""

    def said(self, node: Element | None) -> str:
        """The text an ED or ``originalText`` holds, or refers to in the section's narrative."""
        target = attr(kid(node, "reference"), "value")
        if target.startswith("#") and target[1:] in self.texts:
            found = self._borrow(target[1:])
            if found:
                return found
        return words(node)

    def _borrow(self, name: str) -> str:
        """Narrative text by id. Many entries may point at one long text, so what they take together is bounded."""
        found = self.borrowed.get(name)
        if found is None:
            found = self.borrowed[name] = words(self.texts[name])
        self.budget -= len(found)
        if self.budget >= 0:
            return found
        self.remark("the entries refer to more text than can be copied; it stays in the document.")
        return ""

    def narrative(self, statement: Element) -> str:
        return self.said(kid(statement, "text"))

    def file(
        self,
        resource: dict[str, Any],
        statement: Element,
        *,
        author: PractitionerFacts | None = None,
    ) -> str:
        """Add a draft and return its key, or "" for one that says nothing. The same content under one key is one draft."""
        resource = {name: value for name, value in resource.items() if value not in (None, "", [], {})}
        if _says_nothing(resource):
            self.remark("an entry that does not say what it is about was left to the document.")
            return ""
        base = self._key(resource, statement)
        same = self.filed.setdefault(base, {})
        content = repr(resource)
        if content in same:
            return same[content]
        key = same[content] = f"{base}#{len(same) + 1}" if same else base
        retracts = attr(kid(statement, "statusCode"), "code") == "nullified"
        self.drafts.append(Draft(key=key, resource=resource, author=author or self.author, retracts=retracts))
        return key

    def _key(self, resource: dict[str, Any], statement: Element) -> str:
        """The entry's own id; where the document uses that id for several entries, with what tells them apart."""
        kind = resource["resourceType"]
        own = next(ids(statement), None)
        if own is None:
            return f"{self.document_key}/{self.section_path}/{self.ordinal}/{kind}"
        named = f"{kind}/{'|'.join(own)}"
        return f"{named}~{_gist(resource)}" if own in self.shared else named


_ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_SUBJECTS = ("code", "vaccineCode", "medicationCodeableConcept", "relationship", "description", "type", "device")
_CONTENTS = ("value", "component", "result", "reaction", "condition", "diagnosis")
_TIMES = ("effective", "occurrence", "onset", "performed", "period", "startDate", "timing")


def _says_nothing(resource: dict[str, Any]) -> bool:
    """Placeholders of empty sections: nothing named, nothing found."""
    subject: Any = next((resource[name] for name in _SUBJECTS if name in resource), {})
    named = subject[0] if isinstance(subject, list) else subject
    absent = any(each.get("system") == _ABSENT for each in named.get("coding", ()))
    return absent and not any(name.startswith(_CONTENTS) for name in resource)


def _gist(resource: dict[str, Any]) -> str:
    """A short digest of what the entry is about and when: stable whatever else of it changes, or its place."""
    about = [resource[name] for name in _SUBJECTS if name in resource]
    when = [resource[name] for name in resource if name.startswith(_TIMES)]
    return sha256(repr((about, when)).encode()).hexdigest()[:12]


def shared_ids(body: Element | None) -> set[tuple[str, ...]]:
    """Ids that several statements of the document carry, as copied templates do; they identify none of them."""
    counts: Counter[tuple[str, ...]] = Counter()
    for statement in () if body is None else body.iter(*_STATEMENTS):
        counts.update(ids(statement))
    return {each for each, count in counts.items() if count > 1}


def ids(node: Element | None) -> Iterator[tuple[str, ...]]:
    """The instance identifiers that say something: ``(root, extension)``, or ``(root,)`` where the root is the whole id."""
    for each in kids(node, "id"):
        root, extension = attr(each, "root"), attr(each, "extension")
        if root and not null(each):
            yield (root, extension) if extension else (root,)


def author_time(statement: Element, r: Reading) -> str:
    return r.date_time(down(statement, "author", "time"))
