"""How do I sign in? One's own password, app, passkeys and recovery codes: what there is, add, remove."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import codes, second_factors, sessions
from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.agencies import queries as agency_queries
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.kit.errors import Invalid, NotHere
from jigsaw.hub.web import door
from jigsaw.hub.web import forms as look
from jigsaw.hub.web.accounts import entering, fresh
from jigsaw.hub.web.accounts.words import why_not
from jigsaw.hub.web.door import Visit, before_own_password, before_second_factor, practitioner_page
from jigsaw.hub.web.drawing import square_code


class AppForm(look.Form):
    code = forms.CharField(
        label=_("The code that your app shows now"),
        help_text=_("Six digits."),
        max_length=20,
        widget=look.WholeNumberInput(width=10, attrs={"autocomplete": "one-time-code"}),
        error_messages={"required": _("Type the code that your app shows now")},
    )


class PasskeyForm(look.Form):
    name = forms.CharField(
        label=_("What do you call it?"),
        help_text=_("So that you know it again, such as “Work laptop” or “Key on my ring”."),
        max_length=60,
        widget=look.TextInput(width=20),
        error_messages={"required": _("Give it a name, such as “Work laptop”")},
    )
    passkey = forms.CharField(required=False, widget=forms.HiddenInput)

    mark_optional = False


class PasswordForm(look.Form):
    old = forms.CharField(
        label=_("The password that you have now"),
        strip=False,
        widget=look.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Type the password that you have now")},
    )
    password = forms.CharField(
        label=_("New password"),
        help_text=_("At least 12 characters: three words that do not belong together are easy to remember."),
        strip=False,
        widget=look.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    once_more = forms.CharField(
        label=_("New password once more"),
        strip=False,
        widget=look.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("once_more") and given.get("password") != given["once_more"]:
            self.add_error("once_more", say("This is not the same as above"))
        return given


@before_second_factor
@practitioner_page
def start(visit: Visit) -> HttpResponse:
    """For everyone signed in: what they sign in with, and the ways to add and remove."""
    mine = agency_queries.second_factors(visit.request.user.pk)
    told = {
        "must_add": entering.must_add_a_second_factor(visit.request),
        "required": second_factors.required(),
        "app": next((each for each in mine if each.kind == "app"), None),
        "passkeys": [each for each in mine if each.kind == "passkey"],
        "left": agency_queries.recovery_codes_left(visit.request.user.pk),
        "has_any": bool(mine),
        "has_password": visit.request.user.has_usable_password(),
        "here": visit.request.session.session_key,
        "sessions": sessions.mine(visit.actor, now=visit.now),
        "token": door.new_token(),
    }
    return render(visit.request, "accounts/ways.html", told)


@before_second_factor
@practitioner_page
def end_session(visit: Visit) -> HttpResponse:
    """For everyone signed in: end one of their sessions elsewhere, or all of them."""
    if visit.request.method != "POST":
        return redirect("ways-in")
    return door.once(visit, lambda: _ended(visit, visit.request.POST.get("session", "")))


def _ended(visit: Visit, name: str) -> str:
    here = visit.request.session.session_key or ""
    if name == "others":
        sessions.end_others(actor=visit.actor, but=here, now=visit.now)
    elif any(one.name == name and one.key == here for one in sessions.mine(visit.actor, now=visit.now)):
        raise NotHere(say("This is the session that you use."), say("Sign out to end it."))
    else:
        sessions.end(actor=visit.actor, name=name, now=visit.now)
    messages.success(visit.request, say("You are signed out there."))
    return reverse("ways-in")


@before_second_factor
@practitioner_page
def app(visit: Visit) -> HttpResponse:
    """For everyone signed in, lately: add an app that shows codes, instead of one they have."""
    if way := fresh.recently(visit):
        return way
    begun = visit.request.session.get("new_app")
    new = second_factors.new_app(visit.actor, sealed=bytes.fromhex(begun) if begun else None)
    form = AppForm(visit.request.POST or None)
    if visit.request.method == "POST" and begun and form.is_valid():
        try:
            return door.once(
                visit, lambda: _app_added(visit, bytes.fromhex(begun), form.cleaned_data["code"])
            )
        except Invalid as wrong:
            form.add_error("code", str(wrong.fields["code"]))
    visit.request.session["new_app"] = new.sealed.hex()
    told = {
        "form": form,
        "token": door.new_token(),
        "by_hand": new.by_hand,
        "picture": square_code.drawn(new.address),
        "replaces": any(each.kind == "app" for each in agency_queries.second_factors(visit.request.user.pk)),
    }
    return render(visit.request, "accounts/app.html", told, status=400 if form.errors else 200)


def _app_added(visit: Visit, sealed: bytes, code: str) -> str:
    made = second_factors.add_app(actor=visit.actor, sealed=sealed, code=code, now=visit.now)
    visit.request.session.pop("new_app", None)
    messages.success(visit.request, say("From now on you are asked for a code of this app when you sign in."))
    _offer_to_end_others(visit)
    return _proved_by(visit, "app", made)


@before_second_factor
@practitioner_page
def passkey(visit: Visit) -> HttpResponse:
    """For everyone signed in, lately: make a passkey in this browser or on a key. It needs JavaScript."""
    if way := fresh.recently(visit):
        return way
    form = PasskeyForm(visit.request.POST or None)
    if visit.request.method == "POST" and form.is_valid():
        try:
            return door.once(visit, lambda: _passkey_added(visit, form.cleaned_data["name"]))
        except Invalid as wrong:
            form.add_error("name", str(wrong.fields["name"]))
    works = entering.passkeys_work_here(visit.request)
    options = None
    if works:
        here = entering.site(visit.request)
        options = entering.remember(visit.request, second_factors.ask_new_passkey(visit.actor, site=here))
    told = {"form": form, "token": door.new_token(), "options": options, "works": works}
    return render(visit.request, "accounts/passkey.html", told, status=400 if form.errors else 200)


def _passkey_added(visit: Visit, name: str) -> str:
    made = second_factors.add_passkey(
        actor=visit.actor, name=name, made=entering.answer(visit.request), now=visit.now
    )
    messages.success(visit.request, say("You can use this passkey when you sign in."))
    _offer_to_end_others(visit)
    return _proved_by(visit, "passkey", made)


def _proved_by(visit: Visit, by: str, made: list[str]) -> str:
    """They have just shown that they hold it: this session counts as begun with it."""
    visit.request.session["proof"] = by
    return _to_show(visit, made) if made else reverse("ways-in")


def _offer_to_end_others(visit: Visit) -> None:
    """What changed here says nothing of where they are signed in already: they are told, and can end that."""
    if len(sessions.mine(visit.actor, now=visit.now)) > 1:
        said = say(
            "You are signed in elsewhere too. If you do not know where, end that under “Where you are signed in”."
        )
        messages.warning(visit.request, said)


def _to_show(visit: Visit, made: list[str]) -> str:
    """The codes wait, sealed, for the one page that shows them."""
    sealed = codes.seal(json.dumps(made).encode(), bound_to=f"codes {visit.actor.practitioner_id}")
    visit.request.session["codes"] = sealed.hex()
    return reverse("ways-in-codes")


@before_second_factor
@practitioner_page
def recovery_codes(visit: Visit) -> HttpResponse:
    """For everyone signed in, lately, who has an app or a passkey: new recovery codes, shown once."""
    if way := fresh.recently(visit):
        return way
    if visit.request.method == "POST":
        return door.once(visit, lambda: _codes_made(visit))
    shown = _shown_once(visit)
    told = {
        "codes": shown,
        "left": agency_queries.recovery_codes_left(visit.request.user.pk),
        "has_any": bool(agency_queries.second_factors(visit.request.user.pk)),
        "token": door.new_token(),
    }
    return render(visit.request, "accounts/codes.html", told)


def _codes_made(visit: Visit) -> str:
    return _to_show(visit, second_factors.new_recovery_codes(actor=visit.actor, now=visit.now))


def _shown_once(visit: Visit) -> list[str]:
    sealed = visit.request.session.pop("codes", None)
    opened = sealed and codes.unseal(bytes.fromhex(sealed), bound_to=f"codes {visit.actor.practitioner_id}")
    return list(json.loads(opened)) if opened else []


@practitioner_page
def remove(visit: Visit, factor: UUID) -> HttpResponse:
    """For whoever has this app or passkey, and signed in lately: remove it, after being asked once more."""
    mine = second_factors.one_of_mine(visit.actor, factor)
    if way := fresh.recently(visit):
        return way
    if visit.request.method == "POST":
        return door.once(visit, lambda: _removed(visit, factor))
    told = {
        "factor": mine,
        "token": door.new_token(),
        "last": len(agency_queries.second_factors(visit.request.user.pk)) == 1,
        "required": second_factors.required(),
    }
    return render(visit.request, "accounts/remove.html", told)


def _removed(visit: Visit, factor: UUID) -> str:
    second_factors.remove(actor=visit.actor, factor=factor, now=visit.now)
    messages.success(visit.request, say("It is removed, and no longer lets anybody in."))
    _offer_to_end_others(visit)
    return reverse("ways-in")


@before_own_password
@practitioner_page
def password(visit: Visit) -> HttpResponse:
    """For everyone signed in, lately, who has a password: change it. Their other sessions end."""
    if way := fresh.recently(visit):
        return way
    if not visit.request.user.has_usable_password():
        return redirect("ways-in")
    form = PasswordForm(visit.request.POST or None)
    if visit.request.method == "POST" and form.is_valid() and _knows_the_old(visit, form):
        try:
            return door.once(visit, lambda: _password_changed(visit, form.cleaned_data["password"]))
        except Invalid as wrong:
            form.add_error("password", str(wrong.fields["password"]))
    told = {"form": form, "token": door.new_token(), "first": entering.must_change_password(visit.request)}
    return render(visit.request, "accounts/password.html", told, status=400 if form.errors else 200)


def _knows_the_old(visit: Visit, form: PasswordForm) -> bool:
    """Tried, counted and written down as at signing in; if it is wrong, the form says so."""
    email, old = visit.request.user.email, form.cleaned_data["old"]
    tried = agencies.sign_in(actor=SYSTEM, email=email, password=old, now=visit.now)
    if tried.practitioner or tried.half:
        return True
    form.add_error("old", why_not(tried))
    return False


def _password_changed(visit: Visit, new: str) -> str:
    mine = agencies.change_password(actor=visit.actor, password=new, now=visit.now)
    update_session_auth_hash(visit.request, mine)
    messages.success(visit.request, say("Your password is changed. Everywhere else you are signed out."))
    return reverse("ways-in")
