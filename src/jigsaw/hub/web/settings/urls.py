"""Addresses: Accounts, roles and what the partnership agreed."""

from django.urls import path

from jigsaw.hub.web.settings import views

urlpatterns = [path("", views.start, name="settings")]
