from django.apps import AppConfig
from django.urls import reverse


class IdentityConfig(AppConfig):
    name = "muniment.identity"

    def ready(self) -> None:
        from muniment.identity.web import presenters
        from muniment.work import names, places

        names.directory.patients = presenters.whose
        places.register(
            "possible-match",
            verb="Decide if they are one person",
            url=lambda item: reverse("identity-match", args=[item.subject_id]),
        )
