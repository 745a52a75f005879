"""Documents of a stay in prose, one function a kind. Headings in capitals with a colon; paragraphs are single lines that any viewer wraps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from muniment.demo.case import Case
from muniment.demo.organisation import FACILITY, ZONE, day_of
from muniment.demo.staff import Staff
from muniment.demo.story import Operation

# LOINC codes of the document ontology, with their long or short names.
KINDS = {
    "ed": ("34111-5", "Emergency department Note"),
    "hp": ("34117-2", "History and physical note"),
    "orders": ("46209-3", "Provider Orders"),
    "nursing": ("34744-3", "Nurse Admission evaluation note"),
    "progress": ("11506-3", "Progress note"),
    "consult": ("11488-4", "Consult note"),
    "consent": ("59284-0", "Consent Document"),
    "preanesthesia": ("34751-8", "Anesthesiology Preoperative evaluation and management note"),
    "anesthesia": ("11485-0", "Anesthesia records"),
    "operative": ("11504-8", "Surgical operation note"),
    "procedure": ("28570-0", "Procedure note"),
    "delivery": ("15508-5", "Labor and delivery records"),
    "chemotherapy": ("11486-8", "Chemotherapy records"),
    "summary": ("18842-5", "Discharge summary"),
    "instructions": ("8653-8", "Hospital Discharge instructions"),
    "visit": ("34108-1", "Outpatient Note"),
}

_NORMAL = (
    ("General", "[Alert and in no acute distress|Awake, alert, comfortable|Well nourished, no distress]."),
    ("HEENT", "[Mucous membranes moist|Oropharynx clear|Pupils equal and reactive], [sclerae anicteric|no icterus]."),
    ("Neck", "[Supple|No adenopathy], [no JVD|no bruits]."),
    ("Heart", "[Regular rate and rhythm|Regular, S1 and S2 normal], [no murmur|no rub or gallop|soft 2/6 systolic murmur at the base]."),
    ("Lungs", "[Clear to auscultation bilaterally|Clear, no wheeze or crackles|Good air entry bilaterally]."),
    ("Abdomen", "[Soft, nontender, bowel sounds present|Soft, nondistended, no masses|Benign]."),
    ("Extremities", "[No edema|Warm, no edema, pulses 2+|No clubbing, cyanosis or edema]."),
    ("Neuro", "[Alert and oriented to person, place and time|Oriented, no focal deficit|Moves all extremities, speech clear]."),
    ("Skin", "[Warm and dry|No rash|Intact]."),
)
_FAMILY = (
    "[Father with [hypertension|heart disease|type 2 diabetes|a stroke at <58-80>]|Father died of [lung cancer|a heart attack|old age] at <55-92>]; [mother with [hypertension|breast cancer|osteoporosis|diabetes]|mother alive at "
    "<70-95>|mother's history unknown]. [No known bleeding or anesthetic problems in the family.|Siblings in good health.|]"
)
_SURGERY = (
    "[None.|Tonsillectomy in childhood.|Appendectomy as a teenager.|Cholecystectomy, <2000-2019>.|Right inguinal hernia repair, <1998-2020>.|Cataract surgery, both eyes.|Left knee arthroscopy, <2003-2021>.|Carpal tunnel release, <2005-2022>.]"
)
_REVIEW = (
    "[Constitutional: no weight change other than as above.|Constitutional: fatigue.|Constitutional: as above.] [Eyes and ears: negative.|ENT: negative.] [Genitourinary: no dysuria.|Genitourinary: nocturia once.] "
    "[Musculoskeletal: chronic low back ache.|Musculoskeletal: negative.] [Neurologic: no headache.|Neurologic: negative.] Other systems reviewed and negative[ except as in the history|]."
)


@dataclass(slots=True)
class Note:
    """A document: what kind, who is responsible, when it was authored (UTC), its text."""

    kind: str
    author: Staff
    at: datetime
    text: str
    title: str = ""
    day: int = 0


def paragraphs(*parts: tuple[str, str | Iterable[str]]) -> str:
    """Headings and their bodies; an empty body leaves its heading out."""
    out = []
    for heading, body in parts:
        text = body if isinstance(body, str) else "\n".join(body)
        if text:
            out.append(f"{heading}:\n{text}")
    return "\n\n".join(out)


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {_capital(line)}" for line in lines if line)


def _numbered(lines: Iterable[str]) -> str:
    return "\n".join(f"{place}. {_capital(line)}" for place, line in enumerate((line for line in lines if line), 1))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _prose(lines: Iterable[str]) -> str:
    return " ".join(_capital(line) for line in lines if line)


def stamped(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%m/%d/%Y %H:%M}"


def head(case: Case, title: str, at: datetime) -> str:
    person, facility = case.person, FACILITY[case.story.facility]
    name = f"{person.family}, {person.given}" + (f" {person.suffix}" if person.suffix else "")
    return f"{facility.name.upper()}\n{title.upper()}\n\nPatient: {name}    MRN: {person.mrn(facility.code)}    Visit: {case.visit}\nDate: {stamped(at)}"


def signed(author: Staff) -> str:
    return f"\n\n{author.signature}"


def _note(case: Case, kind: str, title: str, author: Staff, at: datetime, body: str, day: int = 0) -> Note:
    return Note(kind, author, at, f"{head(case, title, at)}\n\n{body}{signed(author)}", title, day)


def exam(case: Case) -> str:
    own = dict(case.story.exam)
    lines = [f"{system}: {_capital(case.say(own.pop(system, usual)))}" for system, usual in _NORMAL]
    return "\n".join([*lines, *(f"{system}: {_capital(case.say(text))}" for system, text in own.items())])


def problems(case: Case) -> list[str]:
    """Discharge diagnoses: the story's, then what the patient lives with."""
    from muniment.demo.profile import words

    told = [_capital(line) for line in case.tell(case.story.diagnoses)]
    return told + [_capital(word) for word in words(case.person)]


def _allergies(case: Case) -> str:
    return "; ".join(f"{drug} ({what})" for drug, what in case.person.allergies) or case.say("[No known drug allergies|NKDA|No known allergies].")


def _social(case: Case) -> str:
    person = case.person
    smoke = person.conditions.get("smoker")
    past = person.conditions.get("former smoker")
    tobacco = f"Smokes, {smoke} pack-years." if smoke else f"Former smoker, {past} pack-years." if past else "Never smoked."
    drink = "" if case.facts["noun"] in ("boy", "girl") else case.say(" [Alcohol: occasional.|Alcohol: none.|Rarely drinks.|One or two drinks on weekends.]")
    if person.has("alcohol"):
        drink = " Alcohol use as described."
    return f"{_capital(person.lives)}; {person.occupation or 'not in school'}. " + ("" if case.facts["noun"] in ("boy", "girl") else tobacco + drink)


def _background(case: Case) -> list[tuple[str, str | Iterable[str]]]:
    return [
        ("PAST MEDICAL HISTORY", _capital(case.facts["past"]) + "."),
        ("PAST SURGICAL HISTORY", case.say(_SURGERY) if int(case.facts["years"]) > 17 else "None."),
        ("MEDICATIONS", _bullets(case.medicines) or "None."),
        ("ALLERGIES", _allergies(case)),
        ("FAMILY HISTORY", case.say(_FAMILY)),
        ("SOCIAL HISTORY", _social(case)),
    ]


def _chief(case: Case) -> str:
    return case.facts["cc"] + "."


def history(case: Case) -> str:
    return case.facts["hpi"]


def emergency(case: Case, at: datetime, author: Staff) -> Note:
    story = case.story
    home = story.patient_class == "E"
    end = case.say("[Discharged home in stable condition.|Discharged in good condition with instructions.]") if home else case.say("Admitted to {service}; [report given|case discussed with the admitting physician].")
    body = paragraphs(
        ("CHIEF COMPLAINT", _chief(case)),
        ("HISTORY OF PRESENT ILLNESS", history(case) if home else _short_history(case)),
        ("PAST MEDICAL HISTORY", _capital(case.facts["past"]) + "."),
        ("ALLERGIES", _allergies(case)),
        ("VITAL SIGNS", case.facts["vitals"]),
        ("PHYSICAL EXAMINATION", exam(case)),
        ("RESULTS", _prose(case.facts["data"].split("\n"))),
        ("EMERGENCY DEPARTMENT COURSE", _prose(case.tell(story.ed_course))),
        ("IMPRESSION", _numbered(case.tell(story.diagnoses)) if home else case.facts["reason"]),
        ("DISPOSITION", end),
    )
    return _note(case, "ed", "Emergency department note", author, at, body)


def _short_history(case: Case) -> str:
    return case.say("{age} {noun} {withpast}. ") + case.say("[Presents with|Here for|Brought in for] {reason_low}. [See admission history for detail.|History from patient and EMS.|History from patient.]")


def admission(case: Case, at: datetime, author: Staff) -> Note:
    body = paragraphs(
        ("CHIEF COMPLAINT", _chief(case)),
        ("HISTORY OF PRESENT ILLNESS", history(case)),
        *_background(case),
        ("REVIEW OF SYSTEMS", case.say(_REVIEW)),
        ("VITAL SIGNS", case.facts["vitals"]),
        ("PHYSICAL EXAMINATION", exam(case)),
        ("DATA", _prose(case.facts["data"].split("\n"))),
        ("ASSESSMENT AND PLAN", _numbered(case.tell(case.story.plan))),
    )
    title = "Psychiatric evaluation and history and physical" if case.story.service == "PSY" else "History and physical"
    return _note(case, "hp", title, author, at, body)


def orders(case: Case, at: datetime, author: Staff) -> Note:
    usual = case.tell(("Admit to {service}, [inpatient status|inpatient]", "Vital signs every [4|6|8] hours", "[Full code|Full code|Full code|Code status discussed: full code]", "Allergies reviewed"))
    body = paragraphs(("ADMISSION ORDERS", _numbered([*usual, *case.tell(case.story.orders), *(f"Continue {drug}" for drug in case.medicines[:4])])))
    return _note(case, "orders", "Admission orders", author, at, body)


def nursing(case: Case, at: datetime, author: Staff) -> Note:
    told = case.tell(
        (
            "[Arrived by stretcher|Arrived by wheelchair|Ambulated to room] from [the emergency department|admitting|home], oriented to room and call light.",
            "Pain <0-7>/10[ at rest|, goal 3/10]. [Skin intact|Skin intact, heels pink|Dry skin, no breakdown].",
            "Fall risk [low|moderate|moderate|high]; [bed alarm on|side rails up|yellow band placed].",
        )
    )
    mine = case.tell(case.story.nursing)
    body = paragraphs(("VITAL SIGNS", case.facts["vitals"]), ("ASSESSMENT", _bullets([*told, *mine])), ("HOME MEDICATIONS REVIEWED", case.say("[Yes, list in chart|Yes, with family|Yes, pharmacy called].")), ("DISCHARGE NEEDS", case.say("[None identified|Home equipment|Ride home|Home health likely|To be assessed by case management].")))
    return _note(case, "nursing", "Nursing admission assessment", author, at, body)


def progress(case: Case, at: datetime, author: Staff, day: int, said: str) -> Note:
    better = case.say("T <97.4-98.9> F, HR <64-92>, RR <14-20>, BP <108-146>/<60-84>, SpO2 <93-98>%")
    lab = _lab_line(case, day)
    body = paragraphs(
        ("SUBJECTIVE", _capital(said.split(". ")[0]) + "."),
        ("OBJECTIVE", f"{better}. {case.say('[Resting in bed|Sitting in chair|Comfortable|Awake and talking]')}. {lab}"),
        ("ASSESSMENT AND PLAN", _prose([*said.split(". ")[1:]]) or case.say("[Continue present plan|Course as expected]. [Disposition: to be determined|Discussed with nursing and case management].")),
    )
    return _note(case, "progress", f"Progress note, hospital day {day + 1}", author, at, body, day)


def _lab_line(case: Case, day: int) -> str:
    from muniment.demo import labs

    index = min(day, case.lab_days - 1)
    known = [test for test in ("WBC", "HGB", "NA", "K", "BUN", "CR", "GLU") if test in case.results]
    shown = [f"{name} {labs.shown(name, case.results[name][index])}" for name in known]
    return "Labs: " + ", ".join(shown) + "." if shown else ""


def consult(case: Case, at: datetime, author: Staff) -> Note:
    ask = case.story.consult
    assert ask is not None
    body = paragraphs(
        ("REASON FOR CONSULTATION", case.say(ask.reason)),
        ("HISTORY OF PRESENT ILLNESS", case.say("[Asked to see this|I was asked to evaluate this|Thank you for asking me to see this] {age} {noun} {withpast}, admitted with {reason_low}. Chart and results reviewed.")),
        ("PHYSICAL EXAMINATION", exam(case)),
        ("IMPRESSION AND RECOMMENDATIONS", _numbered([*case.tell(ask.opinion), case.say("[Will follow.|We will follow along with you.|Please call with questions.]")])),
    )
    return _note(case, "consult", f"{ask.specialty} consultation", author, at, body)


def _spoken(case: Case, template: str, otherwise: str = "") -> str:
    told = case.tell((template,))
    return _capital(told[0]) if told else otherwise


def operative(case: Case, work: Operation, at: datetime, author: Staff, anesthetist: Staff) -> Note:
    body = paragraphs(
        ("DATE OF PROCEDURE", stamped(at - timedelta(hours=1))[:10]),
        ("PREOPERATIVE DIAGNOSIS", _spoken(case, work.before)),
        ("POSTOPERATIVE DIAGNOSIS", _spoken(case, work.after, "See findings")),
        ("PROCEDURE", _spoken(case, work.name)),
        ("SURGEON" if work.surgical else "OPERATOR", author.signature),
        ("ANESTHESIA", case.facts["anesthesia"] + (f" ({anesthetist.signature})" if work.surgical else "")),
        ("FINDINGS", _spoken(case, work.findings, "As described.")),
        ("DESCRIPTION OF PROCEDURE", _prose(case.tell(work.steps))),
        ("ESTIMATED BLOOD LOSS", case.say(work.blood_loss)),
        ("SPECIMENS", _spoken(case, work.specimens, "None")),
        ("COMPLICATIONS", "None apparent."),
    )
    kind, title = ("operative", "Operative report") if work.surgical else ("procedure", "Procedure report")
    return _note(case, kind, title, author, at, body)


def preanesthesia(case: Case, work: Operation, at: datetime, author: Staff) -> Note:
    body = paragraphs(
        ("PLANNED PROCEDURE", _spoken(case, work.name)),
        ("HISTORY", case.say("{age} {noun} {withpast}. [No prior anesthetic problems.|Postoperative nausea in the past.|No family history of malignant hyperthermia.]")),
        ("AIRWAY", case.say("Mallampati [I|II|II|III], [full neck extension|neck mobility fair], [own teeth|upper denture|no loose teeth].")),
        ("ASA PHYSICAL STATUS", case.say("[II|II|III]" if not case.person.has("hf", "copd", "ckd", "cad") else "[III|III|IV]")),
        ("PLAN", case.facts["anesthesia"] + case.say("; risks and alternatives discussed, [questions answered|patient agrees].")),
    )
    return _note(case, "preanesthesia", "Preanesthesia evaluation", author, at, body)


def anesthesia(case: Case, at: datetime, author: Staff) -> Note:
    body = paragraphs(
        ("ANESTHESIA TYPE", case.facts["anesthesia"]),
        ("COURSE", case.say("Standard monitors. [Uneventful induction|Smooth course|Hemodynamically stable throughout]. Systolic pressure <96-118> to <128-156>. Fluids <600-1800> mL. [Ondansetron and dexamethasone given.|Antibiotic given before incision.]")),
        ("POSTANESTHESIA EVALUATION", case.say("Seen in recovery <25-70> minutes after arrival: airway patent, [pain <1-4>/10|comfortable], [no nausea|mild nausea treated], temperature <96.8-98.4> F. No anesthetic complication.")),
    )
    return _note(case, "anesthesia", "Anesthesia record", author, at, body)


def consent(case: Case, work: Operation, at: datetime, author: Staff) -> Note:
    body = paragraphs(
        ("PROCEDURE", _spoken(case, work.name)),
        ("STATEMENT", case.say("The nature, purpose, risks ([bleeding, infection, injury to nearby structures|bleeding, infection, reaction to anesthesia, clots]), benefits and alternatives were explained in plain words[ with an interpreter available|]. Questions were answered.")),
        ("SIGNED", case.say("[By the patient|By the patient|By the patient, witness present] at {clock}.") if int(case.facts["years"]) >= 18 else case.say("By a parent, witness present.")),
    )
    return _note(case, "consent", "Informed consent for procedure", author, at, body)


def summary(case: Case, at: datetime, author: Staff) -> Note:
    story = case.story
    gone = case.disposition == "20"
    body = paragraphs(
        ("ADMISSION DATE", f"{day_of(case.admitted):%m/%d/%Y}"),
        ("DISCHARGE DATE", f"{day_of(case.discharged):%m/%d/%Y}"),
        ("DISCHARGE DIAGNOSES", _numbered(problems(case))),
        ("PROCEDURES", _spoken(case, story.operation.name) if story.operation else ""),
        ("HISTORY OF PRESENT ILLNESS", case.say("{age} {noun} {withpast} admitted with {reason_low}.")),
        ("HOSPITAL COURSE", _prose([*case.tell(story.course), *([_death(case)] if gone else [])])),
        ("CONDITION AT DISCHARGE", "Deceased." if gone else case.say("[Stable.|Good.|Improved.|Fair, improving.]")),
        ("DISPOSITION", DISPOSITIONS[case.disposition]),
        ("DISCHARGE MEDICATIONS", "" if gone else _bullets([*case.tell(story.medicines), *case.medicines])),
        ("FOLLOW-UP", "" if gone else _capital(case.facts["followup"]) + "."),
    )
    return _note(case, "summary", "Discharge summary", author, at, body)


def _death(case: Case) -> str:
    return case.say("Despite these measures {he} [declined|worsened] and, in keeping with {his} and the family's wishes, care was directed to comfort. {He} died [peacefully|with family present].")


DISPOSITIONS = {
    "01": "Home.",
    "02": "Transferred to another short-term hospital.",
    "03": "Skilled nursing facility.",
    "06": "Home with home health services.",
    "07": "Left against medical advice.",
    "20": "Died.",
    "50": "Hospice, home.",
    "62": "Inpatient rehabilitation facility.",
    "65": "Psychiatric hospital.",
}


def instructions(case: Case, at: datetime, author: Staff) -> Note:
    body = paragraphs(
        ("WHY YOU WERE HERE", case.tell(case.story.diagnoses)[:2]),
        ("WHAT TO DO", _bullets(case.tell(case.story.instructions))),
        ("NEW MEDICINES", _bullets(case.tell(case.story.medicines))),
        ("APPOINTMENTS", _capital(case.facts["followup"]) + "."),
        ("TEACHING", case.say("Reviewed with [patient|patient and family|patient and daughter|caregiver]; [teach-back done|states understanding|copy given].")),
    )
    return _note(case, "instructions", "Discharge instructions", author, at, body)


def visit(case: Case, at: datetime, author: Staff) -> Note:
    body = paragraphs(
        ("REASON FOR VISIT", _chief(case)),
        ("HISTORY OF PRESENT ILLNESS", history(case)),
        ("MEDICATIONS", _bullets(case.medicines) or "None."),
        ("ALLERGIES", _allergies(case)),
        ("VITAL SIGNS", case.facts["vitals"]),
        ("PHYSICAL EXAMINATION", exam(case)),
        ("DATA", _prose(case.facts["data"].split("\n"))),
        ("ASSESSMENT AND PLAN", _numbered([*case.tell(case.story.diagnoses), *case.tell(case.story.plan)])),
        ("FOLLOW-UP", _capital(case.facts["followup"]) + "."),
    )
    return _note(case, "visit", "Office visit", author, at, body)


def extra(case: Case, kind: str, at: datetime, author: Staff) -> Note:
    lines = dict(case.story.extra_documents)[kind]
    title = {"delivery": "Delivery note", "chemotherapy": "Chemotherapy administration record"}[kind]
    return _note(case, kind, title, author, at, paragraphs((title.upper(), _prose(case.tell(lines)))))
