from django.apps import AppConfig


class CodeUpdatesConfig(AppConfig):
    name = "muniment.codeupdates"

    def ready(self) -> None:
        from muniment.codeupdates import jobs  # noqa: F401 the worker knows its jobs by their import
        from muniment.ui.navigation import Destination, Group, declare

        declare(Destination(label="Code updates", name="codeupdates", key="z", group=Group.RULES, order=5))
