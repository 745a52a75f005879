"""Emergency visits, screening colonoscopy, same-day surgery."""

from __future__ import annotations

from muniment.demo.case import Case
from muniment.demo.profile import background
from muniment.demo.story import Coding, Imaging, Operation, Story, coding


def _laceration(case: Case) -> Coding:
    place = {"left index finger": "S61.211A", "right hand": "S61.411A"}[case.facts["place"]]
    cause = {"knife": "W26.0XXA", "glass": "W25.XXXA"}[case.facts["cause"]]
    return coding(place, cause, "Y92.010" if case.facts["home"] == "yes" else "", more=["Z23"])


LACERATION = Story(
    code="laceration-ed",
    codes=_laceration,
    title="Hand laceration",
    patient_class="E",
    facility="HVMC",
    service="EMR",
    unit="ED",
    specialty="emergency",
    weight=38,
    stay=(1, 4),
    ages=(6, 82),
    reason="[Laceration of hand|Finger laceration|Cut hand]",
    cc='[Cut finger|Hand laceration|"I cut myself cooking"]',
    facts=(
        ("place", "[left index finger|right hand]"),
        ("cause", "[knife|knife|glass]"),
        ("home", "[yes|yes|no]"),
        ("cm", "<1-4>.<0-9>"),
        ("stitches", "<3-9>"),
    ),
    vitals="T <97.6-98.8> F, HR <68-98>, RR <14-18>, SpO2 <97-100>% on room air",
    hpi=(
        "{title} is a {age} {noun} {withpast} who cut the {place} [<20-90> minutes|an hour|two hours] before arrival",
        "?cause=knife: with a [kitchen|paring|bread] knife [while slicing a bagel|while preparing dinner|while opening a box].",
        "?cause=glass: on a [broken drinking glass|jar that shattered in the sink].",
        "[Bleeding controlled with pressure.|No numbness.|Bleeding slowed with a towel.] Tetanus status [unknown|not up to date].",
    ),
    exam=(
        (
            "Extremities",
            "{cm} cm laceration of the {place}, [clean edges|jagged edge], tendon function and two-point sensation intact, capillary refill brisk.",
        ),
    ),
    ed_course=(
        "Local lidocaine, irrigation with [250|300|500] mL saline, no foreign body seen, {stitches} interrupted [4-0|5-0] nylon sutures. Tetanus vaccine given.",
    ),
    plan=("Sutures out in [7|8|10] days. Keep dry 24 hours.",),
    diagnoses=("Laceration without foreign body, {place}, repaired",),
    instructions=("Keep the wound clean and dry for one day, then wash daily.", "Return for redness, pus or numbness."),
    follow_up="suture removal in [7|10] days",
    lab_chance=0.0,
)


def _sprain(case: Case) -> Coding:
    return coding("S93.402A" if case.facts["side"] == "left" else "S93.401A", "X50.1XXA")


SPRAIN = Story(
    code="ankle-sprain-ed",
    codes=_sprain,
    title="Ankle sprain",
    patient_class="E",
    facility="HVMC",
    service="EMR",
    unit="ED",
    specialty="emergency",
    weight=38,
    stay=(1, 4),
    ages=(10, 70),
    reason="[Ankle injury|Twisted ankle|Ankle pain]",
    cc="[Ankle pain|Twisted ankle]",
    facts=(
        ("side", "[left|right]"),
        ("how", "[stepping off a curb|playing basketball|on wet stairs|on a gravel path|while running|getting out of a truck]"),
    ),
    vitals="T <97.6-98.6> F, HR <64-94>, RR <14-18>, SpO2 <97-100>% on room air",
    hpi=(
        "{title} is a {age} {noun} {withpast} who [rolled|twisted|inverted] the {side} ankle {how} [today|yesterday|this morning], with [immediate|gradual] swelling.",
        "{He} [can take four steps with pain|could not put weight on it|limps]. [No prior injury.|Previous sprain of the same ankle.|Heard a pop.]",
    ),
    exam=(
        (
            "Extremities",
            "{side} ankle: swelling and tenderness over the [anterior talofibular ligament|lateral malleolus tip], [no|mild] bruising, anterior drawer [stable|1+], fifth metatarsal nontender.",
        ),
    ),
    ed_course=("[Ibuprofen 600 mg|Acetaminophen 1 g], ice, elevation; stirrup brace and crutches with teaching.",),
    plan=("Weight bearing as tolerated; range of motion exercises from day 3.",),
    diagnoses=("Sprain of the {side} ankle",),
    medicines=("ibuprofen 400 mg every 6 hours with food as needed",),
    instructions=("Rest, ice, elevate.", "See your doctor if you cannot walk in one week."),
    lab_chance=0.0,
    imaging=(
        Imaging(
            "24541-5",
            "XR Ankle Views",
            "[No acute fracture|Ankle mortise is congruent, no fracture]. Lateral soft tissue swelling.",
            "No fracture of the {side} ankle.",
            1,
        ),
    ),
)


def _belly(case: Case) -> Coding:
    return coding(
        {"stone": "N20.1", "gut": "K52.9", "head": "R51.9"}[case.facts["kind"]],
        *(["E86.0"] if case.facts["kind"] == "gut" else []),
        more=background(case.person)[:3],
    )


GENERAL_ED = Story(
    code="general-ed",
    codes=_belly,
    title="Emergency visit: colic, gastroenteritis, headache",
    patient_class="E",
    facility="HVMC",
    service="EMR",
    unit="ED",
    specialty="emergency",
    weight=76,
    stay=(2, 8),
    ages=(18, 88),
    reason="[Abdominal pain|Vomiting|Flank pain|Headache]",
    cc="[Pain|Vomiting|Not feeling well]",
    facts=(("kind", "[stone|gut|gut|head]"), ("side", "[left|right]"), ("mm", "<3-6>"), ("hours", "<3-30>")),
    vitals="T <97.8-99.6> F, HR <76-112>, RR <14-20>, BP <112-162>/<66-94>, SpO2 <96-100>% on room air",
    hpi=(
        "?kind=stone: {title} is a {age} {noun} {withpast} with {hours} hours of [severe|waves of] {side} flank pain [radiating to the groin|with nausea], [unable to find a comfortable position|blood-tinged urine noted].",
        "?kind=gut: {title} is a {age} {noun} {withpast} with {hours} hours of [vomiting and watery diarrhea|watery diarrhea <5-12> times and vomiting], [after a church supper|with a sick grandchild at home|without travel].",
        "?kind=head: {title} is a {age} {noun} {withpast} with a [throbbing|band-like|one-sided] headache for {hours} hours, [with light sensitivity and nausea|like earlier ones but longer|gradual in onset].",
        "[No fever.|No chest pain or dyspnea.|No recent antibiotics.|No neck stiffness, no focal weakness.]",
    ),
    exam=(("Abdomen", "[Soft, mild diffuse tenderness|Soft, nontender|Costovertebral angle tenderness on the {side}]."),),
    data=("WBC {WBC}, creatinine {CR}.",),
    ed_course=(
        "?kind=stone: Ketorolac and ondansetron; CT showed a {mm} mm distal {side} ureteral stone.",
        "?kind=gut: Ondansetron and one to two liters of fluid; tolerated oral fluids.",
        "?kind=head: Prochlorperazine, diphenhydramine and fluids; pain <1-3>/10 on recheck.",
    ),
    plan=("Discharge home; return precautions given.",),
    diagnoses=(
        "?kind=stone: Ureteral stone, {side}",
        "?kind=gut: Acute gastroenteritis with dehydration",
        "?kind=head: Headache",
    ),
    medicines=(
        "?kind=stone: tamsulosin 0.4 mg nightly and ibuprofen 600 mg every 6 hours",
        "?kind=gut: ondansetron 4 mg every 8 hours as needed",
        "?kind=head: acetaminophen 650 mg as needed",
    ),
    instructions=("Drink plenty of fluids.", "Return for [worsening pain|persistent vomiting], fever or weakness."),
    lab_chance=0.8,
    imaging=(
        Imaging(
            "36813-4",
            "CT Abdomen and Pelvis",
            "{mm} mm calculus at the {side} ureterovesical junction with mild hydroureter. No free air.",
            "Obstructing {mm} mm distal {side} ureteral calculus.",
            2,
            "kind=stone",
        ),
    ),
)


def _colonoscopy(case: Case) -> Coding:
    found = {"none": [], "ascending": ["D12.2"], "sigmoid": ["D12.5"], "transverse": ["D12.3"]}[case.facts["polyp"]]
    extra = ["K57.30"] if case.facts["tics"] == "yes" else []
    return coding("Z12.11", *found, *extra, more=background(case.person)[:4])


COLONOSCOPY = Story(
    code="colonoscopy",
    codes=_colonoscopy,
    title="Screening colonoscopy",
    patient_class="SS",
    facility="HVMC",
    service="GAS",
    unit="ENDO",
    specialty="gastroenterology",
    weight=18,
    stay=(2, 4),
    ages=(45, 78),
    once=True,
    reason="[Colon cancer screening|Screening colonoscopy]",
    cc="[Screening colonoscopy]",
    facts=(
        ("polyp", "[none|none|ascending|sigmoid|transverse]"),
        ("tics", "[yes|no|no]"),
        ("mm", "<4-11>"),
        ("quality", "[good|excellent|adequate]"),
        ("found", "?polyp=none: Normal examination to the cecum"),
        ("found", "?polyp=ascending|sigmoid|transverse: Polyp of the {polyp} colon, removed"),
        ("next", "?polyp=none: 10"),
        ("next", "?polyp=ascending|sigmoid|transverse: 7"),
    ),
    vitals="T <97.4-98.4> F, HR <60-86>, RR <12-16>, BP <118-148>/<66-88>, SpO2 <96-100>% on room air",
    hpi=(
        "{title} is a {age} {noun} {withpast} here for [first|repeat] screening colonoscopy at average risk.",
        "[No bleeding, weight loss or change in bowel habit.|No family history of colon cancer.|Last examination ten years ago was clear.] Preparation [completed|finished at 4 a.m. without trouble].",
    ),
    plan=(
        "Screening colonoscopy under propofol. Risks of bleeding, perforation and missed lesions discussed; consent signed.",
    ),
    course=("Colonoscopy to the cecum without complication.",),
    diagnoses=(
        "Screening for colon cancer",
        "?polyp=ascending: Polyp of the ascending colon, tubular adenoma",
        "?polyp=sigmoid: Polyp of the sigmoid colon, tubular adenoma",
        "?polyp=transverse: Polyp of the transverse colon, tubular adenoma",
        "?tics=yes: Diverticulosis without bleeding",
    ),
    instructions=("No driving or important decisions until tomorrow.", "Call for bleeding, fever or belly pain."),
    follow_up="next colonoscopy in {next} years",
    lab_chance=0.0,
    operation=Operation(
        name="Colonoscopy",
        before="Screening for colorectal cancer",
        after="{found}",
        anesthesia="Monitored anesthesia care with propofol",
        findings="Preparation {quality}. Cecum reached, appendiceal orifice seen, withdrawal <7-14> minutes.",
        steps=(
            "?polyp=ascending|sigmoid|transverse: A {mm} mm sessile polyp of the {polyp} colon was removed with a cold snare and retrieved; pathology: tubular adenoma.",
            "?polyp=none: No polyps were seen.",
            "?tics=yes: Scattered sigmoid diverticula without inflammation.",
            "Retroflexion in the rectum normal. The patient tolerated the examination well.",
        ),
        blood_loss="None",
        specimens="?polyp=ascending|sigmoid|transverse: Polyp, {polyp} colon",
        specialty="gastroenterology",
        surgical=False,
    ),
)


def _elective(case: Case) -> Coding:
    return coding("K80.20" if case.facts["kind"] == "stones" else "K40.90", more=background(case.person)[:5])


HERNIA = Story(
    code="day-surgery",
    codes=_elective,
    title="Same-day surgery: hernia repair or gallbladder removal",
    patient_class="SS",
    facility="HVMC",
    service="SUR",
    unit="ASU",
    specialty="surgery",
    weight=12,
    stay=(4, 9),
    ages=(22, 80),
    once=True,
    reason="[Elective surgery|Hernia repair|Gallstones]",
    cc="[Here for surgery]",
    facts=(
        ("kind", "[stones|hernia]"),
        ("side", "[left|right]"),
        ("name", "?kind=stones: Laparoscopic cholecystectomy"),
        ("name", "?kind=hernia: Laparoscopic inguinal hernia repair with mesh, {side}"),
        ("what", "?kind=stones: Symptomatic cholelithiasis"),
        ("what", "?kind=hernia: Inguinal hernia, {side}, reducible"),
    ),
    vitals="T <97.6-98.6> F, HR <62-88>, RR <12-18>, BP <114-148>/<64-88>, SpO2 <96-100>% on room air",
    hpi=(
        "?kind=stones: {title} is a {age} {noun} {withpast} with <2-9> months of right upper quadrant pain after [fatty meals|supper], ultrasound showing gallstones without wall thickening.",
        "?kind=hernia: {title} is a {age} {noun} {withpast} with a {side} groin bulge for <2-14> months, [aching by evening|worse with lifting], always reducible.",
        "[No fever or jaundice.|No vomiting.|Cleared by primary care last week.]",
    ),
    plan=("{name} today under general anesthesia; consent signed, site marked.",),
    course=(
        "{name} was performed without complication; discharged the same day [after voiding and walking|tolerating fluids].",
    ),
    diagnoses=("{what}",),
    medicines=(
        "acetaminophen 650 mg every 6 hours",
        "ibuprofen 400 mg every 6 hours",
        "oxycodone 5 mg as needed, <5-10> tablets",
    ),
    instructions=("No lifting over 15 pounds for [2|4] weeks.", "Call for fever, vomiting or redness."),
    follow_up="surgery clinic in 2 weeks",
    lab_chance=0.0,
    operation=Operation(
        name="{name}",
        before="{what}",
        after="Same",
        anesthesia="General endotracheal",
        findings="?kind=stones: Thin-walled gallbladder with stones[, a few adhesions|]",
        steps=(
            "?kind=stones: Four ports. The critical view of safety was obtained; cystic duct and artery were clipped and divided; gallbladder taken off the liver bed with cautery and removed in a bag.",
            "?kind=hernia: Preperitoneal space developed with a balloon; {side} [indirect|direct] sac reduced; <10-12> by 15 cm mesh placed and fixed with absorbable tacks.",
            "Hemostasis good; ports closed; counts correct. To recovery awake.",
        ),
        blood_loss="<5-20> mL",
        specimens="?kind=stones: Gallbladder",
    ),
)


STORIES = (LACERATION, SPRAIN, GENERAL_ED, COLONOSCOPY, HERNIA)
