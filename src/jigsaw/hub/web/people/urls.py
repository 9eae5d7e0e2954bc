"""Addresses: Find a child; the picture of a child."""

from django.urls import path

from jigsaw.hub.web.people import views

urlpatterns = [path("find/", views.start, name="find")]
