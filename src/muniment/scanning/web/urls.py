from django.urls import path

from muniment.scanning.web.views import backlog, batch, check, copies, index, lots, pages
from muniment.scanning.web.views.board import board
from muniment.scanning.web.views.documents import documents
from muniment.scanning.web.views.sheets import sheets
from muniment.scanning.web.views.upload import upload

urlpatterns = [
    path("scans/", board, name="scanning-board"),
    path("scans/upload/", upload, name="scanning-upload"),
    path("scans/sheets/", sheets, name="scanning-sheets"),
    path("scans/backlog/", backlog.board, name="scanning-backlog"),
    path("scans/lots/", lots.listed, name="scanning-lots"),
    path("scans/lots/<uuid:lot_id>/", lots.one, name="scanning-lot"),
    path("scans/lots/<uuid:lot_id>/close", lots.close, name="scanning-lot-close"),
    path("scans/lots/<uuid:lot_id>/resume", lots.resume, name="scanning-lot-resume"),
    path("scans/documents/", documents, name="scanning-documents"),
    path("scans/batches/<uuid:batch_id>/", batch.one, name="scanning-batch"),
    path("scans/batches/<uuid:batch_id>/stop", batch.stop, name="scanning-stop"),
    path("scans/batches/<uuid:batch_id>/resume", batch.resume, name="scanning-resume"),
    path("scans/batches/<uuid:batch_id>/dismiss", batch.dismiss, name="scanning-dismiss"),
    path("scans/batches/<uuid:batch_id>/destruction", batch.destroy, name="scanning-destroy"),
    path("scans/batches/<uuid:batch_id>/certificate", batch.certificate, name="scanning-certificate"),
    path("scans/documents/<uuid:document_id>/", index.index, name="scanning-index"),
    path("scans/documents/<uuid:document_id>/patient", index.patient, name="scanning-patient"),
    path("scans/documents/<uuid:document_id>/leave-out", index.leave_out, name="scanning-leave-out"),
    path("scans/documents/<uuid:document_id>/take-back", index.take_back, name="scanning-take-back"),
    path("scans/documents/<uuid:document_id>/take-out", index.take_out, name="scanning-take-out"),
    path("scans/documents/<uuid:document_id>/copies/<uuid:patient_id>/<uuid:entry_id>/", copies.one, name="scanning-copy"),
    path("scans/documents/<uuid:document_id>/merge", pages.merge, name="scanning-merge"),
    path("scans/documents/<uuid:document_id>/pages/<int:number>/picture", pages.picture, name="scanning-picture"),
    path("scans/documents/<uuid:document_id>/pages/<int:number>/turn", pages.turn, name="scanning-turn"),
    path("scans/documents/<uuid:document_id>/pages/<int:number>/drop", pages.drop, name="scanning-drop"),
    path("scans/documents/<uuid:document_id>/pages/<int:number>/earlier", pages.earlier, name="scanning-earlier"),
    path("scans/documents/<uuid:document_id>/pages/<int:number>/later", pages.later, name="scanning-later"),
    path("scans/documents/<uuid:document_id>/pages/<int:number>/split", pages.split, name="scanning-split"),
    path("scans/documents/<uuid:document_id>/check", check.check, name="scanning-check"),
    path("scans/documents/<uuid:document_id>/filed/<int:number>/picture", pages.filed, name="scanning-filed-picture"),
]
