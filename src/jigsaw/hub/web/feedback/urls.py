"""Addresses: Tell those who helped, and hear back."""

from django.urls import path

from jigsaw.hub.web.feedback import views

urlpatterns = [path("", views.start, name="feedback")]
