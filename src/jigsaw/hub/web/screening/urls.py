"""Addresses: Screen what has come in: who is it about, how urgent is it, what happens next?"""

from django.urls import path

from jigsaw.hub.web.screening import views

urlpatterns = [
    path("", views.queue, name="screening"),
    path("<str:reference>/", views.concern, name="concern"),
    path("<str:reference>/who/<uuid:record>/", views.who, name="concern-match"),
]
