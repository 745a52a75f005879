"""What is learned from final codes: phrases of several patients and nobody's name, how far to trust them, and how good it is on stays not seen."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.cli import suggest, suggest_train
from muniment.kernel.errors import Unreadable
from muniment.suggestions.learning import measures, trees
from muniment.suggestions.learning.lexicon import Counted
from muniment.suggestions.learning.model import dumps, found_by, loads, suggest_by
from muniment.suggestions.learning.training import Settings, part, train
from muniment.suggestions.vocabulary import packaged
from support.learning import QUICK, examples, learned


@pytest.fixture(scope="module")
def result():
    return learned(packaged())


def codes(result, text: str) -> dict[str, float]:
    return {one.code: one.score for one in suggest_by(result.model, text, packaged())}


def test_a_phrase_the_terminology_does_not_know_is_learned_and_shows_its_place(result):
    text = "A weak pump, it was said."
    (found,) = [one for one in suggest_by(result.model, text, packaged()) if one.code == "I509"]
    assert found.score > 0.5
    assert [one.text for one in found.evidence] == ["weak pump"], "phrases within it do not stand beside it"
    assert all(text[one.start : one.end] == one.text for one in found.evidence)


@pytest.mark.parametrize("text", ["No weak pump.", "Her mother had a weak pump.", "Return if there is a weak pump."])
def test_what_is_denied_anothers_or_conditional_speaks_for_nothing(result, text):
    assert codes(result, text).get("I509", 0.0) < 0.5


@given(
    st.lists(
        st.sampled_from(["weak", "pump", "no", "Hypertension", "known", ".", "\n", "ASSESSMENT:", "1.5", "É"])
        | st.text(max_size=6),
        max_size=40,
    )
)
@settings(deadline=None, max_examples=100)
def test_any_text_is_answered_by_a_model_and_every_place_is_its_text(result, parts):
    text = " ".join(parts)
    found = suggest_by(result.model, text, packaged())
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    for one in found:
        assert 0 < one.score < 1
        assert one.evidence
        assert all(text[each.start : each.end] == each.text for each in one.evidence)


def test_a_habit_of_the_department_moves_what_the_terminology_finds(result):
    """Half of its hypertensions are coded: the probability says so, where the terminology alone is sure."""
    assert 0.25 < codes(result, "Ate well. Hypertension is known.")["I10"] < 0.75
    assert codes(result, "Ate well. There is a weak pump again.")["I509"] > 0.75, "which is always coded"


def test_the_measures_are_of_stays_that_were_not_learned_from(result):
    unseen = [one for one in examples() if part(one.patient, 100, "unseen") < QUICK.held_out]
    assert (result.unseen, result.stays) == (len(unseen), len(examples()) - len(unseen))
    assert result.trained.f1 > result.alone.f1
    assert set(result.by_chapter) == {"I", "K"}
    everything = {**{one.patient: one for one in examples()}}
    for one in unseen:
        everything[one.patient] = replace(one, texts={"note": "zyxomma"})
    assert dumps(train(lambda: list(everything.values()), packaged(), QUICK).model) == dumps(result.model)


def test_the_same_stays_give_the_same_bytes_and_they_are_read_again(result):
    content = dumps(result.model)
    assert dumps(learned(packaged()).model) == content
    again = loads(content)
    text = {"a": "There is a weak pump again.", "b": "Hypertension."}
    assert found_by(again, text, packaged()) == found_by(result.model, text, packaged())


@pytest.mark.parametrize("content", [b"", b"x", b"\x78\x9c\x03\x00\x00\x00\x00\x01", None])
def test_what_is_no_model_is_refused_with_a_sentence(result, content):
    content = dumps(msgspec.structs.replace(result.model, maker=99)) if content is None else content
    with pytest.raises(Unreadable, match=r"no model|another version"):
        loads(content)


def test_no_name_no_number_and_nothing_of_few_patients_is_learned(result):
    said = " ".join(result.model.lexicon.speaks)
    for word in ("alba", "rowe", "marlowe", "quill"):
        assert word not in said, "they stand in every text, but never in small letters"
    assert not any(
        letter.isdigit() for phrase in result.model.lexicon.speaks if not phrase.startswith("=") for letter in phrase
    )
    counted = Counted()
    for at in range(9):
        counted.add(
            {"weak pump", "pump", "marlow", f"own {at}"} | ({"rare pump"} if at < 4 else set()),
            {"weak", "pump", "own", "marlow", "rare"},
        )
    assert set(counted.kept(5, known=(), names={"marlow"})) == {"weak pump", "pump"}
    assert "marlow" in counted.kept(5, known={"marlow"}, names={"marlow"}), "a word of the terminology is no secret"
    assert "rare pump" in counted.kept(4, known=(), names=())


def test_a_patient_counts_once_however_often_they_stayed():
    """Nine stays of one patient teach no phrase; it takes five patients."""
    one = examples()[0]
    many = [replace(one, patient="same") for _ in range(9)]
    assert not train(lambda: many, packaged(), Settings(held_out=0, rounds=2)).model.lexicon.speaks


def test_where_words_were_marked_nothing_else_brought_the_code_forth():
    """Two phrases that always stand together share what a code is owed, unless a coder took a suggestion on one of them."""
    both = [
        replace(one, texts={"n": "Felt zorped. Was glimmed." if "I509" in one.codes else "Ate well."}) for one in examples()
    ]
    some = [replace(one, marked={"I509": ["zorped"]}) if "I509" in one.codes else one for one in both]
    plain = train(lambda: both, packaged(), QUICK).model.lexicon.speaks
    marked = train(lambda: some, packaged(), QUICK).model.lexicon.speaks
    assert plain["zorped"]["I509"][0] == plain["glimmed"]["I509"][0]
    assert marked["zorped"]["I509"][0] > 0.9
    assert "I509" not in marked.get("glimmed", {})


def test_trees_learn_what_a_line_cannot_and_say_how_sure_they_are():
    rows = [[float(a), float(b)] for a in range(20) for b in range(20)] * 3
    right = [(a < 10) != (b < 10) for a, b in rows]
    made = trees.fit(rows, right)
    assert made.probability([2.0, 15.0]) > 0.9 > 0.1 > made.probability([2.0, 3.0])
    assert trees.fit([], []).probability([1.0]) < 0.05
    assert trees.fit(rows, right) == made


@given(st.lists(st.tuples(st.floats(-5, 5), st.booleans()), min_size=1, max_size=120))
@settings(deadline=None, max_examples=40)
def test_a_tree_always_answers_with_a_probability(rows):
    made = trees.fit([[value, -value] for value, _ in rows], [right for _, right in rows], rounds=5)
    assert all(0 < made.probability([value, -value]) < 1 for value, _ in rows)
    assert 0 < made.probability([math.inf, -math.inf]) < 1


def test_measures_count_as_the_books_do():
    answers = [[("I10", 0.9), ("I509", 0.6), ("K359", 0.2)], [("K359", 0.8)]]
    found = measures.measure(answers, [{"I10", "K359"}, {"I10"}])
    assert (found.made, found.right, found.wanted) == (3, 1, 3)
    assert found.f1 == pytest.approx(1 / 3)
    assert found.average_precision == pytest.approx(((1 + 2 / 3) / 2 + 0) / 2, abs=1e-4)
    assert [(one.least, one.made, one.right) for one in found.bands if one.made] == [
        (0.0, 1, 1),
        (0.5, 1, 0),
        (0.75, 1, 0),
        (0.9, 1, 1),
    ]
    by_category = measures.measure(answers, [{"I109", "K351"}, {"I10"}], lambda code: code[:3])
    assert by_category.right == 1


def test_the_commands_train_measure_and_answer(tmp_path):
    source, model = tmp_path / "coded.jsonl", tmp_path / "model"
    source.write_text("\n".join(
        json.dumps({"id": one.patient, "text": one.texts["note"], "codes": [code[:3] + "." + code[3:] if code[3:] else code for code in one.codes]})
        for one in examples()
    ))  # fmt: skip
    said = CliRunner().invoke(suggest_train.command, [str(source), "--out", str(model)])
    assert said.exit_code == 0, said.output
    assert "The model, on " in said.stdout
    answer = CliRunner().invoke(
        suggest.command,
        ["--jsonl", "--model", str(model)],
        input=json.dumps({"id": 1, "text": "There is a weak pump again."}) + "\n",
    )
    best = json.loads(answer.stdout)["suggestions"][0]
    assert best["code"] in {"I50.9", "K35.9"}
    assert best["evidence"][0]["text"]


@pytest.mark.parametrize(
    ("line", "told"),
    [("{", "Line 2 is not JSON"), ('["x"]', "Line 2: This line is not a JSON object"), ('{"id": 1, "text": "x"}', "Line 2: There are no codes"),
     ('{"id": 1, "text": "x", "codes": ["hello"]}', "Line 2: One of the codes is no code"), ('{"id": 1, "text": "x", "codes": [{"words": "x"}]}', "Line 2: One of the codes is no code"), ('{"id": 1, "codes": []}', "Line 2: There is no text")],
)  # fmt: skip
def test_a_line_that_cannot_be_learned_from_is_named(tmp_path, line, told):
    source = tmp_path / "coded.jsonl"
    source.write_text('{"id": 0, "text": "Asthma.", "codes": ["J45.909"]}\n' + line + "\n")
    said = CliRunner().invoke(suggest_train.command, [str(source), "--out", str(tmp_path / "model")])
    assert told in str(said.exception)
