"""Addresses of asking another area, and of what it answered."""

from django.urls import path

from jigsaw.hub.web.another_area import views

urlpatterns = [
    path("children/<uuid:person>/another-area/", views.ask, name="another-area-ask"),
    path("another-area/<uuid:question>/", views.answer, name="another-area-answer"),
]
