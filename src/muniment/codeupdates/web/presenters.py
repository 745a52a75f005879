"""Updates, changes and regrouped years as rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse

from muniment.codeupdates.models import Regrouping
from muniment.codeupdates.regrouping import Sums, Tally
from muniment.codeupdates.updates import Pair, Update
from muniment.kernel.errors import Refused
from muniment.terminology.changes import Change, Kind
from muniment.terminology.rules import System
from muniment.ui import dates
from muniment.ui.shapes import Tab, Why

NOT_AVAILABLE = "not available"
TABS = (
    ("What changes", "codeupdates-changes"),
    ("Charts and rules", "codeupdates-charts"),
    ("Last year regrouped", "codeupdates-year"),
)
CMI = Why(
    rule="Case-mix index: the mean relative weight of the stays. Counted are stays whose MS-DRG has a weight before and after; “before” "
    "is the weight each was finalised with, “after” that of the update’s own Table 5. The codes are those that were finalised: a stay with a code "
    "that has ended is no claim by the new version, and stands in neither.",
    citation="CMS, Case Mix Index; 42 CFR 412.60",
)  # fmt: skip


def day_of(text: str) -> date:
    """Raises Refused for what is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused("There is no such update.", remedy="The list of updates names the days.") from error


def address(name: str, day: date, **kept: object) -> str:
    said = urlencode({key: value for key, value in kept.items() if value})
    return reverse(name, args=[day.isoformat()]) + (f"?{said}" if said else "")


def tabs(update: Update, current: str) -> list[Tab]:
    return [Tab(label, address(name, update.day), name == current) for label, name in TABS]


def heading(update: Update) -> str:
    return f"Code update of {dates.day(update.day)}"


def releases_in_words(update: Update) -> str:
    return "; ".join(compared(one) for one in update.pairs)


def compared(pair: Pair) -> str:
    return (
        f"{pair.after.title}, after {pair.before.title}"
        if pair.before
        else f"{pair.after.title}, with none before it to compare"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One update of the list."""

    day: date
    url: str
    releases: Sequence[str]
    governs: str


def row(update: Update, today: date) -> Row:
    later = update.day > today
    over = update.until is not None and update.until < today
    return Row(
        day=update.day, url=address("codeupdates-changes", update.day), releases=[compared(one) for one in update.pairs],
        governs="to come" if later else "over" if over else "in force",
    )  # fmt: skip


def counts(changes: Iterable[Change]) -> dict[Kind, int]:
    found = dict.fromkeys(Kind, 0)
    for one in changes:
        found[one.kind] += 1
    return found


def searched(changes: Sequence[Change], *, system: str, kind: str, text: str) -> list[Change]:
    """Those of a system and kind whose code begins with the text or whose words hold it."""
    wanted = text.casefold()
    plain = text.upper().replace(".", "")
    return [
        one for one in changes
        if (not system or one.system == system) and (not kind or one.kind.name.lower() == kind)
        and (not wanted or (plain and one.code.startswith(plain)) or wanted in one.before.casefold() or wanted in one.after.casefold())
    ]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A line of the regrouped year."""

    name: str
    sums: Sums
    url: str
    before: str
    after: str
    difference: str


def services(run: Regrouping, facilities: Iterable[object]) -> list[Service]:
    """All stays first, then each service, the most stays first."""
    found = Tally.read(run.figures, run.usage).by_service(facilities)  # type: ignore[arg-type]
    whole = Sums()
    for one in found.values():
        whole.join(one)
    order = sorted(found, key=lambda name: (-found[name].stays, name))
    return [_service(run, "All stays", whole, None)] + [
        _service(run, name or "no service told", found[name], name) for name in order
    ]


def _service(run: Regrouping, name: str, sums: Sums, service: str | None) -> Service:
    before, after = sums.cmi_before, sums.cmi_after
    kept = {} if service is None else {"service": service or "-"}
    return Service(
        name=name, sums=sums, url=address("codeupdates-stays", run.day, **kept), before=index(before), after=index(after),
        difference=signed(after - before) if before is not None and after is not None else NOT_AVAILABLE,
    )  # fmt: skip


def index(value: Decimal | None) -> str:
    return NOT_AVAILABLE if value is None else f"{value:.4f}"


def signed(value: Decimal) -> str:
    said = f"{value:+.4f}"
    return said.replace("-", "−").replace("+0.0000", "0.0000").replace("−0.0000", "0.0000")


def weight(value: Decimal | None) -> str:
    return NOT_AVAILABLE if value is None else f"{value:.4f}"


def changes_by_key(changes: Iterable[Change]) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for one in changes:
        found.setdefault(one.key, []).append(one)
    return found


def written(key: str, known: dict[str, list[Change]]) -> str:
    return known[key][0].written if key in known else key.partition("|")[2]


SYSTEMS = {"": "of every kind", System.ICD10CM.value: "diagnoses", System.ICD10PCS.value: "procedures"}
