from django.urls import path

from muniment.dnfb.web.views import acts, listing

urlpatterns = [
    path("holds/", listing.holds, name="holds"),
    path("holds.csv", listing.table, name="holds-csv"),
    path("holds/of/<uuid:encounter_id>/", acts.place, name="hold-place"),
    path("holds/<uuid:hold_id>/release/", acts.release, name="hold-release"),
]
