from django.apps import AppConfig
from django.urls import reverse


class CodingConfig(AppConfig):
    name = "muniment.coding"

    def ready(self) -> None:
        from muniment.coding import house_edits, jobs, outbox  # noqa: F401 the worker knows its jobs by their import
        from muniment.coding.queues import SUBJECT
        from muniment.coding.web import summary, tried
        from muniment.core.events import listen
        from muniment.encounters.happenings import StaysChanged
        from muniment.record import panels
        from muniment.rulebook import checks
        from muniment.rulebook.happenings import RuleChanged
        from muniment.rulebook.panels import JUDGED_AGAIN
        from muniment.ui.navigation import Destination, Group, declare
        from muniment.work.places import register

        declare(Destination(label="Coding", name="coding-queue", key="o", group=Group.CHARTS))
        register(SUBJECT, verb="Code the stay", url=lambda item: reverse("coding-workspace", args=[item.encounter_id]))
        panels.CHART.register(summary.panel)
        JUDGED_AGAIN.register(summary.judged_again)
        JUDGED_AGAIN.register(tried.panel)
        checks.register(house_edits.RULE, house_edits.read)
        listen(StaysChanged, outbox.stays_changed)
        listen(RuleChanged, outbox.STAYS.rule_changed)
