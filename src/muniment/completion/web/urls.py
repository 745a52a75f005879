from django.urls import path

from muniment.completion.web.views.charts import charts
from muniment.completion.web.views.deficiencies import deficiencies
from muniment.completion.web.views.deficiency import deficiency, step
from muniment.completion.web.views.dry_run import dry_run, stop, try_version
from muniment.completion.web.views.inbox import inbox
from muniment.completion.web.views.rule import edit
from muniment.completion.web.views.sign import decline, sign
from muniment.completion.web.views.sign_opened import sign_opened
from muniment.completion.web.views.write import write

urlpatterns = [
    path("completion/", inbox, name="completion-inbox"),
    path("completion/sign/<uuid:deficiency_id>/", sign, name="completion-sign"),
    path("completion/sign-opened/", sign_opened, name="completion-sign-opened"),
    path("completion/write/<uuid:deficiency_id>/", write, name="completion-write"),
    path("completion/decline/<uuid:deficiency_id>/", decline, name="completion-decline"),
    path("completion/charts/", charts, name="completion-charts"),
    path("completion/deficiencies/", deficiencies, name="completion-deficiencies"),
    path("completion/deficiencies/<uuid:deficiency_id>/", deficiency, name="completion-deficiency"),
    path("completion/deficiencies/<uuid:deficiency_id>/<slug:name>", step, name="completion-step"),
    path("completion/rules/propose", edit, name="completion-rule-new"),
    path("completion/rules/<str:code>/propose", edit, name="completion-rule"),
    path("completion/rules/<str:code>/<int:number>/try", try_version, name="completion-try"),
    path("completion/dry-runs/<uuid:run_id>/", dry_run, name="completion-dry-run"),
    path("completion/dry-runs/<uuid:run_id>/stop", stop, name="completion-dry-run-stop"),
]
