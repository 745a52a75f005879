"""``python -m bench [name…]``: each benchmark in a process and a database of its own, then one table."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from bench.figures import Figure, Skipped, table

NAMES = (
    "fhir_intake", "hl7_intake", "audit_append", "verify", "scale", "chart_open", "work_pull", "web_memory", "search", "production",
    "scanning", "analysis", "grouping", "regrouping", "suggestions", "encoder",
)  # fmt: skip
ON_THE_SCALE_SET = {"scale", "chart_open", "work_pull", "web_memory"}


def main() -> int:
    options = _options()
    if options.one:
        return _run_one(options)
    folder = Path(os.environ.get("MUNIMENT_BENCH_DIR", "/var/tmp/muniment-bench"))
    folder.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {
        "MUNIMENT_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "muniment.config.settings", "MUNIMENT_LOG_LEVEL": "ERROR"
    }  # fmt: skip
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}", file=sys.stderr)
    figures: list[Figure] = []
    try:
        for name in options.names or NAMES:
            figures += _in_a_process(name, environment)
    finally:
        _stop_server(environment)
    print(table(figures))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench", description="Measure; print a table; write nothing else.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(NAMES)} (all)")
    parser.add_argument("--size", type=int, default=1_000_000, help="encounters of the scale set; five entries each")
    parser.add_argument("--files", type=int, default=0, help="FHIR bundles to take (all)")
    parser.add_argument("--pages", type=int, default=2_000, help="pages of the record that is produced, about")
    parser.add_argument("--messages", type=int, default=5_000, help="HL7 v2 messages to send")
    parser.add_argument("--scans", type=int, default=500, help="pages of the scanned batch")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--out", help=argparse.SUPPRESS)
    options = parser.parse_args()
    unknown = set(options.names) - set(NAMES)
    if unknown:
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}")
    return options


def _in_a_process(name: str, environment: dict[str, str]) -> list[Figure]:
    database = "bench_scale" if name in ON_THE_SCALE_SET else f"bench_{name}"
    print(f"{name} … (load {os.getloadavg()[0]:.1f})", file=sys.stderr, flush=True)
    begun = time.monotonic()
    with tempfile.NamedTemporaryFile("r", suffix=".json") as out:
        done = subprocess.run(
            [sys.executable, "-m", "bench", *sys.argv[1:], "--one", name, "--out", out.name],
            env=environment | {"MUNIMENT_DATABASE_NAME": database}, check=False,
        )  # fmt: skip
        found = json.loads(out.read() or "[]")
    state = "failed" if done.returncode else "done"
    print(f"{name}: {state} after {time.monotonic() - begun:.0f} s (load {os.getloadavg()[0]:.1f})", file=sys.stderr)
    return [Figure(**one) for one in found]


def _run_one(options: argparse.Namespace) -> int:
    try:
        figures = importlib.import_module(f"bench.{options.one}").run(options)
    except Skipped as reason:
        print(f"{options.one}: skipped, {reason}", file=sys.stderr)
        return 0
    Path(options.out).write_text(json.dumps([asdict(figure) for figure in figures]))
    return 0


def _stop_server(environment: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-m", "muniment", "database", "stop"], env=environment, check=False)


if __name__ == "__main__":
    sys.exit(main())
