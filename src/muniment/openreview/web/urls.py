from django.urls import path

from muniment.openreview.web.views import answers, draws, figures, finding, findings, papers, review, reviews, stays

urlpatterns = [
    path("open-records/", figures.figures, name="openreview-figures"),
    path("open-records/figures.csv", figures.table, name="openreview-csv"),
    path("open-records/report.pdf", papers.report, name="openreview-report"),
    path("open-records/sheet.pdf", papers.blank, name="openreview-blank"),
    path("open-records/answers/", answers.answers, name="openreview-answers"),
    path("open-records/stays/", stays.stays, name="openreview-stays"),
    path("open-records/draws/", draws.draws, name="openreview-draws"),
    path("open-records/draws/<uuid:draw_id>/", draws.draw, name="openreview-draw"),
    path("open-records/reviews/", reviews.reviews, name="openreview-reviews"),
    path("open-records/add/<uuid:encounter_id>/", reviews.add, name="openreview-add"),
    path("open-records/reviews/<uuid:review_id>/", review.review, name="openreview-review"),
    path("open-records/reviews/<uuid:review_id>/answer", review.answer, name="openreview-answer"),
    path("open-records/reviews/<uuid:review_id>/finish", review.finish, name="openreview-finish"),
    path("open-records/reviews/<uuid:review_id>/leave-out", review.leave_out, name="openreview-leave-out"),
    path("open-records/reviews/<uuid:review_id>/sheet.pdf", papers.sheet, name="openreview-sheet"),
    path("open-records/reviews/<uuid:review_id>/documents/<uuid:entry_id>/", review.document, name="openreview-document"),
    path("open-records/findings/", findings.findings, name="openreview-findings"),
    path("open-records/findings/<uuid:finding_id>/", finding.finding, name="openreview-finding"),
    path("open-records/findings/<uuid:finding_id>/<slug:name>", finding.step, name="openreview-finding-step"),
]
