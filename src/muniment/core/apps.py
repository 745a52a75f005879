from django.apps import AppConfig
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "muniment.core"

    def ready(self) -> None:
        from muniment.core.privileges import after_migrate

        post_migrate.connect(after_migrate, sender=self)
        connection_created.connect(_write_first, dispatch_uid="muniment.core.bulk")


def _write_first(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Rows kept back for the end of a unit of work are written before a statement that names their table."""
    from muniment.core.bulk import write_first

    if connection.alias == "default" and write_first not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, write_first)
