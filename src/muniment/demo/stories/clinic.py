"""The clinic: diabetes follow-up, annual visits, well children, coughs and burning."""

from __future__ import annotations

from muniment.demo.case import Case
from muniment.demo.profile import background, diabetes_codes
from muniment.demo.story import Coding, LabCourse, Story, coding


def _diabetes(case: Case) -> Coding:
    high = float(case.facts["A1C"]) >= 8
    codes = diabetes_codes(case.person)
    principal = "E11.65" if high else codes[0]
    return coding(
        principal, more=[*(code for code in codes if code != "E11.9" or not high), *background(case.person, skip=("dm2",))]
    )


DIABETES = Story(
    code="diabetes-clinic",
    codes=_diabetes,
    title="Diabetes follow-up",
    patient_class="O",
    facility="HVPC",
    service="FAM",
    unit="CLN",
    specialty="family",
    weight=96,
    stay=(0, 0),
    ages=(30, 90),
    fits=lambda person: person.has("dm2"),
    covers=("dm2",),
    reason="[Diabetes follow-up|Three-month diabetes visit]",
    cc="[Diabetes follow-up]",
    facts=(
        ("home", "<98-142> to <158-232>"),
        ("diet", "[walks most mornings|has cut back on bread and soda|finds evenings hardest|eats out twice a week]"),
    ),
    vitals="BP <118-152>/<66-88>, HR <62-88>, SpO2 <95-99>%",
    hpi=(
        "{title} is a {age} {noun} {withpast} seen for [routine|a three-month] follow-up of type 2 diabetes. Home glucose {home}.",
        "{He} {diet}. [No hypoglycemia.|One low reading of <58-66> after skipping lunch.|No low readings.] [Feet: no wounds.|Numbness of the toes is unchanged.|Eye examination due.]",
    ),
    exam=(("Feet", "[Monofilament felt at all sites|Monofilament reduced at the toes], pulses [2+|1+], skin intact."),),
    data=("Hemoglobin A1c {A1C}%, creatinine {CR}, LDL {LDL}.",),
    plan=(
        "Type 2 diabetes, A1c {A1C}%: [continue present treatment|increase metformin as tolerated|start empagliflozin 10 mg|add semaglutide weekly].",
        "[Urine albumin sent. Eye referral.|Statin continued.|Influenza vaccine given.]",
    ),
    diagnoses=("Type 2 diabetes mellitus",),
    follow_up="clinic in 3 months",
    panels=("BMP", "A1C", "LIPID"),
    lab_chance=0.85,
)


def _annual(case: Case) -> Coding:
    abnormal = bool(case.person.conditions.keys() - {"bmi"})
    return coding("Z00.01" if abnormal else "Z00.00", more=background(case.person))


ANNUAL = Story(
    code="annual-visit",
    codes=_annual,
    title="Annual visit",
    patient_class="O",
    facility="HVPC",
    service="FAM",
    unit="CLN",
    specialty="family",
    weight=140,
    stay=(0, 0),
    ages=(18, 95),
    reason="[Annual physical|Wellness visit|Yearly checkup]",
    cc="[Annual examination]",
    facts=(
        ("sleep", "[six|seven|eight]"),
        ("move", "[walks daily|swims twice a week|is mostly sedentary|gardens|goes to the gym]"),
    ),
    vitals="BP <108-148>/<62-88>, HR <58-86>, SpO2 <96-100>%",
    hpi=(
        "{title} is a {age} {noun} {withpast} here for an annual examination. {He} {move} and sleeps about {sleep} hours.",
        "[No new complaints.|Mild seasonal allergies.|Some knee stiffness in the morning.|Concerned about weight.] [Cancer screening is up to date.|Advance directive discussed.|Falls: none in the past year.]",
    ),
    plan=(
        "[Labs today.|Fasting lipids.] [Vaccines updated.|Influenza and COVID vaccines offered.] [Counseled on diet and activity.|Return in one year.]",
    ),
    diagnoses=("General adult medical examination",),
    follow_up="one year",
    panels=("CBC", "BMP", "LIPID", "TSH"),
    lab_chance=0.5,
)


def _well_child(case: Case) -> Coding:
    return coding("Z00.129", "Z23")


WELL_CHILD = Story(
    code="well-child",
    codes=_well_child,
    title="Well-child visit",
    patient_class="O",
    facility="HVPC",
    service="PED",
    unit="CLN",
    specialty="pediatrics",
    weight=100,
    stay=(0, 0),
    ages=(0, 17),
    reason="[Well-child check|Well-baby visit|School physical]",
    cc="[Well-child visit]",
    facts=(("weight", "<8-92>"), ("tall", "<9-91>")),
    vitals="HR <78-128>, T <97.6-98.8> F, weight {weight}th percentile, height {tall}th percentile",
    hpi=(
        "{title} is a {age} {noun} {withpast} brought by [mother|father|both parents] for a well-child visit. [Eating well.|Picky eater.|Good appetite.] [Sleeps through the night.|Bedtime struggles.|No sleep concerns.]",
        "[Meets milestones.|Doing well at school.|Speech clear, plays with others.|Parents have no concerns.]",
    ),
    plan=(
        "Growth and development appropriate. Vaccines due given today after discussion. Car seat, [helmet and screen time|sleep and choking safety] reviewed.",
    ),
    diagnoses=("Routine child health examination without abnormal findings", "Immunization"),
    follow_up="next well visit",
    panels=("CBC",),
    lab_chance=0.08,
)


def _cough(case: Case) -> Coding:
    return coding({"cold": "J06.9", "bronchitis": "J20.9", "urine": "N30.00"}[case.facts["kind"]])


ACUTE_CLINIC = Story(
    code="clinic-acute",
    codes=_cough,
    title="Clinic sick visit",
    patient_class="O",
    facility="HVPC",
    service="FAM",
    unit="CLN",
    specialty="family",
    weight=124,
    stay=(0, 0),
    ages=(5, 90),
    reason="[Cough|Sore throat|Burning with urination|Cold symptoms]",
    cc="[Not feeling well|Cough|Burning with urination]",
    facts=(("kind", "[cold|cold|bronchitis]"), ("kind", "?noun=woman: [cold|bronchitis|urine]"), ("span", "<2-9>")),
    vitals="T <97.8-100.2> F, BP <108-142>/<62-86>, HR <64-98>, SpO2 <96-100>%",
    hpi=(
        "?kind=cold: {title} is a {age} {noun} {withpast} with {span} days of runny nose, sore throat and [cough|congestion]. [Sick contacts at home.|No fever.|Low-grade fever at first.]",
        "?kind=bronchitis: {title} is a {age} {noun} {withpast} with {span} days of cough, [now productive|worse at night], after a cold. [No dyspnea.|Chest feels tight.]",
        "?kind=urine: {title} is a {age} {noun} {withpast} with {span} days of burning and frequency. [No fever or flank pain.|No hematuria.]",
    ),
    plan=(
        "?kind=cold: Upper respiratory infection: fluids, rest, [saline rinse|honey]. No antibiotic.",
        "?kind=bronchitis: Acute bronchitis: supportive care; return if fever or dyspnea.",
        "?kind=urine: Acute cystitis: nitrofurantoin 100 mg twice daily for 5 days.",
    ),
    diagnoses=(
        "?kind=cold: Acute upper respiratory infection",
        "?kind=bronchitis: Acute bronchitis",
        "?kind=urine: Acute cystitis without hematuria",
    ),
    follow_up="as needed",
    panels=("CBC",),
    labs=(LabCourse("WBC", (5.2, 11.6), (5.2, 11.6)),),
    lab_chance=0.12,
)

STORIES = (DIABETES, ANNUAL, WELL_CHILD, ACUTE_CLINIC)
