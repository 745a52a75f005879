from django.apps import AppConfig


class CompletionConfig(AppConfig):
    name = "muniment.completion"

    def ready(self) -> None:
        from muniment.completion import jobs, outbox  # noqa: F401 the worker knows its jobs by their import
        from muniment.core.events import listen
        from muniment.encounters.happenings import StayChanged
        from muniment.record.happenings import Filed, Signed
        from muniment.rulebook.happenings import RuleChanged

        listen(StayChanged, outbox.stay_changed)
        listen(Filed, outbox.filed)
        listen(Signed, outbox.signed)
        listen(RuleChanged, outbox.rule_changed)
