from django.urls import path

from muniment.pending.web.views import closed, document, documents

urlpatterns = [
    path("pending/", documents.documents, name="pending-documents"),
    path("pending/closed/", closed.closed, name="pending-closed"),
    path("pending/<uuid:patient_id>/<uuid:entry_id>/", document.document, name="pending-document"),
    path("pending/<uuid:patient_id>/<uuid:entry_id>/<slug:name>", document.step, name="pending-step"),
]
