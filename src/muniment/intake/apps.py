from django.apps import AppConfig
from django.urls import reverse


class IntakeConfig(AppConfig):
    name = "muniment.intake"

    def ready(self) -> None:
        from muniment.work import places

        places.register(
            "input", verb="Correct, replay or dismiss it", url=lambda item: reverse("intake-input", args=[item.subject_id])
        )
