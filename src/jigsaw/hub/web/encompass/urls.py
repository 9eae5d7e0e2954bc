"""Addresses of notices of domestic abuse."""

from django.urls import path

from jigsaw.hub.web.encompass import views

urlpatterns = [
    path("", views.listed, name="encompass"),
    path("new/", views.new, name="encompass-new"),
    path("child/<uuid:person>/", views.about, name="encompass-child"),
    path("<str:reference>/", views.one, name="encompass-notice"),
]
