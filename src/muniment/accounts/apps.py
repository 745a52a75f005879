from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "muniment.accounts"

    def ready(self) -> None:
        from muniment.accounts import queries, signals  # noqa: F401
        from muniment.core import clock
        from muniment.work.names import directory

        directory.facilities = queries.facility_names
        directory.colleagues = queries.colleagues
        clock.may_be_set_if(queries.only_demonstrations)
