"""Addresses: Lead an enquiry: who knows, ask, read, decide, close."""

from django.urls import path

from jigsaw.hub.web.enquiries import views

urlpatterns = [path("", views.start, name="enquiries")]
