"""Addresses: Raise a concern, and see what became of it."""

from django.urls import path

from jigsaw.hub.web.referrals import views

urlpatterns = [
    path("", views.ours, name="referrals"),
    path("new/", views.new, name="referral-new"),
    path("drafts/throw-away/", views.throw_away, name="referral-throw-away"),
    path("<str:reference>/", views.sent, name="referral-sent"),
]
