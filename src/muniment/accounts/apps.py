from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "muniment.accounts"

    def ready(self) -> None:
        from muniment.accounts import signals  # noqa: F401
