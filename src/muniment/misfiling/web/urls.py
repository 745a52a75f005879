from django.urls import path

from muniment.misfiling.web.views.done import done
from muniment.misfiling.web.views.move import move
from muniment.misfiling.web.views.screening import close, screening, told

urlpatterns = [
    path("moves/<uuid:patient_id>/<uuid:entry_id>/", move, name="misfiling-move"),
    path("moves/<uuid:move_id>/", done, name="misfiling-done"),
    path("screenings/<uuid:move_id>/", screening, name="misfiling-screening"),
    path("screenings/<uuid:move_id>/close", close, name="misfiling-close"),
    path("screenings/<uuid:move_id>/told/<uuid:receiver_id>", told, name="misfiling-told"),
]
