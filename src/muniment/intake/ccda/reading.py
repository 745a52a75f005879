"""What is known while one document is read: its zone, its texts by id, the drafts so far and what could not be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from typing import Any

from muniment.intake.ccda.tree import Element, attr, down, kid, kids, null, words
from muniment.intake.submission import Draft, PractitionerFacts
from muniment.kernel.moments import Moment

PATIENT = {"reference": "draft:patient"}
ENCOUNTER = {"reference": "draft:encounter"}
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
        part: str = "",
    ) -> str:
        """Add a draft and return its key. The same content under the same key is one draft; other content gets a number."""
        resource = {name: value for name, value in resource.items() if value not in (None, "", [], {})}
        base = self._key(resource["resourceType"], statement, part)
        same = self.filed.setdefault(base, {})
        content = repr(resource)
        if content in same:
            return same[content]
        key = same[content] = f"{base}#{len(same) + 1}" if same else base
        retracts = attr(kid(statement, "statusCode"), "code") == "nullified"
        self.drafts.append(Draft(key=key, resource=resource, author=author or self.author, retracts=retracts))
        return key

    def _key(self, kind: str, statement: Element, part: str) -> str:
        own = next(ids(statement), None)
        named = f"{kind}/{'|'.join(own)}" if own else f"{self.document_key}/{self.section_path}/{self.ordinal}/{kind}"
        return f"{named}/{part}" if part else named


def ids(node: Element | None) -> Iterator[tuple[str, ...]]:
    """The instance identifiers that say something: ``(root, extension)``, or ``(root,)`` where the root is the whole id."""
    for each in kids(node, "id"):
        root, extension = attr(each, "root"), attr(each, "extension")
        if root and not null(each):
            yield (root, extension) if extension else (root,)


def author_time(statement: Element, r: Reading) -> str:
    return r.date_time(down(statement, "author", "time"))
