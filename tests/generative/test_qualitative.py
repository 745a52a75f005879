"""Whatever order a chart's parts come in, the same is found; a key stands as long as the quoted words do."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from muniment.kernel.negation import said_of
from muniment.kernel.prose import sentences
from muniment.qualitative.checks import look
from muniment.qualitative.rules import Chart
from support.contradictions import CONSENT, DS, HP, OP, PN, STAY, code, document, result, shipped

LONG = " ".join(f"word{number}" for number in range(80))
CHART = Chart(
    **STAY,
    documents=(
        document(1, CONSENT, "PROCEDURE:\nRight total hip arthroplasty"),
        document(2, OP, "PROCEDURE:\nLeft total hip arthroplasty\nDATE OF PROCEDURE:\n01/15/2026"),
        document(3, HP, f"HISTORY:\nMs. Rowe is a 46-year-old man. {LONG}\nASSESSMENT:\nNo pneumonia."),
        document(4, PN, f"SUBJECTIVE:\n{LONG}\nASSESSMENT:\nPneumonia ruled out."),
        document(5, PN, f"SUBJECTIVE:\n{LONG}", day=5),
        document(6, DS, "DISCHARGE DIAGNOSES:\n1. Pneumonia", day=6),
    ),
    codes=(code(1, "O80", "Encounter for full-term uncomplicated delivery"), code(2, "C61", "Malignant neoplasm of prostate")),
    results=(result(1, "2823-3", "Potassium", "6.8", flag="HH"), result(2, "600-7", "Blood culture", "Klebsiella")),
)  # fmt: skip
FOUND = [one.finding for one in look(CHART, shipped())]


def test_the_chart_contradicts_itself_in_every_way():
    assert [(one.kind, len(one.evidence)) for one in FOUND] == [
        ("copied", 2), ("copied", 2), ("dates", 1), ("dates", 1), ("diagnoses", 2), ("laterality", 2), ("results", 1), ("results", 1), ("sex", 1), ("sex", 1),
    ]  # fmt: skip


@given(st.permutations(CHART.documents), st.permutations(CHART.codes), st.permutations(CHART.results))
def test_the_order_of_documents_does_not_matter(documents, codes, results):
    shuffled = replace(CHART, documents=tuple(documents), codes=tuple(codes), results=tuple(results))
    assert [one.finding for one in look(shuffled, shipped())] == FOUND


@given(st.integers(0, len(CHART.documents) - 1), st.integers(2, 9))
def test_a_new_version_with_the_same_words_has_the_same_keys(place, number):
    """Text before the evidence moves every place and no key."""
    documents = list(CHART.documents)
    one = documents[place]
    documents[place] = replace(one, number=number, text=f"Received by the archive.\n{one.text}")
    again = [found.finding for found in look(replace(CHART, documents=tuple(documents)), shipped())]
    assert [one.key for one in again] == [one.key for one in FOUND]


@given(st.text(max_size=300), st.data())
def test_no_text_is_too_odd(text, data):
    for one in sentences(text):
        assert text[one.start : one.end] == one.text
        start = data.draw(st.integers(0, len(one.text)))
        said_of(one.text, start, data.draw(st.integers(start, len(one.text))), one.section)
    look(replace(CHART, documents=(document(1, DS, text), document(2, OP, text), document(3, PN, text))), shipped())
