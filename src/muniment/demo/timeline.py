"""Who comes when, with what: the plan of eighteen months, drawn before a word is written."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from muniment.demo.draw import Draw
from muniment.demo.duplicates import duplicate
from muniment.demo.households import population
from muniment.demo.names import GIVEN
from muniment.demo.organisation import day_of, local
from muniment.demo.people import Person
from muniment.demo.stories import NEWBORN, all_stories, by_code
from muniment.demo.story import Story

SPAN_DAYS = 548
RECENT_DAYS, RECENT = 45, 0.03  # the last weeks, and the share that is drawn from them alone
LATELY, IN_BED = 6, 7  # of the last days so many admissions at least, in a hospital of any size
DUPLICATES = 0.03


@dataclass(slots=True)
class Stay:
    """One encounter of the plan. ``person`` is the registration under which it happened; times are UTC."""

    story: Story
    person: Person
    start: datetime
    end: datetime
    disposition: str
    key: str
    visit: str = ""
    mother: Person | None = None
    mother_stay: Stay | None = None
    newborn: Person | None = None
    given: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    people: list[Person]
    duplicates: list[Person]
    stays: list[Stay]
    as_of: datetime


class Planner:
    def __init__(self, seed: int, persons: int, encounters: int, as_of: datetime) -> None:
        self.seed, self.encounters = seed, encounters
        self.as_of = as_of.astimezone(UTC)
        self.today = day_of(self.as_of)
        self.draw = Draw(seed, "plan")
        self.people = population(seed, persons, self.today)
        self.duplicates = self._duplicates()
        self.busy: dict[int, list[tuple[datetime, datetime]]] = {}
        self.done: dict[int, list[str]] = {}
        self.died: dict[int, datetime] = {}
        self.stays: list[Stay] = []
        self.newborns: list[Person] = []

    def _duplicates(self) -> dict[int, Person]:
        chosen = self.draw.shuffled(self.people)[: int(len(self.people) * DUPLICATES)]
        return {one.index: duplicate(one, 50_000 + place, self.draw) for place, one in enumerate(chosen)}

    def plan(self) -> Plan:
        weights = [(story, story.weight) for story in all_stories()]
        missing = len(self.people)
        while len(self.stays) + missing < self.encounters:
            story = self.draw.weighted(weights)
            start = self._start(story)
            person = self._candidate(story, start)
            if person is not None:
                missing -= person.index not in self.busy
                self._admit(story, person, start)
        for person in self.people:
            if person.index not in self.busy:
                self._cover(person)
        self._use_duplicates()
        self._number()
        return Plan(self.people + self.newborns, [*self.duplicates.values()], self.stays, self.as_of)

    def _start(self, story: Story) -> datetime:
        start = self._moment(story)
        # What would begin after the last moment told began the week before.
        return start if start <= self.as_of else start - timedelta(days=7)

    def _moment(self, story: Story) -> datetime:
        day = self._day(story)
        if story.patient_class in ("O", "SS"):
            while day.weekday() >= 5:
                day -= timedelta(days=1)
            return local(
                day,
                self.draw.between(7, 9) if story.patient_class == "SS" else self.draw.between(8, 16),
                self.draw.between(0, 11) * 5,
            )
        hour = self.draw.between(6, 8) if not story.through_ed and story.service == "ORT" else self.draw.between(0, 23)
        return local(day, hour, self.draw.between(0, 59))

    def _day(self, story: Story) -> date:
        # The last weeks a little fuller, so that the house is busy on the day it is shown, and somebody lies in it.
        lately = story.patient_class == "I" and sum(one.story.patient_class == "I" for one in self.stays) < IN_BED
        back = self.draw.between(0, LATELY if lately else RECENT_DAYS if self.draw.chance(RECENT) else SPAN_DAYS)
        return self.today - timedelta(days=back)

    def _candidate(self, story: Story, start: datetime) -> Person | None:
        found: list[Person] = []
        for _ in range(240):
            person = self.draw.pick(self.people)
            if self._may(story, person, start):
                found.append(person)
                if len(found) == 5:
                    break
        return min(found, key=lambda one: (len(self.busy.get(one.index, ())), one.index)) if found else None

    def _may(self, story: Story, person: Person, start: datetime) -> bool:
        day = day_of(start)
        if story.sex not in ("", person.sex) or person.born > day or not story.ages[0] <= person.age_on(day) <= story.ages[1]:
            return False
        if story.fits is not None and not story.fits(person):
            return False
        if story.once and _once(story) in self.done.get(person.index, ()):
            return False
        return start < self.died.get(person.index, self.as_of + timedelta(days=1)) and not self._clash(person, start, story)

    def _clash(self, person: Person, start: datetime, story: Story) -> bool:
        end = start + timedelta(days=story.stay[1] + 1) if story.patient_class == "I" else start + timedelta(hours=40)
        return any(start < there and here - timedelta(hours=30) < end for here, there in self.busy.get(person.index, ()))

    def _admit(self, story: Story, person: Person, start: datetime) -> None:
        end = self._end(story, start)
        stay = Stay(story, person, start, end, self._disposition(story, person, end), f"{len(self.stays)}")
        for condition, detail in story.adds:
            person.conditions.setdefault(condition, detail)
            if condition == "dm1":
                person.conditions.pop("dm2", None)
        insort(self.busy.setdefault(person.index, []), (start, end))
        self.done.setdefault(person.index, []).append(_once(story))
        self.stays.append(stay)
        if story.service == "OBS":
            self._birth(stay)

    def _end(self, story: Story, start: datetime) -> datetime:
        low, high = story.stay
        if story.patient_class != "I":
            return start + timedelta(minutes=30 if high == 0 else self.draw.between(low * 60, high * 60))
        days = min(self.draw.between(low, high), self.draw.between(low, high) + 1)
        return local(day_of(start) + timedelta(days=max(low, days)), self.draw.between(10, 17), self.draw.between(0, 59))

    def _disposition(self, story: Story, person: Person, end: datetime) -> str:
        code = self.draw.weighted(story.dispositions)
        if code != "20":
            return code
        if any(here > end for here, _ in self.busy.get(person.index, ())):
            return "03"
        self.died[person.index] = end
        return "20"

    def _birth(self, stay: Stay) -> None:
        mother, draw = stay.person, self.draw
        born_at = min(stay.start + timedelta(minutes=draw.between(100, 540)), stay.end - timedelta(hours=16))
        born_at = max(born_at, stay.start + timedelta(minutes=40))
        sex = draw.pick("FM")
        child = replace(
            mother,
            index=100_000 + len(self.newborns),
            given=draw.pick(GIVEN[sex, "young"]),
            middle="",
            sex=sex,
            born=day_of(born_at),
            born_at=born_at,
            mother=mother.index,
            maiden="",
            suffix="",
            marital="S",
            conditions={},
            allergies=(),
            occupation="",
            lives="lives with parents",
            mrn_base=(331_777 + len(self.newborns) * 15_013) % 1_000_000,
            enterprise=f"E{800_000 + len(self.newborns) * 11:07d}",
        )
        self.newborns.append(child)
        end = stay.end if stay.end > born_at + timedelta(hours=14) else born_at + timedelta(hours=30)
        self.busy[child.index] = [(born_at, end)]
        self.stays.append(Stay(NEWBORN, child, born_at, end, "01", f"{len(self.stays)}", mother=mother, mother_stay=stay))
        stay.newborn = child

    def _cover(self, person: Person) -> None:
        """Everybody has been here at least once."""
        for attempt in range(60):
            story = by_code()[
                "well-child" if person.age_on(self.today) < 18 else "clinic-acute" if attempt % 3 == 2 else "annual-visit"
            ]
            start = self._start(story)
            if self._may(story, person, start):
                self._admit(story, person, start)
                return

    def _use_duplicates(self) -> None:
        """Some visits of a person with two registrations happened under the other one; at least one did."""
        for index, again in self.duplicates.items():
            mine = [
                stay
                for stay in self.stays
                if stay.person.index == index and (not again.only_facility or stay.story.facility == again.only_facility)
            ]
            mine = [stay for stay in mine if stay.story.service != "OBS" and again.born <= day_of(stay.start)]
            for place, stay in enumerate(mine):
                if place == len(mine) - 1 or self.draw.chance(0.4):
                    stay.person = again
            if not mine:
                again.alias_of = None

    def _number(self) -> None:
        self.stays = sorted(
            (stay for stay in self.stays if stay.start <= self.as_of), key=lambda stay: (stay.start, stay.person.index)
        )
        for place, stay in enumerate(self.stays):
            prefix = {"HVMC": "V", "HVPC": "C", "HVBH": "B"}[stay.story.facility]
            stay.visit = f"{prefix}{2_500_100 + place * 3:07d}"


def _once(story: Story) -> str:
    return "birth" if story.service == "OBS" else story.code


def make_plan(seed: int, persons: int, encounters: int, as_of: datetime) -> Plan:
    return Planner(seed, persons, encounters, as_of).plan()
