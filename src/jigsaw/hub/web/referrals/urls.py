"""Addresses: Raise a concern, and see what became of it."""

from django.urls import path

from jigsaw.hub.web.referrals import views

urlpatterns = [path("", views.start, name="referrals")]
