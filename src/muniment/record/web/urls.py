from django.urls import path

from muniment.record.web.views.chart import chart, keep_view
from muniment.record.web.views.compare import compare
from muniment.record.web.views.definition import definition, propose
from muniment.record.web.views.document import document
from muniment.record.web.views.find import find
from muniment.record.web.views.original import original
from muniment.record.web.views.produce import produce
from muniment.record.web.views.productions import fetch, production, productions, stop
from muniment.record.web.views.proof import proof

urlpatterns = [
    path("charts/<uuid:encounter_id>/", chart, name="record-chart"),
    path("charts/<uuid:encounter_id>/usual-view", keep_view, name="record-keep-view"),
    path("charts/<uuid:encounter_id>/find", find, name="record-find"),
    path("charts/<uuid:encounter_id>/documents/<uuid:entry_id>/", document, name="record-document"),
    path("charts/<uuid:encounter_id>/documents/<uuid:entry_id>/original", original, name="record-original"),
    path("charts/<uuid:encounter_id>/documents/<uuid:entry_id>/compare", compare, name="record-compare"),
    path("charts/<uuid:encounter_id>/documents/<uuid:entry_id>/proof", proof, name="record-proof"),
    path("patients/<uuid:patient_id>/produce", produce, name="record-produce"),
    path("productions/", productions, name="record-productions"),
    path("productions/<uuid:production_id>/", production, name="record-production"),
    path("productions/<uuid:production_id>/stop", stop, name="record-production-stop"),
    path("productions/<uuid:production_id>/<slug:kind>", fetch, name="record-production-file"),
    path("record-definition/", definition, name="record-definition"),
    path("record-definition/propose", propose, name="record-definition-propose"),
]
