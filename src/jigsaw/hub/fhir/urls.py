"""Addresses of FHIR R4, below `/fhir/R4/`."""

from django.urls import path

from jigsaw.hub.fhir import views
from jigsaw.hub.fhir.kinds import KINDS

urlpatterns = [
    path("metadata", views.metadata, name="fhir-metadata"),
    *(path(kind, views.search, {"kind": kind}, name=f"fhir-{kind.lower()}") for kind in KINDS),
    path("<str:kind>/_search", views.search_by_post, name="fhir-search"),
    path("<str:kind>/<uuid:pk>", views.read, name="fhir-read"),
    path("", views.other, name="fhir"),
    path("<path:rest>", views.other, name="fhir-other"),
]
