from django.apps import AppConfig
from django.urls import reverse


class IntakeConfig(AppConfig):
    name = "muniment.intake"

    def ready(self) -> None:
        from muniment.core.events import listen
        from muniment.intake import chart, desk, envelopes, outside
        from muniment.intake.queues import OUTSIDE_SUBJECT
        from muniment.record import panels, viewers
        from muniment.record.happenings import Filed
        from muniment.ui.navigation import Destination, Group, declare
        from muniment.work import places

        declare(Destination(label="Arrivals", name="intake-arrivals", key="a", group=Group.DOCUMENTS, order=1))
        desk.OPENERS.update(mail=envelopes.take_mail, xdm=envelopes.take_package)
        for media_type in chart.CCDA_TYPES:
            viewers.register(media_type, chart.ccda)
        panels.PROVENANCE.register(chart.source)
        panels.OVER.register(chart.outside)
        listen(Filed, outside.filed)

        places.register(
            OUTSIDE_SUBJECT, verb="Decide line by line", url=lambda item: reverse("intake-outside", args=[item.subject_id])
        )
        places.register(
            "input", verb="Correct, replay or dismiss it", url=lambda item: reverse("intake-input", args=[item.subject_id])
        )
