"""Addresses: answer another agency’s request, item by item."""

from django.urls import path

from jigsaw.hub.web.requests import views

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("<str:reference>/", views.answer, name="request"),
    path("<str:reference>/hand-over/", views.hand_over, name="request-hand-over"),
    path("<str:reference>/more-time/", views.more_time, name="request-more-time"),
    path("<str:reference>/propose/<uuid:entry>/", views.propose, name="request-propose"),
    path("<str:reference>/done/", views.done, name="request-done"),
]
