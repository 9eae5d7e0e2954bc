"""The one address that other hubs write to."""

from django.urls import path

from jigsaw.hub.web.hub_to_hub import views

urlpatterns = [path("", views.letter, name="hub-to-hub")]
