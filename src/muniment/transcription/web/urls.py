from django.urls import path

from muniment.transcription.web.views.documents import documents
from muniment.transcription.web.views.figures import figures

urlpatterns = [
    path("transcription/", figures, name="transcription-figures"),
    path("transcription/documents/", documents, name="transcription-documents"),
]
