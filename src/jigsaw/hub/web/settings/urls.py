"""Addresses: accounts, roles and what the partnership agreed."""

from django.urls import path

from jigsaw.hub.web.settings import views

urlpatterns = [
    path("", views.start, name="settings"),
    path("accounts/<uuid:practitioner>/", views.account, name="settings-account"),
    path("ratings/", views.ratings, name="settings-ratings"),
]
