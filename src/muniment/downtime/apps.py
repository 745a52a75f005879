from django.apps import AppConfig
from django.urls import reverse


class DowntimeConfig(AppConfig):
    name = "muniment.downtime"

    def ready(self) -> None:
        from muniment.core.events import listen
        from muniment.downtime import chart, jobs
        from muniment.downtime.queries import SUBJECT
        from muniment.record.panels import OVER
        from muniment.scanning.happenings import ScanFiled
        from muniment.ui.navigation import Destination, Group, declare
        from muniment.work import places

        declare(Destination(label="Downtime", name="downtime-board", key="n", group=Group.DOCUMENTS))
        OVER.register(chart.over)
        listen(ScanFiled, jobs.scan_filed)
        places.register(
            SUBJECT, verb="Enter its paper and reconcile it", url=lambda item: reverse("downtime-one", args=[item.subject_id])
        )  # fmt: skip
