"""``muniment intake PATH...``"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import click

from muniment.cli.main import set_up, system_actor


@click.command("intake")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON line per input on standard output.")
@click.option(
    "--source", default="files", show_default=True, help="The channel's name: identifiers of FHIR sources belong to it."
)
@click.option("--facility", default="", help="Code of the facility this channel belongs to; else each message says so itself.")
@click.option(
    "--outside", default="", help="Whose records they are, where not our own: they stay apart until somebody accepts them."
)
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 16), help="Files taken at the same time.")
def command(paths: tuple[Path, ...], as_json: bool, source: str, facility: str, outside: str, processes: int) -> None:
    """Take files and folders of HL7 v2, C-CDA and FHIR into the record.

    The format is recognised. What can't be filed goes to quarantine with its reason. The same input twice changes nothing, so a
    run that was stopped goes on when the same command is given again.
    """
    set_up()
    from muniment.accounts.queries import facility_by_code
    from muniment.audit import anchors
    from muniment.intake import runs

    place = facility_by_code(facility)
    if facility and place is None:
        raise click.BadParameter(f"no facility goes by the code {facility}", param_hint="--facility")
    files = runs.files_of(paths)
    report = Report(len(files), as_json)
    actor = system_actor("intake", source_system=source)
    for step in runs.run(
        files,
        actor=actor,
        source=source,
        facility_id=place.id if place else None,
        processes=processes,
        origin=outside.strip()[:200],
    ):
        report.add(step.outcome)
    anchors.drop()
    report.end()


class Report:
    """Progress on standard error, results on standard output."""

    def __init__(self, files: int, as_json: bool) -> None:
        self.files, self.done, self.entries, self.as_json = files, 0, 0, as_json
        self.counts = {"filed": 0, "duplicate": 0, "quarantined": 0}
        self.begun = self.shown = time.monotonic()

    def add(self, outcome: object) -> None:
        from muniment.intake.desk import Outcome

        if isinstance(outcome, Outcome):
            self.counts[outcome.status] += 1
            self.entries += outcome.entries
            if self.as_json:
                click.echo(json.dumps(outcome.line(), ensure_ascii=False))
            elif outcome.status == "quarantined":
                click.echo(f"{outcome.source}: {outcome.reason}")
        else:
            self.done += 1
        if sys.stderr.isatty() and time.monotonic() - self.shown > 0.2:
            self.shown = time.monotonic()
            click.echo(f"\r{self._line()}", nl=False, err=True)

    def end(self) -> None:
        click.echo(("\r" if sys.stderr.isatty() else "") + self._line(), err=True)

    def _line(self) -> str:
        seconds = max(time.monotonic() - self.begun, 0.001)
        counts = ", ".join(f"{count} {status}" for status, count in self.counts.items())
        return f"{self.done}/{self.files} files · {counts} · {self.entries} entries · {self.entries / seconds:,.0f} entries/s · {seconds:.0f} s"
