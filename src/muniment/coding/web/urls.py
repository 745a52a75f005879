from django.urls import path

from muniment.coding.web.views import abstract, book, chart, conflict, guide, own, queue, search, what_if, workspace

urlpatterns = [
    path("coding/", queue.queue, name="coding-queue"),
    path("coding/uncoded/", queue.uncoded, name="coding-uncoded"),
    path("coding/next/", queue.pull, name="coding-next"),
    path("coding/<uuid:encounter_id>/", workspace.workspace, name="coding-workspace"),
    path("coding/<uuid:encounter_id>/save/", workspace.save, name="coding-save"),
    path("coding/<uuid:encounter_id>/compare/", conflict.compare, name="coding-compare"),
    path("coding/<uuid:encounter_id>/settle/", conflict.settle, name="coding-settle"),
    path("coding/<uuid:encounter_id>/finalise/", workspace.finalise, name="coding-finalise"),
    path("coding/<uuid:encounter_id>/what-if/", what_if.what_if, name="coding-what-if"),
    path("coding/<uuid:encounter_id>/what-if/try/", what_if.try_out, name="coding-try"),
    path("coding/<uuid:encounter_id>/search/<slug:kind>/", search.search, name="coding-search"),
    path("coding/<uuid:encounter_id>/guide/<slug:kind>/", guide.guide, name="coding-guide"),
    path("coding/<uuid:encounter_id>/own/", own.own, name="coding-own"),
    path("coding/<uuid:encounter_id>/own/<slug:kind>/<slug:code>/", own.keep, name="coding-own-keep"),
    path("coding/<uuid:encounter_id>/index/", book.find, name="coding-index-find"),
    path("coding/<uuid:encounter_id>/index/naming/<slug:code>/", book.naming, name="coding-index-naming"),
    path("coding/<uuid:encounter_id>/index/<slug:publication>/", book.book, name="coding-index"),
    path("coding/<uuid:encounter_id>/code/<slug:kind>/<slug:code>/", search.about, name="coding-code"),
    path("coding/<uuid:encounter_id>/documents/<uuid:entry_id>/", chart.document, name="coding-document"),
    path("coding/<uuid:encounter_id>/find/", chart.find, name="coding-find"),
    path("coding/<uuid:encounter_id>/final/", abstract.abstract, name="coding-abstract"),
    path("coding/<uuid:encounter_id>/recode/", abstract.recode, name="coding-recode"),
]
