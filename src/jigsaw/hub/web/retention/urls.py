"""Addresses of what is due, of holds, of the register and of the schedule."""

from django.urls import path

from jigsaw.hub.web.retention import asked_for, holds, register, views

urlpatterns = [
    path("", views.listed, name="retention"),
    path("due/<uuid:due>/", views.one, name="retention-one"),
    path("due/<uuid:due>/keep/", views.keep, name="retention-keep"),
    path("due/<uuid:due>/original.json", views.original, name="retention-original"),
    path("asked/", asked_for.listed, name="retention-asked"),
    path("asked/<str:reference>/<uuid:entry>/", asked_for.one, name="retention-sign"),
    path("asked/<str:reference>/<uuid:entry>/refuse/", asked_for.refuse, name="retention-refuse"),
    path("holds/", holds.listed, name="retention-holds"),
    path("holds/new/", holds.new, name="retention-hold-new"),
    path("holds/<str:reference>/", holds.one, name="retention-hold"),
    path("register/", register.listed, name="retention-register"),
    path("register.csv", register.as_csv, name="retention-csv"),
    path("register.json", register.as_json, name="retention-json"),
    path("schedule/", register.schedule, name="retention-schedule"),
]
