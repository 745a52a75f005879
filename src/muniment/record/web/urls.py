from django.urls import path

from muniment.record.web.views.chart import chart
from muniment.record.web.views.compare import compare
from muniment.record.web.views.document import document
from muniment.record.web.views.find import find
from muniment.record.web.views.original import original

urlpatterns = [
    path("charts/<uuid:encounter_id>/", chart, name="record-chart"),
    path("charts/<uuid:encounter_id>/find", find, name="record-find"),
    path("charts/<uuid:encounter_id>/documents/<uuid:entry_id>/", document, name="record-document"),
    path("charts/<uuid:encounter_id>/documents/<uuid:entry_id>/original", original, name="record-original"),
    path("charts/<uuid:encounter_id>/documents/<uuid:entry_id>/compare", compare, name="record-compare"),
]
