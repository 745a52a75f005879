from django.urls import path

from muniment.tracking.web.views import lists, printing, volume
from muniment.tracking.web.views.register import register

urlpatterns = [
    path("paper/", lists.board, name="tracking-board"),
    path("paper/volumes/", lists.volumes, name="tracking-volumes"),
    path("paper/register/", register, name="tracking-register"),
    path("paper/volumes/<uuid:volume_id>/", volume.one, name="tracking-volume"),
    path("paper/volumes/<uuid:volume_id>/request", volume.request_it, name="tracking-request"),
    path("paper/volumes/<uuid:volume_id>/guide", printing.guide, name="tracking-guide"),
    path("paper/volumes/<uuid:volume_id>/label", printing.label, name="tracking-label"),
    path("paper/volumes/<uuid:volume_id>/<slug:name>", volume.step, name="tracking-step"),
]
