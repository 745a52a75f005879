"""What is said of findings, put into them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from muniment.codingaudit.parameters import Errors
from muniment.codingaudit.rules import STAGES, Finding, State, Verdict
from muniment.kernel.errors import Refused

SHORTEST = 3
WORDS = 1000


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of one finding. ``error`` (a code of the taxonomy) and ``reference`` are the auditor's."""

    verdict: str
    words: str = ""
    error: str = ""
    reference: str = ""


def judged(state: State, findings: Sequence[Finding], said: Mapping[int, Said], errors: Errors) -> list[Finding]:
    """The findings after a turn. Raises Refused, saying which, for one that waits and of which nothing, or not enough, is said."""
    stage = STAGES[state]
    return [_judged(state, one, said.get(one.number), errors) if one.verdict == stage.asks else one for one in findings]


def _judged(state: State, finding: Finding, said: Said | None, errors: Errors) -> Finding:
    stage, where = STAGES[state], f"finding-{finding.number}"
    if said is None or said.verdict not in stage.choices:
        raise Refused(f"Say what becomes of difference {finding.number}.", where=where)
    verdict, words = Verdict(said.verdict), said.words.strip()[:WORDS]
    if verdict in stage.worded and len(words) < SHORTEST:
        raise Refused(f"Give the reason at difference {finding.number}.", where=where)
    changed = msgspec.structs.replace(finding, verdict=verdict, **{stage.field: words})
    return _typed(changed, said, errors, where) if verdict is Verdict.ERROR else changed


def _typed(finding: Finding, said: Said, errors: Errors, where: str) -> Finding:
    kind = errors.named(said.error, finding.element)
    if kind is None:
        raise Refused(f"Say which kind of error difference {finding.number} is.", where=where)
    return msgspec.structs.replace(
        finding,
        error=kind.code,
        name=kind.name,
        severity=kind.severity,
        topic=kind.topic,
        reference=said.reference.strip()[:400],
    )
