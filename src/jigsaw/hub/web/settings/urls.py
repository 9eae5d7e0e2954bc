"""Addresses: accounts, roles, what the partnership agreed, and other hubs."""

from django.urls import path

from jigsaw.hub.web.settings import agreed, care, hubs, views

urlpatterns = [
    path("", views.start, name="settings"),
    path("accounts/<uuid:practitioner>/", views.account, name="settings-account"),
    path("ratings/", views.ratings, name="settings-ratings"),
    path("patterns/", agreed.patterns, name="settings-patterns"),
    path("school-days/", agreed.school_days, name="settings-school-days"),
    path("unscheduled-care/", care.listed, name="settings-care"),
    path("unscheduled-care/<uuid:setting>/", care.one, name="settings-care-one"),
    path("alert-hooks/", care.alert_hooks, name="settings-alert-hooks"),
    path("partner-hubs/", hubs.hubs, name="settings-partner-hubs"),
    path("partner-hubs/<str:hub>/", hubs.hub, name="settings-partner-hub"),
]
