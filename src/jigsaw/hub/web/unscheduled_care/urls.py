"""Addresses of unscheduled care."""

from django.urls import path

from jigsaw.hub.web.unscheduled_care import hearing, looking, messages, sending

urlpatterns = [
    path("unscheduled-care/", looking.look, name="care"),
    path("unscheduled-care/seen/<uuid:access>/", looking.seen, name="care-seen"),
    path("unscheduled-care/came/", looking.came, name="care-came"),
    path("alerts/", hearing.listed, name="alerts"),
    path("alerts/<str:reference>/", hearing.one, name="alert"),
    path("messages/", messages.waiting, name="messages"),
    path("attendances/", sending.post, name="attendances-in"),
]
