"""Addresses: Give feedback to those who helped, and read what one was told."""

from django.urls import path

from jigsaw.hub.web.feedback import views

urlpatterns = [
    path("", views.both, name="feedback"),
    path("<uuid:pk>/", views.one, name="feedback-give"),
]
