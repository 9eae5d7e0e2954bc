"""Addresses of asking another area, of what it answered, and of children about whom none is answered."""

from django.urls import path

from jigsaw.hub.web.another_area import never, views

urlpatterns = [
    path("children/<uuid:person>/another-area/", views.ask, name="another-area-ask"),
    path("children/<uuid:person>/never-answered/", never.child, name="never-answered-child"),
    path("another-area/never-answered/", never.listed, name="never-answered"),
    path("another-area/<uuid:question>/", views.answer, name="another-area-answer"),
]
