from django.apps import AppConfig
from django.urls import reverse


class IntakeConfig(AppConfig):
    name = "muniment.intake"

    def ready(self) -> None:
        from muniment.intake import chart
        from muniment.record import panels, viewers
        from muniment.work import places

        for media_type in chart.CCDA_TYPES:
            viewers.register(media_type, chart.ccda)
        panels.PROVENANCE.register(chart.source)

        places.register(
            "input", verb="Correct, replay or dismiss it", url=lambda item: reverse("intake-input", args=[item.subject_id])
        )
