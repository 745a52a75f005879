from django.urls import path

from muniment.codingaudit.web.views import accuracy, audit, code, draw, listing

urlpatterns = [
    path("coding-audits/", listing.audits, name="codingaudit-audits"),
    path("coding-audits/accuracy/", accuracy.board, name="codingaudit-accuracy"),
    path("coding-audits/accuracy.csv", accuracy.table, name="codingaudit-accuracy-csv"),
    path("coding-audits/draws/<uuid:draw_id>/", draw.draw, name="codingaudit-draw"),
    path("coding-audits/<uuid:audit_id>/", audit.audit, name="codingaudit-audit"),
    path("coding-audits/<uuid:audit_id>/respond/", audit.respond, name="codingaudit-respond"),
    path("coding-audits/<uuid:audit_id>/code/", code.code, name="codingaudit-code"),
    path("coding-audits/<uuid:audit_id>/code/save/", code.save, name="codingaudit-save"),
    path("coding-audits/<uuid:audit_id>/code/compare/", code.compare, name="codingaudit-compare"),
    path("coding-audits/<uuid:audit_id>/code/documents/<uuid:entry_id>/", code.document, name="codingaudit-document"),
]
