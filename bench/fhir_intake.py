"""Intake of the FHIR corpus with two processes: validated, searchable, audited."""

from __future__ import annotations

import resource
import time
from pathlib import Path
from typing import Any

from bench import house, peers, processor
from bench.figures import Figure, Skipped

PROCESSES = 2
PEER_ROWS = 20_000


def run(options: Any) -> list[Figure]:
    folder = Path(house.corpora(), "fhir", "synthea-smart", "bundles")
    files = sorted(folder.glob("*.json.gz"))[: options.files or None]
    if not files:
        raise Skipped("corpora/fhir/synthea-smart is not here")
    house.prepare()
    facility = house.furnish()
    texts, parsing = _parsed(files)
    as_jsonb, as_text = peers.copy_rate(texts, "jsonb"), peers.copy_rate(texts, "text")
    del texts
    quarter, quarter_seconds = _take(files[: len(files) // 4], facility)
    quarter_peak = _peak()
    with processor.measured(len(files) - len(files) // 4) as spent:
        rest, rest_seconds = _take(files, facility)
    share = (len(files) - len(files) // 4) / max(rest, 1)  # files for one resource
    rate = (quarter + rest) / (quarter_seconds + rest_seconds)
    return [
        Figure("FHIR intake, 2 processes", rate, "resources/s", "COPY as jsonb", as_jsonb, "≥ 5,000 and ≥ 0.40"),
        Figure("FHIR intake, 2 processes", rate, "resources/s", "COPY as text", as_text),
        Figure("FHIR intake, 2 processes", rate, "resources/s", "parsing alone, 1 process", parsing),
        Figure(
            "FHIR intake, processor time with PostgreSQL's",
            spent.total * share,
            "µs/resource",
            "PostgreSQL's",
            spent.database * share,
        ),
        Figure("FHIR intake, peak memory", _peak(), "MiB", "of a quarter of the corpus", quarter_peak, "flat: about 1"),
    ]


def _take(files: list[Path], facility: Any) -> tuple[int, float]:
    """Resources filed and the seconds it took."""
    from muniment.intake import runs

    begun = time.perf_counter()
    steps = runs.run(files, actor=house.system_actor("intake"), source="bench", facility_id=facility.id, processes=PROCESSES)
    entries = sum(step.outcome.entries for step in steps if step.outcome and step.outcome.status == "filed")
    return entries, time.perf_counter() - begun


def _parsed(files: list[Path]) -> tuple[list[str], float]:
    """Some of the corpus as one JSON text a resource, and how many resources a second unpacking and parsing give."""
    from muniment.intake import fhir_json
    from muniment.kernel.fhir import canonical

    texts: list[str] = []
    spent = 0.0
    for path in files:
        begun = time.perf_counter()
        bundle = canonical.decode(fhir_json.unpack(path.read_bytes()))
        spent += time.perf_counter() - begun
        texts += [canonical.encode(entry["resource"]).decode().replace("\\u0000", "") for entry in bundle["entry"]]
        if len(texts) > PEER_ROWS:
            break
    return texts, len(texts) / spent


def _peak() -> float:
    """The largest of the processes that have ended, in MiB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
