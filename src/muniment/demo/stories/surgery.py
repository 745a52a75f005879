"""Appendicitis, hip fracture, total knee replacement."""

from __future__ import annotations

from muniment.demo.case import Case
from muniment.demo.profile import background
from muniment.demo.story import Coding, Consult, Imaging, LabCourse, Operation, Story, coding


def _appendix(case: Case) -> Coding:
    codes = {"simple": "K35.80", "local": "K35.30", "perforated": "K35.32"}
    ileus = [("K56.7", "N"), ("K91.89", "N")] if case.facts["ileus"] == "yes" else []
    return coding(codes[case.facts["stage"]], *reversed(ileus), more=background(case.person), procedures=(("0DTJ4ZZ", 0),))


APPENDICITIS = Story(
    code="appendicitis",
    codes=_appendix,
    title="Acute appendicitis, laparoscopic appendectomy",
    patient_class="I",
    facility="HVMC",
    service="SUR",
    unit="3W",
    specialty="surgery",
    weight=7,
    stay=(1, 4),
    ages=(9, 68),
    once=True,
    through_ed=True,
    reason="[Right lower quadrant pain|Abdominal pain|Acute appendicitis]",
    cc="[Abdominal pain|Right lower quadrant pain|Belly pain and vomiting]",
    facts=(
        ("stage", "[simple|simple|simple|local|perforated]"),
        ("ileus", "no"),
        ("ileus", "?stage=perforated: [yes|no]"),
        ("hours", "<12-44>"),
        ("size", "<9-16>"),
    ),
    vitals="T <98.6-101.8> F, HR <84-116>, RR <16-20>, BP <108-142>/<62-86>, SpO2 <97-100>% on room air",
    hpi=(
        "{title} is a {age} {noun} {withpast} with {hours} hours of abdominal pain that [began around the navel|started as a vague central ache] and [moved|settled] to the right lower quadrant.",
        "[Nausea and <1-4> episodes of vomiting followed.|{He} lost {his} appetite and vomited once.|There was nausea without vomiting.] [Pain is worse with walking and on bumps in the road.|{He} prefers to lie still.]",
        "[No diarrhea or urinary symptoms.|One loose stool.|No prior abdominal surgery.]",
    ),
    exam=(
        (
            "Abdomen",
            "[Soft, tender at McBurney's point with guarding|Focal right lower quadrant tenderness with rebound|Tender right lower quadrant, Rovsing sign positive].",
        ),
    ),
    data=("WBC {WBC}. CT: appendix {size} mm with [wall thickening|periappendiceal fat stranding|an appendicolith].",),
    ed_course=(
        "[Morphine 4 mg|Ketorolac 15 mg] and ondansetron IV, fluids; piperacillin-tazobactam given; surgery consulted.",
    ),
    plan=(
        "Acute appendicitis: laparoscopic appendectomy [today|tonight]; risks, benefits and alternatives discussed, consent signed.",
        "NPO, IV fluids, [cefoxitin|ceftriaxone and metronidazole].",
    ),
    days=(
        "Postoperative day 1: [pain controlled with oral medication|sore at the umbilical port]. [Tolerating clears|Ate breakfast]. Incisions clean and dry.",
        "?ileus=yes: Distended and nauseated, no flatus: postoperative ileus. Bowel rest, ambulation, [potassium replaced|nasogastric tube not needed so far].",
        "[Passing gas|Bowel movement this morning]. Afebrile. [Discharge today|Discharge if antibiotics can be changed to oral].",
    ),
    course=(
        "{patient} underwent laparoscopic appendectomy on the day of admission.",
        "?stage=simple: The appendix was acutely inflamed without perforation.",
        "?stage=local: There was acute appendicitis with localized peritonitis, without perforation or gangrene.",
        "?stage=perforated: The appendix was perforated and gangrenous with localized peritonitis, no abscess; intravenous antibiotics were continued for [three|four] days.",
        "?ileus=yes: Postoperative ileus developed on day 2 and resolved with bowel rest.",
        "At discharge {he} was afebrile, [tolerating a regular diet|eating] with pain controlled on oral medication.",
    ),
    diagnoses=(
        "?stage=simple: Acute appendicitis",
        "?stage=local: Acute appendicitis with localized peritonitis, without perforation or gangrene",
        "?stage=perforated: Acute appendicitis with perforation, gangrene and localized peritonitis, without abscess",
        "?ileus=yes: Postoperative ileus",
    ),
    medicines=(
        "acetaminophen 650 mg every 6 hours",
        "ibuprofen [400|600] mg every 6 hours as needed",
        "?stage=perforated: amoxicillin-clavulanate 875 mg twice daily for 4 days",
    ),
    orders=("NPO", "Lactated Ringer's 125 mL/h", "Antibiotic within 60 minutes of incision", "Sequential compression devices"),
    instructions=(
        "No lifting over 15 pounds for 2 weeks.",
        "Shower daily; leave the skin glue alone.",
        "Call for fever, redness of the incisions or vomiting.",
    ),
    follow_up="surgery clinic in 2 weeks",
    labs=(LabCourse("WBC", (11.8, 19.2), (7.5, 10.8)),),
    imaging=(
        Imaging(
            "36813-4",
            "CT Abdomen and Pelvis W contrast IV",
            "The appendix measures {size} mm in diameter with wall hyperenhancement and [surrounding fat stranding|a trace of free fluid]. No drainable collection. Other organs unremarkable.",
            "Acute appendicitis[, no abscess|].",
        ),
    ),
    operation=Operation(
        name="Laparoscopic appendectomy",
        before="Acute appendicitis",
        after="Acute appendicitis",
        anesthesia="General endotracheal",
        findings="[Injected, edematous appendix|Inflamed appendix adherent to the cecum|Turgid appendix with fibrinous exudate]. Cecum and terminal ileum normal.",
        steps=(
            "The patient was placed supine, the abdomen was prepared and draped, and a time-out confirmed patient, procedure and site.",
            "Pneumoperitoneum to 15 mmHg was established through [an infraumbilical cut-down|a supraumbilical optical trocar]; two 5 mm ports were placed in the suprapubic area and left lower quadrant.",
            "The mesoappendix was divided with [a vessel sealer|a vascular staple load], the appendix divided at its base with a linear stapler and removed in a bag through the umbilical port.",
            "?stage=perforated: Purulent fluid in the right gutter and pelvis was irrigated and suctioned until clear.",
            "Hemostasis was confirmed. Fascia of the umbilical port was closed with 0 absorbable suture, skin with 4-0 and glue. Counts were correct.",
        ),
        blood_loss="[5|10|20|25] mL",
        specimens="Appendix",
    ),
)


_SPOTS = {"bathroom": "Y92.002", "kitchen": "Y92.000", "bedroom": "Y92.003"}


def _hip(case: Case) -> Coding:
    left = case.facts["side"] == "left"
    if case.facts["kind"] == "neck":
        fracture, fix = ("S72.012A", "0SRS019") if left else ("S72.011A", "0SRR019")
    else:
        fracture, fix = ("S72.142A", "0QS706Z") if left else ("S72.141A", "0QS606Z")
    bled = [("D62", "N")] if case.facts["bled"] == "yes" else []
    confused = [("F05", "N")] if case.facts["confused"] == "yes" else []
    given = (("30233N1", 2),) if case.facts["bled"] == "yes" and case.days > 2 else ()
    codes = background(case.person, skip=("osteoporosis",))
    return coding(fracture, *bled, *confused, "W18.30XA", _SPOTS[case.facts["spot"]], more=codes, procedures=((fix, 1), *given))


HIP = Story(
    code="hip-fracture",
    codes=_hip,
    title="Hip fracture, surgical repair",
    patient_class="I",
    facility="HVMC",
    service="ORT",
    unit="3E",
    specialty="orthopedics",
    weight=7,
    stay=(3, 8),
    ages=(66, 97),
    once=True,
    through_ed=True,
    # A known osteoporosis would make this a pathological fracture (guideline I.C.13.d.2): another story.
    fits=lambda person: not person.has("osteoporosis"),
    dispositions=(("03", 60), ("62", 22), ("06", 14), ("01", 2), ("20", 2)),
    reason="[Fall, hip pain|Hip fracture|Fall at home, unable to walk]",
    cc="[Hip pain after a fall|Fall|Unable to stand after a fall]",
    facts=(
        ("side", "[right|left]"),
        ("kind", "[neck|trochanter]"),
        ("fracture", "?kind=neck: displaced subcapital femoral neck fracture"),
        ("fracture", "?kind=trochanter: displaced intertrochanteric fracture"),
        ("repair", "?kind=neck: cemented hemiarthroplasty"),
        ("repair", "?kind=trochanter: open reduction and cephalomedullary nailing"),
        ("bled", "[yes|yes|no]"),
        ("confused", "[yes|no|no|no]"),
        ("spot", "[bathroom|kitchen|bedroom]"),
        ("aid", "[without an aid|with a cane|with a walker]"),
    ),
    vitals="T <97.4-98.8> F, HR <72-104>, RR <16-20>, BP <128-174>/<64-92>, SpO2 <93-98>% on room air",
    hpi=(
        "{title} is a {age} {noun} {withpast} who [fell|lost {his} balance and fell|had a fall] in the {spot} [at home|of {his} home] [this morning|last evening|in the night] [onto the {side} side|landing on the {side} hip].",
        "{He} could not bear weight and [was found by a neighbor after <2-6> hours|called for help|was helped by family]. [No loss of consciousness or head strike.|{He} denies dizziness, chest pain or palpitations before the fall.]",
        "Before this {he} walked {aid} [in the community|around the house] and [managed {his} own affairs|had help with housework].",
    ),
    exam=(
        (
            "Extremities",
            "{side} leg [shortened and externally rotated|held in external rotation], pain on log roll, [pulses and sensation intact|distal neurovascular examination normal].",
        ),
    ),
    data=(
        "Radiographs: {fracture} of the {side} hip.",
        "Hemoglobin {HGB}. ECG: [sinus rhythm|atrial fibrillation, rate controlled|sinus rhythm with first-degree block].",
    ),
    ed_course=(
        "Fascia iliaca block by the emergency physician with good relief; [morphine 2 mg|hydromorphone 0.2 mg] IV. Orthopedics notified.",
    ),
    plan=(
        "{fracture}, {side}: {repair} [tomorrow|within 24 hours] after medical optimization.",
        "[Hold anticoagulant and antihypertensives the morning of surgery.|Delirium precautions, avoid benzodiazepines.]",
        "DVT prophylaxis: enoxaparin [30|40] mg after surgery for 28 to 35 days.",
    ),
    days=(
        "Hospital day 2: to the operating room today for {repair}, {side}. [Pain <2-5>/10 at rest|Comfortable after block].",
        "Postoperative day 1: [up to chair with two-person assist|stood at bedside]. Wound dry. Hemoglobin {HGB_low} at lowest so far.",
        "?bled=yes: Acute blood loss anemia, expected after fracture and surgery: [one unit|two units] of red cells transfused; recheck.",
        "?confused=yes: Confused and pulling at lines overnight: delirium. Reorientation, sleep hygiene, [bladder scan negative|urine negative], opioids reduced.",
        "Walked <8-40> feet with a walker. [Placement referrals sent|Accepted by rehabilitation]. Continue enoxaparin.",
    ),
    course=(
        "{patient} was admitted after a fall with a {fracture} of the {side} hip and underwent {repair} on hospital day 2.",
        "?bled=yes: Postoperative acute blood loss anemia (hemoglobin {HGB} to {HGB_low}) was treated with transfusion.",
        "?confused=yes: {He} had postoperative delirium, which cleared by discharge.",
        "{He} was [weight bearing as tolerated|walking with a walker and one assist] and was [cleared by|seen daily by] physical therapy.",
    ),
    diagnoses=(
        "{fracture}, {side}, closed",
        "?bled=yes: Acute blood loss anemia",
        "?confused=yes: Postoperative delirium",
        "Fall at home",
    ),
    medicines=(
        "enoxaparin 40 mg subcutaneously daily for 30 days",
        "acetaminophen 1,000 mg three times daily",
        "oxycodone [2.5|5] mg every 6 hours as needed, <8-14> tablets",
        "vitamin D3 2,000 units daily",
    ),
    orders=(
        "NPO after midnight",
        "Type and screen",
        "Foley catheter out on postoperative day 1",
        "Physical therapy evaluation",
        "Fall precautions",
    ),
    nursing=("Fall risk high", "Braden score <14-18>", "Skin intact over heels and sacrum"),
    instructions=(
        "Put weight on the leg as tolerated with the walker.",
        "Keep the dressing dry for 7 days.",
        "Call for calf swelling, fever or drainage.",
    ),
    follow_up="orthopedics in 2 weeks with radiographs; bone health clinic",
    panels=("CBC", "BMP", "INR"),
    labs=(
        LabCourse("HGB", (11.4, 13.6), (7.6, 8.9), "bled=yes"),
        LabCourse("HGB", (12.0, 13.8), (10.4, 11.6), "bled=no"),
    ),
    imaging=(
        Imaging(
            "24762-7",
            "XR Hip Views",
            "{fracture} of the {side} hip [with varus angulation|with shortening]. [Osteopenia|Degenerative change of both hips]. Pelvic ring intact.",
            "{fracture}, {side}.",
        ),
    ),
    consult=Consult(
        "hospitalist",
        "Preoperative medical evaluation and co-management",
        (
            "Revised cardiac risk index <0-2>. [Acceptable|Moderate] risk for an urgent operation; no test would change management, proceed.",
            "Continue beta blocker and statin; hold [ACE inhibitor|diuretic] on the day of surgery.",
        ),
    ),
    operation=Operation(
        name="{repair}, {side} hip",
        before="{fracture}, {side}",
        after="Same",
        anesthesia="[Spinal|General endotracheal]",
        findings="[Displaced fracture as expected|Comminuted fracture with poor bone quality]. [No pathological appearance|Bone sent to pathology, benign appearance].",
        steps=(
            "?kind=neck: Lateral decubitus position. Through a [posterolateral|anterolateral] approach the capsule was opened, the femoral head removed and measured at <42-52> mm. The canal was broached and a metal cemented stem placed with antibiotic cement; a unipolar head was reduced. The hip was stable through a full range.",
            "?kind=trochanter: On the fracture table closed reduction was not adequate; the fracture was opened through a lateral incision and reduced with a clamp under fluoroscopy. A cephalomedullary nail, <10-12> mm, was inserted over a guide wire with a lag screw at a tip-apex distance below 25 mm and one distal locking screw.",
            "Irrigation, layered closure, sterile dressing. Sponge and needle counts correct. To recovery in stable condition.",
        ),
        blood_loss="<12-42>0 mL",
        specimens="?kind=neck: Femoral head",
        specialty="orthopedics",
        day=1,
    ),
)


def _knee(case: Case) -> Coding:
    left = case.facts["side"] == "left"
    bled = [("D62", "N")] if case.facts["bled"] == "yes" else []
    return coding(
        "M17.12" if left else "M17.11", *bled, more=background(case.person), procedures=(("0SRD0J9" if left else "0SRC0J9", 0),)
    )


KNEE = Story(
    code="total-knee",
    codes=_knee,
    title="Total knee replacement",
    patient_class="I",
    facility="HVMC",
    service="ORT",
    unit="3E",
    specialty="orthopedics",
    weight=7,
    stay=(1, 3),
    ages=(54, 84),
    once=True,
    dispositions=(("06", 58), ("01", 34), ("03", 8)),
    reason="[Elective knee replacement|Osteoarthritis of knee|Total knee arthroplasty]",
    cc="[Knee pain|Knee arthritis, here for surgery]",
    facts=(("side", "[right|left]"), ("bled", "[yes|no|no|no]"), ("span", "<3-12> years"), ("flex", "<92-112>")),
    vitals="T <97.6-98.6> F, HR <62-88>, RR <14-18>, BP <122-154>/<66-88>, SpO2 <96-99>% on room air",
    hpi=(
        "{title} is a {age} {noun} {withpast} with {span} of {side} knee pain from osteoarthritis, [limiting walking to <1-4> blocks|worse on stairs|with night pain].",
        "[Injections of corticosteroid, bracing and physical therapy|Weight loss, anti-inflammatory drugs and two injections|A course of therapy and viscosupplementation] no longer help.",
        "Radiographs show [bone-on-bone narrowing of the medial compartment|tricompartmental disease with osteophytes]. {He} elected total knee replacement[ after attending joint class|].",
    ),
    exam=(
        (
            "Extremities",
            "{side} knee [varus alignment|moderate effusion], range <5-10> to <95-115> degrees, crepitus, ligaments stable.",
        ),
    ),
    plan=(
        "Osteoarthritis of the {side} knee: total knee arthroplasty today, spinal anesthesia with adductor canal block.",
        "Aspirin 81 mg twice daily for DVT prophylaxis, [tranexamic acid|multimodal pain protocol].",
    ),
    days=(
        "Postoperative day 1: walked <80-220> feet, knee flexion {flex} degrees. Pain <3-6>/10. Dressing dry.",
        "?bled=yes: Hemoglobin {HGB_low}: acute blood loss anemia, asymptomatic, no transfusion; iron started.",
        "Stairs [done with therapist|practiced]. Home [with home therapy|equipment delivered].",
    ),
    course=(
        "{patient} underwent an uncomplicated {side} total knee arthroplasty and [walked on the day of surgery|was mobilized on the first postoperative day], reaching {flex} degrees of flexion.",
        "?bled=yes: Acute blood loss anemia (hemoglobin {HGB_low}) was monitored and treated with oral iron.",
        "[Pain was controlled with oral medication|The block gave good relief], and {he} met therapy goals.",
    ),
    diagnoses=(
        "Primary osteoarthritis of the {side} knee, status post total knee arthroplasty",
        "?bled=yes: Acute blood loss anemia, postoperative",
    ),
    medicines=(
        "aspirin 81 mg twice daily for 6 weeks",
        "celecoxib 200 mg daily",
        "oxycodone 5 mg every 6 hours as needed, <16-28> tablets",
    ),
    orders=("Cefazolin 2 g before incision", "Physical therapy on the day of surgery", "Cryotherapy"),
    instructions=(
        "Walk with the walker every two hours by day.",
        "No pillow under the knee.",
        "Call for calf pain, drainage or fever.",
    ),
    follow_up="orthopedics in 2 weeks",
    labs=(
        LabCourse("HGB", (12.2, 14.6), (8.8, 9.9), "bled=yes"),
        LabCourse("HGB", (12.8, 15.0), (11.2, 12.6), "bled=no"),
    ),
    operation=Operation(
        name="Total knee arthroplasty, {side}",
        before="Osteoarthritis, {side} knee",
        after="Same",
        anesthesia="Spinal with adductor canal block",
        findings="[Eburnated bone in the medial compartment|Grade IV change in all compartments]. Ligaments competent.",
        steps=(
            "Time-out done. Tourniquet [at 250 mmHg for <48-82> minutes|not used]. A midline incision and medial parapatellar arthrotomy were made.",
            "Femoral and tibial cuts were made with [intramedullary guides|computer navigation]; gaps balanced. Trial components gave full extension and a stable knee.",
            "Cobalt-chrome femoral and tibial components with a polyethylene insert of <9-13> mm were cemented; the patella was resurfaced.",
            "Closed in layers over a [periarticular injection|local infiltration]. Counts correct.",
        ),
        blood_loss="<5-22>0 mL",
        specimens="Bone cuts, discarded",
        specialty="orthopedics",
        day=0,
    ),
)

STORIES = (APPENDICITIS, HIP, KNEE)
