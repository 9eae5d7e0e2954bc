"""Addresses: How well are we sharing?"""

from django.urls import path

from jigsaw.hub.web.oversight import records, views

urlpatterns = [
    path("", views.start, name="oversight"),
    path("records/", records.start, name="record-quality"),
]
