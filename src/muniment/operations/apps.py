from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "muniment.operations"

    def ready(self) -> None:
        from muniment.operations import jobs  # noqa: F401 the worker knows its jobs by their import
        from muniment.ui.navigation import Destination, Group, declare

        declare(
            Destination(label="My day", name="day", key="d", group=Group.WORK, order=1),
            Destination(label="Board", name="operations-board", key="b", group=Group.DEPARTMENT, order=1),
            Destination(label="Audit", name="operations-audit", key="t", group=Group.RULES),
            Destination(label="Health", name="operations-health", key="h", group=Group.SYSTEMS),
        )  # fmt: skip
