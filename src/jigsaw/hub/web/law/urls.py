"""Addresses: the law we rely on."""

from django.urls import path

from jigsaw.hub.web.law import views

urlpatterns = [
    path("", views.start, name="law"),
    path("<str:code>/", views.one, name="law-one"),
]
