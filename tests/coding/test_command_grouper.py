"""A site's own grouper as a command: what it is given, what is read from it, and what is said when it fails."""

import sys
from datetime import date

import pytest

from muniment.coding.command_grouper import CommandGrouper, read_answer
from muniment.coding.grouping import explain, shared_grouper
from muniment.coding.site import site_grouper
from muniment.kernel.errors import Problem
from support.claims import claim

GROUPER = """
import json, sys
for line in sys.stdin:
    said = json.loads(line)
    codes = [one["code"] for one in said["sdx"]]
    assert said["version"] == "43.1" and said["discharge_date"] == "2026-05-01" and said["sex"] == "M"
    drg = 291 if "J9601" in codes else 293
    print(json.dumps({"final_drg": drg, "mdc": 5, "codes": [{"code": "J9601", "severity": "MCC"}] if drg == 291 else []}), flush=True)
"""


@pytest.fixture
def command(tmp_path):
    """Writes a program and gives the command that runs it; what it started is ended."""
    made = []

    def write(program, **more):
        path = tmp_path / "grouper.py"
        path.write_text(program)
        made.append(CommandGrouper(f"{sys.executable} {path}", **more))
        return made[-1]

    yield write
    for one in made:
        one.close()


def test_it_groups_and_is_explained_like_ours(command) -> None:
    grouped = explain(claim("I50.23", "J96.01", "I10"), command(GROUPER))
    assert (grouped.final_drg, grouped.initial_drg, grouped.mdc, grouped.version, grouped.return_code) == (
        291,
        291,
        5,
        431,
        "OK",
    )
    assert [(one.code, one.role, one.changes_to) for one in grouped.drivers] == [
        ("I5023", "principal", None),
        ("J9601", "MCC", 293),
    ]


def test_ours_can_stand_in_for_it(tmp_path) -> None:
    """The command may be ``muniment group`` itself: what it is given and what is read are that command's."""
    grouper = CommandGrouper(
        f"env DJANGO_SETTINGS_MODULE=muniment.config.settings MUNIMENT_DATA_DIR={tmp_path} {sys.executable} -m muniment group --jsonl --no-drivers",
        longest=60,
    )
    try:
        one = claim("S72.002A", "D62 N", "L89.154 N", procedures=[("0SRS01Z", date(2026, 4, 25))])
        theirs, ours = grouper.group(one, 431), shared_grouper().group(one, 431)
    finally:
        grouper.close()
    assert (theirs.initial_drg, theirs.final_drg, theirs.mdc, theirs.return_code) == (
        ours.initial_drg, ours.final_drg, ours.mdc, ours.return_code,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("raise SystemExit(1)", "does not answer"),
        ("import time; time.sleep(30)", "does not answer"),
        ("print('hello', flush=True); input()", "what is no DRG"),
        ("print('[]', flush=True); input()", "what is no DRG"),
        ('print(\'{"final_drg": "x", "mdc": 5}\', flush=True); input()', "what is no DRG"),
    ],
)
def test_what_fails_is_a_sentence(command, program, said) -> None:
    with pytest.raises(Problem, match=said):
        command(program, longest=1.0).group(claim("I50.23"), 431)


def test_a_command_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(Problem, match="does not answer"):
        CommandGrouper("/nowhere/grouper").group(claim("I50.23"), 431)


def test_one_that_ended_is_started_again(command) -> None:
    once = GROUPER.replace("flush=True)", "flush=True); break")
    grouper = command(once)
    assert grouper.group(claim("I50.23"), 431).final_drg == 293
    answers = []
    for _ in range(3):  # the first may meet the one that is just ending
        try:
            answers.append(grouper.group(claim("I50.23", "J96.01"), 431).final_drg)
        except Problem:
            continue
    assert 291 in answers


def test_an_ungroupable_answer_says_why() -> None:
    grouped = read_answer(b'{"final_drg": 999, "mdc": 0, "return_code": "INVALID_PDX"}', 431)
    assert not grouped.groupable
    assert grouped.sentence == "The principal diagnosis is not a valid code on the discharge date."


def test_the_setting_chooses(settings) -> None:
    assert site_grouper() is shared_grouper()
    settings.MUNIMENT_GROUPER = "/opt/cms/grouper --lines"
    assert isinstance(site_grouper(), CommandGrouper)
