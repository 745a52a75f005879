"""How features read the parameters of their rules: what can't be read is refused when it is proposed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from muniment.kernel.errors import Problem

Reader = Callable[[Mapping[str, Any]], object]
_readers: dict[str, Reader] = {}


def register(code: str, reader: Reader) -> None:
    """``reader`` raises ValueError with what is wrong. Called once a rule, in an AppConfig's ``ready``."""
    _readers[code] = reader


def check(code: str, parameters: Mapping[str, Any]) -> None:
    """Raises Problem with the reader's words for parameters that could not be followed."""
    try:
        if reader := _readers.get(code):
            reader(parameters)
    except ValueError as error:
        said = str(error)
        raise Problem(
            f"{said[:1].upper()}{said[1:]}.", where="parameters", remedy="Correct it; what you wrote is kept."
        ) from error
