from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "muniment.accounts"

    def ready(self) -> None:
        from muniment.accounts import queries, signals  # noqa: F401
        from muniment.work.names import directory

        directory.facilities = queries.facility_names
        directory.colleagues = queries.colleagues
