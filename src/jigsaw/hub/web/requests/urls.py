"""Addresses: Answer another agency’s request, item by item."""

from django.urls import path

from jigsaw.hub.web.requests import views

urlpatterns = [path("", views.start, name="inbox")]
