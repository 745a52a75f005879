"""Orders given by telephone at night, and when the physicians who gave them authenticated them."""

from __future__ import annotations

from datetime import datetime, timedelta

from muniment.demo import hl7
from muniment.demo.draw import Draw
from muniment.demo.organisation import day_of, local
from muniment.demo.writer import Sent, Writer, whose

# RxNorm ingredient, name, dose, how: what is asked for in the middle of a night. Invented patients; nothing here advises anybody.
_DRUGS = (
    (("161", "Acetaminophen"), ("650", "mg"), "By mouth every 6 hours as needed for fever"),
    (("26225", "Ondansetron"), ("4", "mg"), "Intravenously every 6 hours as needed for nausea"),
    (("4603", "Furosemide"), ("40", "mg"), "Intravenously once"),
    (("8591", "Potassium chloride"), ("20", "meq"), "By mouth once"),
    (("7052", "Morphine"), ("2", "mg"), "Intravenously every 4 hours as needed for pain"),
    (("711", "Melatonin"), ("3", "mg"), "By mouth at bedtime as needed"),
)
_FORGOTTEN = (12 * 24, 50 * 24)  # hours until what was forgotten is found and authenticated after all
_HOURS = (((1, 9), 0.45), ((9, 36), 0.4), ((50, 120), 0.15))  # until the update that authenticates it, by share
SHARE, FORGOTTEN = 0.3, 0.12  # of adult inpatient stays with such an order; of such orders


def by_word_of_mouth(writer: Writer) -> list[Sent]:
    """The messages about such an order of this stay: drawn apart, so that nothing else of the stay depends on it."""
    case, story = writer.case, writer.story
    draw = Draw(case.seed, "spoken", case.visit)
    first = local(day_of(case.admitted) + timedelta(days=1), draw.between(1, 4), draw.between(0, 59))
    if story.patient_class != "I" or not story.ages[0] or not draw.chance(SHARE) or first >= min(case.discharged, writer.as_of):
        return []
    drug, dose, how = draw.pick(_DRUGS)
    order = hl7.Spoken(
        f"{case.visit}-T1", draw.pick(("PH", "PH", "VO")), drug, dose, how, first, case.attending, case.someone("nursing")
    )
    found = [_sent(writer, 1, first, hl7.spoken_order(f"{case.visit}.T1", first, writer.pid, writer.visit, order))]
    hours = _FORGOTTEN if draw.chance(FORGOTTEN) else draw.weighted(_HOURS)
    authenticated = first + timedelta(hours=draw.between(*hours))
    if authenticated <= writer.as_of:
        content = hl7.spoken_order(f"{case.visit}.T2", authenticated, writer.pid, writer.visit, order, case.attending)
        found.append(_sent(writer, 2, authenticated, content))
    return found


def _sent(writer: Writer, number: int, at: datetime, content: bytes) -> Sent:
    source = f"CPOE|{writer.story.facility}"
    return Sent("hl7v2", at, source, f"{writer.case.visit}-T{number}-OMP-O09.hl7", content, whose(writer.case.person))
