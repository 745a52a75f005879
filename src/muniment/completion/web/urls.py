from django.urls import path

from muniment.completion.web.views.charts import charts
from muniment.completion.web.views.deficiencies import deficiencies
from muniment.completion.web.views.deficiency import deficiency, step
from muniment.completion.web.views.inbox import inbox
from muniment.completion.web.views.sign import decline, sign
from muniment.completion.web.views.write import write

urlpatterns = [
    path("completion/", inbox, name="completion-inbox"),
    path("completion/sign/<uuid:deficiency_id>/", sign, name="completion-sign"),
    path("completion/write/<uuid:deficiency_id>/", write, name="completion-write"),
    path("completion/decline/<uuid:deficiency_id>/", decline, name="completion-decline"),
    path("completion/charts/", charts, name="completion-charts"),
    path("completion/deficiencies/", deficiencies, name="completion-deficiencies"),
    path("completion/deficiencies/<uuid:deficiency_id>/", deficiency, name="completion-deficiency"),
    path("completion/deficiencies/<uuid:deficiency_id>/<slug:name>", step, name="completion-step"),
]
