from django.apps import AppConfig
from django.urls import reverse


class MisfilingConfig(AppConfig):
    name = "muniment.misfiling"

    def ready(self) -> None:
        from muniment.core.events import listen
        from muniment.misfiling import returns, scans
        from muniment.misfiling.queues import ASTRAY_SUBJECT, SUBJECT
        from muniment.misfiling.web import panels
        from muniment.record.happenings import Filed, FoundAstray
        from muniment.record.panels import OVER, STEPS
        from muniment.scanning.happenings import ScanOfAnother
        from muniment.work.places import register

        OVER.register(panels.over)
        STEPS.register(panels.step)
        listen(Filed, returns.filed)
        listen(FoundAstray, returns.astray)
        listen(ScanOfAnother, scans.of_another)
        register(
            ASTRAY_SUBJECT, verb="Find whose it is",
            url=lambda item: reverse("misfiling-move", args=[item.patient_id, item.subject_id]),
        )  # fmt: skip
        register(SUBJECT, verb="Screen it", url=lambda item: reverse("misfiling-screening", args=[item.subject_id]))
