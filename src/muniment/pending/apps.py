from django.apps import AppConfig
from django.urls import reverse


class PendingConfig(AppConfig):
    name = "muniment.pending"

    def ready(self) -> None:
        from muniment.core.events import listen
        from muniment.pending import actions, jobs  # noqa: F401 the worker knows its jobs by their import
        from muniment.pending.queues import AUTHOR, SUBJECT
        from muniment.pending.web import panels
        from muniment.record.happenings import Signed
        from muniment.record.panels import STEPS
        from muniment.ui.navigation import Destination, Group, declare
        from muniment.work import places

        declare(Destination(label="Pending", name="pending-documents", key="u", group=Group.CHARTS, order=2))
        STEPS.register(panels.step)
        listen(Signed, actions.signed)
        places.register(
            SUBJECT, verb=lambda item: "Sign or discard" if item.queue_id == AUTHOR else "Close or extend",
            url=lambda item: reverse("pending-document", args=[item.patient_id, item.subject_id]),
        )  # fmt: skip
