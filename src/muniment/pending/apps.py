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
        from muniment.work import places

        STEPS.register(panels.step)
        listen(Signed, actions.signed)
        places.register(
            SUBJECT, verb=lambda item: "Sign or discard" if item.queue_id == AUTHOR else "Close or extend",
            url=lambda item: reverse("pending-document", args=[item.patient_id, item.subject_id]),
        )  # fmt: skip
