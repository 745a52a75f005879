from django.apps import AppConfig


class TranscriptionConfig(AppConfig):
    name = "muniment.transcription"

    def ready(self) -> None:
        from muniment.core.events import listen
        from muniment.record.happenings import Filed, Signed
        from muniment.transcription import jobs, outbox  # noqa: F401 the worker knows its jobs by their import
        from muniment.ui.navigation import Destination, Group, declare

        declare(Destination(label="Transcription", name="transcription-figures", key="j", group=Group.DEPARTMENT))
        listen(Filed, outbox.filed)
        listen(Signed, outbox.signed)
