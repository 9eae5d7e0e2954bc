"""Sign in, sign out, and keep a page's forms alive across both."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.web.forms import EmailInput, PasswordInput


class SignInForm(forms.Form):
    username = forms.CharField(
        label=_("Email address"), widget=EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("Password"), widget=PasswordInput(attrs={"autocomplete": "current-password"}), strip=False
    )


def sign_in(request: HttpRequest) -> HttpResponse:
    """For everyone: the page to sign in on. Every try is written down; too many wrong ones must wait."""
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        tried = agencies.sign_in(
            actor=SYSTEM,
            email=form.cleaned_data["username"],
            password=form.cleaned_data["password"],
            now=request.now,
        )
        if tried.practitioner:
            login(request, tried.practitioner)
            request.session["began"] = request.session["seen"] = request.now.timestamp()
            return redirect(_next(request))
        form.add_error("username", why_not(tried))
    status = 400 if form.errors else 200
    kept = request.GET.get("kept") == "1"
    return render(request, "accounts/sign_in.html", {"form": form, "kept": kept}, status=status)


def why_not(tried: agencies.SignIn) -> str:
    """The same words whether there is such an account or not."""
    if tried.waits_until is None:
        return say("The email address or password is not right.")
    # To the next minute, so that whoever waits until then is let in.
    until = (tried.waits_until + timedelta(seconds=59)).astimezone(ENGLAND)
    return say("There were too many wrong tries with this address. Wait until %(time)s, then try again.") % {
        "time": f"{until:%H:%M}"
    }


def _next(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else reverse("home")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """For everyone signed in: ends the session."""
    if request.actor:
        agencies.signed_out(actor=request.actor, now=request.now)
    logout(request)
    return redirect("sign-in")


@require_GET
def session(request: HttpRequest) -> HttpResponse:
    """For a page left open: is its practitioner signed in again, and with which form token?

    A browser asks this by itself, so it does not keep a session alive.
    """
    request.by_itself = True
    who = str(request.user.pk) if request.user.is_authenticated else ""
    return JsonResponse({"ok": bool(who), "user": who, "csrf": get_token(request)})
