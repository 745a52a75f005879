"""What is suggested for a text: the codes of its sentences, each with its words; nothing of what is denied or another's."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.cli import suggest as cli
from muniment.suggestions import wording
from muniment.suggestions.lines import MOST
from muniment.suggestions.mentions import mentions
from muniment.suggestions.scoring import WEIGHTS, facts, learned, probability, suggest
from muniment.suggestions.vocabulary import Source, everyday, packaged, shortened

LIKELY = 0.5


@pytest.fixture(scope="module", autouse=True)
def vocabulary():
    return packaged()


def codes(text: str) -> set[str]:
    return {one.code for one in suggest(text, packaged()) if one.score >= LIKELY}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Hypertension and type 2 diabetes mellitus.", {"I10", "E119"}),
        ("Diabetes mellitus type 2", {"E119"}),
        ("The patient had chest pain and dyspnea.", {"R079", "R0600"}),
        ("Acute appendicitis was found.", {"K3580"}),
        ("She was admitted with acute renal failure.", {"N179"}),
        ("Ulcerative colitis since 2010.", {"K5190"}),
        ("Bladder cancer", {"C679"}),
        ("carcinoma of the bladder", {"C679"}),
        ("Enlarged cervical lymph nodes", {"R599"}),
        ("Chronic obstructive pulmonary disease", {"J449"}),
        ("COPD", {"J449"}),
        ("Crohn’s disease", {"K5090"}),
        ("ANAEMIA", {"D649"}),
    ],
)
def test_what_is_said_is_suggested(text: str, wanted: set[str]) -> None:
    assert wanted <= codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "No fever.", "She denies chest pain.", "Without hypertension", "Pneumonia was ruled out.", "Her mother had breast cancer.",
        "Return if fever occurs.", "Family history of diabetes mellitus", "", "    ", "\x00", "12 34 56", "...;;;\n\n", "A mass was felt.", "Tumor",
        "Routine newborn care: hepatitis B vaccine", "Tuberculosis screening was done.", "Hepatitis C antibodies pending",
    ],
)  # fmt: skip
def test_what_is_denied_anothers_or_too_vague_is_not(text: str) -> None:
    assert codes(text) == set()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("pain", "R52"), ("pneumonia", "J189"), ("heart failure", "I509"), ("asthma", "J45909"), ("sepsis", "A419"),
        ("malignant neoplasm of bladder", "C679"), ("neoplasm of bladder", "D494"), ("otitis media", "H6690"), ("hepatitis c", "B1920"),
    ],
)  # fmt: skip
def test_a_term_means_the_code_whose_title_says_least_beyond_it(text: str, code: str) -> None:
    found = packaged().meaning(wording.key(text))
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Retinal detachment of the left eye", "H3322"), ("Retinal detachment", "H3320"), ("Retinal detachment of both eyes, bilateral", "H3323"),
        ("Malignant neoplasm of the right kidney", "C641"), ("Acute hypoxic respiratory failure", "J9601"), ("Pain in the left knee", "M25562"),
    ],
)  # fmt: skip
def test_what_else_the_sentence_says_makes_the_code_special(text: str, code: str) -> None:
    assert suggest(text, packaged())[0].code == code


def test_a_heading_is_no_finding_and_says_of_whom_its_section_speaks() -> None:
    assert codes("HISTORY OF PRESENT ILLNESS: Dyspnea.") == {"R0600"}
    assert codes("FAMILY HISTORY\nBreast cancer.") == set()
    assert codes("FAMILY HISTORY: Diabetes.\nASSESSMENT: Hypertension.") == {"I10"}
    assert "J449" in codes("COPD")


def test_evidence_is_the_words_in_their_place_and_the_best_comes_first() -> None:
    text = "Possible pneumonia on admission.\nThe next day pneumonia was confirmed."
    (found,) = [one for one in suggest(text, packaged()) if one.code == "J189"]
    assert [(text[one.start : one.end], one.text) for one in found.evidence] == [("pneumonia", "pneumonia")] * 2
    assert found.evidence[0].start > found.evidence[1].start, "what is confirmed stands before what is possible"


def test_no_word_is_in_two_mentions_and_the_longest_term_wins() -> None:
    found = mentions("Acute respiratory failure with chronic kidney disease stage 3", packaged())
    places = sorted((one.start, one.end) for one in found)
    assert all(first[1] <= second[0] for first, second in pairwise(places))
    assert "J9600" in {one.code for one in found}


def test_said_twice_counts_more_and_vague_words_less() -> None:
    once = suggest("Pneumonia.", packaged())[0].score
    assert suggest("Pneumonia. Later pneumonia again.", packaged())[0].score > once
    vague = [one.score for one in suggest("An ulcer.", packaged())]
    assert all(score < LIKELY for score in vague)
    assert probability({}, WEIGHTS) == 0.5


def test_every_fact_has_its_weight(vocabulary) -> None:
    said = {
        name
        for text in ("Fracture of the femur", "Possible otitis media. Fever, fever")
        for found in [mentions(text, vocabulary)]
        for one in found
        for name in facts(one.code, [one], vocabulary)
    }
    assert said <= set(WEIGHTS)
    assert {source.name.lower() for source in Source} <= set(WEIGHTS)


def test_every_everyday_word_leads_to_a_code_that_may_be_assigned(vocabulary) -> None:
    assert [said for said, code in everyday() if vocabulary.default(code) is None] == []


def test_titles_are_shortened() -> None:
    assert "Essential hypertension" in shortened("Essential (primary) hypertension")
    assert "Otitis media" in shortened("Otitis media, unspecified, unspecified ear")
    assert "neoplasm of bladder" in {one.lower() for one in shortened("Neoplasm of unspecified behavior of bladder")}


WORDS = st.lists(
    st.sampled_from(["no", "fever", "acute", "renal", "failure", "the", "left", "hypertension", ".", "\n", ";", "of", "cancer", "breast", "É", "α", "1.5", "history"])
    | st.text(max_size=8),
    max_size=60,
)  # fmt: skip


@given(WORDS)
@settings(deadline=None, max_examples=150)
def test_any_text_is_answered_and_every_span_is_its_text(parts: list[str]) -> None:
    text = " ".join(parts)
    found = suggest(text, packaged())
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert len({one.code for one in found}) == len(found)
    for one in found:
        assert 0 < one.score < 1
        assert packaged().default(one.code) == one.code
        assert all(text[each.start : each.end] == each.text for each in one.evidence)


def test_a_text_without_an_end_takes_no_longer_than_its_length() -> None:
    assert suggest("no fever but hypertension and " * 3000, packaged())


def test_the_command_answers_each_line_and_says_what_is_wrong_with_the_others() -> None:
    lines = [
        json.dumps({"id": "a", "text": "Asthma."}), "no json", json.dumps({"id": "b"}), json.dumps({"id": "c", "text": 5}), json.dumps(["x"]),
        json.dumps({"id": "d", "text": ""}), json.dumps({"id": "e", "text": "x" * (MOST + 1)}),
    ]  # fmt: skip
    said = CliRunner().invoke(cli.command, ["--jsonl"], input="\n".join(lines) + "\n")
    assert said.exit_code == 0
    answers = [json.loads(line) for line in said.stdout.splitlines()]
    assert answers[0]["suggestions"][0]["code"] == "J45.909"
    assert answers[0]["suggestions"][0]["evidence"] == [{"start": 0, "end": 6, "text": "Asthma"}]
    assert [bool(one.get("error")) for one in answers] == [False, True, True, True, True, False, True]
    assert answers[5] == {"id": "d", "suggestions": []}
    assert "--jsonl" in CliRunner().invoke(cli.command, []).output


def test_decisions_of_the_department_move_the_probability() -> None:
    assert learned(0.74, 0, 0) == pytest.approx(0.74)
    assert learned(0.74, 0, 12) < 0.5 < 0.74 < learned(0.74, 12, 0) < 1
    assert learned(0.74, 0, 1) > 0.65, "one decision changes little"
