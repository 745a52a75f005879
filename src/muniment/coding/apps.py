from django.apps import AppConfig


class CodingConfig(AppConfig):
    name = "muniment.coding"

    def ready(self) -> None:
        from muniment.coding import jobs, outbox  # noqa: F401 the worker knows its jobs by their import
        from muniment.core.events import listen
        from muniment.encounters.happenings import StayChanged
        from muniment.rulebook.happenings import RuleChanged

        listen(StayChanged, outbox.stay_changed)
        listen(RuleChanged, outbox.rule_changed)
