"""Pneumonia with sepsis, COPD exacerbation, a child's asthma in the emergency department."""

from __future__ import annotations

from muniment.demo.case import Case
from muniment.demo.profile import background
from muniment.demo.story import Coding, Consult, Imaging, LabCourse, Story, coding


def _sepsis(case: Case) -> Coding:
    bug, lung = {"none": ("A41.9", "J18.9"), "pneumococcus": ("A40.3", "J13"), "gram": ("A41.9", "J15.9")}[case.facts["bug"]]
    grave = case.facts["grave"]
    severe = {"shock": ["R65.21"], "severe": ["R65.20"]}.get(grave, [])
    organ = ["J96.01"] if grave != "plain" else []
    kidney = ["N17.9"] if grave == "shock" else []
    line = (("02HV33Z", 0),) if grave == "shock" else ()
    return coding(bug, lung, *severe, *organ, *kidney, more=background(case.person), procedures=line)


SEPSIS = Story(
    code="sepsis-pneumonia",
    codes=_sepsis,
    title="Sepsis due to pneumonia",
    patient_class="I",
    facility="HVMC",
    service="MED",
    unit="5E",
    specialty="hospitalist",
    weight=10,
    stay=(3, 10),
    ages=(28, 96),
    through_ed=True,
    dispositions=(("01", 58), ("06", 17), ("03", 17), ("20", 6), ("02", 2)),
    reason="[Fever and cough|Pneumonia, sepsis|Shortness of breath and fever|Fever and weakness]",
    cc="[Fever and cough|Cough with [green|rusty|yellow] sputum|Shortness of breath and chills|Weakness and chills]",
    facts=(
        ("side", "[right lower|left lower|right middle|right upper|left lower]"),
        ("bug", "[none|none|pneumococcus|gram]"),
        ("grave", "[plain|severe|severe|shock]"),
        ("span", "[two|three|four|five] days"),
        ("drug", "ceftriaxone [1|2] g daily and azithromycin 500 mg daily"),
        ("sat", "<92-95>"),
        ("sat", "?grave=severe|shock: <82-88>"),
        ("litres", "<2-6>"),
        ("fever", "<101.2-103.8>"),
        ("fluid", "<18-34>00"),
    ),
    vitals="T {fever} F, HR <104-134>, RR <22-32>, BP <84-112>/<44-66>, SpO2 {sat}% on room air",
    hpi=(
        "{title} is a {age} {noun} {withpast} who presents with {span} of [productive cough|fever, chills and cough|cough and increasing shortness of breath][, with [green|rust-colored|thick yellow] sputum|] and [pleuritic chest pain on the same side|generalized weakness|poor appetite].",
        "[Family found {him} shaking with chills this morning and called EMS.|{He} was seen at an urgent care <2-4> days ago and given a cough suppressant.|{He} has not been able to keep fluids down since yesterday.|A grandchild in the home had a respiratory illness last week.]",
        "Temperature at home reached <101-103> F. [No travel, no aspiration event.|{He} denies abdominal pain, dysuria and rash.|No recent hospitalization or antibiotics.]",
    ),
    exam=(
        ("General", "[Ill-appearing|Flushed and diaphoretic|Tired, answers slowly], [mild|moderate] respiratory distress."),
        (
            "Lungs",
            "[Crackles and bronchial breath sounds over the {side} lobe|Rhonchi and egophony in the {side} lung field], [dull to percussion|no wheeze].",
        ),
    ),
    data=(
        "Lactate {LACT} mmol/L, WBC {WBC}, procalcitonin {PCT} ng/mL, creatinine {CR} (usual about {baseCR}).",
        "Chest radiograph: {side} lobe consolidation.",
    ),
    ed_course=(
        "Sepsis alert called [on arrival|at triage]. Blood cultures drawn before antibiotics; {fluid} mL crystalloid given; {drug} started within [the hour|<28-70> minutes].",
        "?grave=shock: Mean arterial pressure stayed below 65 after fluids; norepinephrine started and a right internal jugular central line placed.",
    ),
    plan=(
        "?grave=plain: Sepsis due to {side} lobe pneumonia: meets criteria with fever, tachycardia and leukocytosis; {drug}.",
        "?grave=severe: Severe sepsis due to {side} lobe pneumonia with acute hypoxic respiratory failure: {drug}, repeat lactate, oxygen {litres} L.",
        "?grave=shock: Septic shock due to {side} lobe pneumonia: norepinephrine to MAP 65, {drug}, intensive care, acute kidney injury followed with urine output.",
        "[Urine pneumococcal and Legionella antigens sent.|Sputum culture, viral panel.] [Hold antihypertensives.|Home medications reviewed.]",
    ),
    days=(
        "[Temperature still <100-101>.<0-9> overnight|Afebrile since midnight]. [Lactate cleared|Lactate coming down]. Continue {drug}.",
        "[Appetite returning|Cough looser, sputum clearing]. WBC falling. [Walked with therapy|Using incentive spirometer]. Cultures [no growth to date|pending].",
        "?bug=pneumococcus: Blood cultures grew Streptococcus pneumoniae, penicillin sensitive; azithromycin stopped.",
        "?grave=shock: Norepinephrine weaned off. Creatinine improving to {CR_last}. Transfer out of intensive care.",
        "[On room air|Breathing comfortably on room air]. Switch to oral antibiotics[ today|]. Plan discharge when stable for 24 hours.",
    ),
    course=(
        "{patient} was admitted with sepsis due to {side} lobe pneumonia and treated with {drug}[ and intravenous fluids|].",
        "?grave=severe: Sepsis was complicated by acute hypoxic respiratory failure, requiring up to {litres} L of oxygen, since resolved.",
        "?grave=shock: {He} met criteria for septic shock with a lactate of {LACT}, required norepinephrine through a central line [for <14-46> hours|until hospital day 2 or 3], and had acute hypoxic respiratory failure and acute kidney injury (creatinine {CR_top}, {CR_last} at discharge).",
        "?bug=pneumococcus: Blood cultures and urine antigen were positive for Streptococcus pneumoniae; therapy was narrowed.",
        "?bug=gram: Sputum grew mixed organisms with a predominant gram-negative bacillus; bacterial pneumonia, organism not further specified.",
        "?bug=none: Cultures remained negative.",
        "{He} [defervesced by hospital day <2-4>|improved steadily], white count fell from {WBC} to {WBC_last}, and {he} completed <5-7> days of antibiotics[ in all|, the last by mouth].",
    ),
    diagnoses=(
        "?bug=pneumococcus: Sepsis due to Streptococcus pneumoniae",
        "?bug=none|gram: Sepsis, organism not identified",
        "?bug=pneumococcus: Pneumococcal pneumonia, {side} lobe",
        "?bug=none|gram: Pneumonia, {side} lobe",
        "?grave=severe|shock: Acute hypoxic respiratory failure",
        "?grave=shock: Septic shock",
        "?grave=shock: Acute kidney injury",
    ),
    medicines=(
        "[amoxicillin-clavulanate 875 mg twice daily|cefuroxime 500 mg twice daily|levofloxacin 750 mg daily] for <2-5> more days",
    ),
    orders=(
        "Blood cultures times two before antibiotics",
        "Ceftriaxone IV",
        "Azithromycin IV",
        "Lactate, repeat in 4 hours",
        "Incentive spirometry",
    ),
    nursing=("Sepsis screen positive", "?grave=severe|shock: Oxygen {litres} L nasal cannula"),
    instructions=(
        "Finish all antibiotics.",
        "A chest X-ray in 6 weeks should confirm that the pneumonia is gone.",
        "Return for fever, [confusion|trouble breathing] or chest pain.",
    ),
    panels=("CBC", "BMP", "LACT", "PCT"),
    labs=(
        LabCourse("WBC", (14.2, 26.5), (6.8, 10.8)),
        LabCourse("LACT", (1.2, 2.0), (0.8, 1.6), "grave=plain"),
        LabCourse("LACT", (2.3, 3.8), (0.8, 1.6), "grave=severe"),
        LabCourse("LACT", (4.1, 6.4), (0.9, 1.7), "grave=shock"),
        LabCourse("PCT", (1.8, 22.0), (0.3, 1.2)),
        LabCourse("CR", (1.7, 2.6), (1.0, 1.2), "grave=shock", True),
    ),
    cultures=(
        (
            "600-7",
            "Bacteria identified in Blood by Culture",
            "?bug=pneumococcus: Streptococcus pneumoniae, 2 of 2 bottles. Penicillin S, ceftriaxone S.",
        ),
        ("600-7", "Bacteria identified in Blood by Culture", "?bug=none|gram: No growth after 5 days."),
    ),
    imaging=(
        Imaging(
            "30745-4",
            "XR Chest Views",
            "[Airspace consolidation|Dense opacity with air bronchograms|Patchy consolidation] in the {side} lobe. [No effusion|Trace parapneumonic effusion].",
            "{side} lobe pneumonia[. Follow to resolution|].",
        ),
    ),
    consult=Consult(
        "pulmonology",
        "[Sepsis with respiratory failure|Pneumonia, oxygen requirement]",
        (
            "Agree with {drug}. [Broaden only if worse at 48 hours|MRSA nasal screen to allow narrowing]. High-flow oxygen available if needed.",
            "[No indication for bronchoscopy now|No drainable effusion on bedside ultrasound].",
        ),
    ),
)


def _copd(case: Case) -> Coding:
    lung = ["J44.0", "J20.9"] if case.facts["trigger"] == "bronchitis" else []
    failure = {"chronic": ["J96.21", "Z99.81"], "carbon": ["J96.02"], "acute": ["J96.01"]}.get(case.facts["failure"], [])
    mask = (("5A09457" if case.facts["mask"] == "long" else "5A09357", 0),) if case.facts["failure"] == "carbon" else ()
    steroid = [("E11.65", "N")] if case.person.has("dm2") and case.facts["sugar"] == "yes" else []
    return coding("J44.1", *lung, *failure, *steroid, more=background(case.person, skip=("copd",)), procedures=mask)


COPD = Story(
    code="copd-exacerbation",
    codes=_copd,
    title="COPD exacerbation",
    patient_class="I",
    facility="HVMC",
    service="MED",
    unit="5E",
    specialty="hospitalist",
    weight=8,
    stay=(2, 6),
    ages=(48, 92),
    through_ed=True,
    fits=lambda person: person.has("copd"),
    covers=("copd",),
    dispositions=(("01", 68), ("06", 20), ("03", 9), ("07", 2), ("20", 1)),
    reason="[COPD exacerbation|Shortness of breath and wheezing|Increased cough and sputum]",
    cc='[Shortness of breath|Wheezing and cough|"My inhalers aren\'t working"]',
    facts=(
        ("trigger", "[bronchitis|weather|bronchitis|unknown]"),
        ("failure", "[none|acute|acute|carbon|chronic]"),
        ("mask", "[short|long]"),
        ("sugar", "[yes|no]"),
        ("span", "[two|three|four|six] days"),
        ("sat", "<81-88>"),
        ("sat", "?failure=none: <90-93>"),
        ("litres", "<2-4>"),
        ("pco", "<58-78>"),
    ),
    vitals="T <97.6-99.8> F, HR <94-122>, RR <24-34>, BP <128-172>/<68-96>, SpO2 {sat}% on [room air|arrival]",
    hpi=(
        "{title} is a {age} {noun} {withpast} who reports {span} of [worsening dyspnea|increasing shortness of breath and wheezing], [cough with more and thicker sputum|sputum turned from white to [green|yellow]|chest tightness].",
        "?trigger=bronchitis: It started with a [head cold|sore throat and runny nose] [caught from a neighbor|last week].",
        "?trigger=weather: {He} relates it to [the cold air|smoke from a neighbor's wood stove|the humid weather].",
        "?trigger=unknown: {He} knows of no trigger.",
        "{He} has used {his} rescue inhaler [every two hours|<6-14> times in the last day] [without relief|with only brief relief]. [This is the <2-4>th episode this year.|Last admission for this was <5-20> months ago.|{He} has never been intubated.]",
        "?failure=chronic: {He} uses {litres} L of oxygen at home around the clock.",
    ),
    exam=(
        (
            "Lungs",
            "[Diffuse expiratory wheezes|Poor air movement with prolonged expiration|Wheezes and scattered rhonchi], [using accessory muscles|pursed-lip breathing].",
        ),
        ("General", "[Sitting upright, speaks in short phrases|Anxious, tripod position|Mild distress]."),
    ),
    data=("Arterial gas: pH {PH}, pCO2 {PCO2}, pO2 {PO2}.", "Chest radiograph: hyperinflation, no infiltrate."),
    ed_course=(
        "[Three|Two] nebulized albuterol-ipratropium treatments, methylprednisolone 125 mg IV[, magnesium 2 g IV|].",
        "?failure=carbon: Placed on bilevel positive airway pressure for hypercapnia with [somnolence|fatigue].",
    ),
    plan=(
        "COPD with acute exacerbation: scheduled nebulizers, prednisone 40 mg daily for 5 days, [azithromycin|doxycycline].",
        "?trigger=bronchitis: Acute bronchitis as trigger: antibiotic as above, viral panel.",
        "?failure=acute: Acute hypoxic respiratory failure: {litres} L, target saturation 88 to 92%.",
        "?failure=chronic: Acute on chronic hypoxic respiratory failure: home oxygen {litres} L, now needs more; target 88 to 92%.",
        "?failure=carbon: Acute hypercapnic respiratory failure: bilevel support, repeat gas in 2 hours.",
    ),
    days=(
        "[Less wheezy|Slept poorly, still tight]. [Nebulizers every 4 hours|Spaced nebulizers to every 6 hours]. Continue prednisone.",
        "?failure=carbon: Off bilevel support [since morning|overnight], gas improved. Alert.",
        "[Walking in room|Walked <60-150> feet with therapy], saturation <89-93>%. [Sputum lighter|Cough easing].",
        "Back to [baseline|usual breathing]. Inhaler technique reviewed. [Tobacco counseling given|Pulmonary rehabilitation referral].",
    ),
    course=(
        "{patient} was treated for an acute exacerbation of COPD with systemic steroids, bronchodilators and [azithromycin|doxycycline].",
        "?trigger=bronchitis: The trigger was acute bronchitis.",
        "?failure=acute: Acute hypoxic respiratory failure on presentation (saturation {sat}%) resolved; {he} was on room air at discharge.",
        "?failure=chronic: {He} had acute on chronic hypoxic respiratory failure and returned to {his} home oxygen of {litres} L.",
        "?failure=carbon: Acute hypercapnic respiratory failure (pCO2 {PCO2}, pH {PH}) was treated with bilevel positive airway pressure for [<9-20> hours|one night] and did not require intubation.",
        "At discharge {he} could [walk the hallway|climb a flight of stairs] without stopping.",
    ),
    diagnoses=(
        "Chronic obstructive pulmonary disease with acute exacerbation",
        "?trigger=bronchitis: Acute bronchitis",
        "?failure=acute: Acute hypoxic respiratory failure",
        "?failure=chronic: Acute on chronic hypoxic respiratory failure, home oxygen dependent",
        "?failure=carbon: Acute hypercapnic respiratory failure",
    ),
    medicines=(
        "prednisone 40 mg daily for <2-4> more days",
        "[azithromycin 250 mg daily|doxycycline 100 mg twice daily] for <2-3> more days",
        "albuterol nebulizer every 6 hours as needed",
    ),
    orders=("Albuterol-ipratropium nebulizer every 4 hours", "Prednisone 40 mg daily", "Oxygen to keep SpO2 88 to 92%"),
    nursing=("Dyspnea at rest", "Tobacco history reviewed"),
    instructions=(
        "Use your controller inhaler every day.",
        "Do not smoke or let others smoke near you.",
        "Return if your rescue inhaler does not hold for four hours.",
    ),
    panels=("CBC", "BMP", "ABG"),
    labs=(
        LabCourse("PH", (7.36, 7.42), (7.37, 7.42), "failure=none|acute|chronic"),
        LabCourse("PH", (7.24, 7.32), (7.36, 7.41), "failure=carbon"),
        LabCourse("PCO2", (38, 46), (38, 45), "failure=none|acute|chronic"),
        LabCourse("PCO2", (58, 76), (44, 50), "failure=carbon"),
        LabCourse("PO2", (64, 74), (68, 80), "failure=none"),
        LabCourse("PO2", (46, 58), (62, 78), "failure=acute|chronic|carbon"),
        LabCourse("HCO3", (26, 32), (26, 31)),
        LabCourse("WBC", (9.5, 15.5), (9.0, 13.5)),
    ),
    imaging=(
        Imaging(
            "30745-4",
            "XR Chest Views",
            "Hyperinflated lungs with flattened diaphragms. [No consolidation or effusion|No focal infiltrate].",
            "[COPD without acute infiltrate|Emphysema, no pneumonia].",
        ),
    ),
)


def _asthma(case: Case) -> Coding:
    return coding(
        {"mild": "J45.21", "moderate": "J45.41"}[case.facts["grade"]], *(["J06.9"] if case.facts["cold"] == "yes" else [])
    )


ASTHMA = Story(
    code="asthma-child-ed",
    codes=_asthma,
    title="Asthma exacerbation in a child",
    patient_class="E",
    facility="HVMC",
    service="EMR",
    unit="ED",
    specialty="emergency",
    weight=9,
    stay=(2, 6),
    ages=(3, 16),
    fits=lambda person: person.has("asthma"),
    covers=("asthma",),
    reason="[Asthma attack|Wheezing|Cough and wheeze]",
    cc="[Wheezing|Cough and trouble breathing|Asthma]",
    facts=(("grade", "[mild|mild|moderate]"), ("cold", "[yes|yes|no]"), ("nebs", "[one|two|three]"), ("sat", "<91-96>")),
    vitals="T <98.0-100.6> F, HR <108-146>, RR <26-40>, SpO2 {sat}% on room air",
    hpi=(
        "{title} is a {age} {noun} {withpast} brought by [mother|father|grandmother] with [cough and wheezing|difficulty breathing] since [last night|this morning|yesterday afternoon].",
        "?cold=yes: {He} has had [a runny nose|congestion and a low fever] for <1-4> days.",
        "?cold=no: It began after [playing soccer|visiting a house with cats|running in cold air].",
        "Albuterol at home was given [<2-5> times|every four hours] with [partial|little] relief. [No prior intensive care.|One emergency visit last year.|Two courses of steroids this year.]",
    ),
    exam=(("Lungs", "[Expiratory wheezes throughout|Diffuse wheeze, fair air entry|Wheeze and subcostal retractions]."),),
    data=("[No imaging indicated.|Peak flow <48-72>% of predicted.]",),
    ed_course=(
        "Albuterol-ipratropium by nebulizer, {nebs} in the first hour, and dexamethasone 0.6 mg/kg by mouth. Re-examined after [one hour|90 minutes]: [clear|faint end-expiratory wheeze], saturation <96-99>%.",
    ),
    plan=("Discharge home with albuterol every 4 hours while awake for 2 days; second dexamethasone dose tomorrow.",),
    diagnoses=(
        "?grade=mild: Mild intermittent asthma with acute exacerbation",
        "?grade=moderate: Moderate persistent asthma with acute exacerbation",
        "?cold=yes: Upper respiratory infection",
    ),
    medicines=("albuterol HFA with spacer, 4 puffs every 4 hours for 2 days",),
    instructions=("Follow the asthma action plan.", "Return for fast breathing, pulling in of the ribs, or blue lips."),
    follow_up="pediatrics in [2|3] days",
    lab_chance=0.0,
)

STORIES = (SEPSIS, COPD, ASTHMA)
