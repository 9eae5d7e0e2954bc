"""Addresses: How well are we sharing?"""

from django.urls import path

from jigsaw.hub.web.oversight import views

urlpatterns = [path("", views.start, name="oversight")]
