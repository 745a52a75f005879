"""Heart failure, NSTEMI with PCI, chest pain under observation."""

from __future__ import annotations

from muniment.demo.case import Case
from muniment.demo.profile import background
from muniment.demo.story import Coding, Consult, Imaging, LabCourse, Operation, Story, coding


def _failure(case: Case) -> Coding:
    heart = "I50.23" if case.facts["kind"] == "systolic" else "I50.33"
    codes = background(case.person, heart=heart)
    extra = ["J96.01"] if case.facts["hypoxia"] == "yes" else []
    aki = [("N17.9", "N")] if case.facts["aki"] == "yes" else []
    low = [("E87.6", "N")] if case.facts["lowk"] == "yes" else []
    habit = ["Z91.148"] if case.facts["cause"] == "pills" else []
    principal = next((code for code in codes if code in ("I11.0", "I13.0")), heart)
    return coding(principal, *extra, *aki, *low, more=codes + habit)


HEART_FAILURE = Story(
    code="heart-failure",
    codes=_failure,
    title="Acute on chronic heart failure",
    patient_class="I",
    facility="HVMC",
    service="CAR",
    unit="4W",
    specialty="hospitalist",
    weight=10,
    stay=(2, 8),
    ages=(50, 96),
    through_ed=True,
    fits=lambda person: person.has("hf"),
    covers=("hf",),
    dispositions=(("01", 56), ("06", 24), ("03", 15), ("20", 3), ("50", 2)),
    reason="[Shortness of breath and leg swelling|Acute on chronic heart failure|Worsening dyspnea on exertion|Volume overload]",
    cc='[Shortness of breath|"I can\'t catch my breath"|Leg swelling and shortness of breath|Trouble breathing at night]',
    facts=(
        ("kind", "{hfkind}"),
        ("ef", "[<20-38>|<22-35>]"),
        ("efp", "<52-64>"),
        ("hypoxia", "[yes|yes|no]"),
        ("aki", "[yes|no|no|no|no]"),
        ("lowk", "[yes|no|no]"),
        ("cause", "[pills|salt|salt|unknown|unknown]"),
        ("span", "[<3-9> days|a week|two weeks|ten days|several days]"),
        ("gain", "<6-19>"),
        ("pillows", "[two|three|four]"),
        ("sat", "<84-88>"),
        ("sat", "?hypoxia=no: <92-95>"),
        ("litres", "<2-5>"),
        ("drip", "furosemide [40|60|80] mg IV twice daily"),
        ("dry", "<62-104>.<0-9>"),
        ("netout", "<4-11>.<1-9>"),
    ),
    vitals="T <97.2-98.9> F, HR <84-118>, RR <22-30>, BP <138-184>/<76-104>, SpO2 {sat}% on room air, weight {dry} kg plus about {gain} lb",
    hpi=(
        "{title} is a {age} {noun} {withpast} who [presents|comes to the emergency department|was brought in by [family|EMS]] with {span} of [progressive|worsening|steadily increasing] [dyspnea on exertion|shortness of breath] and [lower extremity edema|leg swelling|swelling of both legs and abdominal bloating].",
        "{He} reports [orthopnea, now needing {pillows} pillows|sleeping in a recliner for the past <2-8> nights|waking up gasping [once|twice|several times] a night] and a weight gain of about {gain} pounds [over that time|since the last clinic visit].",
        "?cause=pills: {He} [ran out of furosemide <4-12> days ago and did not refill it|admits to skipping the water pill on days {he} has to leave the house|stopped several medications because of cost].",
        "?cause=salt: {He} [had been eating out most days|admits to soup and deli meat several times a week|attended a family gathering last weekend and was not careful with salt].",
        "?cause=unknown: {He} [reports taking all medications as prescribed|cannot name a trigger; {he} weighs {him}self irregularly].",
        "[No chest pain, fever or cough.|{He} denies chest pain, syncope, fever and chills.|There is a dry cough but no fever or chest pain.]",
    ),
    exam=(
        (
            "General",
            "[Sitting upright, speaks in short sentences|Mild respiratory distress|Tired, short of breath with talking].",
        ),
        ("Neck", "[JVP elevated to <11-16> cm|Jugular venous distension to the angle of the jaw|JVD present at 45 degrees]."),
        (
            "Lungs",
            "[Bibasilar crackles to the [lower third|mid lung fields]|Crackles at both bases with decreased breath sounds on the right].",
        ),
        (
            "Extremities",
            "[<2-4>+ pitting edema to the [shins|knees|thighs] bilaterally|Symmetric pitting edema, <2-3>+, warm to touch].",
        ),
    ),
    data=(
        "?rhythm=sinus: ECG: [sinus [rhythm|tachycardia] at <88-112>, left ventricular hypertrophy|sinus rhythm with left bundle branch block, unchanged].",
        "?rhythm=af: ECG: atrial fibrillation at <84-128>, no acute ST changes.",
        "BNP {BNP} pg/mL. Troponin {TROP} ng/L[, flat on repeat|, without significant change at 3 hours].",
    ),
    ed_course=(
        "[Given|Received] furosemide [40|60|80] mg IV[ and a nitroglycerin patch|] with [brisk|fair|good] urine output[ of <400-1300> mL|].",
        "?hypoxia=yes: Placed on {litres} L nasal cannula for a saturation of {sat}% on room air, with improvement to <92-96>%; work of breathing was [increased with accessory muscle use|labored, speaking in short sentences].",
    ),
    plan=(
        "Acute on chronic {kind} heart failure, volume overloaded: {drip}, strict intake and output, daily weights, 2 g sodium diet, [fluid restriction 1.5 L|telemetry]. Echocardiogram.",
        "?hypoxia=yes: Acute hypoxic respiratory failure: secondary to pulmonary edema, {litres} L nasal cannula, wean as tolerated.",
        "[Blood pressure: continue home agents, uptitrate as renal function allows.|Follow creatinine (admission {CR}) and potassium daily while diuresing.]",
        "DVT prophylaxis: [enoxaparin 40 mg daily|heparin 5,000 units three times daily|on anticoagulation].",
    ),
    days=(
        "[Breathing is a little better, slept propped up|Still short of breath walking to the bathroom|Less orthopnea overnight]. Net negative <900-2600> mL. Continue {drip}.",
        "[Feels less swollen|Walked the hall with standby assist|Slept flat on two pillows]. Edema [improving|down to mid shin]. Weight down <1-3>.<1-9> kg. [Oxygen weaned to <1-2> L|On room air at rest]. Continue diuresis.",
        "?lowk=yes: Potassium low after diuresis[; replaced orally and recheck ordered|, repleted with potassium chloride 40 mEq twice].",
        "?aki=yes: Creatinine up to {CR_top} [with diuresis|after three days of IV furosemide]: acute kidney injury, likely cardiorenal; hold losartan or lisinopril, [hold one dose of furosemide|reduce the diuretic dose], recheck in the morning.",
        "[Near dry weight|Close to euvolemic]. Transition to oral diuretic today. Guideline therapy reviewed[ with pharmacy|]. Anticipate discharge [tomorrow|in 24 to 48 hours].",
    ),
    course=(
        "{patient} was admitted with acute on chronic {kind} heart failure and [diuresed with|treated with] {drip}. Over {los} days [net output was {netout} liters|{he} was net negative {netout} liters] with [resolution|marked improvement] of edema and orthopnea.",
        "?kind=systolic: Echocardiogram showed a left ventricular ejection fraction of {ef}%[ with global hypokinesis|, unchanged from prior]. Beta blocker was continued; [sacubitril-valsartan was started at low dose|spironolactone 12.5 mg daily was added].",
        "?kind=diastolic: Echocardiogram showed preserved ejection fraction of {efp}% with [grade II diastolic dysfunction|left atrial enlargement].",
        "?hypoxia=yes: {He} initially required {litres} L of oxygen for acute hypoxic respiratory failure due to pulmonary edema and was on room air by [hospital day <2-3>|the time of discharge].",
        "?aki=yes: The course was complicated by acute kidney injury, with creatinine rising from {CR} to {CR_top} mg/dL; the diuretic dose was reduced and a recheck in [2|3] days arranged.",
        "?lowk=yes: Hypokalemia from diuresis was [repleted|corrected with oral potassium].",
        "?cause=pills: The exacerbation was attributed to [nonadherence to diuretic therapy|missed medications]; a pill organizer and teaching were provided.",
    ),
    diagnoses=(
        "Acute on chronic {kind} (congestive) heart failure",
        "?hypoxia=yes: Acute hypoxic respiratory failure",
        "?aki=yes: Acute kidney injury, not present on admission",
        "?lowk=yes: Hypokalemia",
    ),
    medicines=(
        "furosemide [40|80] mg [daily|twice daily]",
        "[spironolactone 12.5|spironolactone 25|empagliflozin 10] mg daily",
    ),
    orders=(
        "Furosemide IV as above",
        "Daily weight before breakfast",
        "Telemetry",
        "Transthoracic echocardiogram",
        "2 g sodium diet",
    ),
    nursing=("Edema [2|3]+ bilateral lower extremities", "Oxygen per nasal cannula as needed to keep SpO2 at or above 92%"),
    instructions=(
        "Weigh yourself every morning. Call if you gain more than 3 pounds in a day or 5 in a week.",
        "Keep salt under 2,000 mg a day[ and fluids under 2 liters|].",
        "Return for [worsening shortness of breath|trouble lying flat], chest pain or fainting.",
    ),
    follow_up="heart failure clinic in [5|7] days; primary care in 2 weeks",
    panels=("CBC", "BMP", "BNP", "TROP"),
    labs=(
        LabCourse("BNP", (640, 2900), (260, 900)),
        LabCourse("TROP", (9, 44), (8, 38)),
        LabCourse("K", (3.6, 4.1), (3.0, 3.3), "lowk=yes"),
        LabCourse("CR", (1.0, 1.1), (1.6, 1.9), "aki=yes", True),
    ),
    imaging=(
        Imaging(
            "30745-4",
            "XR Chest Views",
            "[Cardiac silhouette is enlarged|Cardiomegaly]. [Pulmonary vascular congestion with interstitial edema|Perihilar haze and Kerley B lines]. [Small bilateral pleural effusions|Small right pleural effusion|Blunting of both costophrenic angles].",
            "[Findings of congestive heart failure with interstitial edema|Cardiomegaly with pulmonary edema and effusion].",
        ),
    ),
    consult=Consult(
        "cardiology",
        "[Management of acute decompensated heart failure|Heart failure, medication optimization]",
        (
            "[Warm and wet profile|Congested, well perfused]. Agree with IV loop diuretic; [double the dose if output is under 100 mL per hour|add metolazone if response is inadequate].",
            "?kind=systolic: Ejection fraction {ef}%. [Ischemic evaluation as outpatient|Discuss defibrillator if ejection fraction stays at or below 35% after three months of therapy].",
            "?kind=diastolic: Ejection fraction preserved at {efp}%. Blood pressure control and SGLT2 inhibitor [recommended|to be started before discharge].",
        ),
    ),
)


def _infarct(case: Case) -> Coding:
    stents = "027035Z" if case.facts["stents"] == "two" else "027034Z"
    codes = background(case.person, skip=("cad",))
    return coding(
        "I21.4",
        "I25.10",
        "Z79.02",
        more=codes,
        procedures=((stents, 1), ("4A023N7", 1), ("B2111ZZ", 1)),
    )


NSTEMI = Story(
    code="nstemi-pci",
    codes=_infarct,
    title="Non-ST elevation myocardial infarction with coronary stenting",
    covers=("cad",),
    patient_class="I",
    facility="HVMC",
    service="CAR",
    unit="CCU",
    specialty="cardiology",
    weight=6,
    stay=(2, 5),
    ages=(44, 90),
    once=True,
    through_ed=True,
    transfers=(("4W", 0.7),),
    dispositions=(("01", 82), ("06", 12), ("03", 4), ("20", 2)),
    reason="[Chest pain|NSTEMI|Chest pressure radiating to the left arm|Acute coronary syndrome]",
    cc='[Chest pain|Chest pressure|"An elephant on my chest"|Chest and jaw pain]',
    facts=(
        ("stents", "[one|one|one|two]"),
        ("vessel", "[left anterior descending|right coronary|left circumflex|mid left anterior descending|obtuse marginal]"),
        ("stenosis", "[80|85|90|95|99]"),
        ("ef", "<45-60>"),
        ("stentwords", "?stents=one: A drug-eluting stent was"),
        ("stentwords", "?stents=two: Two overlapping drug-eluting stents were"),
        ("p2y12", "[ticagrelor 90 mg twice daily|clopidogrel 75 mg daily]"),
        ("access", "[right radial|right radial|left radial|right femoral]"),
        ("hours", "<1-14>"),
    ),
    vitals="T <97.4-98.8> F, HR <68-108>, RR <16-22>, BP <122-178>/<68-98>, SpO2 <94-99>% on room air",
    hpi=(
        "{title} is a {age} {noun} {withpast} who developed [substernal chest pressure|crushing chest pain|a tight band across the chest] {hours} hours before arrival[, while [climbing stairs|shoveling|carrying groceries]|, at rest|, which woke {him} from sleep].",
        "The pain [radiated to the left arm|went to the jaw and left shoulder|did not radiate] and was [accompanied by|associated with] [diaphoresis|nausea and sweating|shortness of breath].",
        "[Similar but milder episodes occurred with exertion over the preceding <1-4> weeks.|{He} has never had pain like this before.|It eased with nitroglycerin given by EMS.]",
        "{He} [took aspirin 325 mg at home|was given aspirin by EMS|received aspirin on arrival].",
    ),
    data=(
        "ECG: [ST depression of 1 to 2 mm in [V4 through V6|II, III and aVF]|T wave inversion in [the anterior|the lateral|the inferior] leads], no ST elevation.",
        "High-sensitivity troponin I {TROP} ng/L on arrival, peak {TROP_top}.",
    ),
    ed_course=(
        "Aspirin, heparin bolus and infusion, [nitroglycerin paste|sublingual nitroglycerin with relief]. Cardiology called[ at once|].",
    ),
    plan=(
        "NSTEMI: aspirin, heparin infusion, high-intensity statin, beta blocker; coronary angiography [in the morning|within 24 hours].",
        "[Lipids and A1c pending.|Telemetry, serial troponins to peak, echocardiogram.]",
    ),
    days=(
        "[Chest pain free since midnight|One brief episode of pressure overnight relieved by nitroglycerin]. Angiography today with stenting of the {vessel} artery.",
        "Access site [clean and soft, no hematoma|without bruit or hematoma]. Walked the unit without symptoms. Teaching on {p2y12}[ given|, do not stop it].",
        "[No arrhythmia on telemetry|Occasional PVCs only]. Ready for cardiac rehabilitation referral.",
    ),
    course=(
        "{patient} was admitted with NSTEMI (peak troponin {TROP_top} ng/L), treated with aspirin and heparin and taken for coronary angiography on hospital day 2, which showed a {stenosis}% stenosis of the {vessel} artery.",
        "{stentwords} placed through the {access} artery with TIMI 3 flow[ and no complication|]. Left ventricular ejection fraction was {ef}%.",
        "{He} was started on {p2y12} with aspirin[ for at least twelve months|], [atorvastatin 80 mg|high-intensity statin] and metoprolol, and remained [free of chest pain|without recurrent symptoms].",
    ),
    diagnoses=(
        "Non-ST elevation myocardial infarction",
        "Coronary artery disease, status post drug-eluting stent to the {vessel} artery",
    ),
    medicines=(
        "aspirin 81 mg daily",
        "{p2y12}",
        "atorvastatin 80 mg nightly",
        "metoprolol succinate [25|50] mg daily",
        "nitroglycerin 0.4 mg sublingual as needed",
    ),
    orders=(
        "Heparin infusion per protocol",
        "NPO after midnight for catheterization",
        "Serial troponin",
        "Transthoracic echocardiogram",
    ),
    nursing=("Chest pain <0-3>/10 on arrival to unit", "Right and left radial pulses 2+"),
    instructions=(
        "Do not stop {p2y12} unless your cardiologist tells you to.",
        "No lifting over 10 pounds for one week.",
        "Call 911 for chest pain that lasts 5 minutes.",
    ),
    follow_up="cardiology in [1|2] weeks; cardiac rehabilitation",
    panels=("CBC", "BMP", "TROP", "LIPID", "A1C"),
    labs=(
        LabCourse("TROP", (180, 900), (1200, 8800)),
        LabCourse("LDL", (104, 182), (104, 182)),
        LabCourse("CHOL", (182, 262), (182, 262)),
    ),
    imaging=(
        Imaging(
            "30745-4",
            "XR Chest Views",
            "[Heart size is normal|Heart size at the upper limit of normal]. Lungs are clear[, no effusion|].",
            "No acute cardiopulmonary process.",
        ),
    ),
    operation=Operation(
        name="Left heart catheterization, coronary angiography, drug-eluting stent placement in the {vessel} artery",
        before="Non-ST elevation myocardial infarction",
        after="Same; {stenosis}% stenosis of the {vessel} artery",
        anesthesia="Moderate sedation",
        findings="{stenosis}% lesion of the {vessel} artery with [hazy appearance|thrombus|ruptured plaque]. Other vessels with [mild luminal irregularities|<20-40>% disease]. Left ventricular end-diastolic pressure <10-22> mmHg.",
        steps=(
            "The {access} artery was entered with a micropuncture needle and a 6 French sheath placed. Heparin was given to an ACT of <250-310> seconds.",
            "Left and right coronary angiograms were taken in standard views, and the left ventricle was entered for pressures.",
            "The lesion was crossed with a [Runthrough-type|soft-tipped] wire, and predilated. {stentwords} deployed ([2.5|2.75|3.0|3.5] mm) at <12-18> atmospheres and post-dilated. Final angiography showed 0% residual stenosis and TIMI 3 flow.",
            "Sheath removed, [compression band applied|closure device deployed]. Contrast <90-190> mL, fluoroscopy <8-21> minutes.",
        ),
        specialty="cardiology",
        day=1,
        surgical=False,
    ),
)


def _chest_pain(case: Case) -> Coding:
    cause = {"chest wall": "R07.89", "reflux": "K21.9"}.get(case.facts["cause"], "R07.9")
    return coding(cause, more=background(case.person))


CHEST_PAIN = Story(
    code="chest-pain-observation",
    codes=_chest_pain,
    title="Chest pain, observation",
    patient_class="OBS",
    facility="HVMC",
    service="MED",
    unit="OBU",
    specialty="hospitalist",
    weight=15,
    stay=(14, 32),
    ages=(32, 84),
    through_ed=True,
    reason="[Chest pain|Atypical chest pain|Chest tightness]",
    cc="[Chest pain|Chest tightness|Left-sided chest pain]",
    facts=(
        ("cause", "[chest wall|unclear|unclear|reflux]"),
        ("shape", "?cause=chest wall: worse with movement and deep breaths"),
        ("shape", "?cause=reflux: worse after meals and on lying down"),
        ("shape", "?cause=unclear: without clear relation to exertion"),
        ("hours", "<2-30>"),
        ("test", "[exercise treadmill test|nuclear stress test|coronary CT angiogram]"),
    ),
    vitals="T <97.5-98.8> F, HR <62-98>, RR <14-20>, BP <118-164>/<66-94>, SpO2 <96-99>% on room air",
    hpi=(
        "{title} is a {age} {noun} {withpast} with {hours} hours of [intermittent|on and off|constant] [left-sided|central|right parasternal] chest [pain|discomfort|tightness], [sharp|dull|burning|aching], lasting [seconds|several minutes|up to an hour] at a time.",
        "It is {shape}. [It began at rest.|It began during an argument.|Nothing like this before.|One similar spell last year.]",
        "[No dyspnea, diaphoresis or syncope.|{He} felt slightly lightheaded but did not faint.|No nausea, no radiation.] [No calf pain or recent travel.|]",
    ),
    exam=(("Chest wall", "[Examined|Palpated]: pain {shape}."),),
    data=(
        "ECG: normal sinus rhythm at <60-92>, [no ischemic changes|nonspecific T wave flattening, unchanged].",
        "Troponin {TROP} ng/L, repeat {TROP_last} ng/L.",
    ),
    ed_course=(
        "Aspirin 324 mg given. HEART score <2-5>. [Pain resolved without treatment|Relief with antacid|Pain improved with ketorolac].",
    ),
    plan=(
        "Chest pain: observation, serial troponins, {test} [in the morning|prior to discharge].",
        "Continue home medications.",
    ),
    course=(
        "{patient} was observed on telemetry for chest pain. Serial troponins were negative and ECGs unchanged. A {test} was [normal|negative for ischemia|without evidence of obstructive disease].",
        "?cause=chest wall: Pain was reproducible on palpation and judged musculoskeletal.",
        "?cause=reflux: Symptoms were consistent with reflux and improved with a proton pump inhibitor.",
        "?cause=unclear: No cause was found; [low risk for cardiac events|outpatient follow-up was arranged].",
    ),
    diagnoses=(
        "?cause=chest wall: Chest wall pain",
        "?cause=reflux: Gastroesophageal reflux disease",
        "?cause=unclear: Chest pain, unspecified; myocardial infarction ruled out",
    ),
    medicines=(
        "[ibuprofen 400 mg three times daily with food for 5 days|omeprazole 20 mg daily|acetaminophen 650 mg as needed]",
    ),
    orders=("Telemetry", "Troponin at 0 and 3 hours", "{test}"),
    instructions=("Return at once for chest pain with sweating, fainting or shortness of breath.",),
    panels=("CBC", "BMP", "TROP"),
    labs=(LabCourse("TROP", (3, 12), (3, 12)),),
    imaging=(
        Imaging(
            "30745-4",
            "XR Chest Views",
            "The lungs are clear. [Heart size is normal|Mediastinal contours are unremarkable].",
            "No acute disease of the chest.",
        ),
    ),
)

STORIES = (HEART_FAILURE, NSTEMI, CHEST_PAIN)
