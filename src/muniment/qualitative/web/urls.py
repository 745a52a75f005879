from django.urls import path

from muniment.qualitative.web.views.copied import copied
from muniment.qualitative.web.views.finding import finding, step
from muniment.qualitative.web.views.findings import findings

urlpatterns = [
    path("findings/", findings, name="qualitative-findings"),
    path("findings/<uuid:finding_id>/", finding, name="qualitative-finding"),
    path("findings/<uuid:finding_id>/side-by-side/", copied, name="qualitative-copied"),
    path("findings/<uuid:finding_id>/<slug:name>", step, name="qualitative-step"),
]
