"""Behavioural health, overdose, and chemotherapy."""

from __future__ import annotations

from muniment.demo.case import Case
from muniment.demo.profile import background
from muniment.demo.story import Coding, Consult, LabCourse, Story, coding


def _depression(case: Case) -> Coding:
    code = "F33.2" if case.facts["again"] == "yes" else "F32.2"
    wish = ["R45.851"] if case.facts["thoughts"] == "yes" else []
    past = ["Z91.51"] if case.facts["attempt"] == "yes" else []
    shocks = (("GZB2ZZZ", 3),) if case.facts["ect"] == "yes" else (("GZ58ZZZ", 1),)
    return coding(code, *wish, *past, more=background(case.person, skip=("depression",)), procedures=shocks)


DEPRESSION = Story(
    code="major-depression",
    codes=_depression,
    title="Major depression",
    covers=("depression",),
    patient_class="I",
    facility="HVBH",
    service="PSY",
    unit="BH1",
    specialty="psychiatry",
    weight=7,
    stay=(4, 13),
    ages=(18, 76),
    dispositions=(("01", 92), ("07", 4), ("65", 4)),
    reason="[Depression|Depression with suicidal thoughts|Major depressive episode]",
    cc='["I can\'t go on like this"|Depression|"I don\'t see the point anymore"]',
    facts=(
        ("again", "[yes|yes|no]"),
        ("thoughts", "[yes|yes|no]"),
        ("attempt", "[no|no|no]"),
        ("attempt", "?again=yes: [yes|no|no]"),
        ("ect", "[yes|no|no|no|no]"),
        ("weeks", "<3-10>"),
        ("drug", "[sertraline|venlafaxine XR|escitalopram|bupropion XL]"),
        ("scale", "<19-26>"),
        ("loss", "[the death of {his} mother|a separation|losing {his} job|a dispute over the house|chronic pain]"),
    ),
    vitals="T <97.6-98.6> F, HR <64-92>, RR <14-18>, BP <112-144>/<66-88>",
    hpi=(
        "{title} is a {age} {noun} {withpast} admitted voluntarily with {weeks} weeks of [low mood|depressed mood and hopelessness], [early waking|poor sleep], [loss of appetite with <6-16> pound weight loss|little appetite] and [trouble concentrating|no interest in anything] following {loss}.",
        "?thoughts=yes: {He} reports suicidal thoughts [most days|over the last week] [with a plan to take pills, without intent today|without a plan]; [no firearms at home|firearms were removed by family].",
        "?thoughts=no: {He} denies thoughts of suicide but feels unable to care for {him}self.",
        "?again=yes: There have been [two|three|several] earlier episodes, the last <2-7> years ago.",
        "?again=no: This is the first episode.",
        "?attempt=yes: {He} took an overdose in [{his} twenties|an earlier episode].",
        "[No mania, no psychosis.|No hallucinations or delusions; no past mania.] [Substance use as in the history.|Sleep is the worst part.|Work has suffered.]",
    ),
    exam=(
        (
            "Mental status",
            '[Casually dressed|Disheveled], [slowed|soft-spoken], mood "[empty|down|worthless]", affect [constricted|tearful], thought process linear, no psychosis, oriented, insight [fair|limited], judgment fair.',
        ),
    ),
    data=("PHQ-9 {scale}. TSH {TSH}.",),
    plan=(
        "Severe major depression: {drug} titration, individual cognitive-behavioral therapy, groups, sleep regularization.",
        "?thoughts=yes: Suicide precautions, 15-minute checks, safety plan before discharge.",
        "?ect=yes: Electroconvulsive therapy consult after [two|three] failed antidepressants; consent obtained.",
    ),
    days=(
        "[Stayed in room most of the day|Attended one group]. Sleep <4-6> hours. Dose of {drug} increased.",
        "[Brighter|More talkative], eating [half of meals|most meals]. Suicidal thoughts [less frequent|denied today].",
        "?ect=yes: Bilateral electroconvulsive treatment without complication; mild headache.",
        "Safety plan written with [spouse|sister|social worker]. PHQ-9 <8-14>. Family meeting [held|set].",
    ),
    course=(
        "{title} was admitted with severe major depression after {loss} (PHQ-9 {scale}) and treated with {drug}, cognitive-behavioral therapy and milieu treatment.",
        "?ect=yes: A course of bilateral electroconvulsive therapy was begun with good response.",
        "?thoughts=yes: Suicidal ideation resolved; a safety plan is in place.",
        'At discharge mood was [improved|"better"], PHQ-9 <6-12>, [sleeping seven hours|eating well], no thoughts of self-harm.',
    ),
    diagnoses=(
        "?again=yes: Major depressive disorder, recurrent, severe, without psychotic features",
        "?again=no: Major depressive disorder, single episode, severe, without psychotic features",
        "?thoughts=yes: Suicidal ideation, resolved",
        "?attempt=yes: History of suicide attempt",
    ),
    medicines=("{drug}, dose as titrated", "[trazodone 50 mg|mirtazapine 7.5 mg] nightly as needed"),
    orders=("Suicide precautions per level", "{drug} daily", "Group and individual therapy", "TSH, CBC, BMP"),
    nursing=("Belongings searched, contraband list signed", "Columbia screen completed"),
    instructions=("Call or text 988 at any time if thoughts of suicide return.", "Keep the therapy appointment."),
    follow_up="outpatient psychiatry within 7 days; therapist within 5 days",
    panels=("CBC", "BMP", "TSH"),
)


def _withdrawal(case: Case) -> Coding:
    code = {"plain": "F10.230", "delirium": "F10.231"}[case.facts["kind"]]
    low = ["E83.42"] if case.facts["mag"] == "yes" else []
    lowk = ["E87.6"] if case.facts["mag"] == "yes" else []
    return coding(code, *low, *lowk, more=background(case.person, skip=("alcohol",)), procedures=(("HZ2ZZZZ", 0),))


WITHDRAWAL = Story(
    code="alcohol-withdrawal",
    codes=_withdrawal,
    title="Alcohol withdrawal",
    covers=("alcohol",),
    patient_class="I",
    facility="HVBH",
    service="PSY",
    unit="BH2",
    specialty="psychiatry",
    weight=6,
    stay=(3, 7),
    ages=(24, 72),
    adds=(("alcohol", ""),),
    fits=lambda person: person.has("alcohol") or not person.has("hf", "ckd"),
    dispositions=(("01", 80), ("07", 14), ("65", 6)),
    reason="[Alcohol withdrawal|Detoxification|Alcohol use, tremor]",
    cc='["I need help to stop drinking"|Shaking and sweats|Alcohol withdrawal]',
    facts=(
        ("kind", "[plain|plain|plain|delirium]"),
        ("mag", "[yes|no]"),
        ("drink", "[a fifth of vodka|a 12-pack of beer|a pint and a half of whiskey|two bottles of wine]"),
        ("last", "<8-30>"),
        ("ciwa", "<14-28>"),
        ("years", "<5-25>"),
    ),
    vitals="T <98.4-100.2> F, HR <102-124>, RR <18-22>, BP <148-182>/<88-108>, SpO2 <96-99>%",
    hpi=(
        "{title} is a {age} {noun} {withpast} who drinks {drink} daily [for {years} years|since {his} divorce|for many years] and presents {last} hours after the last drink with [tremor, sweats and nausea|shaking and anxiety].",
        "?kind=delirium: On the second day {he} became [disoriented, picking at the air|confused and saw insects on the wall].",
        "?kind=plain: {He} is oriented and asks for [detoxification|help to quit].",
        "[One seizure during withdrawal <2-9> years ago.|No withdrawal seizures.|Previous detoxification <1-3> times.] [Living with a sister.|Lost a driver license last year.|Works part-time.]",
    ),
    exam=(
        (
            "Neuro",
            "Tremor of outstretched hands, [mild diaphoresis|brisk reflexes], CIWA-Ar {ciwa}. [Gait steady|Gait wide-based].",
        ),
    ),
    data=("Ethanol {ETOH} mg/dL on arrival, AST {AST}, potassium {K}.",),
    plan=(
        "Alcohol withdrawal: symptom-triggered [lorazepam|diazepam] by CIWA-Ar, thiamine, folate.",
        "?kind=delirium: Withdrawal delirium: scheduled diazepam, one-to-one observation.",
        "?mag=yes: Hypomagnesemia and hypokalemia: replace.",
        "Counseling, [naltrexone|acamprosate] discussed.",
    ),
    days=(
        "CIWA-Ar <9-16>; [lorazepam 2 mg|diazepam 10 mg] <2-5> times in 24 hours. [Slept little|Ate breakfast].",
        "?kind=delirium: Oriented to name only in the morning, clearer by evening.",
        "CIWA-Ar below 8 for 24 hours. [Attended group|Met with counselor]. Taper ends.",
        "Plans [intensive outpatient program|residential program]. [Naltrexone started.|Declines medication.]",
    ),
    course=(
        "{title} underwent medically supervised detoxification from alcohol with CIWA-guided benzodiazepines; peak score {ciwa}.",
        "?kind=delirium: Withdrawal delirium occurred and resolved over <2-3> days.",
        "?mag=yes: Hypomagnesemia and hypokalemia were replaced.",
        "{He} engaged in counseling and leaves with a plan for [intensive outpatient treatment|residential treatment].",
    ),
    diagnoses=(
        "?kind=plain: Alcohol dependence with withdrawal, uncomplicated",
        "?kind=delirium: Alcohol dependence with withdrawal delirium",
        "?mag=yes: Hypomagnesemia",
        "?mag=yes: Hypokalemia",
    ),
    medicines=(
        "thiamine 100 mg daily",
        "folic acid 1 mg daily",
        "[naltrexone 50 mg daily|acamprosate 666 mg three times daily]",
    ),
    orders=("CIWA-Ar every 4 hours", "Thiamine 100 mg IV for 3 days", "Seizure precautions", "Fall precautions"),
    nursing=("CIWA-Ar {ciwa}", "Last drink {last} hours ago by report"),
    instructions=("Do not drink alcohol.", "Call 988 or your counselor when cravings are strong."),
    follow_up="intensive outpatient program in 3 days",
    panels=("CBC", "BMP", "HEP", "ETOH"),
    labs=(
        LabCourse("ETOH", (18, 190), (0, 0)),
        LabCourse("AST", (62, 188), (48, 120)),
        LabCourse("ALT", (40, 104), (36, 80)),
        LabCourse("K", (2.9, 3.3), (3.7, 4.4), "mag=yes"),
    ),
)


def _overdose(case: Case) -> Coding:
    drug = {"heroin": "T40.1X1A", "fentanyl": "T40.411A", "pills": "T40.2X1A"}[case.facts["drug"]]
    lung = {"tube": ["J96.01"], "mask": ["J96.02"], "none": []}[case.facts["air"]]
    wet = ["J69.0"] if case.facts["aspirated"] == "yes" else []
    tube = (("0BH17EZ", 0), ("5A1935Z", 0)) if case.facts["air"] == "tube" else ()
    return coding(drug, *lung, *wet, "F11.20", more=background(case.person, skip=("opioid",)), procedures=tube)


OVERDOSE = Story(
    code="opioid-overdose",
    codes=_overdose,
    title="Opioid overdose",
    covers=("opioid",),
    patient_class="I",
    facility="HVMC",
    service="MED",
    unit="ICU",
    specialty="hospitalist",
    weight=5,
    stay=(1, 4),
    ages=(18, 66),
    through_ed=True,
    adds=(("opioid", ""),),
    fits=lambda person: not person.has("hf", "ckd"),
    transfers=(("5E", 0.7),),
    dispositions=(("01", 66), ("07", 26), ("65", 6), ("20", 2)),
    reason="[Overdose|Unresponsive|Opioid overdose]",
    cc="[Found unresponsive|Overdose]",
    facts=(
        ("drug", "[heroin|fentanyl|fentanyl|pills]"),
        ("air", "[none|mask|tube]"),
        ("aspirated", "[yes|no|no]"),
        ("where", "[a gas station restroom|the bedroom|a parked car|a friend's couch|the bathroom floor]"),
        ("naloxone", "<4-10>"),
        ("rate", "<4-8>"),
        ("bup", "[yes|no]"),
        ("said", "?drug=heroin: heroin"),
        ("said", "?drug=fentanyl: fentanyl"),
        ("said", "?drug=pills: oxycodone tablets bought on the street"),
    ),
    vitals="T <96.4-98.4> F, HR <52-112>, RR {rate} before naloxone, BP <98-132>/<54-80>, SpO2 <72-88>% on arrival of EMS",
    hpi=(
        "{title} is a {age} {noun} {withpast} found [unresponsive|blue and barely breathing] in {where} by [a friend|a passer-by|{his} partner]. Respirations {rate}, pupils pinpoint.",
        'EMS gave naloxone {naloxone} mg [intranasally|in divided doses] with [return of breathing|partial response]. Later {he} reported using {said} [after <2-11> weeks without|alone|"more than usual"] and denied intent to harm {him}self.',
        '[No co-ingestion reported.|Also took a "bar" of alprazolam by report of friends.|Says the supply looked different.]',
    ),
    exam=(
        ("Neuro", "[Rouses to voice, follows commands, no focal deficit|Slow to answer, moves all extremities]."),
        (
            "General",
            "[Somnolent, wakes to voice|Drowsy but oriented after naloxone], pinpoint pupils, [needle marks at the left antecubital fossa|no fresh injection marks].",
        ),
        ("Lungs", "[Coarse at the right base|Clear after suction|Shallow, equal]."),
    ),
    data=("Arterial gas: pH {PH}, pCO2 {PCO2}, pO2 {PO2}. Urine screen positive for opiates or fentanyl.",),
    ed_course=(
        "?air=none: Observed with capnography; second naloxone dose; awake.",
        "?air=mask: Naloxone infusion for recurrent hypoventilation.",
        "?air=tube: Intubated for hypoxia and failure to protect the airway despite naloxone.",
    ),
    plan=(
        "Accidental opioid poisoning ({said}): naloxone infusion as needed, continuous oximetry and capnography.",
        "?air=tube: Acute hypoxic respiratory failure: ventilator, wean as he or she wakes.",
        "?air=mask: Acute hypercapnic respiratory failure: naloxone infusion.",
        "?aspirated=yes: Aspiration pneumonitis: observe, [no antibiotic yet|ampicillin-sulbactam].",
        "Opioid use disorder: buprenorphine offered, addiction counselor.",
    ),
    days=(
        "?air=tube: Extubated after <7-20> hours.",
        "?bup=yes: [Awake, cooperative|Irritable, mild withdrawal]. COWS <8-14>; buprenorphine [8|12|16] mg started.",
        "?bup=no: [Awake, cooperative|Sore and restless]. Declines buprenorphine for now; counselor visited.",
        "?aspirated=yes: Oxygen weaned, low-grade fever resolved.",
    ),
    course=(
        "{patient} was treated for accidental poisoning by {said} with naloxone.",
        "?air=tube: Acute hypoxic respiratory failure required intubation and mechanical ventilation for less than 24 hours.",
        "?air=mask: Acute hypercapnic respiratory failure was treated with a naloxone infusion.",
        "?aspirated=yes: Aspiration pneumonitis improved.",
        "Opioid dependence: naloxone kit given. [Intent of self-harm was excluded by psychiatry.|No suicidal intent.]",
    ),
    diagnoses=(
        "Accidental opioid poisoning ({said})",
        "?air=tube: Acute hypoxic respiratory failure",
        "?air=mask: Acute hypercapnic respiratory failure",
        "?aspirated=yes: Aspiration pneumonitis",
        "Opioid dependence",
    ),
    medicines=(
        "naloxone nasal spray 4 mg, keep with you",
        "?bup=yes: buprenorphine-naloxone 8-2 mg twice daily",
    ),
    orders=("Continuous capnography", "Naloxone at bedside", "Urine drug screen", "Addiction medicine counselor"),
    instructions=("Never use alone. Carry naloxone.", "Go to the recovery clinic tomorrow."),
    follow_up="recovery clinic in 1 to 3 days",
    panels=("CBC", "BMP", "ABG", "LACT"),
    labs=(
        LabCourse("PH", (7.16, 7.29), (7.36, 7.42), "air=mask"),
        LabCourse("PH", (7.30, 7.35), (7.36, 7.42), "air=none|tube"),
        LabCourse("PCO2", (56, 80), (38, 44), "air=mask"),
        LabCourse("PCO2", (40, 46), (38, 44), "air=none|tube"),
        LabCourse("PO2", (44, 57), (78, 96), "air=tube"),
        LabCourse("PO2", (64, 74), (78, 96), "air=none|mask"),
        LabCourse("LACT", (2.2, 4.6), (0.8, 1.5)),
    ),
    consult=Consult(
        "psychiatry",
        "Assessment of intent after overdose",
        (
            "Use was not an attempt at self-harm. Opioid use disorder, severe. [Recommend buprenorphine|Agree with buprenorphine]. No need for one-to-one observation.",
        ),
    ),
)

_TUMOURS = {
    "breast": ("C50.411", "C50.911", "breast cancer"),
    "colon": ("C18.7", "C18.7", "sigmoid colon cancer"),
    "lung": ("C34.11", "C34.11", "lung cancer of the right upper lobe"),
    "lymphoma": ("C83.30", "C83.30", "diffuse large B-cell lymphoma"),
}


def _chemo(case: Case) -> Coding:
    low = ["D64.81", "T45.1X5A"] if case.facts["low"] == "yes" else []
    return coding("Z51.11", _TUMOURS[case.facts["tumor"]][0], *low, more=background(case.person)[:5])


CHEMOTHERAPY = Story(
    code="chemotherapy",
    codes=_chemo,
    title="Chemotherapy infusion",
    patient_class="O",
    facility="HVMC",
    service="ONC",
    unit="INF",
    specialty="oncology",
    weight=14,
    stay=(3, 6),
    ages=(40, 82),
    reason="[Chemotherapy|Infusion visit|Cycle of chemotherapy]",
    cc="[Here for chemotherapy]",
    facts=(
        ("tumor", "[colon|lung|lymphoma]"),
        ("tumor", "?noun=woman: [breast|breast|colon|lung]"),
        ("cancer", "?tumor=breast: right breast cancer, upper outer quadrant, [stage II|stage IIIA]"),
        ("cancer", "?tumor=colon: sigmoid colon cancer, [stage III after resection|metastatic to nodes]"),
        ("cancer", "?tumor=lung: lung cancer of the right upper lobe, [stage III|stage IV]"),
        ("cancer", "?tumor=lymphoma: diffuse large B-cell lymphoma, stage [II|III]"),
        ("regimen", "?tumor=breast: paclitaxel weekly"),
        ("regimen", "?tumor=colon: FOLFOX"),
        ("regimen", "?tumor=lung: carboplatin and pemetrexed"),
        ("regimen", "?tumor=lymphoma: R-CHOP"),
        ("cycle", "<2-6>"),
        ("low", "[yes|no|no]"),
    ),
    vitals="T <97.4-98.8> F, HR <66-96>, RR <14-18>, BP <108-142>/<62-84>, SpO2 <95-99>%",
    hpi=(
        "{title} is a {age} {noun} {withpast}, under treatment for {cancer}, here for cycle {cycle} of {regimen}.",
        "[Tolerated the last cycle with mild nausea|Fatigue for three days after the last cycle|Tingling of the fingertips, not dropping things|Appetite fair, weight stable]. [No fever.|No mouth sores.|No bleeding or infection.] ECOG [0|1|1|2].",
    ),
    exam=(("Lymph", "[No adenopathy|No cervical or axillary nodes]. Port site [clean|without redness]."),),
    data=("WBC {WBC}, hemoglobin {HGB}, platelets {PLT}: counts [adequate|meet parameters] for treatment.",),
    plan=(
        "Proceed with {regimen} cycle {cycle}; premedication with ondansetron and dexamethasone.",
        "?low=yes: Anemia due to chemotherapy (hemoglobin {HGB}): watch, transfuse below 7.",
        "Next cycle in [two|three] weeks.",
    ),
    diagnoses=("Encounter for antineoplastic chemotherapy", "{cancer}", "?low=yes: Anemia due to antineoplastic chemotherapy"),
    follow_up="oncology before the next cycle",
    panels=("CBC", "BMP"),
    labs=(
        LabCourse("HGB", (8.4, 10.4), (8.4, 10.4), "low=yes"),
        LabCourse("HGB", (12.0, 13.6), (12.0, 13.6), "low=no"),
        LabCourse("WBC", (3.2, 7.4), (3.2, 7.4)),
        LabCourse("PLT", (112, 260), (112, 260)),
    ),
    extra_documents=(
        (
            "chemotherapy",
            (
                "{regimen}, cycle {cycle}. Two nurses verified patient, drug, dose and pump. Port accessed with good blood return.",
                "Infusion over <90-260> minutes without reaction[; mild flushing settled with a slower rate|]. Port flushed and deaccessed. Left [walking|with spouse] in stable condition.",
            ),
        ),
    ),
)

STORIES = (DEPRESSION, WITHDRAWAL, OVERDOSE, CHEMOTHERAPY)
