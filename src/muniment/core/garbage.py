"""When Python looks for circles among its objects."""

from __future__ import annotations

import gc


def look_seldom() -> None:
    """For processes that take one message, file or job after another.

    Parsed input is trees without circles, freed when done: looking for circles while they grow costs a tenth of the time and
    more. What is there already (code sets, compiled rules) is never looked through again.
    """
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)
