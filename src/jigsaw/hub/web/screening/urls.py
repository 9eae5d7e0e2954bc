"""Addresses: Screen concerns: who is this, how urgent, what next?"""

from django.urls import path

from jigsaw.hub.web.screening import views

urlpatterns = [path("", views.start, name="screening")]
