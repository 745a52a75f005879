from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "muniment.core"

    def ready(self) -> None:
        from muniment.core.privileges import after_migrate

        post_migrate.connect(after_migrate, sender=self)
