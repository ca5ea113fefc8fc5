"""The addresses of files."""

from django.urls import path

from files import views

app_name = "files"
urlpatterns = [
    path("pictures/<path:name>", views.picture, name="picture"),
    path("documents/<int:document_id>/<path:document_filename>", views.document, name="document"),
]
