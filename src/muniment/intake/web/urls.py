from django.urls import path

from muniment.intake.web.views import input
from muniment.intake.web.views.arrivals import arrivals
from muniment.intake.web.views.outside import decide, outside
from muniment.intake.web.views.quarantine import quarantine
from muniment.intake.web.views.upload import upload

urlpatterns = [
    path("arrivals/", arrivals, name="intake-arrivals"),
    path("arrivals/quarantine/", quarantine, name="intake-quarantine"),
    path("arrivals/upload/", upload, name="intake-upload"),
    path("outside/<uuid:patient_id>/", outside, name="intake-outside"),
    path("outside/<uuid:patient_id>/decide", decide, name="intake-outside-decide"),
    path("arrivals/<uuid:input_id>/", input.one, name="intake-input"),
    path("arrivals/<uuid:input_id>/original", input.original, name="intake-original"),
    path("arrivals/<uuid:input_id>/infected", input.infected, name="intake-infected"),
    path("arrivals/<uuid:input_id>/replay", input.replay, name="intake-replay"),
    path("arrivals/<uuid:input_id>/correct", input.correct, name="intake-correct"),
    path("arrivals/<uuid:input_id>/dismiss", input.dismiss, name="intake-dismiss"),
]
