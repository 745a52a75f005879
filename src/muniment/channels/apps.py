from urllib.parse import urlencode

from django.apps import AppConfig
from django.urls import reverse


class ChannelsConfig(AppConfig):
    name = "muniment.channels"

    def ready(self) -> None:
        from muniment.channels import jobs, pages  # noqa: F401 the worker knows its jobs by their import
        from muniment.channels.queues import FILE, SCANNER, SILENT, WAITING
        from muniment.core import conflicts
        from muniment.intake import envelopes
        from muniment.ui.navigation import Destination, Group, declare
        from muniment.work import places

        declare(Destination(label="Interfaces", name="channels-board", key="x", group=Group.SYSTEMS, order=1))
        conflicts.say(
            "channels_channel_name_key", "Somebody else has just set up a channel of this name; nothing of yours was written.",
            "Open theirs, or choose another name.",
        )  # fmt: skip
        conflicts.say(
            "channel_folder_once",
            "Somebody else has just had another channel take from this folder; nothing of yours was written.",
        )
        envelopes.scans_go_to(pages.take)

        places.register(
            SILENT, verb="Look at the channel", url=lambda item: reverse("channels-channel", args=[item.subject_id])
        )
        places.register(
            WAITING, verb="Look at what waits",
            url=lambda item: f"{reverse('intake-quarantine')}?{urlencode({'source': item.subject_id, 'age': '1'})}",
        )  # fmt: skip
        places.register(FILE, verb="Look at the interfaces", url=lambda item: reverse("channels-board"))
        places.register(SCANNER, verb="See that it answers", url=lambda item: reverse("operations-health"))
