"""Addresses of tracing NHS numbers."""

from django.urls import path

from jigsaw.hub.web.numbers import views

urlpatterns = [
    path("", views.start, name="trace"),
    path("questions.csv", views.questions, name="trace-questions"),
]
