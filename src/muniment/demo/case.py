"""One patient in one story: the facts drawn once, so that every document of the stay tells the same ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from muniment.demo import labs
from muniment.demo.draw import Draw
from muniment.demo.organisation import SERVICES, day_of
from muniment.demo.people import Person
from muniment.demo.profile import home_medicines, words
from muniment.demo.staff import Staff, clinicians
from muniment.demo.story import Coding, Lines, Story

_CALM = "T <97.6-98.8> F, HR <62-92>, RR <12-18>, BP <110-144>/<62-88>, SpO2 <95-100>%"


@dataclass(slots=True)
class Case:
    """Times are UTC. ``results`` holds one value per hospital day and test."""

    seed: int
    visit: str
    story: Story
    person: Person
    admitted: datetime
    discharged: datetime
    disposition: str = "01"
    given: dict[str, str] = field(default_factory=dict)  # facts settled elsewhere: what a newborn shares with the mother
    draw: Draw = field(init=False)
    facts: dict[str, str] = field(init=False)
    results: dict[str, list[float]] = field(init=False)
    medicines: list[str] = field(init=False)
    new_medicines: list[str] = field(init=False)
    kidney: float = field(init=False)
    attending: Staff = field(init=False)
    coding: Coding = field(init=False)

    def __post_init__(self) -> None:
        self.draw = Draw(self.seed, "case", self.visit)
        self.facts = {}
        self.attending = self.draw.pick(clinicians(self.story.specialty, self.story.facility))
        self.medicines = home_medicines(self.person, personal(self.seed, "medicines", self.person))
        self.kidney = labs.baseline("CR", self.person, personal(self.seed, "creatinine", self.person))
        self.facts.update(_manner(self))
        for name, template in self.story.facts:
            for told in self.tell((template,)):
                self.facts[name] = told
        self.facts.update(self.given)
        self._draw_results()
        self._tell_once()
        self.coding = self.story.codes(self)

    def _tell_once(self) -> None:
        """What several documents repeat word for word."""
        story, facts = self.story, self.facts
        facts["service"] = SERVICES[story.service].lower()
        facts["reason"] = self.say(story.reason)
        low = facts["reason"]
        facts["reason_low"] = low if low[1:2].isupper() else low[:1].lower() + low[1:]
        facts["cc"] = self.say(story.cc)
        facts["hpi"] = " ".join(self.tell(story.hpi))
        facts["vitals"] = self.say(story.vitals or _CALM)
        facts["data"] = "\n".join(self.tell(story.data))
        facts["followup"] = (self.tell((story.follow_up,)) or ["primary care as arranged"])[0]
        self.new_medicines = self.tell(story.medicines)
        facts["clock"] = self.say("<7-18>:<10-59>")
        facts["anesthesia"] = self.say(story.operation.anesthesia) if story.operation else ""

    def _draw_results(self) -> None:
        courses = {course.test: course for course in self.story.labs if self.holds(course.when)}
        tests = labs.tests_of(self.story.panels)
        self.results = {
            test: labs.series(test, self.person, self.draw, self.lab_days, courses.get(test), self.kidney)
            for test in tests
            if test != "HCT"
        }
        if "HGB" in self.results and "HCT" in tests:
            self.results["HCT"] = [round(value * 2.97, 1) for value in self.results["HGB"]]
        for test, values in self.results.items():
            self.facts[test] = labs.shown(test, values[0])
            self.facts[test + "_last"] = labs.shown(test, values[-1])
            self.facts[test + "_top"] = labs.shown(test, max(values))
            self.facts[test + "_low"] = labs.shown(test, min(values))

    @property
    def days(self) -> int:
        """Midnights passed: the length of stay in days, at least 1."""
        return max(1, (day_of(self.discharged) - day_of(self.admitted)).days)

    @property
    def lab_days(self) -> int:
        return min(self.days, 5) if self.story.patient_class == "I" else 2 if self.story.patient_class == "OBS" else 1

    def say(self, template: str) -> str:
        return self.draw.say(template, self.facts)

    def holds(self, condition: str) -> bool:
        """Whether a condition like ``side=left`` or ``kind=a|b`` holds; an empty one does."""
        if not condition:
            return True
        name, _, values = condition.partition("=")
        return self.facts.get(name, "") in values.split("|")

    def tell(self, lines: Lines) -> list[str]:
        """The lines that apply, spoken."""
        told = []
        for line in lines:
            if line.startswith("?"):
                condition, _, line = line[1:].partition(": ")
                if not self.holds(condition):
                    continue
            told.append(self.say(line))
        return told

    def someone(self, specialty: str) -> Staff:
        return self.draw.pick(clinicians(specialty, self.story.facility))


def personal(seed: int, what: str, person: Person) -> Draw:
    """A stream that belongs to the person, whichever registration the stay is under: what stays the same from stay to stay."""
    return Draw(seed, what, person.index if person.alias_of is None else person.alias_of)


def _manner(case: Case) -> dict[str, str]:
    """How to speak of this patient."""
    person = case.person
    age = person.age_on(day_of(case.admitted))
    male = person.sex == "M"
    noun = ("man" if male else "woman") if age >= 18 else ("boy" if male else "girl")
    title = ("Mr. " if male else "Ms. ") + person.family if age >= 18 else person.given
    past = words(person)
    joined = ", ".join(past[:-1]) + " and " + past[-1] if len(past) > 1 else "".join(past)
    return {
        "he": "he" if male else "she",
        "He": "He" if male else "She",
        "him": "him" if male else "her",
        "his": "his" if male else "her",
        "His": "His" if male else "Her",
        "age": _age_words(person, case.admitted, age),
        "years": str(age),
        "noun": noun,
        "title": title,
        "patient": case.draw.pick(("The patient", title, title)),
        "past": joined or "no significant past medical history",
        "withpast": case.say(_past_phrase(past, joined)),
        "los": str(case.days),
        "baseCR": f"{case.kidney:.1f}",
        "hfkind": person.conditions.get("hf", "diastolic"),
        "rhythm": "af" if person.has("af") else "sinus",
    }


def _past_phrase(past: list[str], joined: str) -> str:
    if not past:
        return "[with no significant past medical history|previously healthy|with no known chronic illness]"
    return f"[with a history of|with a past medical history significant for|with|who has a history of|with known] {joined}"


def _age_words(person: Person, moment: datetime, age: int) -> str:
    if age >= 2:
        return f"{age}-year-old"
    months = (day_of(moment) - person.born) // timedelta(days=30.44)
    if months >= 1:
        return f"{months}-month-old"
    return f"{max(0, (day_of(moment) - person.born).days)}-day-old"
