from django.apps import AppConfig
from django.urls import reverse


class OpenReviewConfig(AppConfig):
    name = "muniment.openreview"

    def ready(self) -> None:
        from muniment.openreview import jobs  # noqa: F401 the worker knows its jobs by their import
        from muniment.openreview.queues import ACTION, FINDING, FINDINGS, REVIEW
        from muniment.openreview.web import panels
        from muniment.record.panels import CHART
        from muniment.ui.navigation import Destination, Group, declare
        from muniment.work import places

        declare(Destination(label="Open records", name="openreview-figures", key="k", group=Group.CHARTS))
        CHART.register(panels.chart)
        places.register(REVIEW, verb="Review the chart", url=lambda item: reverse("openreview-review", args=[item.subject_id]))
        places.register(
            ACTION, verb="Carry it out, or say whether it was effective", url=lambda item: reverse("openreview-action", args=[item.subject_id])
        )  # fmt: skip
        places.register(
            FINDING, verb=lambda item: "Mend it" if item.queue_id == FINDINGS else "Look again",
            url=lambda item: reverse("openreview-finding", args=[item.subject_id]),
        )  # fmt: skip
