"""Two actions of one name would share their events."""

import pytest

from muniment.core.actions import action, registry
from muniment.core.lifecycle import Lifecycle


def test_a_second_action_of_the_same_name_is_refused_at_import(monkeypatch):
    monkeypatch.setattr("muniment.core.actions.registry", dict(registry))

    def one(*, actor):
        pass

    def other(*, actor):
        pass

    action("test.once", Lifecycle.WORK)(one)
    with pytest.raises(TypeError, match=r"test\.once is .*one already"):
        action("test.once", Lifecycle.WORK)(other)
