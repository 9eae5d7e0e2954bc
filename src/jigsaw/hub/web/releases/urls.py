"""Addresses: what waits to be let out by a named role."""

from django.urls import path

from jigsaw.hub.web.releases import views

urlpatterns = [
    path("", views.start, name="releases"),
    path("<uuid:proposal>/", views.one, name="release"),
]
