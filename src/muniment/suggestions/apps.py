from django.apps import AppConfig


class SuggestionsConfig(AppConfig):
    name = "muniment.suggestions"

    def ready(self) -> None:
        from muniment.coding.panels import WORKSPACE
        from muniment.suggestions import jobs  # noqa: F401 the worker knows its jobs by their import
        from muniment.suggestions.web import panels
        from muniment.ui.navigation import Destination, Group, declare

        WORKSPACE.register(panels.workspace)
        declare(Destination(label="Suggestion models", name="suggestions-models", key="0", group=Group.RULES, order=6))
