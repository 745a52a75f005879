"""Documents of a stay in prose, one function a kind. Headings in capitals with a colon; paragraphs are single lines that any viewer wraps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from muniment.demo import labs
from muniment.demo.case import Case, personal
from muniment.demo.kinds import DISPOSITIONS
from muniment.demo.organisation import FACILITY, ZONE, day_of
from muniment.demo.profile import words
from muniment.demo.staff import Staff

_NORMAL = (
    ("General", "[Alert and in no acute distress|Awake, alert, comfortable|Well nourished, no distress]."),
    ("HEENT", "[Mucous membranes moist|Oropharynx clear|Pupils equal and reactive], [sclerae anicteric|no icterus]."),
    ("Neck", "[Supple|No adenopathy], [no JVD|no bruits]."),
    (
        "Heart",
        "[Regular rate and rhythm|Regular, S1 and S2 normal], [no murmur|no rub or gallop|soft 2/6 systolic murmur at the base].",
    ),
    ("Lungs", "[Clear to auscultation bilaterally|Clear, no wheeze or crackles|Good air entry bilaterally]."),
    ("Abdomen", "[Soft, nontender, bowel sounds present|Soft, nondistended, no masses|Benign]."),
    ("Extremities", "[No edema|Warm, no edema, pulses 2+|No clubbing, cyanosis or edema]."),
    ("Neuro", "[Alert and oriented to person, place and time|Oriented, no focal deficit|Moves all extremities, speech clear]."),
    ("Skin", "[Warm and dry|No rash|Intact]."),
)
_FAMILY = "[Father with [hypertension|heart disease|type 2 diabetes|a stroke at <58-80>]|Father died of [lung cancer|a heart attack|old age] at <55-92>]; [mother with [hypertension|breast cancer|osteoporosis|diabetes]|mother alive at <70-95>|mother's history unknown]. [No known bleeding or anesthetic problems in the family.|Siblings in good health.|]"
_SURGERY = {
    "child": "None.",
    "adult": "[None.|None.|Tonsillectomy in childhood.|Wisdom teeth.|Knee arthroscopy <2-9> years ago.|Carpal tunnel release <1-8> years ago.|Septoplasty <2-10> years ago.]",
    "old": (
        "[None.|Tonsillectomy in childhood.|Cataract surgery, both eyes.|Knee arthroscopy <8-25> years ago.|Carpal tunnel release <3-20> years ago; cataract surgery.|Rotator cuff repair <4-18> years ago.|Bunionectomy <5-20> years ago.]"
    ),
}
_REVIEW = {
    "child": "[No recent weight change.|Appetite as above.] [No rash.|No ear pain.] Urine output normal. Other systems negative[ per parent|].",
    "adult": (
        "[Constitutional: fatigue.|Constitutional: as above.] [Eyes and ears: negative.|ENT: negative.] Genitourinary: no [dysuria|hematuria]. [Musculoskeletal: occasional back ache.|Musculoskeletal: negative.] [Neurologic: no headache.|Neurologic: negative.] Other systems reviewed and negative[ except as in the history|]."
    ),
    "old": (
        "[Constitutional: no weight change other than as above.|Constitutional: fatigue.] [Eyes: glasses.|Hearing: reduced.|ENT: negative.] Genitourinary: [no dysuria|nocturia once or twice]. Musculoskeletal: [chronic low back ache|stiff hands in the morning|negative]. Other systems reviewed and negative[ except as in the history|]."
    ),
}


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


def prose(lines: Iterable[str]) -> str:
    return " ".join(_capital(line) for line in lines if line)


def stamped(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%m/%d/%Y %H:%M}"


def head(case: Case, title: str, at: datetime) -> str:
    person, facility = case.person, FACILITY[case.story.facility]
    name = f"{person.family}, {person.given}" + (f" {person.suffix}" if person.suffix else "")
    return f"{facility.name.upper()}\n{title.upper()}\n\nPatient: {name}    MRN: {person.mrn(facility.code)}    Visit: {case.visit}\nDate: {stamped(at)}"


def signed(author: Staff) -> str:
    return f"\n\n{author.signature}"


def note(case: Case, kind: str, title: str, author: Staff, at: datetime, body: str, day: int = 0) -> Note:
    return Note(kind, author, at, f"{head(case, title, at)}\n\n{body}{signed(author)}", title, day)


def exam(case: Case) -> str:
    own = {**_PERSONAL_EXAM[_life(case)], **dict(case.story.exam)}
    if case.facts["rhythm"] == "af":
        own["Heart"] = "[Irregularly irregular|Irregular rhythm, rate controlled], no [murmur|gallop]."
    lines = [f"{system}: {_capital(case.say(own.pop(system, usual)))}" for system, usual in _NORMAL]
    return "\n".join([*lines, *(f"{system}: {_capital(case.say(text))}" for system, text in own.items())])


_PERSONAL_EXAM: dict[str, dict[str, str]] = {
    "baby": {
        "Neuro": "[Good tone, moves all extremities|Active, good suck and grasp].",
        "Neck": "Supple.",
        "Heart": "Regular rate and rhythm, no murmur, femoral pulses 2+.",
    },
    "child": {
        "Neuro": "[Alert, moves all extremities|Interactive, no focal deficit].",
        "Neck": "Supple, no adenopathy.",
        "Heart": "Regular rate and rhythm, no murmur.",
    },
    "adult": {},
    "old": {},
}


def _life(case: Case) -> str:
    years = int(case.facts["years"])
    return "baby" if years < 2 else "child" if years < 18 else "adult" if years < 60 else "old"


def problems(case: Case) -> list[str]:
    """Discharge diagnoses: the story's, then what the patient lives with."""
    told = [_capital(line) for line in case.tell(case.story.diagnoses)]
    return told + [_capital(word) for word in words(case.person, case.story.covers)]


def _allergies(case: Case) -> str:
    return "; ".join(f"{drug} ({what})" for drug, what in case.person.allergies) or case.say(
        "[No known drug allergies|NKDA|No known allergies]."
    )


def _social(case: Case) -> str:
    person = case.person
    smoke = person.conditions.get("smoker")
    past = person.conditions.get("former smoker")
    tobacco = f"Smokes, {smoke} pack-years." if smoke else f"Former smoker, {past} pack-years." if past else "Never smoked."
    drink = (
        ""
        if case.facts["noun"] in ("boy", "girl")
        else case.say(" [Alcohol: occasional.|Alcohol: none.|Rarely drinks.|One or two drinks on weekends.]")
    )
    if person.has("alcohol"):
        drink = " Alcohol use as described."
    home = _capital("; ".join(part for part in (person.lives, person.occupation) if part)) + "."
    return home if case.facts["noun"] in ("boy", "girl") else f"{home} {tobacco}{drink}"


def _background(case: Case) -> list[tuple[str, str | Iterable[str]]]:
    life, own = _life(case), personal(case.seed, "family history", case.person)
    if life == "baby":
        return [
            ("MEDICATIONS", _bullets(case.medicines) or "None."),
            ("ALLERGIES", _allergies(case)),
            ("FAMILY AND SOCIAL HISTORY", case.say("See [maternal|mother's] record. Parents [present|at the bedside].")),
        ]
    return [
        ("PAST MEDICAL HISTORY", _capital(case.facts["past"]) + "."),
        ("PAST SURGICAL HISTORY", case.facts.get("operated") or own.say(_SURGERY[life], case.facts)),
        ("MEDICATIONS", _bullets(case.medicines) or "None."),
        ("ALLERGIES", _allergies(case)),
        ("FAMILY HISTORY", own.say(_FAMILY, case.facts).strip()),
        ("SOCIAL HISTORY", _social(case)),
    ]


def _chief(case: Case) -> str:
    return case.facts["cc"] + "."


def history(case: Case) -> str:
    return case.facts["hpi"]


def emergency(case: Case, at: datetime, author: Staff) -> Note:
    story = case.story
    home = story.patient_class == "E"
    end = (
        case.say("[Discharged home in stable condition.|Discharged in good condition with instructions.]")
        if home
        else case.say("Admitted to {service}; [report given|case discussed with the admitting physician].")
    )
    body = paragraphs(
        ("CHIEF COMPLAINT", _chief(case)),
        ("HISTORY OF PRESENT ILLNESS", history(case) if home else _short_history(case)),
        ("PAST MEDICAL HISTORY", _capital(case.facts["past"]) + "."),
        ("ALLERGIES", _allergies(case)),
        ("VITAL SIGNS", case.facts["vitals"]),
        ("PHYSICAL EXAMINATION", exam(case)),
        ("RESULTS", prose(case.facts["data"].split("\n"))),
        ("EMERGENCY DEPARTMENT COURSE", prose(case.tell(story.ed_course))),
        ("IMPRESSION", _numbered(case.tell(story.diagnoses)) if home else case.facts["reason"]),
        ("DISPOSITION", end),
    )
    return note(case, "ed", "Emergency department note", author, at, body)


def _short_history(case: Case) -> str:
    return case.say("{age} {noun} {withpast}. ") + case.say(
        "[Presents with|Here for|Brought in for] {reason_low}. [See admission history for detail.|History from patient and EMS.|History from patient.]"
    )


def admission(case: Case, at: datetime, author: Staff) -> Note:
    body = paragraphs(
        ("CHIEF COMPLAINT", _chief(case)),
        ("HISTORY OF PRESENT ILLNESS", history(case)),
        *_background(case),
        ("REVIEW OF SYSTEMS", case.say(_REVIEW[_life(case)]) if _life(case) != "baby" else ""),
        ("VITAL SIGNS", case.facts["vitals"]),
        ("PHYSICAL EXAMINATION", exam(case)),
        ("DATA", prose(case.facts["data"].split("\n"))),
        ("ASSESSMENT AND PLAN", _numbered(case.tell(case.story.plan))),
    )
    title = "Psychiatric evaluation and history and physical" if case.story.service == "PSY" else "History and physical"
    return note(case, "hp", title, author, at, body)


def orders(case: Case, at: datetime, author: Staff) -> Note:
    usual = case.tell(
        (
            "Admit to {service}, [inpatient status|inpatient]",
            "Vital signs every [4|6|8] hours",
            "[Full code|Full code|Full code|Code status discussed: full code]",
            "Allergies reviewed",
        )
    )
    body = paragraphs(
        (
            "ADMISSION ORDERS",
            _numbered([*usual, *case.tell(case.story.orders), *(f"Continue {drug}" for drug in case.medicines[:4])]),
        )
    )
    return note(case, "orders", "Admission orders", author, at, body)


def nursing(case: Case, at: datetime, author: Staff) -> Note:
    told = case.tell(
        (
            "[Arrived by stretcher|Arrived by wheelchair|Ambulated to room] from [the emergency department|admitting|home], oriented to room and call light.",
            "Pain <0-7>/10[ at rest|, goal 3/10]. [Skin intact|Skin intact, heels pink|Dry skin, no breakdown].",
            "Fall risk [low|moderate|moderate|high]; [bed alarm on|side rails up|yellow band placed].",
        )
    )
    mine = case.tell(case.story.nursing)
    body = paragraphs(
        ("VITAL SIGNS", case.facts["vitals"]),
        ("ASSESSMENT", _bullets([*told, *mine])),
        ("HOME MEDICATIONS REVIEWED", case.say("[Yes, list in chart|Yes, with family|Yes, pharmacy called].")),
        (
            "DISCHARGE NEEDS",
            case.say("[None identified|Home equipment|Ride home|Home health likely|To be assessed by case management]."),
        ),
    )
    return note(case, "nursing", "Nursing admission assessment", author, at, body)


def progress(case: Case, at: datetime, author: Staff, day: int, said: str) -> Note:
    better = case.say(_STEADY[_life(case)])
    lab = _lab_line(case, day)
    first, _, rest = said.partition(". ")
    if not rest:
        first, rest = case.say("[No new complaints|Resting comfortably|No events overnight|Slept fairly well]"), said
    body = paragraphs(
        ("SUBJECTIVE", _capital(first) + "."),
        (
            "OBJECTIVE",
            f"{better}. {case.say('[Resting in bed|Sitting in chair|Comfortable|Awake and talking]') if _life(case) != 'baby' else 'Pink and active'}. {lab}".strip(),
        ),
        (
            "ASSESSMENT AND PLAN",
            f"{_capital(rest)} "
            + case.say(
                "[Continue present plan.|Course as expected.|Discussed with nursing and case management.|Plan reviewed with patient.|Labs in the morning.]"
            ),
        ),
    )
    return note(case, "progress", f"Progress note, hospital day {day + 1}", author, at, body, day)


_STEADY = {
    "baby": "T <97.9-98.9> F, HR <116-150>, RR <34-54>, SpO2 <97-100>%",
    "child": "T <97.6-98.9> F, HR <74-104>, RR <16-22>, BP <96-118>/<54-72>, SpO2 <96-100>%",
    "adult": "T <97.4-98.9> F, HR <64-92>, RR <14-18>, BP <106-138>/<60-84>, SpO2 <95-99>%",
    "old": "T <97.2-98.8> F, HR <60-92>, RR <14-20>, BP <110-152>/<58-84>, SpO2 <92-97>%",
}


def _lab_line(case: Case, day: int) -> str:
    index = min(day, case.lab_days - 1)
    known = [test for test in ("WBC", "HGB", "NA", "K", "BUN", "CR", "GLU") if test in case.results]
    shown = [f"{name} {labs.shown(name, case.results[name][index])}" for name in known]
    return "Labs: " + ", ".join(shown) + "." if shown else ""


def consult(case: Case, at: datetime, author: Staff) -> Note:
    ask = case.story.consult
    assert ask is not None
    body = paragraphs(
        ("REASON FOR CONSULTATION", case.say(ask.reason)),
        (
            "HISTORY OF PRESENT ILLNESS",
            case.say(
                "[Asked to see this|I was asked to evaluate this|Thank you for asking me to see this] {age} {noun} {withpast}, admitted with {reason_low}. Chart and results reviewed."
            ),
        ),
        ("PHYSICAL EXAMINATION", exam(case)),
        (
            "IMPRESSION AND RECOMMENDATIONS",
            _numbered(
                [*case.tell(ask.opinion), case.say("[Will follow.|We will follow along with you.|Please call with questions.]")]
            ),
        ),
    )
    return note(case, "consult", f"{ask.specialty} consultation", author, at, body)


def spoken(case: Case, template: str, otherwise: str = "") -> str:
    told = case.tell((template,))
    return _capital(told[0]) if told else otherwise


def summary(case: Case, at: datetime, author: Staff) -> Note:
    story = case.story
    gone = case.disposition == "20"
    body = paragraphs(
        ("ADMISSION DATE", f"{day_of(case.admitted):%m/%d/%Y}"),
        ("DISCHARGE DATE", f"{day_of(case.discharged):%m/%d/%Y}"),
        ("DISCHARGE DIAGNOSES", _numbered(problems(case))),
        ("PROCEDURES", spoken(case, story.operation.name) if story.operation else ""),
        (
            "HISTORY OF PRESENT ILLNESS",
            case.say("{age} {noun} {withpast} admitted with {reason_low}.") if _life(case) != "baby" else "",
        ),
        ("HOSPITAL COURSE", prose([*case.tell(story.course), *([_death(case)] if gone else [])])),
        ("CONDITION AT DISCHARGE", "Deceased." if gone else case.say("[Stable.|Good.|Improved.|Fair, improving.]")),
        ("DISPOSITION", DISPOSITIONS[case.disposition]),
        ("DISCHARGE MEDICATIONS", "" if gone else _bullets([*case.new_medicines, *_kept(case)])),
        ("FOLLOW-UP", "" if gone else _capital(case.facts["followup"]) + "."),
    )
    return note(case, "summary", "Discharge summary", author, at, body)


def _kept(case: Case) -> list[str]:
    """Home medicines that a new dose of the same drug does not replace."""
    new = {word.strip(",;") for line in case.new_medicines for word in line.lower().split()}
    return [line for line in case.medicines if line.split()[0].lower() not in new]


def _death(case: Case) -> str:
    return case.say(
        "Despite these measures {he} [declined|worsened] and, in keeping with {his} and the family's wishes, care was directed to comfort. {He} died [peacefully|with family present]."
    )


def instructions(case: Case, at: datetime, author: Staff) -> Note:
    body = paragraphs(
        ("WHY YOU WERE HERE", case.tell(case.story.diagnoses)[:2]),
        ("WHAT TO DO", _bullets(case.tell(case.story.instructions))),
        ("NEW MEDICINES", _bullets(case.new_medicines)),
        ("APPOINTMENTS", _capital(case.facts["followup"]) + "."),
        (
            "TEACHING",
            case.say(
                "Reviewed with [patient|patient and family|patient and daughter|caregiver]; [teach-back done|states understanding|copy given]."
            ),
        ),
    )
    return note(case, "instructions", "Discharge instructions", author, at, body)


def visit(case: Case, at: datetime, author: Staff) -> Note:
    body = paragraphs(
        ("REASON FOR VISIT", _chief(case)),
        ("HISTORY OF PRESENT ILLNESS", history(case)),
        ("MEDICATIONS", _bullets(case.medicines) or "None."),
        ("ALLERGIES", _allergies(case)),
        ("VITAL SIGNS", case.facts["vitals"]),
        ("PHYSICAL EXAMINATION", exam(case)),
        ("DATA", prose(case.facts["data"].split("\n"))),
        ("ASSESSMENT AND PLAN", _numbered([*case.tell(case.story.diagnoses), *case.tell(case.story.plan)])),
        ("FOLLOW-UP", _capital(case.facts["followup"]) + "."),
    )
    return note(case, "visit", "Office visit", author, at, body)


def additional(case: Case, kind: str, at: datetime, author: Staff) -> Note:
    lines = dict(case.story.extra_documents)[kind]
    title = {"delivery": "Delivery note", "chemotherapy": "Chemotherapy administration record"}[kind]
    return note(case, kind, title, author, at, paragraphs(("DESCRIPTION", prose(case.tell(lines)))))
