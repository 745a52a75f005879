"""Stroke, diabetic ketoacidosis, acute on chronic kidney injury."""

from __future__ import annotations

from muniment.demo.case import Case
from muniment.demo.profile import background
from muniment.demo.story import Coding, Consult, Imaging, LabCourse, Story, coding


def _stroke(case: Case) -> Coding:
    left = case.facts["side"] == "left"
    embolic = case.person.has("af")
    clot = {(True, True): "I63.412", (True, False): "I63.411", (False, True): "I63.512", (False, False): "I63.511"}[
        embolic, left
    ]
    # The patient is right-handed: a left hemisphere stroke weakens the dominant side.
    signs = ["G81.91" if left else "G81.94", "R29.810"] + (["R47.01"] if left else [])
    score = f"R29.7{int(case.facts['nihss']):02d}"
    lysis = (("3E03317", 0),) if case.facts["lysis"] == "yes" else ()
    return coding(clot, *signs, score, more=background(case.person, skip=("old stroke",)), procedures=lysis)


STROKE = Story(
    code="ischemic-stroke",
    codes=_stroke,
    title="Acute ischemic stroke",
    patient_class="I",
    facility="HVMC",
    service="NEU",
    unit="4E",
    specialty="neurology",
    weight=6,
    stay=(2, 7),
    ages=(48, 94),
    once=True,
    through_ed=True,
    dispositions=(("62", 38), ("01", 30), ("03", 18), ("06", 12), ("20", 2)),
    reason="[Stroke|Weakness and facial droop|Acute onset weakness|Code stroke]",
    cc="[Weakness|Facial droop and slurred speech|Sudden arm weakness]",
    facts=(
        ("side", "[left|right]"),
        ("weak", "?side=left: right"),
        ("weak", "?side=right: left"),
        ("nihss", "<4-17>"),
        ("after", "<1-4>"),
        ("lysis", "[yes|no|no]"),
        ("window", "?lysis=yes: <1-2> hours <10-50> minutes"),
        ("window", "?lysis=no: <6-15> hours"),
    ),
    vitals="T <97.6-98.8> F, HR <66-104>, RR <14-20>, BP <152-198>/<78-108>, SpO2 <94-98>% on room air, glucose {GLU}",
    hpi=(
        "{title} is a {age} right-handed {noun} {withpast} with sudden {weak}-sided [weakness|arm and leg weakness and facial droop], last known well {window} before arrival.",
        "?side=left: {He} [could not get words out|spoke in single words|was unable to name objects].",
        "?side=right: Family noticed that {he} [ignored people on the left|did not recognize {his} own left hand].",
        "[{His} [spouse|daughter|son] found {him} slumped in a chair.|It began while {he} was [eating breakfast|watching television|getting dressed].|{He} woke from a nap and fell on standing.] [No headache, no seizure.|No head injury, no anticoagulant dose missed by report.|No prior similar event.]",
    ),
    exam=(
        (
            "Neuro",
            "NIHSS {nihss}. Facial droop on the {weak}, {weak} arm [3/5|2/5|4-/5 with drift], {weak} leg [4/5|3/5]. [Sensation reduced on the {weak}|Sensation intact]. Gaze [midline|preference to the {side}].",
        ),
    ),
    data=(
        "CT head: no hemorrhage. CT angiogram: [occlusion of a distal {side} middle cerebral artery branch|severe narrowing of the {side} middle cerebral artery]. INR {INR}.",
    ),
    ed_course=(
        "Code stroke called on arrival; CT within <14-28> minutes; neurology at the bedside.",
        "?lysis=yes: Tenecteplase given after discussion of risks, door to needle <32-58> minutes.",
        "?lysis=no: Outside the window for thrombolysis; no proximal clot for thrombectomy. Aspirin after swallow screen.",
    ),
    plan=(
        "Acute ischemic stroke, {side} middle cerebral artery territory: permissive hypertension, MRI, telemetry, echocardiogram, lipids, A1c.",
        "Swallow screen before anything by mouth; physical, occupational and speech therapy.",
        "?lysis=yes: Thrombolysis care set: neuro checks, no antithrombotic for 24 hours, repeat CT.",
    ),
    days=(
        "[Strength slightly better|Unchanged examination]. MRI confirms acute infarct in the {side} middle cerebral artery territory. NIHSS <3-12>.",
        "?lysis=yes: CT at 24 hours without hemorrhage; antiplatelet started.",
        "[Passed swallow study, soft diet|Regular diet]. Walks <10-60> feet with [moderate|minimal] assist. Telemetry reviewed.",
        "Rehabilitation [accepted|evaluating]. Statin started. Blood pressure at goal.",
    ),
    course=(
        "{patient} was admitted with an acute ischemic stroke in the {side} middle cerebral artery territory (NIHSS {nihss}) with {weak} hemiparesis and facial weakness.",
        "?side=left: There was aphasia, improving with speech therapy.",
        "?lysis=yes: {He} received intravenous tenecteplase without complication.",
        "?lysis=no: {He} was not a candidate for thrombolysis.",
        "LDL was {LDL}; high-intensity statin was started. Echocardiogram showed [no thrombus|an ejection fraction of <50-62>% and a mildly enlarged left atrium]. At discharge NIHSS was <1-8>.",
    ),
    diagnoses=(
        "Acute ischemic stroke, {side} middle cerebral artery",
        "Hemiparesis, {weak} side",
        "Facial weakness",
        "?side=left: Aphasia",
    ),
    medicines=(
        "atorvastatin 80 mg nightly",
        "aspirin 81 mg daily",
        "[clopidogrel 75 mg daily for 21 days|amlodipine 5 mg daily]",
    ),
    orders=("NIHSS every 4 hours", "MRI brain", "NPO until swallow screen", "Telemetry", "Therapy evaluations"),
    nursing=("Swallow screen [passed|failed, speech therapy called]", "Fall risk high"),
    instructions=("Call 911 for new weakness, face droop or trouble speaking.", "Take blood pressure daily."),
    follow_up="stroke clinic in 4 weeks; primary care in 1 week",
    panels=("CBC", "BMP", "INR", "LIPID", "A1C"),
    labs=(LabCourse("LDL", (88, 172), (88, 172)), LabCourse("CHOL", (168, 250), (168, 250))),
    imaging=(
        Imaging(
            "24725-4",
            "CT Head",
            "[No hemorrhage|No acute hemorrhage or mass]. [Loss of the {side} insular ribbon|Chronic small vessel change|No early ischemic change].",
            "No intracranial hemorrhage[. Early ischemic change in the {side} middle cerebral artery territory|].",
            1,
        ),
        Imaging(
            "24590-2",
            "MR Brain",
            "Restricted diffusion in the {side} [frontal operculum and insula|corona radiata and frontal lobe|temporoparietal cortex]. [No hemorrhagic change|No mass effect].",
            "Acute infarct, {side} middle cerebral artery territory.",
            20,
        ),
    ),
    consult=Consult(
        "cardiology",
        "[Stroke, search for cardiac source|Rhythm evaluation after stroke]",
        (
            "[Telemetry shows the known rhythm without pauses|No arrhythmia so far]. [Thirty-day monitor at discharge|Transesophageal study not needed].",
        ),
    ),
)


def _dka(case: Case) -> Coding:
    kind = "E10.10" if case.person.has("dm1") else "E11.10"
    aki = ["N17.9"] if case.facts["aki"] == "yes" else []
    cause = {"pump": ["Z91.148"], "uti": ["N39.0"], "none": []}[case.facts["cause"]]
    lowk = [("E87.6", "N")] if case.facts["lowk"] == "yes" else []
    return coding(kind, "E86.0", *aki, *cause, *lowk, "Z79.4", more=background(case.person, skip=("dm2",)))


DKA = Story(
    code="dka",
    codes=_dka,
    title="Diabetic ketoacidosis",
    patient_class="I",
    facility="HVMC",
    service="MED",
    unit="ICU",
    specialty="hospitalist",
    weight=6,
    stay=(2, 4),
    ages=(18, 62),
    through_ed=True,
    fits=lambda person: person.has("dm1") or not person.has("dm2", "ckd", "hf"),
    adds=(("dm1", ""),),
    covers=("dm1",),
    transfers=(("5E", 1.0),),
    reason="[DKA|Vomiting and high blood sugar|Hyperglycemia]",
    cc="[Nausea and vomiting|High blood sugar|Vomiting and belly pain]",
    facts=(
        ("aki", "[yes|no]"),
        ("cause", "[pump|pump|uti|none]"),
        ("lowk", "[yes|no]"),
        ("gap", "<22-34>"),
        ("hours", "<10-22>"),
        ("span", "[a day|two days|three days]"),
        ("fluids", "<3-6>"),
    ),
    vitals="T <97.4-99.2> F, HR <106-134>, RR <22-32>, BP <94-124>/<54-76>, SpO2 <97-100>% on room air",
    hpi=(
        "{title} is a {age} {noun} {withpast} who presents with {span} of [nausea and repeated vomiting|vomiting and abdominal cramps|thirst, frequent urination and vomiting].",
        "?cause=pump: {He} [ran out of insulin|had a kinked pump catheter and took no injections|stopped basal insulin while sick].",
        "?cause=uti: {He} has had dysuria and [low back ache|frequency] since [Sunday|the weekend].",
        "?cause=none: No missed doses by {his} account.",
        'Home glucose read ["HI"|<410-590>]. [Blurred vision and fatigue.|Weight down <5-12> pounds in two weeks.|No fever or chest pain.]',
    ),
    exam=(
        ("General", "[Dry mucous membranes, Kussmaul breathing|Tired, fruity breath, dry tongue]."),
        ("Abdomen", "[Diffuse mild tenderness, no guarding|Soft, nontender]."),
    ),
    data=("Glucose {GLU}, bicarbonate {CO2}, anion gap {gap}, pH {PH}, beta-hydroxybutyrate {BHB}, potassium {K}.",),
    ed_course=(
        "{fluids} liters of crystalloid, insulin infusion at 0.1 units/kg/h after potassium was known[, ondansetron|].",
    ),
    plan=(
        "Diabetic ketoacidosis: insulin infusion, hourly glucose, electrolytes every 4 hours, change to subcutaneous insulin when the gap is closed.",
        "Dehydration: fluids as above.",
        "?aki=yes: Acute kidney injury, prerenal (creatinine {CR}, usual {baseCR}).",
        "?cause=uti: Urinary tract infection: ceftriaxone, culture.",
    ),
    days=(
        "Gap closed after {hours} hours; basal insulin overlapped with the infusion by two hours. [Eating|Tolerating clears].",
        "?lowk=yes: Potassium fell on insulin; [oral and IV|IV] replacement.",
        "Glucose <138-212>. [Pump restarted with diabetes educator|Basal-bolus regimen adjusted]. Sick-day rules reviewed.",
    ),
    course=(
        "{patient} presented in diabetic ketoacidosis (pH {PH}, bicarbonate {CO2}, gap {gap}) and dehydration, treated with insulin infusion and fluids; the gap closed after {hours} hours.",
        "?cause=pump: The cause was omission of insulin.",
        "?cause=uti: A urinary tract infection was treated with ceftriaxone.",
        "?aki=yes: Acute kidney injury (creatinine {CR}) resolved with fluids to {CR_last}.",
        "?lowk=yes: Hypokalemia during treatment was replaced.",
        "Hemoglobin A1c was {A1C}%. Education was repeated.",
    ),
    diagnoses=(
        "Diabetic ketoacidosis without coma, type 1 diabetes mellitus",
        "Dehydration",
        "?aki=yes: Acute kidney injury",
        "?cause=uti: Urinary tract infection",
        "?lowk=yes: Hypokalemia",
        "?cause=pump: Underuse of insulin",
    ),
    medicines=(
        "insulin glargine <16-34> units nightly",
        "insulin lispro <4-9> units with meals plus correction",
        "?cause=uti: cephalexin 500 mg twice daily for 5 days",
    ),
    orders=("Insulin infusion protocol", "Basic metabolic panel every 4 hours", "Diabetes educator"),
    instructions=(
        "Never stop basal insulin, even when you cannot eat.",
        "Check ketones if glucose is above 250.",
        "Return for vomiting or moderate ketones.",
    ),
    follow_up="endocrine or primary care in 1 week",
    panels=("CBC", "BMP", "ABG", "BHB", "A1C"),
    labs=(
        LabCourse("GLU", (428, 690), (142, 210)),
        LabCourse("CO2", (6, 14), (20, 25)),
        LabCourse("K", (4.9, 5.9), (3.0, 3.3), "lowk=yes"),
        LabCourse("K", (4.9, 5.9), (3.7, 4.3), "lowk=no"),
        LabCourse("PH", (7.05, 7.24), (7.36, 7.41)),
        LabCourse("PCO2", (18, 28), (36, 41)),
        LabCourse("HCO3", (6, 13), (21, 25)),
        LabCourse("BHB", (4.8, 8.9), (0.1, 0.6)),
        LabCourse("CR", (1.7, 2.4), (1.0, 1.2), "aki=yes", True),
        LabCourse("CR", (1.1, 1.3), (1.0, 1.1), "aki=no", True),
        LabCourse("A1C", (9.4, 13.6), (9.4, 13.6)),
    ),
)


def _aki(case: Case) -> Coding:
    tubular = "N17.0" if case.facts["kind"] == "tubular" else "N17.9"
    high = ["E87.5"] if case.facts["highk"] == "yes" else []
    cause = ["E86.0"] if case.facts["kind"] == "dry" else []
    return coding(tubular, *high, *cause, more=background(case.person))


AKI = Story(
    code="aki-on-ckd",
    codes=_aki,
    title="Acute kidney injury on chronic kidney disease",
    patient_class="I",
    facility="HVMC",
    service="MED",
    unit="5E",
    specialty="hospitalist",
    weight=7,
    stay=(2, 7),
    ages=(50, 94),
    through_ed=True,
    fits=lambda person: person.has("ckd"),
    dispositions=(("01", 66), ("06", 20), ("03", 13), ("20", 1)),
    reason="[Abnormal labs, elevated creatinine|Acute kidney injury|Weakness and poor intake]",
    cc="[Abnormal blood test|Weakness|Poor appetite and low urine output]",
    facts=(("kind", "[dry|dry|tubular]"), ("highk", "[yes|no]"), ("span", "<2-7>"), ("nsaid", "[ibuprofen|naproxen]")),
    vitals="T <97.4-98.8> F, HR <78-104>, RR <16-20>, BP <98-128>/<54-72>, SpO2 <95-98>% on room air",
    hpi=(
        "{title} is a {age} {noun} {withpast} [sent in by the clinic|referred by primary care] for a creatinine of {CR} mg/dL, up from a baseline of about {baseCR}.",
        "?kind=dry: {He} had {span} days of [diarrhea|vomiting and diarrhea|poor intake in the heat] and kept taking [the blood pressure pills|all the usual pills].",
        "?kind=tubular: {He} had been taking {nsaid} for [back pain|a sore knee] for {span} days on top of the usual blood pressure pills, [and was hypotensive at the clinic|with little urine for two days].",
        "[Urine has been dark and scant.|No dysuria or flank pain.|Lightheaded on standing.] [No rash, no new antibiotics.|Sleeps poorly.|]",
    ),
    exam=(("Extremities", "[No edema, skin turgor reduced|Trace ankle edema]."),),
    data=(
        "Creatinine {CR}, BUN {BUN}, potassium {K}, bicarbonate {CO2}. Urinalysis: [bland|hyaline casts|muddy brown casts].",
        "Renal ultrasound: no hydronephrosis.",
    ),
    ed_course=(
        "Lactated Ringer's <1-2> L.",
        "?highk=yes: Calcium gluconate, insulin with dextrose and [sodium zirconium cyclosilicate|patiromer] for potassium {K}; ECG [without peaked T waves|with mildly peaked T waves].",
    ),
    plan=(
        "?kind=dry: Acute kidney injury on chronic kidney disease, prerenal from volume depletion: fluids, hold antihypertensives and nephrotoxic drugs, dose drugs for function.",
        "?kind=tubular: Acute kidney injury on chronic kidney disease, acute tubular necrosis from {nsaid} and hypotension: stop nephrotoxins, strict output, nephrology consult.",
        "?highk=yes: Hyperkalemia: treated, recheck in 4 hours, low potassium diet.",
    ),
    days=(
        "Urine output <700-1900> mL. Creatinine [down|beginning to fall]. [Appetite better|Feels stronger].",
        "?highk=yes: Potassium normal on binder.",
        "Creatinine {CR_last}. [Fluids stopped|Drinking well]. Plan which home drugs restart.",
    ),
    course=(
        "{patient} was admitted with acute kidney injury on chronic kidney disease (creatinine {CR}, baseline about {baseCR}).",
        "?kind=dry: It was prerenal from volume depletion and dehydration and responded to intravenous fluids.",
        "?kind=tubular: Urine sediment with muddy brown casts and lack of prompt response supported acute tubular necrosis; nephrology followed; dialysis was not needed.",
        "?highk=yes: Hyperkalemia (potassium {K}) was treated medically.",
        "Creatinine was {CR_last} at discharge. [Nonsteroidal drugs are to be avoided.|The diuretic restarts at half dose.]",
    ),
    diagnoses=(
        "?kind=dry: Acute kidney injury, prerenal",
        "?kind=tubular: Acute kidney injury due to acute tubular necrosis",
        "?highk=yes: Hyperkalemia",
        "?kind=dry: Dehydration",
    ),
    medicines=("hold blood pressure pills until the laboratory recheck", "acetaminophen as needed; no ibuprofen or naproxen"),
    orders=("Strict intake and output", "Bladder scan", "Renal ultrasound", "Hold nephrotoxic drugs"),
    instructions=("Do not take ibuprofen or naproxen.", "Have blood drawn in 3 to 5 days."),
    follow_up="nephrology in 2 weeks; laboratory in 4 days",
    labs=(
        LabCourse("CR", (1.8, 2.5), (1.1, 1.4), "", True),
        LabCourse("BUN", (58, 102), (28, 46)),
        LabCourse("K", (5.7, 6.5), (4.2, 4.8), "highk=yes"),
        LabCourse("K", (4.4, 5.0), (4.0, 4.6), "highk=no"),
        LabCourse("CO2", (15, 20), (20, 24)),
    ),
    imaging=(
        Imaging(
            "24531-6",
            "US Retroperitoneum",
            "[Right kidney <8-10>.<1-9> cm, left <8-10>.<1-9> cm], [increased cortical echogenicity|thinned cortex]. No hydronephrosis.",
            "[Medical renal disease|Chronic renal parenchymal disease], no obstruction.",
            6,
        ),
    ),
    consult=Consult(
        "nephrology",
        "Acute kidney injury on chronic kidney disease",
        (
            "Acute on chronic kidney injury, cause as above; [fractional excretion of sodium <0.2-0.8>%|sediment reviewed]. No indication for dialysis[ today|]. Avoid contrast.",
        ),
    ),
)


STORIES = (STROKE, DKA, AKI)
