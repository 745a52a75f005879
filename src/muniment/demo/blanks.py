"""The inventory of forms: proposed by a technician, approved by an administrator, one retired, one due for review, one that waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from muniment.accounts import queries as accounts
from muniment.accounts.models import User
from muniment.accounts.rules import Role
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.demo.organisation import day_of
from muniment.demo.staff import staff
from muniment.forms import actions
from muniment.forms.making import Said
from muniment.forms.models import Form, FormVersion
from muniment.forms.rules import Medium

KEEPER = "tnowell"
ORDERS = """# Orders
Allergies:
Diet? regular | clear liquids | nothing by mouth
Activity? as tolerated | bed rest | with help
Orders, each with date and time: 14
Read back? yes | no"""
NOTE = """# Assessment
Reason for the note:
Pulse, blood pressure, breathing rate, temperature:
Pain, 0 to 10:
Awake and oriented? yes | no
Findings: 8
# What was done
Done, given, told, each with its time: 9"""
MEDICATION = """# Medication given
Allergies:
Medication, dose, route, time, given by: 14
Write daily, unit and 0.5 mg in full. Do not write QD, U or .5 mg."""
PROGRESS = """# Progress note
Subjective: 4
Objective: 5
Assessment: 4
Plan: 4"""
CONSENT = """# Consent to operation or procedure
Procedure in the patient's own words: 3
Risks, benefits and alternatives explained by:
Interpreter used? yes | no | not needed
Patient or representative, signature, date and time: 2
Witness:"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    number: str
    title: str
    type_code: str
    owner: str
    layout: str = ""
    medium: Medium = Medium.PAPER
    downtime: bool = False
    months: int = 11  # since it was approved


BLANKS = (
    Blank(number="DT-01", title="Downtime orders", type_code="46209-3", owner="Pharmacy and therapeutics committee", layout=ORDERS, downtime=True),
    Blank(number="DT-02", title="Downtime nursing note", type_code="34746-8", owner="Nursing practice council", layout=NOTE, downtime=True),
    Blank(number="DT-03", title="Downtime medication record", type_code="18610-6", owner="Pharmacy and therapeutics committee", layout=MEDICATION, downtime=True),
    Blank(number="DT-04", title="Downtime progress note", type_code="11506-3", owner="Health records committee", layout=PROGRESS, downtime=True, months=25),
    Blank(number="SUR-110", title="Consent to operation or procedure", type_code="61358-8", owner="Surgical services", layout=CONSENT),
    Blank(number="EHR-DS", title="Discharge summary template", type_code="18842-5", owner="Health records committee", medium=Medium.TEMPLATE),
    Blank(number="EHR-HP", title="History and physical template", type_code="34117-2", owner="Health records committee", medium=Medium.TEMPLATE),
    Blank(number="EHR-OR", title="Operative report template", type_code="11504-8", owner="Surgical services", medium=Medium.TEMPLATE),
    Blank(number="RAD-IF", title="Imaging reports", type_code="18748-4", owner="Radiology", medium=Medium.SYSTEM),
)  # fmt: skip


def keep(as_of: datetime) -> None:
    """What is there already stays."""
    if Form.objects.exists():
        return
    keeper = accounts.actor_for(User.objects.get(username=KEEPER))
    chief = accounts.actor_for(
        User.objects.get(username=next(one.username for one in staff() if one.role == Role.ADMINISTRATOR))
    )
    for one in BLANKS:
        with clock.at(as_of - timedelta(days=30 * one.months)):
            approve(keeper, chief, one)
    with clock.at(as_of - timedelta(days=40)):
        old = approve(
            keeper,
            chief,
            Blank(number="NUR-07", title="Graphic sheet", type_code="34746-8", owner="Nursing practice council", layout=NOTE),
        )
        actions.retire(
            actor=chief,
            version_id=old.id,
            on=day_of(clock.now()),
            reason="Vital signs are charted in the system; nobody asked for it in a year.",
        )
    with clock.at(as_of - timedelta(days=3)):
        propose(
            keeper,
            BLANKS[1],
            changes="A line for the weight, asked for by pharmacy",
            layout=NOTE.replace("Pain,", "Weight, kg:\nPain,"),
            begins=day_of(as_of) + timedelta(days=14),
        )
    worker = Actor.system("worker", organisation=keeper.organisation)
    actions.ask_reviews(actor=worker, today=day_of(as_of))
    actions.count_types(actor=worker)


def approve(keeper: Actor, chief: Actor, one: Blank) -> FormVersion:
    return actions.approve(actor=chief, version_id=propose(keeper, one).id)


def propose(
    keeper: Actor, one: Blank, *, changes: str = "First version of the inventory", layout: str = "", begins: date | None = None
) -> FormVersion:
    said = Said(
        title=one.title, type_code=one.type_code, medium=one.medium, owner=one.owner, changes=changes, effective_from=begins or day_of(clock.now()),
        downtime=one.downtime, layout=layout or one.layout,
    )  # fmt: skip
    return actions.propose(actor=keeper, number=one.number, said=said)
