"""Birth: vaginal delivery, caesarean, and the newborn that goes with each."""

from __future__ import annotations

from muniment.demo.case import Case
from muniment.demo.profile import weight_codes
from muniment.demo.story import Coding, Imaging, LabCourse, Operation, Story, coding

_WEEKS = (
    ("weeks", "[38|39|39|39|40|40|41]"),
    ("gravida", "<1-4>"),
    ("para", "<0-2>"),
    ("grams", "<275-402>0"),
    ("apgar", "[8 and 9|9 and 9|7 and 9|8 and 8]"),
)


def _mother_codes(case: Case) -> list[str]:
    person = case.person
    codes = weight_codes(person, pregnant=True)
    codes += ["O99.284", "E03.9"] if person.has("hypothyroid") else []
    return [*codes, f"Z3A.{case.facts['weeks']}", "Z37.0"]


def _vaginal(case: Case) -> Coding:
    tear, late, strep = case.facts["tear"], case.facts["weeks"] == "41", case.facts["strep"] == "yes"
    reasons = (["O48.0"] if late else []) + ({"first": ["O70.0"], "second": ["O70.1"]}.get(tear, []))
    reasons += (["O99.824"] if strep else []) + (["O69.81X0"] if case.facts["cord"] == "yes" else [])
    anaemia = [("O90.81", "N")] if case.facts["anemia"] == "yes" else []
    complicated = bool(reasons or anaemia or case.person.has("obesity", "hypothyroid"))
    principal = reasons[0] if reasons else "O80" if not complicated else _mother_codes(case)[0]
    if anaemia and principal.startswith("Z"):
        principal = "O90.81"
    mend = {"first": (("0HQ9XZZ", 0),), "second": (("0KQM0ZZ", 0),)}.get(tear, ())
    start = (("3E033VJ", 0),) if late else ()
    return coding(principal, *reasons[1:], *anaemia, more=_mother_codes(case), procedures=(("10E0XZZ", 0), *mend, *start))


VAGINAL = Story(
    code="vaginal-delivery",
    codes=_vaginal,
    title="Vaginal delivery",
    patient_class="I",
    facility="HVMC",
    service="OBS",
    unit="LDR",
    specialty="obstetrics",
    weight=5.5,
    stay=(1, 3),
    ages=(18, 41),
    sex="F",
    once=True,
    transfers=(("MBU", 1.0),),
    fits=lambda person: (
        not person.has(
            "ckd",
            "hf",
            "cad",
            "dm2",
            "htn",
            "af",
            "opioid",
            "alcohol",
            "old stroke",
            "copd",
            "asthma",
            "smoker",
            "depression",
            "anxiety",
        )
    ),
    reason="[Labor|Term pregnancy, contractions|Rupture of membranes at term|Induction of labor]",
    cc="[Contractions|Leaking fluid|In labor]",
    facts=(
        *_WEEKS,
        ("tear", "[none|first|second|second]"),
        ("strep", "[yes|no|no]"),
        ("strepsays", "?strep=yes: positive"),
        ("strepsays", "?strep=no: negative"),
        ("cord", "[yes|no|no|no|no]"),
        ("anemia", "[yes|no|no|no|no|no]"),
        ("cm", "<3-7>"),
        ("hours", "<4-15>"),
        ("loss", "<15-45>0"),
    ),
    vitals="T <97.8-98.9> F, HR <76-102>, RR <16-20>, BP <108-134>/<62-82>, fetal heart rate <125-150> with moderate variability",
    hpi=(
        "{title} is a {age} gravida {gravida} at {weeks} weeks by [last menstrual period confirmed by first-trimester ultrasound|first-trimester ultrasound] who presents with [regular contractions every <3-6> minutes|spontaneous rupture of clear fluid <1-7> hours ago and contractions|contractions since [midnight|early morning|noon]].",
        "Prenatal care was [uncomplicated|regular from <7-11> weeks]. Past history: {past}. Group B streptococcus screen {strepsays}. [Fetal movement is good.|No bleeding.|No headache or visual change.]",
    ),
    exam=(
        ("Abdomen", "Gravid, vertex by Leopold maneuvers, estimated fetal weight [6 1/2|7|7 1/2|8] lb."),
        ("Pelvic", "Cervix {cm} cm, [70|80|90]% effaced, station [-2|-1|0]."),
    ),
    plan=(
        "Term labor at {weeks} weeks: admit, [epidural on request|epidural planned], continuous monitoring.",
        "?strep=yes: Group B streptococcus carrier: penicillin G prophylaxis.",
        "?weeks=41: Post-term: oxytocin induction discussed and started.",
    ),
    days=(
        "Postpartum day 1: [ambulating and voiding|feels well], lochia [moderate|light], fundus firm. [Breast feeding well|Bottle feeding|Lactation consultant seen].",
        "?anemia=yes: Hemoglobin {HGB_low}, lightheaded on standing: postpartum anemia, iron started.",
    ),
    course=(
        "{title} was admitted in labor at {weeks} weeks and after {hours} hours had a spontaneous vaginal delivery of a live {baby} weighing {grams} g, Apgar scores {apgar}.",
        "?weeks=41: Labor was induced with oxytocin for post-term pregnancy.",
        "?tear=first: A first-degree perineal laceration was repaired.",
        "?tear=second: A second-degree perineal laceration involving muscle was repaired.",
        "?cord=yes: A loose nuchal cord was reduced at delivery.",
        "?strep=yes: Penicillin was given for group B streptococcus carriage.",
        "?anemia=yes: Postpartum anemia (hemoglobin {HGB_low}) was treated with oral iron.",
        "Estimated blood loss {loss} mL. [The postpartum course was otherwise unremarkable.|Mother and baby did well.]",
    ),
    diagnoses=(
        "Term pregnancy at {weeks} weeks, delivered, single live birth",
        "?weeks=41: Post-term pregnancy",
        "?tear=first: First-degree perineal laceration",
        "?tear=second: Second-degree perineal laceration",
        "?strep=yes: Group B streptococcus carrier",
        "?cord=yes: Nuchal cord without compression",
        "?anemia=yes: Postpartum anemia",
    ),
    medicines=(
        "ibuprofen 600 mg every 6 hours as needed",
        "prenatal vitamin daily",
        "?anemia=yes: ferrous sulfate 325 mg daily",
    ),
    orders=("Continuous fetal monitoring", "Oxytocin after delivery", "Type and screen"),
    nursing=("Contractions every <2-5> minutes", "Bands checked with newborn"),
    instructions=(
        "Nothing in the vagina for 6 weeks.",
        "Call for heavy bleeding (more than one pad an hour), fever or thoughts of harming yourself or the baby.",
    ),
    follow_up="obstetrics in [3|6] weeks",
    panels=("CBC",),
    labs=(LabCourse("HGB", (11.2, 13.2), (8.1, 9.4), "anemia=yes"), LabCourse("HGB", (11.6, 13.2), (10.6, 11.9), "anemia=no")),
    extra_documents=(
        (
            "delivery",
            (
                "Patient complete at [0|+1] station and pushed for <10-95> minutes. Spontaneous vaginal delivery of a live {baby}, vertex, over the perineum. Weight {grams} g, Apgar {apgar}.",
                "?tear=first: First-degree perineal skin laceration repaired with 3-0 absorbable suture.",
                "?tear=second: Second-degree perineal laceration repaired in layers, muscle and skin, with 2-0 and 3-0 absorbable suture.",
                "?tear=none: No laceration.",
                "?cord=yes: Nuchal cord times one, loose, reduced.",
                "Placenta delivered spontaneously, intact, three-vessel cord. Blood loss {loss} mL. Fundus firm with oxytocin. Counts correct.",
            ),
        ),
    ),
)


def _caesarean(case: Case) -> Coding:
    cause = {"repeat": "O34.211", "breech": "O32.1XX0", "heart": "O76"}[case.facts["cause"]]
    anaemia = [("O90.81", "N")] if case.facts["anemia"] == "yes" else []
    return coding(cause, *anaemia, more=_mother_codes(case), procedures=(("10D00Z1", 0),))


CAESAREAN = Story(
    code="caesarean",
    codes=_caesarean,
    title="Caesarean delivery",
    patient_class="I",
    facility="HVMC",
    service="OBS",
    unit="LDR",
    specialty="obstetrics",
    weight=2.5,
    stay=(2, 4),
    ages=(20, 43),
    sex="F",
    once=True,
    transfers=(("MBU", 1.0),),
    fits=VAGINAL.fits,
    reason="{why}",
    cc="[Here for cesarean|In labor]",
    facts=(
        *_WEEKS,
        ("cause", "[repeat|repeat|breech|heart]"),
        ("why", "?cause=repeat: [Repeat cesarean|Previous cesarean, term]"),
        ("why", "?cause=breech: [Breech presentation at term|Cesarean for breech]"),
        ("why", "?cause=heart: [Labor, nonreassuring tracing|Labor at term]"),
        ("gravida", "?cause=repeat: <2-4>"),
        ("operated", "?cause=repeat: Low transverse cesarean."),
        ("scar", "?cause=repeat: Pfannenstiel scar"),
        ("scar", "?cause=breech|heart: no scar"),
        ("strepsays", "negative"),
        ("anemia", "[yes|no|no|no]"),
        ("loss", "<52-94>0"),
    ),
    vitals="T <97.8-98.8> F, HR <74-98>, RR <16-18>, BP <108-136>/<62-84>, fetal heart rate <120-150>",
    hpi=(
        "{title} is a {age} gravida {gravida} at {weeks} weeks.",
        "?cause=repeat: {He} had a low transverse cesarean <2-6> years ago, declines trial of labor and [presents for scheduled repeat cesarean|is admitted in early labor for repeat cesarean].",
        "?cause=breech: The fetus is in frank breech presentation [confirmed by ultrasound today|after an unsuccessful external version last week]; {he} elects cesarean.",
        "?cause=heart: {He} presented in labor and after <5-12> hours the tracing showed [recurrent late decelerations|prolonged decelerations with minimal variability] not corrected by position change and fluids.",
        "Prenatal care was [regular|uncomplicated]. Past history: {past}. [Good fetal movement.|No bleeding.]",
    ),
    exam=(("Abdomen", "Gravid, {scar}, nontender between contractions."),),
    plan=(
        "Cesarean delivery at {weeks} weeks; risks of bleeding, infection and injury discussed; consent signed.",
        "Cefazolin 2 g before incision, sequential compression devices.",
    ),
    days=(
        "Postoperative day 1: [catheter out, walking|pain controlled], fundus firm, incision dry. Feeding [well|with help].",
        "?anemia=yes: Hemoglobin {HGB_low}: anemia of the puerperium, iron given.",
        "[Passing gas, regular diet|Showered]. Plan discharge tomorrow.",
    ),
    course=(
        "A low transverse cesarean delivery produced a live {baby} of {grams} g, Apgar scores {apgar}.",
        "?cause=repeat: Indication: previous low transverse cesarean.",
        "?cause=breech: Indication: breech presentation.",
        "?cause=heart: Indication: abnormal fetal heart rate tracing in labor.",
        "?anemia=yes: Anemia of the puerperium (hemoglobin {HGB_low}) was treated with iron.",
        "Blood loss {loss} mL. [Recovery was uneventful.|Mother tolerated diet and walked on day 1.]",
    ),
    diagnoses=(
        "Cesarean delivery at {weeks} weeks, single live birth",
        "?cause=repeat: Previous low transverse cesarean",
        "?cause=breech: Breech presentation",
        "?cause=heart: Abnormal fetal heart rate complicating labor",
        "?anemia=yes: Anemia of the puerperium",
    ),
    medicines=(
        "ibuprofen 600 mg every 6 hours",
        "acetaminophen 650 mg every 6 hours",
        "oxycodone 5 mg as needed, <6-12> tablets",
    ),
    orders=("Cefazolin 2 g IV", "Spinal anesthesia", "Foley catheter until postoperative day 1"),
    instructions=(
        "No lifting heavier than the baby for 6 weeks.",
        "Call for fever, redness or drainage of the incision, heavy bleeding.",
    ),
    follow_up="obstetrics for incision check in 2 weeks",
    panels=("CBC",),
    labs=(LabCourse("HGB", (11.0, 13.0), (8.0, 9.3), "anemia=yes"), LabCourse("HGB", (11.4, 13.0), (10.4, 11.6), "anemia=no")),
    operation=Operation(
        name="Low transverse cesarean delivery",
        before="Pregnancy at {weeks} weeks",
        after="Same, delivered",
        anesthesia="Spinal",
        findings="Live {baby}, {grams} g, Apgar {apgar}. [Clear fluid|Light meconium]. Normal uterus, tubes and ovaries.",
        steps=(
            "Pfannenstiel incision; bladder flap created; low transverse hysterotomy extended bluntly.",
            "[The head was delivered|The infant was delivered] atraumatically, cord clamped after 60 seconds, infant handed to the nursery team. Placenta delivered with traction.",
            "Hysterotomy closed in two layers with 0 absorbable suture, hemostatic. Fascia and skin closed. Counts correct.",
        ),
        blood_loss="{loss} mL",
        specimens="Cord blood",
        specialty="obstetrics",
    ),
)


def _newborn(case: Case) -> Coding:
    principal = "Z38.01" if case.facts["route"] == "cesarean" else "Z38.00"
    yellow = [("P59.9", "N")] if case.facts["yellow"] == "yes" else []
    fast = ["P22.1"] if case.facts["fast"] == "yes" else []
    light = (("6A600ZZ", 1),) if case.facts["yellow"] == "yes" else ()
    cut = (("0VTTXZZ", 1),) if case.facts["cut"] == "yes" else ()
    return coding(principal, *fast, *yellow, "Z23", procedures=(*light, *cut, ("3E0234Z", 0)))


NEWBORN = Story(
    code="newborn",
    codes=_newborn,
    title="Newborn",
    patient_class="I",
    facility="HVMC",
    service="NBN",
    unit="NBN",
    specialty="pediatrics",
    weight=0,  # comes with a delivery
    stay=(1, 3),
    ages=(0, 0),
    admit_source="5",
    reason="Newborn",
    cc="Newborn",
    facts=(
        ("yellow", "[yes|no|no|no|no]"),
        ("fast", "[yes|no|no|no|no|no|no|no]"),
        ("cut", "no"),
        ("cut", "?noun=boy: [yes|no]"),
        ("cut", "?los=1: no"),
    ),
    vitals="T <97.9-99.0> F, HR <118-156>, RR <36-58>, SpO2 <96-100>%, weight {grams} g, length <18-21>.<0-5> in",
    hpi=(
        "Term infant {noun} born at {weeks} weeks by {route} delivery to a mother of {mothersays}. Weight {grams} g, Apgar {apgar}. [Cried at once.|Vigorous at birth.|Routine drying and stimulation.]",
        "Mother's screens: group B streptococcus {strepsays}. [Feeding at the breast within the hour.|First feeding taken well.]",
    ),
    exam=(
        ("General", "[Pink, active|Alert, good tone], no dysmorphic features."),
        ("Head", "Anterior fontanelle soft and flat, [molding|no cephalohematoma], red reflex present bilaterally."),
        ("Extremities", "Hips stable, ten fingers and toes."),
    ),
    plan=(
        "Routine newborn care: vitamin K, eye ointment, hepatitis B vaccine, hearing and metabolic screens, pulse oximetry screen.",
        "?fast=yes: Transient tachypnea: observed in the nursery, resolving without oxygen.",
    ),
    days=(
        "Day of life 2: [feeding well|latching], voiding and stooling. Weight down <3-8>%. [Hearing screen passed.|Metabolic screen sent.]",
        "?yellow=yes: Total bilirubin {BILI_top} mg/dL, above threshold: phototherapy started.",
    ),
    course=(
        "Term newborn by {route} delivery, {grams} g. [Routine course.|Fed well and passed all screens.]",
        "?fast=yes: Transient tachypnea of the newborn resolved within <8-24> hours.",
        "?yellow=yes: Neonatal jaundice (bilirubin {BILI_top} mg/dL) was treated with phototherapy.",
        "?cut=yes: Circumcision was done on day of life 2 with parental consent, without bleeding.",
        "Hepatitis B vaccine given.",
    ),
    diagnoses=(
        "Term newborn, {route} delivery",
        "?fast=yes: Transient tachypnea of the newborn",
        "?yellow=yes: Neonatal jaundice",
    ),
    instructions=(
        "Place the baby on the back to sleep.",
        "Call for fever of 100.4 F or more, poor feeding, or yellow skin below the chest.",
    ),
    follow_up="pediatrics in 2 days",
    orders=("Vitamin K 1 mg IM", "Erythromycin eye ointment", "Hepatitis B vaccine", "Newborn screen at 24 hours"),
    panels=("BILI",),
    labs=(
        LabCourse("BILI", (4.0, 7.5), (7.0, 11.0), "yellow=no"),
        LabCourse("BILI", (7.0, 9.5), (13.0, 16.0), "yellow=yes"),
    ),
    imaging=(
        Imaging(
            "30745-4",
            "XR Chest Views",
            "[Prominent perihilar markings|Fluid in the minor fissure], normal heart size.",
            "Transient tachypnea of the newborn.",
            4,
            "fast=yes",
        ),
    ),
)

STORIES = (VAGINAL, CAESAREAN, NEWBORN)
