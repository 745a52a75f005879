"""Documents around an operation: consent, preanesthesia evaluation, operative report, anesthesia record."""

from __future__ import annotations

from datetime import datetime, timedelta

from muniment.demo.case import Case
from muniment.demo.notes import Note, note, paragraphs, prose, spoken, stamped
from muniment.demo.staff import Staff
from muniment.demo.story import Operation


def operative(case: Case, work: Operation, at: datetime, author: Staff, anesthetist: Staff) -> Note:
    body = paragraphs(
        ("DATE OF PROCEDURE", stamped(at - timedelta(hours=1))[:10]),
        ("PREOPERATIVE DIAGNOSIS", spoken(case, work.before)),
        ("POSTOPERATIVE DIAGNOSIS", spoken(case, work.after, "See findings")),
        ("PROCEDURE", spoken(case, work.name)),
        ("SURGEON" if work.surgical else "OPERATOR", author.signature),
        ("ANESTHESIA", case.facts["anesthesia"] + (f" ({anesthetist.signature})" if work.surgical else "")),
        ("FINDINGS", spoken(case, work.findings, "As described.")),
        ("DESCRIPTION OF PROCEDURE", prose(case.tell(work.steps))),
        ("ESTIMATED BLOOD LOSS", case.say(work.blood_loss)),
        ("SPECIMENS", spoken(case, work.specimens, "None")),
        ("COMPLICATIONS", "None apparent."),
    )
    kind, title = ("operative", "Operative report") if work.surgical else ("procedure", "Procedure report")
    return note(case, kind, title, author, at, body)


def preanesthesia(case: Case, work: Operation, at: datetime, author: Staff) -> Note:
    body = paragraphs(
        ("PLANNED PROCEDURE", spoken(case, work.name)),
        (
            "HISTORY",
            case.say(
                "{age} {noun} {withpast}. [No prior anesthetic problems.|Postoperative nausea in the past.|No family history of malignant hyperthermia.]"
            ),
        ),
        (
            "AIRWAY",
            case.say(
                "Mallampati [I|II|II|III], [full neck extension|neck mobility fair], [own teeth|upper denture|no loose teeth]."
            ),
        ),
        ("ASA PHYSICAL STATUS", case.say("[II|II|III]" if not case.person.has("hf", "copd", "ckd", "cad") else "[III|III|IV]")),
        (
            "PLAN",
            case.facts["anesthesia"] + case.say("; risks and alternatives discussed, [questions answered|patient agrees]."),
        ),
    )
    return note(case, "preanesthesia", "Preanesthesia evaluation", author, at, body)


def anesthesia(case: Case, at: datetime, author: Staff) -> Note:
    body = paragraphs(
        ("ANESTHESIA TYPE", case.facts["anesthesia"]),
        (
            "COURSE",
            case.say(
                "Standard monitors. [Uneventful induction|Smooth course|Hemodynamically stable throughout]. Systolic pressure <96-118> to <128-156>. Fluids <600-1800> mL. [Ondansetron and dexamethasone given.|Antibiotic given before incision.]"
            ),
        ),
        (
            "POSTANESTHESIA EVALUATION",
            case.say(
                "Seen in recovery <25-70> minutes after arrival: airway patent, [pain <1-4>/10|comfortable], [no nausea|mild nausea treated], temperature <96.8-98.4> F. No anesthetic complication."
            ),
        ),
    )
    return note(case, "anesthesia", "Anesthesia record", author, at, body)


def consent(case: Case, work: Operation, at: datetime, author: Staff) -> Note:
    body = paragraphs(
        ("PROCEDURE", spoken(case, work.name)),
        (
            "STATEMENT",
            case.say(
                "The nature, purpose, risks ([bleeding, infection, injury to nearby structures|bleeding, infection, reaction to anesthesia, clots]), benefits and alternatives were explained in plain words[ with an interpreter available|]. Questions were answered."
            ),
        ),
        (
            "SIGNED",
            case.say("[By the patient|By the patient|By the patient, witness present] at {clock}.")
            if int(case.facts["years"]) >= 18
            else case.say("By a parent, witness present."),
        ),
    )
    return note(case, "consent", "Informed consent for procedure", author, at, body)
