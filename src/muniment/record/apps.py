from django.apps import AppConfig


class RecordConfig(AppConfig):
    name = "muniment.record"

    def ready(self) -> None:
        from muniment.record import jobs  # noqa: F401 the worker knows its jobs by their import
        from muniment.record.panels import CHART
        from muniment.record.production.definition import RULE
        from muniment.record.web import production_panel
        from muniment.rulebook.panels import EDITORS, Editor
        from muniment.ui.navigation import Destination, Group, declare

        declare(Destination(label="Productions", name="record-productions", key="e", group=Group.CHARTS, order=200))
        own = "record-definition-propose"
        EDITORS[RULE] = Editor(own, own, "Propose a definition of the record", alone=True)
        CHART.register(production_panel.chart)
