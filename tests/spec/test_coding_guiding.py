"""Specification: what siblings are told apart by, read off their titles."""

import pytest

from muniment.terminology.guiding import KEYS, key_of, labels, question, shared


@pytest.mark.parametrize(
    ("titles", "asks"),
    [
        (
            ["Phlebitis of right femoral vein", "Phlebitis of left femoral vein", "Phlebitis of unspecified femoral vein"],
            "Which side?",
        ),
        (["Cataract, right eye", "Cataract, left eye", "Cataract, bilateral", "Cataract, unspecified eye"], "Which side?"),
        (["Abscess of right upper limb", "Abscess of left lower limb"], "Which one?"),
        (["Diabetes, first trimester", "Diabetes, second trimester", "Diabetes, unspecified trimester"], "Which trimester?"),
        (["Pressure ulcer, stage 1", "Pressure ulcer, stage 2", "Pressure ulcer, unstageable"], "Which stage?"),
        (["Poisoning, accidental", "Poisoning, intentional self-harm", "Poisoning, assault"], "Which intent?"),
        (["Open", "Closed"], "Which one?"),
    ],
)
def test_question(titles: list[str], asks: str) -> None:
    assert question(titles) == asks


def test_seventh_characters_ask_for_the_episode_only_where_all_tell_one() -> None:
    assert question(["Sprain, initial encounter", "Sprain, sequela"], seventh=True) == "Which episode of care?"
    assert question(["Glaucoma, mild stage", "Glaucoma, severe stage"], seventh=True) == "Which seventh character?"


def test_shared_words_keep_the_order_of_the_first() -> None:
    assert shared(["Resection of Appendix, Open Approach", "Open Approach, Resection"]) == ["Resection", "Open", "Approach"]
    assert shared([]) == []


def test_a_label_is_what_all_below_say_and_not_all_beside() -> None:
    said = labels({"J": ["Resection of Appendix, Open"], "H": ["Resection of Cecum, Open", "Resection of Cecum, Percutaneous"]})
    assert said == {"J": "Appendix Open", "H": "Cecum"}


def test_words_that_do_not_tell_two_apart_are_no_label() -> None:
    assert labels({"1": ["Bypass A"], "2": ["Bypass A"], "3": ["Bypass B"]}) == {"1": "", "2": "", "3": "B"}


def test_keys_run_out_and_are_all_different() -> None:
    assert len(set(KEYS)) == len(KEYS) == 35
    assert (key_of(0), key_of(9), key_of(35)) == ("1", "a", "")
