"""The messages of one stay, in the order the hospital's systems send them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from muniment.demo import hl7, notes, slips, surgical_notes
from muniment.demo.case import Case
from muniment.demo.organisation import day_of, local
from muniment.demo.spoken import by_word_of_mouth
from muniment.demo.staff import Staff
from muniment.demo.timeline import Stay
from muniment.demo.writer import HOUR, MINUTE, Sent, Writer


def case_of(seed: int, stay: Stay) -> Case:
    """Everything about the stay that its documents agree on."""
    given = dict(stay.given)
    if stay.newborn is not None:
        given["baby"] = "girl" if stay.newborn.sex == "F" else "boy"
    if stay.mother_stay is not None:
        told = case_of(seed, stay.mother_stay).facts
        given |= {name: told[name] for name in ("weeks", "grams", "apgar", "strepsays")}
        given["mothersays"] = told["age"].replace("-year-old", " years")
        given["route"] = "cesarean" if stay.mother_stay.story.code == "caesarean" else "vaginal"
    return Case(seed, stay.visit, stay.story, stay.person, stay.start, stay.end, stay.disposition, given)


class Course(Writer):
    """Lives through one stay and writes what is sent."""

    def messages(self) -> list[Sent]:
        inside = {
            "I": self._inpatient,
            "OBS": self._observation,
            "E": self._emergency,
            "SS": self._day_surgery,
            "O": self._clinic,
        }
        inside[self.story.patient_class]()
        self.out += by_word_of_mouth(self)
        self._stumble()
        return sorted((sent for sent in self.out if sent.sent_at <= self.as_of), key=lambda sent: (sent.sent_at, sent.name))

    def _inpatient(self) -> None:
        case, story = self.case, self.story
        self._arrive()
        nurse = case.someone("nursing")
        if story.service != "NBN" and self.draw.chance(0.65):
            self.note(notes.orders(case, case.admitted + 40 * MINUTE, case.attending))
        if self.draw.chance(0.7):
            self.note(notes.nursing(case, case.admitted + 70 * MINUTE, nurse))
        self.note(notes.admission(case, case.admitted + self._history_delay(), case.attending))
        self._results()
        if story.consult is not None and self.draw.chance(0.7):
            self.note(
                notes.consult(
                    case, case.admitted + timedelta(hours=self.draw.between(7, 26)), case.someone(story.consult.specialty)
                )
            )
        if story.operation is not None and case.holds(story.operation.when):
            self._operate()
        for kind, _ in story.extra_documents:
            born = self.stay.newborn.born_at if self.stay.newborn else None
            self.note(
                notes.additional(
                    case, kind, (born or case.admitted) + timedelta(minutes=self.draw.between(20, 90)), case.attending
                )
            )
        self._daily()
        self._transfer()
        self._leave(nurse)

    def _history_delay(self) -> timedelta:
        """A history comes before the operation or the birth."""
        soon = self.story.service == "OBS" or (self.story.operation is not None and self.story.operation.day == 0)
        return timedelta(minutes=self.draw.between(20, 38) if soon else self.draw.between(110, 900))

    def _arrive(self) -> None:
        case, story = self.case, self.story
        if story.through_ed:
            came = case.admitted - timedelta(minutes=self.draw.between(130, 330))
            doctor = case.someone("emergency")
            triage = replace(
                self.visit,
                patient_class="E",
                service="EMR",
                place=hl7.place_of(story.facility, "ED", self.draw.between(1, 24)),
                admitted=came,
                attending=doctor,
            )
            self.adt("A04", came, triage)
            self.note(notes.emergency(case, case.admitted + timedelta(minutes=self.draw.between(5, 90)), doctor))
        elif story.service == "ORT":
            before = case.admitted - timedelta(days=self.draw.between(4, 15))
            self.adt("A05", before, replace(self.visit, patient_class="P", admitted=None, expected=case.admitted))
        admitted = self.visit
        if self.draw.chance(0.1):
            # The bed is often typed a little later than the patient lies in it.
            self.adt(
                "A01", case.admitted, replace(admitted, place=hl7.place_of(story.facility, story.unit, 0)), self._birth_pid()
            )
            self.adt("A08", case.admitted + 25 * MINUTE, admitted, self._birth_pid())
        else:
            self.adt("A01", case.admitted, admitted, self._birth_pid())

    def _birth_pid(self) -> str:
        """A newborn is admitted before it has a name."""
        if self.stay.mother is None:
            return ""
        unnamed = replace(self.case.person, given="Baby Girl" if self.case.person.sex == "F" else "Baby Boy")
        return hl7.pid(unnamed, self.story.facility, self.account, self.stay.mother)

    def _results(self) -> None:
        case = self.case
        if not self.draw.chance(self.story.lab_chance):
            return
        self.labs_of(0, case.admitted - HOUR if self.story.through_ed else case.admitted + 20 * MINUTE)
        for day in range(1, case.lab_days):
            self.labs_of(day, local(day_of(case.admitted) + timedelta(days=day), 5, self.draw.between(5, 55)))
        for image in self.story.imaging:
            self.image(image)
        self.cultures()

    def _operate(self) -> None:
        case, work = self.case, self.story.operation
        assert work is not None
        at = (
            case.admitted + timedelta(hours=self.draw.between(3, 9))
            if work.day == 0
            else local(day_of(case.admitted) + timedelta(days=work.day), self.draw.between(8, 14), self.draw.between(0, 59))
        )
        if self.stay.newborn is not None and self.stay.newborn.born_at is not None:
            at = self.stay.newborn.born_at - 20 * MINUTE
        surgeon = case.attending if case.attending.specialty == work.specialty else case.someone(work.specialty)
        anesthetist = case.someone("anesthesiology")
        signed = surgical_notes.consent(case, work, max(at - 100 * MINUTE, case.admitted + 5 * MINUTE), surgeon)
        self.note(slips.consent(case, signed))
        if work.surgical:
            self.note(surgical_notes.preanesthesia(case, work, max(at - 80 * MINUTE, case.admitted + 8 * MINUTE), anesthetist))
            self.note(surgical_notes.anesthesia(case, at + 100 * MINUTE, anesthetist))
        self.note(
            surgical_notes.operative(case, work, at + timedelta(minutes=self.draw.between(70, 400)), surgeon, anesthetist)
        )

    def _daily(self) -> None:
        case = self.case
        told = case.tell(self.story.days)
        room = case.days if case.days < 6 else 6
        said_on = list(enumerate(told[: max(1, room)], 1))
        for day, said in said_on:
            at = local(day_of(case.admitted) + timedelta(days=day), self.draw.between(7, 10), self.draw.between(0, 59))
            if at < case.discharged:
                written = notes.progress(case, at, case.attending, day, said)
                self.note(slips.progress(case, written, last=day == len(said_on)))

    def _transfer(self) -> None:
        case = self.case
        if not self.story.transfers:
            return
        at = case.admitted + timedelta(hours=self.draw.between(14, 30))
        unit, chance = self.story.transfers[0]
        if at + 3 * HOUR > case.discharged or not self.draw.chance(chance):
            return
        place = hl7.place_of(self.story.facility, unit, self.draw.between(101, 136), self.draw.pick("AB"))
        moved = replace(self.visit, place=place, before=self.place)
        late = case.discharged - at + 9 * MINUTE if self.draw.chance(0.03) else timedelta(0)
        self.adt("A02", at, moved, delay=late)
        if self.draw.chance(0.02):
            self.adt("A12", at + 35 * MINUTE, replace(self.visit, place=self.place, before=place))
            return
        self.visit, self.place = replace(moved, before=""), place

    def _leave(self, nurse: Staff) -> None:
        case = self.case
        gone = replace(self.visit, discharged=case.discharged, disposition=case.disposition)
        if self.stay.mother is not None:
            self.adt("A08", case.discharged - 3 * HOUR, self.visit)
        if case.disposition != "20" and self.draw.chance(0.75):
            self.note(notes.instructions(case, case.discharged - 30 * MINUTE, nurse))
        if case.disposition != "20" and self.draw.chance(0.01):
            # Discharged on screen before the ride came: taken back, then discharged in earnest.
            early = case.discharged - 5 * HOUR
            self.adt("A03", early, replace(gone, discharged=early))
            self.adt("A13", early + 50 * MINUTE, self.visit)
        self.adt("A03", case.discharged, gone, self.died_pid)
        if case.discharged <= self.as_of:
            self.visit = gone
            self.note(notes.summary(case, case.discharged + timedelta(minutes=self.draw.between(20, 5200)), case.attending))

    def _observation(self) -> None:
        case = self.case
        came = case.admitted - timedelta(minutes=self.draw.between(120, 260))
        doctor = case.someone("emergency")
        self.adt(
            "A04",
            came,
            replace(
                self.visit,
                patient_class="E",
                service="EMR",
                place=hl7.place_of("HVMC", "ED", self.draw.between(1, 24)),
                admitted=came,
                attending=doctor,
            ),
        )
        self.note(notes.emergency(case, case.admitted + 20 * MINUTE, doctor))
        self.adt("A01", case.admitted, self.visit)
        self.note(notes.admission(case, case.admitted + timedelta(minutes=self.draw.between(60, 400)), case.attending))
        self._results()
        self._leave(case.someone("nursing"))

    def _emergency(self) -> None:
        case = self.case
        self.adt("A04", case.admitted, self.visit)
        self._results()
        self.note(notes.emergency(case, case.discharged - 10 * MINUTE, case.attending))
        if self.draw.chance(0.6):
            self.note(notes.instructions(case, case.discharged - 5 * MINUTE, case.someone("nursing")))
        self.adt("A03", case.discharged, replace(self.visit, discharged=case.discharged, disposition="01"))

    def _day_surgery(self) -> None:
        case, work = self.case, self.story.operation
        assert work is not None
        self.adt(
            "A05",
            case.admitted - timedelta(days=self.draw.between(3, 21)),
            replace(self.visit, patient_class="P", admitted=None, expected=case.admitted),
        )
        self.adt("A04", case.admitted, self.visit)
        self.note(notes.admission(case, case.admitted + 15 * MINUTE, case.attending))
        anesthetist = case.someone("anesthesiology")
        self.note(slips.consent(case, surgical_notes.consent(case, work, case.admitted + 20 * MINUTE, case.attending)))
        self.note(surgical_notes.preanesthesia(case, work, case.admitted + 30 * MINUTE, anesthetist))
        self.note(surgical_notes.anesthesia(case, case.discharged - 30 * MINUTE, anesthetist))
        self.note(
            surgical_notes.operative(
                case, work, case.discharged - timedelta(minutes=self.draw.between(15, 45)), case.attending, anesthetist
            )
        )
        self.note(notes.instructions(case, case.discharged - 6 * MINUTE, case.someone("nursing")))
        self.adt("A03", case.discharged, replace(self.visit, discharged=case.discharged, disposition="01"))

    def _clinic(self) -> None:
        case = self.case
        self.adt("A04", case.admitted, self.visit)
        self._results()
        self.note(notes.visit(case, case.discharged + timedelta(minutes=self.draw.between(10, 300)), case.attending))
        for kind, _ in self.story.extra_documents:
            self.note(notes.additional(case, kind, case.discharged + 2 * MINUTE, case.someone("nursing")))
        self.adt("A03", case.discharged, replace(self.visit, discharged=case.discharged, disposition="01"))

    def _stumble(self) -> None:
        """Interfaces send some things twice, and some late."""
        if self.out and self.draw.chance(0.02):
            again = self.draw.pick(self.out)
            self.out.append(replace(again, sent_at=again.sent_at + 3 * MINUTE, name=again.name.replace(".hl7", "-again.hl7")))
        if len(self.out) > 3 and self.draw.chance(0.01):
            first = min(self.out, key=lambda sent: sent.sent_at)
            self.out[self.out.index(first)] = replace(
                first, sent_at=first.sent_at + timedelta(minutes=self.draw.between(40, 200))
            )


def course(seed: int, stay: Stay, as_of: datetime) -> list[Sent]:
    return Course(case_of(seed, stay), stay, as_of).messages()
