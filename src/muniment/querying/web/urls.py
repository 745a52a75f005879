from django.urls import path

from muniment.querying.web.views import answer, figures, listing, query, write

urlpatterns = [
    path("queries/", listing.queries, name="queries"),
    path("queries/figures/", figures.board, name="query-figures"),
    path("queries/figures.csv", figures.table, name="query-figures-csv"),
    path("queries/<uuid:query_id>/", query.query, name="query"),
    path("queries/<uuid:query_id>/reassign/", query.reassign, name="query-reassign"),
    path("queries/<uuid:query_id>/withdraw/", query.withdraw, name="query-withdraw"),
    path("queries/<uuid:query_id>/answer/", answer.answer, name="query-answer"),
    path("queries/<uuid:query_id>/decline/", answer.decline, name="query-decline"),
    path("queries/<uuid:query_id>/defer/", answer.defer, name="query-defer"),
    path("queries/about/<uuid:encounter_id>/", write.write, name="query-write"),
    path("queries/about/<uuid:encounter_id>/check/", write.check, name="query-check"),
    path("queries/about/<uuid:encounter_id>/<uuid:entry_id>/", write.read, name="query-read"),
]
