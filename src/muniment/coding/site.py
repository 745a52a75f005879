"""Which grouper this site uses: msdrg, or the command that MUNIMENT_GROUPER names."""

from __future__ import annotations

import atexit
from functools import lru_cache

from django.conf import settings

from muniment.coding.command_grouper import CommandGrouper
from muniment.coding.grouping import Grouper, shared_grouper


def site_grouper() -> Grouper:
    """The process's grouper."""
    command: str = settings.MUNIMENT_GROUPER
    return _of_command(command) if command else shared_grouper()


@lru_cache(maxsize=1)
def _of_command(command: str) -> CommandGrouper:
    grouper = CommandGrouper(command)
    atexit.register(grouper.close)
    return grouper
