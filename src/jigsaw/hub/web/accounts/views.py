"""Sign in by one step or two, prove it again, sign out, and keep a page's forms alive across both."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.agencies import second_factors
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.web import door
from jigsaw.hub.web.accounts import entering
from jigsaw.hub.web.accounts.fresh import Again, SecondStep
from jigsaw.hub.web.accounts.words import why_not, why_not_second
from jigsaw.hub.web.door import Visit, before_own_password, before_second_factor, practitioner_page
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
            entering.let_in(request, tried.practitioner, by="password")
            return redirect(entering.where_to(request))
        if tried.half:
            entering.half_in(request, tried.half)
            return redirect(f"{reverse('sign-in-second')}?{urlencode({'next': entering.where_to(request)})}")
        form.add_error("username", why_not(tried))
    status = 400 if form.errors else 200
    kept = request.GET.get("kept") == "1"
    told = {"form": form, "kept": kept, "others": settings.SIGN_IN_WITH.values()}
    return render(
        request, "accounts/sign_in.html", {**told, "going_to": entering.where_to(request)}, status=status
    )


def second(request: HttpRequest) -> HttpResponse:
    """For whoever has just given a right password: the second factor. Others are led to the sign-in page."""
    whose = entering.whose_half(request)
    if whose is None:
        return redirect("home" if request.user.is_authenticated else "sign-in")
    form = SecondStep(request.POST or None)
    if request.method == "POST" and form.is_valid():
        proof = form.proof(request)
        tried = second_factors.confirm(actor=SYSTEM, practitioner=whose, proof=proof, now=request.now)
        if tried.practitioner:
            entering.let_in(request, tried.practitioner, by=tried.by)
            return redirect(entering.where_to(request))
        form.add_error("code", why_not_second(tried, proof))
    question = second_factors.ask_passkey(whose, site=entering.site(request))
    told = {"form": form, "passkey_options": entering.remember(request, question)}
    return render(request, "accounts/second.html", told, status=400 if form.errors else 200)


@before_own_password
@before_second_factor
@practitioner_page
def again(visit: Visit) -> HttpResponse:
    """For everyone signed in: prove once more who one is, and go on to where one was going."""
    sent = visit.request.method == "POST"
    form = Again(visit, visit.request.POST if sent else None)
    if sent and form.is_valid() and form.proved():
        return redirect(entering.where_to(visit.request))
    told = {"form": form, "token": door.new_token(), **form.asks()}
    return render(visit.request, "accounts/again.html", told, status=400 if form.errors else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """For everyone signed in: ends the session, and has the browser forget what it kept of it."""
    if request.actor:
        agencies.signed_out(actor=request.actor, now=request.now)
    logout(request)
    gone = redirect("sign-in")
    gone["Clear-Site-Data"] = '"cache", "storage"'
    return gone


@require_GET
def put_away(request: HttpRequest) -> HttpResponse:
    """For a page left open in a browser without scripts: what it showed is gone, and this leads back to it.

    A browser comes here by itself, so it does not keep a session alive; once that is over, it shows the sign-in page.
    """
    request.by_itself = True
    back = entering.where_to(request)
    if not request.user.is_authenticated:
        return redirect(f"{reverse('sign-in')}?{urlencode({'next': back})}")
    return render(request, "accounts/put_away.html", {"going_back_to": back})


@require_GET
def session(request: HttpRequest) -> HttpResponse:
    """For a page left open: is its practitioner signed in again, and with which form token?

    A browser asks this by itself, so it does not keep a session alive.
    """
    request.by_itself = True
    who = str(request.user.pk) if request.user.is_authenticated else ""
    return JsonResponse({"ok": bool(who), "user": who, "csrf": get_token(request)})
