"""Structured logs: one JSON object a line on standard error. Never a patient's data, never a secret."""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

import structlog

ALLOWED_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def configure(*, debug: bool) -> None:
    """Send the standard library's and structlog's records through one JSON renderer."""
    level = os.environ.get("MUNIMENT_LOG_LEVEL", "DEBUG" if debug else "INFO").upper()
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_values,
        _without_address,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(), cache_logger_on_first_use=True,
    )  # fmt: skip
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processor=structlog.processors.JSONRenderer())
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level if level in ALLOWED_LEVELS else "INFO")
    logging.getLogger("django.request").setLevel("ERROR")
    logging.getLogger("django.db.backends").setLevel("WARNING")
    logging.getLogger("procrastinate").setLevel("WARNING")
    logging.getLogger("pikepdf").setLevel("ERROR")  # it repeats what it finds amiss in a file, which may quote it


def _without_values(logger: Any, method: str, record: dict[str, Any]) -> dict[str, Any]:
    """A database error's detail quotes the row: keep the error's kind and place, never its values."""
    error = record.pop("exc_info", None)
    if error:
        if isinstance(error, BaseException):
            error = (type(error), error, error.__traceback__)
        kind, _, trace = sys.exc_info() if error is True else error
        record["error"] = kind.__name__ if kind else "unknown"
        record["at"] = _frames(trace)
    return record


def _without_address(logger: Any, method: str, record: dict[str, Any]) -> dict[str, Any]:
    """What Django says of a failed or suspicious request ends in its address, which holds identifiers; the screen's name will do."""
    if str(record.get("logger", "")).startswith(("django.request", "django.security")):
        record["event"] = str(record["event"]).partition(": /")[0]
        match = getattr(getattr(record.get("_record"), "request", None), "resolver_match", None)
        record["screen"] = match.view_name if match else "none"
    return record


def _frames(trace: Any) -> list[str]:
    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return found[-12:]
