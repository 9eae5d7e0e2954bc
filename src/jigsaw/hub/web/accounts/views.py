"""Sign in, sign out, and keep a page's forms alive across both."""

from __future__ import annotations

from django import forms
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from jigsaw.hub.web.forms import EmailInput, PasswordInput


class SignInForm(forms.Form):
    username = forms.CharField(
        label=_("Email address"), widget=EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("Password"), widget=PasswordInput(attrs={"autocomplete": "current-password"}), strip=False
    )

    def clean(self) -> dict[str, object]:
        given = super().clean()
        self.practitioner = authenticate(
            None, username=given.get("username", ""), password=given.get("password", "")
        )
        if self.practitioner is None and not self.errors:
            self.add_error("username", _("The email address or password is not right."))
        return given


def sign_in(request: HttpRequest) -> HttpResponse:
    """For everyone: the page to sign in on."""
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        login(request, form.practitioner)
        request.session["began"] = request.session["seen"] = request.now.timestamp()
        return redirect(_next(request))
    status = 400 if form.errors else 200
    kept = request.GET.get("kept") == "1"
    return render(request, "accounts/sign_in.html", {"form": form, "kept": kept}, status=status)


def _next(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else reverse("home")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """For everyone signed in: ends the session."""
    logout(request)
    return redirect("sign-in")


@require_GET
def session(request: HttpRequest) -> HttpResponse:
    """For a page left open: is its practitioner signed in again, and with which form token?"""
    who = str(request.user.pk) if request.user.is_authenticated else ""
    return JsonResponse({"ok": bool(who), "user": who, "csrf": get_token(request)})
