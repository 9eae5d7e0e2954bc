"""Addresses of plans."""

from django.urls import path

from jigsaw.hub.web.plans import views

urlpatterns = [
    path("", views.listed, name="plans"),
    path("new/<uuid:person>/", views.new, name="plan-new"),
    path("<uuid:plan>/", views.one, name="plan"),
    path("<uuid:plan>/correct/", views.correct, name="plan-correct"),
    path("<uuid:plan>/born/", views.born, name="plan-born"),
]
