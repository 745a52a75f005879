from django.urls import path

from muniment.codeupdates.web.views import changes, charts, updates, year

urlpatterns = [
    path("code-updates/", updates.updates, name="codeupdates"),
    path("code-updates/<slug:day>/", changes.changes, name="codeupdates-changes"),
    path("code-updates/<slug:day>/charts/", charts.charts, name="codeupdates-charts"),
    path("code-updates/<slug:day>/year/", year.year, name="codeupdates-year"),
    path("code-updates/<slug:day>/year/start/", year.start, name="codeupdates-start"),
    path("code-updates/<slug:day>/year/services.csv", year.services, name="codeupdates-csv"),
    path("code-updates/<slug:day>/year/stays/", year.stays, name="codeupdates-stays"),
]
