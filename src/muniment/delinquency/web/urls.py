from django.urls import path

from muniment.delinquency.web.views import absences, calendars, charts, figures, letters, suspensions

urlpatterns = [
    path("delinquency/", figures.figures, name="delinquency-figures"),
    path("delinquency/months.csv", figures.table, name="delinquency-csv"),
    path("delinquency/charts/", charts.charts, name="delinquency-charts"),
    path("delinquency/discharges/", charts.discharges, name="delinquency-discharges"),
    path("delinquency/letters/", letters.letters, name="delinquency-letters"),
    path("delinquency/letters/make", letters.make, name="delinquency-make-letters"),
    path("delinquency/letters/<uuid:batch_id>/", letters.batch, name="delinquency-batch"),
    path("delinquency/letters/<uuid:batch_id>/pdf", letters.pdf, name="delinquency-pdf"),
    path("delinquency/suspensions/", suspensions.suspensions, name="delinquency-suspensions"),
    path("delinquency/suspensions/propose", suspensions.propose, name="delinquency-propose"),
    path("delinquency/suspensions/<uuid:suspension_id>/", suspensions.suspension, name="delinquency-suspension"),
    path("delinquency/suspensions/<uuid:suspension_id>/<slug:name>", suspensions.step, name="delinquency-step"),
    path("delinquency/calendars/", calendars.calendars, name="delinquency-calendars"),
    path("delinquency/calendars/<str:code>/propose", calendars.edit, name="delinquency-calendar"),
    path("delinquency/absences/", absences.absences, name="delinquency-absences"),
    path("delinquency/absences/enter", absences.enter, name="delinquency-enter-absence"),
    path("delinquency/absences/<uuid:absence_id>/withdraw", absences.withdraw, name="delinquency-withdraw-absence"),
]
