"""Addresses: signing in and out, and one's own ways to do so."""

from django.urls import path

from jigsaw.hub.web.accounts import outside, views, ways

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/second/", views.second, name="sign-in-second"),
    path("sign-in/again/", views.again, name="sign-in-again"),
    path("sign-in/with/<slug:code>/", outside.begin, name="sign-in-with"),
    path("sign-in/with/<slug:code>/back/", outside.back, name="sign-in-with-back"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("session/", views.session, name="session"),
    path("session/away/", views.put_away, name="session-away"),
    path("how-you-sign-in/", ways.start, name="ways-in"),
    path("how-you-sign-in/app/", ways.app, name="ways-in-app"),
    path("how-you-sign-in/passkey/", ways.passkey, name="ways-in-passkey"),
    path("how-you-sign-in/codes/", ways.recovery_codes, name="ways-in-codes"),
    path("how-you-sign-in/password/", ways.password, name="ways-in-password"),
    path("how-you-sign-in/sessions/", ways.end_session, name="ways-in-sessions"),
    path("how-you-sign-in/<uuid:factor>/remove/", ways.remove, name="ways-in-remove"),
]
