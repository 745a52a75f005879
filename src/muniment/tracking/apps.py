from django.apps import AppConfig
from django.urls import reverse


class TrackingConfig(AppConfig):
    name = "muniment.tracking"

    def ready(self) -> None:
        from muniment.record import panels
        from muniment.tracking import chart, jobs  # noqa: F401 the worker knows its jobs by their import
        from muniment.ui.navigation import Destination, Group, declare
        from muniment.work import places

        declare(Destination(label="Paper", name="tracking-board", key="v", group=Group.DOCUMENTS))
        panels.CHART.register(chart.volumes)
        places.register(
            "paper-volume", verb="Open the volume", url=lambda item: reverse("tracking-volume", args=[item.subject_id])
        )
