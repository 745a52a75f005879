from django.apps import AppConfig
from django.urls import reverse


class QueryingConfig(AppConfig):
    name = "muniment.querying"

    def ready(self) -> None:
        from muniment.coding import holds
        from muniment.coding.panels import WORKSPACE
        from muniment.completion.inbox import INBOX
        from muniment.querying import jobs, queries  # noqa: F401 the worker knows its jobs by their import
        from muniment.querying.queues import ANSWER, SUBJECT
        from muniment.querying.web import panels
        from muniment.record.panels import CHART
        from muniment.ui.navigation import Destination, Group, declare
        from muniment.work import places

        declare(Destination(label="Queries", name="queries", key="y", group=Group.CHARTS, order=3))
        holds.register(queries.holds)
        WORKSPACE.register(panels.workspace)
        CHART.register(panels.chart)
        INBOX.register(panels.inbox)
        places.register(
            SUBJECT, verb=lambda item: "Answer the query" if item.queue_id == ANSWER else "Reassign or withdraw",
            url=lambda item: reverse("query-answer" if item.queue_id == ANSWER else "query", args=[item.subject_id]),
        )  # fmt: skip
