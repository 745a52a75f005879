"""How the happenings of a stay become messages, and which of its documents are still owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from muniment.demo import hl7, labs
from muniment.demo.case import Case
from muniment.demo.draw import Draw
from muniment.demo.kinds import KINDS
from muniment.demo.notes import Note
from muniment.demo.people import Person
from muniment.demo.rota import SIGNING_DAYS, gaps
from muniment.demo.story import Imaging
from muniment.demo.timeline import Stay

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Sent:
    """One message as it left its source. ``kind`` is hl7v2, ccda or fhir; ``sent_at`` is UTC; ``name`` would do for a file.

    ``whose``: the place in the plan of the person it is about, of a newborn's mother.
    """

    kind: str
    sent_at: datetime
    source: str
    name: str
    content: bytes
    whose: int


def whose(person: Person) -> int:
    """The one who stands for a person and their other registrations, and a mother for her newborn: their messages go one way."""
    return person.alias_of if person.alias_of is not None else person.index if person.mother is None else person.mother


class Writer:
    """Turns what happens in a stay into messages, and keeps them."""

    def __init__(self, case: Case, stay: Stay, as_of: datetime) -> None:
        self.case, self.stay, self.as_of = case, stay, as_of
        self.story, self.draw = case.story, Draw(case.seed, "course", case.visit)
        self.gaps = gaps(case.seed, case.visit, case.story, case.discharged, as_of)
        self.out: list[Sent] = []
        self.count = 0
        self.account = f"A{case.visit[1:]}"
        died = case.discharged if case.disposition == "20" else None
        self.pid = hl7.pid(case.person, self.story.facility, self.account, stay.mother)
        self.died_pid = hl7.pid(case.person, self.story.facility, self.account, stay.mother, died)
        room, bed = self.draw.between(101, 136), self.draw.pick("AB")
        self.place = hl7.place_of(self.story.facility, self.story.unit, room, bed)
        self.visit = hl7.Visit(
            case.visit,
            self.account,
            self.story.facility,
            self.story.patient_class,
            self.story.service,
            self.place,
            case.attending,
            case.facts["reason"],
            case.admitted,
            source=self.story.admit_source,
        )

    def _put(self, at: datetime, label: str, content: bytes, source: str) -> None:
        self.out.append(
            Sent(
                "hl7v2",
                at,
                f"{source}|{self.story.facility}",
                f"{self.case.visit}-{self.count:03d}-{label}.hl7",
                content,
                whose(self.case.person),
            )
        )

    def _control(self) -> str:
        self.count += 1
        return f"{self.case.visit}.{self.count:03d}"

    def adt(self, trigger: str, at: datetime, visit: hl7.Visit, pid: str = "", delay: timedelta = timedelta(0)) -> None:
        if at > self.as_of:
            return
        content = hl7.adt(trigger, self._control(), at, at, pid or self.pid, visit)
        self._put(at + delay, f"ADT-{trigger}", content, "ADT")

    def note(self, note: Note) -> None:
        """File a document: in time, or when what was forgotten is made good; never what is still to come."""
        if note.at > self.as_of:
            return
        gap = self.gaps.get(note.kind)
        if gap is None:
            self._in_time(note)
        elif gap.state == "missing":
            if gap.until <= self.as_of:
                self._write_document(note, "AU", max(note.at, gap.until))
        else:
            self._unsigned(note, max(note.at + HOUR, gap.until))

    def _in_time(self, note: Note) -> None:
        if note.kind == "summary" and self.draw.chance(0.12):
            self._dictated(note, "DI", note.at + timedelta(hours=self.draw.between(5, 40)))
        else:
            self._write_document(note, "AU", note.at)

    def _unsigned(self, note: Note, until: datetime) -> None:
        """Of late it is signed here, so nothing more is sent; before, the transcription system sent it again when it was signed."""
        state = "DI" if note.kind in ("summary", "operative") else "PA"
        if until > self.as_of - timedelta(days=SIGNING_DAYS):
            self._write_document(note, state, note.at)
        else:
            self._dictated(note, state, until)

    def _dictated(self, note: Note, state: str, signed: datetime) -> None:
        number = self._write_document(note, state, note.at)
        code, title = KINDS[note.kind]
        if signed <= self.as_of:
            self._document(note, code, title, number, "AU", signed, "T08")

    def _write_document(self, note: Note, state: str, at: datetime) -> str:
        code, title = KINDS[note.kind]
        number = f"{self.case.visit}-D{self.count + 1:02d}"
        self._document(note, code, title, number, state, at, "T02")
        return number

    def _document(self, note: Note, code: str, title: str, number: str, state: str, at: datetime, trigger: str) -> None:
        content = hl7.document(
            self._control(),
            at,
            self.pid,
            self.visit,
            code,
            title,
            note.title,
            note.author,
            note.at - 12 * MINUTE,
            number,
            state,
            note.text,
            trigger,
        )
        self._put(at, f"MDM-{trigger}", content, "TRX")

    def labs_of(self, day: int, taken: datetime) -> None:
        if taken + HOUR > self.as_of:
            return
        found = []
        for name in self.story.panels:
            lone = name in labs.TESTS
            if day and name in ("A1C", "LIPID", "TSH", "INR", "ETOH") and lone | (name == "LIPID"):
                continue
            code, title, tests = (labs.TESTS[name].code, labs.TESTS[name].name, (name,)) if lone else labs.PANELS[name]
            found.append((code, title, tuple((test, self.case.results[test][day]) for test in tests)))
        if found:
            content = hl7.laboratory(
                self._control(), taken + 50 * MINUTE, taken, self.pid, self.visit, f"{self.case.visit[1:]}{day}", tuple(found)
            )
            self._put(taken + 50 * MINUTE, "ORU-R01", content, "LAB")

    def image(self, image: Imaging) -> None:
        at = self.case.admitted + image.hours * HOUR
        if not self.case.holds(image.when) or at > self.as_of:
            return
        say = self.case.say
        reader = self.draw.pick(("R. Anselm, MD", "P. Quill, MD", "T. Oduya, MD"))
        findings, impression = _sentence(say(image.findings)), _sentence(say(image.impression))
        text = f"EXAM: {image.name}\n\nINDICATION: {self.case.facts['reason']}\n\nFINDINGS: {findings}\n\n"
        text += f"IMPRESSION: {impression}\n\nRead by {reader}"
        content = hl7.report(
            self._control(),
            at,
            at - 30 * MINUTE,
            self.pid,
            self.visit,
            f"{self.case.visit[1:]}R{self.count}",
            image.code,
            image.name,
            "RAD",
            text,
        )
        self._put(at, "ORU-R01", content, "RAD")

    def cultures(self) -> None:
        at = self.case.admitted + timedelta(days=5, hours=2)
        for code, title, result in self.story.cultures:
            for text in self.case.tell((result,)):
                if at <= self.as_of:
                    content = hl7.report(
                        self._control(),
                        at,
                        self.case.admitted + HOUR,
                        self.pid,
                        self.visit,
                        f"{self.case.visit[1:]}M{self.count}",
                        code,
                        title,
                        "MB",
                        text,
                    )
                    self._put(at, "ORU-R01", content, "LAB")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
