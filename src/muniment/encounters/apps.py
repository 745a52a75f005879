from django.apps import AppConfig


class EncountersConfig(AppConfig):
    name = "muniment.encounters"

    def ready(self) -> None:
        from muniment.encounters.web import panels as own
        from muniment.identity import panels

        panels.PERSON.register(own.stays)
        panels.RECORD.register(own.stays_of_record)
