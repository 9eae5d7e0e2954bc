"""Addresses of patterns."""

from django.urls import path

from jigsaw.hub.web.patterns import views

urlpatterns = [
    path("", views.listed, name="patterns"),
    path("<str:reference>/", views.one, name="pattern"),
]
