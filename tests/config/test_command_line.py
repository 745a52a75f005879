"""What somebody at a terminal is told when a command can't do what it was asked: a sentence, and nothing was begun."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from django.db import OperationalError, ProgrammingError

from muniment.cli import main

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--port"], "--port needs a number"), (["--port", "abc"], "it got “abc”"), (["--port="], "--port needs a number"),
        (["--port", "--fresh"], "it got “--fresh”"), (["--frsh"], "unknown option --frsh"),
    ],
)  # fmt: skip
def test_the_demo_takes_no_argument_it_does_not_understand(given: list[str], told: str) -> None:
    done = subprocess.run(["sh", "script/demo", *given], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


@pytest.mark.parametrize(
    ("error", "told"), [(ProgrammingError, "made by another version"), (OperationalError, "See that it runs")]
)
def test_a_database_of_another_version_is_told_apart_from_one_that_is_away(
    error: type[Exception], told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(**_: object) -> None:
        raise error("its own words")

    monkeypatch.setattr(main, "cli", fails)
    with pytest.raises(SystemExit):
        main.main()
    said = capsys.readouterr().err
    assert told in said
    assert "its own words" not in said
