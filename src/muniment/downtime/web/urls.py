from django.urls import path

from muniment.downtime.web.views.board import board
from muniment.downtime.web.views.declare import declare
from muniment.downtime.web.views.enter import enter
from muniment.downtime.web.views.one import none, one, step
from muniment.downtime.web.views.pack import make, pack

urlpatterns = [
    path("downtime/", board, name="downtime-board"),
    path("downtime/declare", declare, name="downtime-declare"),
    path("downtime/packs/make", make, name="downtime-make-packs"),
    path("downtime/packs/<uuid:pack_id>.pdf", pack, name="downtime-pack"),
    path("downtime/<uuid:downtime_id>/", one, name="downtime-one"),
    path("downtime/<uuid:downtime_id>/enter", enter, name="downtime-enter"),
    path("downtime/<uuid:downtime_id>/no-paper", none, name="downtime-none"),
    path("downtime/<uuid:downtime_id>/<slug:name>", step, name="downtime-step"),
]
