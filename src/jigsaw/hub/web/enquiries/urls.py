"""Addresses: lead an enquiry: who knows, ask, read, decide, close."""

from django.urls import path

from jigsaw.hub.web.enquiries import asking, deciding, views

urlpatterns = [
    path("", views.start, name="enquiries"),
    path("<str:reference>/", views.enquiry, name="enquiry"),
    path("<str:reference>/rating/", views.rating, name="enquiry-rating"),
    path("<str:reference>/hand-over/", views.hand_over, name="enquiry-hand-over"),
    path("<str:reference>/close/", views.close, name="enquiry-close"),
    path("<str:reference>/ask/", asking.ask, name="enquiry-ask"),
    path("<str:reference>/chase/<str:asked>/", asking.chase, name="enquiry-chase"),
    path("<str:reference>/answers/<str:asked>/", asking.answer, name="enquiry-answer"),
    path("<str:reference>/decide/", deciding.decide, name="enquiry-decide"),
]
