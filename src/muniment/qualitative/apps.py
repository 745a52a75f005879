from django.apps import AppConfig


class QualitativeConfig(AppConfig):
    name = "muniment.qualitative"

    def ready(self) -> None:
        from muniment.coding.panels import WORKSPACE
        from muniment.core.events import listen
        from muniment.encounters.happenings import StaysChanged
        from muniment.qualitative import jobs, outbox  # noqa: F401 the worker knows its jobs by their import
        from muniment.qualitative.web import panels
        from muniment.record.happenings import Filed, Signed
        from muniment.record.panels import CHART
        from muniment.rulebook.happenings import RuleChanged
        from muniment.rulebook.panels import JUDGED_AGAIN
        from muniment.ui.navigation import Destination, Group, declare

        declare(Destination(label="Findings", name="qualitative-findings", key="q", group=Group.CHARTS))
        CHART.register(panels.chart)
        WORKSPACE.register(panels.workspace)
        JUDGED_AGAIN.register(panels.judged_again)
        listen(StaysChanged, outbox.stays_changed)
        listen(Filed, outbox.filed)
        listen(Signed, outbox.signed)
        listen(RuleChanged, outbox.STAYS.rule_changed)
