"""Gastrointestinal bleeding and cellulitis."""

from __future__ import annotations

from muniment.demo.case import Case
from muniment.demo.profile import background
from muniment.demo.story import Coding, Consult, Imaging, LabCourse, Operation, Story, coding


def _bleed(case: Case) -> Coding:
    source = {"gastric": "K25.4", "duodenal": "K26.4", "angiodysplasia": "K31.811"}[case.facts["source"]]
    red = (("30233N1", 0),) if case.facts["blood"] == "yes" else ()
    return coding(source, "D62", more=background(case.person), procedures=(("0W3P8ZZ", 1), *red))


GI_BLEED = Story(
    code="gi-bleed",
    codes=_bleed,
    title="Upper gastrointestinal bleeding",
    patient_class="I",
    facility="HVMC",
    service="GAS",
    unit="5E",
    specialty="hospitalist",
    weight=6,
    stay=(2, 5),
    ages=(40, 92),
    through_ed=True,
    dispositions=(("01", 84), ("06", 10), ("03", 5), ("20", 1)),
    reason="[Melena|GI bleed|Black stools and weakness|Hematemesis]",
    cc="[Black stools|Vomiting blood|Weakness and dark stools]",
    facts=(
        ("source", "[gastric|gastric|duodenal|angiodysplasia]"),
        ("blood", "[yes|yes|no]"),
        ("lesion", "?source=gastric: gastric ulcer in the [antrum|body|incisura]"),
        ("lesion", "?source=duodenal: duodenal bulb ulcer"),
        ("lesion", "?source=angiodysplasia: [antral|gastric] angiodysplasia"),
        ("clips", "[two|three]"),
        ("sign", "[active oozing|a visible vessel|an adherent clot]"),
        ("cure", "[epinephrine injection and {clips} through-the-scope clips|bipolar coagulation]"),
        ("span", "[a day|two days|three days|four days]"),
        ("nsaid", "[ibuprofen|naproxen|meloxicam]"),
    ),
    vitals="T <97.2-98.6> F, HR <98-124>, RR <16-22>, BP <88-116>/<50-68>, SpO2 <96-99>% on room air",
    hpi=(
        "{title} is a {age} {noun} {withpast} with {span} of [black, tarry stools|melena|dark stools and one episode of coffee-ground emesis] and [lightheadedness|fatigue|weakness on standing].",
        "[{He} takes {nsaid} most days for joint pain.|{He} took extra {nsaid} after a fall.|{He} denies regular use of anti-inflammatory drugs.] [Epigastric discomfort for a few weeks.|No abdominal pain.|Early satiety.]",
        "[No prior bleeding or liver disease.|An ulcer was found <8-20> years ago.|Last colonoscopy <2-8> years ago was clean.]",
    ),
    exam=(
        (
            "Abdomen",
            "[Soft, mild epigastric tenderness|Nontender, no stigmata of liver disease]. Rectal: [melena|dark stool, guaiac positive].",
        ),
        ("General", "[Pale|Pale conjunctivae], [anxious|comfortable at rest]."),
    ),
    data=("Hemoglobin {HGB} (usual above 12), BUN {BUN}, INR {INR}.",),
    ed_course=(
        "Two large-bore lines, pantoprazole 80 mg IV, fluids[; blood pressure responded|].",
        "?blood=yes: One unit of red cells for hemoglobin {HGB}.",
    ),
    plan=(
        "Upper gastrointestinal bleeding: pantoprazole twice daily, NPO, endoscopy within 24 hours, [hold anticoagulant|hold aspirin and anti-inflammatory drugs].",
        "Acute blood loss anemia: [transfuse below 7|transfuse below 8 given cardiac history], serial counts.",
    ),
    days=(
        "No further melena since [midnight|noon]. Endoscopy today: {lesion}, treated. Hemoglobin {HGB_low} at lowest.",
        "[Clear liquids tolerated|Soft diet]. Hemoglobin stable for 24 hours. Helicobacter test [sent|pending].",
        "Brown stool. Ready for discharge on oral proton pump inhibitor.",
    ),
    course=(
        "{patient} was admitted with upper gastrointestinal bleeding and acute blood loss anemia (hemoglobin {HGB}).",
        "?blood=yes: {He} received packed red cells.",
        "Upper endoscopy showed a {lesion} with {sign}, controlled with {cure}.",
        "There was no rebleeding; hemoglobin was {HGB_last} at discharge.",
    ),
    diagnoses=(
        "?source=gastric: Gastric ulcer with hemorrhage",
        "?source=duodenal: Duodenal ulcer with hemorrhage",
        "?source=angiodysplasia: Angiodysplasia of stomach with bleeding",
        "Acute blood loss anemia",
    ),
    medicines=("pantoprazole 40 mg twice daily for 8 weeks", "ferrous sulfate 325 mg every other day", "stop {nsaid}"),
    orders=("NPO for endoscopy", "Type and cross 2 units", "Hemoglobin every 6 hours", "Pantoprazole IV"),
    instructions=(
        "No ibuprofen, naproxen or aspirin unless your doctor says so.",
        "Return for black stools, vomiting blood or fainting.",
    ),
    follow_up="gastroenterology in 4 weeks; blood count in 1 week",
    panels=("CBC", "BMP", "INR"),
    labs=(LabCourse("HGB", (6.6, 9.2), (8.2, 9.8)), LabCourse("BUN", (32, 58), (12, 20))),
    operation=Operation(
        name="Esophagogastroduodenoscopy with control of bleeding",
        before="Melena, acute blood loss anemia",
        after="{lesion} with hemorrhage",
        anesthesia="Moderate sedation",
        findings="Esophagus normal; {lesion}, [8|10|12|15] mm, with {sign}. [Duodenum otherwise normal|No varices].",
        steps=(
            "After consent and time-out the endoscope was passed to the second part of the duodenum.",
            "Bleeding was controlled with {cure}. Site observed for five minutes, dry.",
            "[Biopsies for Helicobacter not taken because of the bleed|No immediate complication].",
        ),
        blood_loss="Minimal",
        specialty="gastroenterology",
        day=1,
        surgical=False,
    ),
    consult=Consult(
        "gastroenterology",
        "Upper gastrointestinal bleeding",
        (
            "Glasgow-Blatchford score <8-14>. Endoscopy [tomorrow morning|today]. Continue pantoprazole; [erythromycin before endoscopy|nothing by mouth].",
        ),
    ),
)


def _cellulitis(case: Case) -> Coding:
    left = case.facts["side"] == "left"
    return coding("L03.116" if left else "L03.115", more=background(case.person))


CELLULITIS = Story(
    code="cellulitis",
    codes=_cellulitis,
    title="Cellulitis of the leg",
    patient_class="I",
    facility="HVMC",
    service="MED",
    unit="5E",
    specialty="hospitalist",
    weight=6,
    stay=(2, 5),
    ages=(28, 90),
    through_ed=True,
    dispositions=(("01", 80), ("06", 17), ("07", 3)),
    reason="[Cellulitis|Leg redness and swelling|Failed outpatient antibiotics]",
    cc="[Red, swollen leg|Leg pain and redness]",
    facts=(
        ("side", "[left|right]"),
        ("span", "<2-6>"),
        ("cm", "<12-28>"),
        ("drug", "[cefazolin 2 g every 8 hours|vancomycin|ceftriaxone 1 g daily]"),
    ),
    vitals="T <99.2-101.9> F, HR <86-110>, RR <16-20>, BP <118-152>/<62-86>, SpO2 <95-99>% on room air",
    hpi=(
        "{title} is a {age} {noun} {withpast} with {span} days of spreading redness, warmth and pain of the {side} lower leg[, with chills|].",
        "[It followed a scratch from a rose bush.|It started around a cracked heel.|{He} bumped the shin on a coffee table.|No injury recalled; there is athlete's foot.] [Cephalexin from urgent care did not help.|No antibiotics yet.]",
    ),
    exam=(
        (
            "Skin",
            "{side} lower leg: erythema {cm} cm, warm, tender, [margins marked|no fluctuance], [no crepitus|tinea between toes].",
        ),
    ),
    data=("WBC {WBC}. Venous ultrasound: no deep vein thrombosis.",),
    plan=(
        "Cellulitis of the {side} leg: {drug}, elevation, mark margins.",
        "[Antifungal cream between the toes.|Glucose control.|Compression when pain allows.]",
    ),
    days=(
        "Redness [inside the marked line|unchanged], less pain. Afebrile. Continue {drug}.",
        "Receding by <2-6> cm. Change to oral antibiotic.",
    ),
    course=(
        "{patient} was treated for cellulitis of the {side} lower leg with {drug} and elevation.",
        "Blood cultures stayed negative; WBC went from {WBC} to {WBC_last}. {He} was discharged on oral antibiotics.",
    ),
    diagnoses=("Cellulitis of the {side} lower limb",),
    medicines=("[cephalexin 500 mg four times daily|doxycycline 100 mg twice daily] for <5-7> days",),
    orders=("Blood cultures", "Elevate leg", "Mark erythema"),
    instructions=("Keep the leg up.", "Return if redness passes the line or fever returns."),
    labs=(LabCourse("WBC", (11.4, 17.8), (6.4, 9.8)),),
    cultures=(("600-7", "Bacteria identified in Blood by Culture", "No growth after 5 days."),),
    imaging=(
        Imaging(
            "69385-3",
            "US Lower extremity veins - bilateral",
            "Common femoral through popliteal veins compress fully on the {side}. [Subcutaneous edema|No fluid collection].",
            "No deep vein thrombosis, {side} leg.",
            3,
        ),
    ),
)

STORIES = (GI_BLEED, CELLULITIS)
