"""What the gallery shows: invented people and figures, the same every time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django import forms

from muniment.ui import charts
from muniment.ui.charts import Series
from muniment.ui.forms import FormRenderer
from muniment.ui.shapes import (
    Document,
    Event,
    Fact,
    Figure,
    Filter,
    Flag,
    Frame,
    Input,
    Option,
    Page,
    Patient,
    Place,
    Places,
    Tab,
    Tone,
    Why,
)

TODAY = date(2026, 3, 16)
MONTHS = ("Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar")
NOTE = """CHIEF COMPLAINT: Shortness of breath, three days.

HISTORY OF PRESENT ILLNESS:
Mrs. Lindqvist is an 83-year-old woman with known ischaemic cardiomyopathy who noticed that she could no longer climb the
stairs to her bedroom without stopping. She slept in a chair for the last two nights. Her ankles have swollen since
Sunday, and she has gained 4 kg by her own scale. No chest pain, no fever, no cough.

MEDICATIONS ON ADMISSION:
Metoprolol succinate 50 mg daily, lisinopril 10 mg daily, furosemide 20 mg daily (she ran out about ten days ago).

LABORATORY
Test              Result    Unit      Reference
BNP               1,840     pg/mL     < 100
Sodium              132     mmol/L    135-145
Creatinine          1.4     mg/dL     0.6-1.1

ASSESSMENT AND PLAN:
Acute on chronic systolic heart failure, most likely from missed diuretic. Start furosemide 40 mg IV twice daily, daily
weights, fluid restriction to 1.5 L. Echocardiogram in the morning."""

FLAGS = (
    Flag("Legal hold", Tone.LATE, "Nothing of this record may be destroyed"),
    Flag("Part 2", Tone.DUE, "Substance use disorder records, 42 CFR Part 2"),
    Flag("VIP", Tone.INFO),
)
PATIENT = Patient(
    family="Lindqvist",
    given="Maren Elise",
    born="14 Mar 1943",
    age="83 y",
    sex="female",
    mrn="0042213",
    assigner="Harbour General",
    url="#patient",
    encounter="2026-01176",
    encounter_url="#encounter",
    encounter_class="Inpatient",
    dates="3 Mar 2026, 22:40 to 9 Mar 2026, 11:15",
    location="4 West, cardiology",
    flags=FLAGS,
)
QUIET = Patient(
    family="Okonjo",
    given="Daniel",
    born="1961",
    age="about 64 y",
    sex="male",
    mrn="0051870",
    assigner="Harbour General",
    url="#patient",
)
COMPARED = Patient(
    family="Lindquist",
    given="Maren",
    born="14 Mar 1943",
    age="83 y",
    sex="female",
    mrn="C-7719",
    assigner="Quay Clinic",
    flags=(Flag("Possible duplicate", Tone.DUE),),
    comparing="the right-hand record",
)
WHY = Why(
    rule="A history and physical is to be in the chart no later than 24 hours after admission.",
    citation="42 CFR 482.22(c)(5)",
    citation_url="#rule",
    inputs=(
        Input("Admitted", "3 Mar 2026, 22:40", "#encounter"),
        Input("Class", "Inpatient"),
        Input("Filed", "nothing that qualifies"),
    ),
    judged_on=date(2026, 3, 3),
)
UNVERIFIED = Why(
    rule="House policy: operative reports are dictated on the day of the procedure.",
    citation="Medical staff bylaws, section 9.4",
    judged_on=date(2026, 3, 4),
    verified=False,
)
LATE_TREND = (48.0, 51, 47, 44, 46, 41, 38, 40, 37, 35, 31, 29)
FIGURES = (
    Figure(
        label="Delinquent charts", value="29", url="#late", why=WHY, state="12 over 30 days", tone=Tone.LATE, spark=LATE_TREND
    ),
    Figure(label="Discharged, not coded", value="112", url="#uncoded", why=WHY, state="due in 2 days", tone=Tone.DUE),
    Figure(label="Median days to final code", value="3.4", unit="days", url="#days", why=WHY, state="target 4", tone=Tone.OK),
    Figure(label="In quarantine", value="7", url="#quarantine", why=UNVERIFIED),
)
DOCUMENT = Document(
    title="History and physical", author="Adaeze Obi, MD", when="4 Mar 2026, 01:15", text=NOTE, state="Signed", tone=Tone.OK
)
FOUND = replace(DOCUMENT, text=NOTE[:180], state="Unsigned", tone=Tone.DUE, find="breath")
FACTS = (
    Fact(label="Requester", value="Brightwater Insurance, claims unit"),
    Fact(label="Received", value="12 Mar 2026, 08:30"),
    Fact(label="Purpose", value="Payment of claim 88-1042"),
    Fact(label="Due", value="11 Apr 2026", why=WHY),
    Fact(label="Authorization", value="Not needed for payment", url="#authorization"),
    Fact(label="Fax", value=""),
)
EVENTS = (
    Event(what="Signed by Adaeze Obi, MD", who="Adaeze Obi, MD", when="10 Mar 2026, 07:52", tone=Tone.OK, url="#document"),
    Event(
        what="Returned for correction",
        who="Tomas Reyes, RHIT",
        when="9 Mar 2026, 16:20",
        why="Wrong encounter number in the heading.",
        tone=Tone.DUE,
    ),
    Event(
        what="Deadline passed", who="Rule book", when="4 Mar 2026, 22:40", why="History and physical, 24 hours.", tone=Tone.LATE
    ),
    Event(what="Admitted", who="ADT interface, Harbour General", when="3 Mar 2026, 22:40"),
)
FILTERS = (
    Filter(name="Whose", options=(Option("Mine", "#mine", True), Option("My team’s", "#team"), Option("Nobody’s", "#pool"))),
    Filter(
        name="Due", options=(Option("due this week", "#week", True), Option("late", "#late"), Option("at any time", "#any"))
    ),
    Filter(name="Class", options=(Option("inpatient", "#inpatient", True), Option("any class", "#all"))),
)
TABS = (
    Tab("Documents", "#documents", True, 14),
    Tab("Results", "#results", False, 31),
    Tab("Timeline", "#time"),
    Tab("Codes", "#codes", False, 0),
)
QUEUE = (
    ("LINDQVIST, Maren Elise", "2026-01176", date(2026, 3, 14), "Discharge summary missing", "Assign", 7),
    ("OKONJO, Daniel", "2026-01180", date(2026, 3, 16), "Operative report unsigned", "Remind", 6),
    ("FERREIRA, Inês", "2026-01169", date(2026, 3, 18), "Consent not scanned", "Scan", 9),
    ("ABERNATHY, Roy", "2026-01201", date(2026, 3, 19), "History and physical unsigned", "Remind", 4),
    ("HALVORSEN, Ida", "2026-01210", date(2026, 4, 2), "Pathology awaited", "Wait", 3),
    ("NAKAGAWA, Jun", "2026-01214", date(2026, 4, 7), "Discharge summary unsigned", "Remind", 2),
)
CODES = (
    ("I50.23", "Acute on chronic systolic (congestive) heart failure", "Y", "drives the DRG"),
    ("I25.5", "Ischemic cardiomyopathy", "Y", ""),
    ("E87.1", "Hypo-osmolality and hyponatremia", "Y", "CC"),
    ("N17.9", "Acute kidney failure, unspecified", "N", "CC"),
)
AGEING = ("Cardiology", "Surgery", "Medicine", "Obstetrics")
BANDS = (
    Series("0–7 days", (12, 9, 22, 6)),
    Series("8–14 days", (8, 11, 9, 2)),
    Series("15–30 days", (4, 12, 6, 0)),
    Series("over 30 days", (1, 9, 2, 0)),
)


class SampleForm(forms.Form):
    """Every kind of field."""

    default_renderer = FormRenderer()
    reason = forms.CharField(label="Reason for the amendment", help_text="One sentence. It is kept with the record.")
    on = forms.CharField(
        label="Date of service", required=False, help_text="As exactly as it is known: 2026, Mar 2026 or 14 Mar 2026."
    )
    kind = forms.ChoiceField(label="Document type", choices=[("hp", "History and physical"), ("ds", "Discharge summary")])
    text = forms.CharField(label="Text", widget=forms.Textarea(attrs={"rows": 4}), required=False)
    poa = forms.ChoiceField(label="Present on admission", choices=[("Y", "Yes"), ("N", "No")], widget=forms.RadioSelect)
    told = forms.BooleanField(label="The author has been told", required=False)


def wrong_form() -> SampleForm:
    """The sample form as it comes back with errors."""
    form = SampleForm({"kind": "hp", "poa": "Y", "on": "31 Feb 2026"}, prefix="wrong")
    form.add_error("on", "31 Feb 2026 does not exist. Enter a date that does, or only its month.")
    return form


def drawings() -> dict[str, charts.Chart]:
    """One chart of each kind."""
    share = Series("Harbour", (81.0, 82, 80, 84, 85, 83, 86, 88, None, 89, 91, 92))
    clinic = Series("Quay", (74.0, 75, 79, 78, 80, 82, 81, 84, 85, 84, 86, 88), "info")
    return {
        "trend": charts.line(
            "Charts complete within 30 days",
            MONTHS,
            (share, clinic),
            target=90,
            unit="%",
            note="Share of discharges, by month.",
        ),
        "counts": charts.bars(
            "Charts coded a day", ("Mon", "Tue", "Wed", "Thu", "Fri"), (41, 46, 39, 52, 44), target=45, unit="charts"
        ),
        "ageing": charts.stacked("Open deficiencies by age", AGEING, BANDS, note="Counted from discharge."),
        "nothing": charts.bars("Releases a day", (), ()),
    }


def frame(current: str = "") -> Frame:
    """A bar as a coder has it, standing at ``current``."""
    kinds = (("day", "d"), ("queue", "q"), ("workspace", "w"), ("record", "r"), ("board", "b"))
    places = [Place(label=kind.capitalize(), url=kind, key=key, current=kind == current) for kind, key in kinds]
    places.append(Place(label="Components", url=".", key="c", current=not current))
    groups = [
        Places(name="Kinds of screen", places=places[:-1]),
        Places(name="Everything", places=[*places[-1:], Place(label="Sign-in", url="#sign-in", key="s")]),
    ]
    return Frame(
        facility="Harbour General",
        home_url="day",
        places=places,
        groups=groups,
        menu_key="m",
        find_url="queue",
        deadline="3 due today",
        deadline_url="queue",
        deadline_tone=Tone.DUE,
        user_id="sample",
        user_name="Tomas Reyes",
        user_role="Coder",
    )


def everything(current: str = "") -> dict[str, Any]:
    """The context of every specimen; ``current`` is the kind of screen it is for."""
    return {
        "today": TODAY,
        "frame": frame(current),
        "patient": PATIENT,
        "quiet": QUIET,
        "compared": COMPARED,
        "why_answer": WHY,
        "unverified": UNVERIFIED,
        "figures": FIGURES,
        "facts_sample": FACTS,
        "events": EVENTS,
        "filter_parts": FILTERS,
        "tab_items": TABS,
        "queue": QUEUE,
        "codes": CODES,
        "page": Page(first=1, last=50, total=214, next_url="#next"),
        "middle": Page(first=51, last=100, previous_url="#previous", next_url="#next"),
        "document": DOCUMENT,
        "found": FOUND,
        "form": SampleForm(),
        "wrong": wrong_form(),
        "drawings": drawings(),
        "dates_sample": (date(2026, 3, 14), TODAY, date(2026, 3, 18), date(2026, 5, 1)),
    }
