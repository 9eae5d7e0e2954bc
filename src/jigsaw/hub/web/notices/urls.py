"""Addresses: what someone must know now."""

from django.urls import path

from jigsaw.hub.web.notices import views

urlpatterns = [
    path("", views.mine, name="notices"),
    path("<uuid:notice>/", views.one, name="notice"),
]
