from django.apps import AppConfig


class RulebookConfig(AppConfig):
    name = "muniment.rulebook"

    def ready(self) -> None:
        from muniment.ui.navigation import Destination, Group, declare

        declare(Destination(label="Rules", name="rulebook-book", key="r", group=Group.RULES, order=1))
