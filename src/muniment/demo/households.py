"""Households: people who share a name, a door and a telephone, with twins, a Jr beside a Sr, and maiden names."""

from __future__ import annotations

from datetime import date, timedelta

from muniment.demo.draw import Draw
from muniment.demo.names import AREA_CODES, FAMILIES, GIVEN, STREETS
from muniment.demo.organisation import TOWNS
from muniment.demo.people import Person, name_era, settle
from muniment.demo.profile import draw_conditions

_KINDS = (("alone", 0.26), ("couple", 0.30), ("family", 0.34), ("single_parent", 0.10))


def population(seed: int, size: int, today: date) -> list[Person]:
    """``size`` people in households, the youngest under two and the eldest past ninety, as they stand on ``today``."""
    people: list[Person] = []
    number = 0
    while len(people) < size:
        draw = Draw(seed, "household", number)
        members = _household(draw, today)
        for member in members[: size - len(people)]:
            _enrol(member, len(people), draw)
            people.append(member)
        number += 1
    return people


def _enrol(person: Person, index: int, draw: Draw) -> None:
    person.index = index
    # Stepping by a number prime to 10**6 spreads the record numbers, so that neighbours don't look like neighbours.
    person.mrn_base = (204_613 + index * 7_919) % 1_000_000
    person.enterprise = f"E{500_000 + index * 13:07d}"


def _household(draw: Draw, today: date) -> list[Person]:
    kind = draw.weighted(_KINDS)
    family, home = draw.pick(FAMILIES), _home(draw)
    if kind == "alone":
        return [_member(draw, family, home, today, _old_or_not(draw))]
    if kind == "couple":
        return _couple(draw, family, home, today, _old_or_not(draw, 0.7))
    age = draw.between(27, 48)
    parents = _couple(draw, family, home, today, age) if kind == "family" else [_member(draw, family, home, today, age, "F")]
    return parents + _children(draw, parents, home, today, age)


def _old_or_not(draw: Draw, old: float = 0.5) -> int:
    return draw.between(58, 93) if draw.chance(old) else draw.between(19, 57)


def _home(draw: Draw) -> tuple[str, str, str, str]:
    town, postal_code = draw.pick(TOWNS)
    flat = f" Apt {draw.between(1, 24)}" if draw.chance(0.2) else ""
    phone = f"({draw.pick(AREA_CODES)}) 555-01{draw.between(3, 99):02d}"
    return f"{draw.between(2, 940)} {draw.pick(STREETS)}{flat}", town, postal_code, phone


def _couple(draw: Draw, family: str, home: tuple[str, str, str, str], today: date, age: int) -> list[Person]:
    first = _member(draw, family, home, today, age, "M")
    second = _member(draw, family, home, today, min(93, max(19, age + draw.between(-5, 4))), "F")
    if draw.chance(0.75):
        second.maiden = draw.pick(FAMILIES)
    first.marital = second.marital = "M"
    return [first, second]


def _children(draw: Draw, parents: list[Person], home: tuple[str, str, str, str], today: date, parent_age: int) -> list[Person]:
    children: list[Person] = []
    for _ in range(draw.weighted(((1, 0.35), (2, 0.42), (3, 0.23)))):
        age = draw.between(0, max(0, min(17, parent_age - 22)))
        child = _member(draw, parents[0].family, home, today, age)
        children.append(child)
        if draw.chance(0.04):
            children.append(_twin(draw, child, home, today))
    if parents[0].sex == "M" and draw.chance(0.10):
        _name_after(children, parents[0])
    return children


def _twin(draw: Draw, child: Person, home: tuple[str, str, str, str], today: date) -> Person:
    twin = _member(draw, child.family, home, today, child.age_on(today), child.sex if draw.chance(0.6) else "")
    twin.born, child.birth_order, twin.birth_order = child.born, 1, 2
    return twin


def _name_after(children: list[Person], father: Person) -> None:
    son = next((child for child in children if child.sex == "M"), None)
    if son:
        son.given, son.middle, son.suffix, father.suffix = father.given, father.middle, "Jr", "Sr"


def _member(draw: Draw, family: str, home: tuple[str, str, str, str], today: date, age: int, sex: str = "") -> Person:
    sex = sex or draw.pick("FM")
    born = _years_before(today, age) - timedelta(days=draw.between(1, 360))
    names = GIVEN[sex, name_era(age)]
    street, town, postal_code, phone = home
    middle = draw.pick("ABCDEFGHJKLMNPRSTVW") if draw.chance(0.7) else ""
    person = Person(0, family, draw.pick(names), middle, sex, born, street, town, postal_code, phone)
    person.language = draw.weighted((("eng", 0.9), ("spa", 0.07), ("vie", 0.03)))
    settle(person, draw, age)
    draw_conditions(person, draw, age)
    return person


def _years_before(day: date, years: int) -> date:
    # 1 March stands in for 29 February, which most years lack.
    if (day.month, day.day) == (2, 29):
        day = date(day.year, 3, 1)
    return day.replace(year=day.year - years)
