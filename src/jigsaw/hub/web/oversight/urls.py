"""Addresses: How well are we sharing?"""

from django.urls import path

from jigsaw.hub.web.oversight import patterns, records, views

urlpatterns = [
    path("", views.start, name="oversight"),
    path("patterns/", patterns.start, name="pattern-figures"),
    path("records/", records.start, name="record-quality"),
]
