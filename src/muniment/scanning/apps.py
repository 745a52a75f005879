from django.apps import AppConfig
from django.urls import reverse


class ScanningConfig(AppConfig):
    name = "muniment.scanning"

    def ready(self) -> None:
        from muniment.record import panels
        from muniment.scanning import chart, jobs  # noqa: F401 the worker knows its jobs by their import
        from muniment.ui.navigation import Destination, Group, declare

        declare(Destination(label="Scans", name="scanning-board", key="s", group=Group.DOCUMENTS, order=2))
        panels.PROVENANCE.register(chart.source)
        _places()


def _places() -> None:
    """A document is indexed on one screen and checked on another; a refused file is looked at as a batch."""
    from muniment.scanning.queries import own_checks
    from muniment.scanning.queues import QUALITY
    from muniment.work import permissions, places

    def url(item: places.WorkItem) -> str:
        return reverse("scanning-check" if item.queue_id == QUALITY else "scanning-index", args=[item.subject_id])

    permissions.bar(QUALITY, own_checks)
    places.register("scan-document", verb="Index or check it", url=url)
    places.register(
        "scan-batch", verb="Look at the refused file", url=lambda item: reverse("scanning-batch", args=[item.subject_id])
    )
