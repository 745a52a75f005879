from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "muniment.accounts"

    def ready(self) -> None:
        from muniment.accounts import queries, signals  # noqa: F401
        from muniment.core import clock, conflicts
        from muniment.work.names import directory

        directory.facilities = queries.facility_names
        directory.colleagues = queries.colleagues
        conflicts.say(
            "accounts_user_username_key",
            "Somebody else has just opened an account of this user name; nothing of yours was written.",
        )
        conflicts.say(
            "accounts_facility_code_key", "Somebody else has just opened a facility of this code; nothing of yours was written."
        )
        clock.may_be_set_if(queries.only_demonstrations)
