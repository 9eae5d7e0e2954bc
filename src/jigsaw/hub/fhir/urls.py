"""Addresses of FHIR R4, below `/fhir/R4/`."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from jigsaw.hub.fhir import views
from jigsaw.hub.fhir.kinds import KINDS


class Anything(StringConverter):
    """Whatever else is asked for, line ends too: all of it is answered in FHIR."""

    regex = "(?s:.+)"


register_converter(Anything, "anything")

urlpatterns = [
    path("metadata", views.metadata, name="fhir-metadata"),
    *(path(kind, views.search, {"kind": kind}, name=f"fhir-{kind.lower()}") for kind in KINDS),
    path("<str:kind>/_search", views.search_by_post, name="fhir-search"),
    path("<str:kind>/<uuid:pk>", views.read, name="fhir-read"),
    path("", views.other, name="fhir"),
    path("<anything:rest>", views.other, name="fhir-other"),
]
