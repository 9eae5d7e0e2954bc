"""Is it still they? Asked again before an act that must not be done on somebody else's open session.

The password again, and whoever has a second factor uses that too; each try is counted and written down as at signing
in. This is the one place that says whether somebody has signed in afresh:
- `Again` is a form that asks for it, for the one act that is sent with it (opening a page in an emergency, letting
  sealed information out);
- `recently` is for pages about one's own ways to sign in: within the last ten minutes is enough there.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.agencies import queries as agency_queries
from jigsaw.hub.agencies import second_factors
from jigsaw.hub.agencies.second_factors import Code, PasskeyAnswer
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.web import forms as look
from jigsaw.hub.web.accounts import entering
from jigsaw.hub.web.accounts.words import why_not, why_not_second
from jigsaw.hub.web.door import Visit

RECENTLY_SECONDS = 600
ELSEWHERE_SECONDS = 300


class SecondStep(look.Form):
    """A code, or what a passkey answered: the page shows `accounts/_passkey.html` beside it."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("The six digits that your app shows now, or one of your recovery codes."),
        max_length=40,
        required=False,
        widget=look.TextInput(width=20, attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )
    passkey = forms.CharField(required=False, widget=forms.HiddenInput)

    mark_optional = False

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if "code" in self.fields and not given.get("code") and not given.get("passkey"):
            self.add_error("code", say("Type a code, or use a passkey"))
        return given

    def proof(self, request: HttpRequest) -> Code | PasskeyAnswer:
        """What the passkey answered, where one did, whatever was typed before; else the code."""
        if self.cleaned_data.get("passkey"):
            return entering.answer(request)
        return Code(self.cleaned_data.get("code", ""))


class Again(SecondStep):
    """Who one is, once more; fields of the act itself come before these."""

    password = forms.CharField(
        label=_("Your password again"),
        help_text=_("So that nobody does this on a computer that you left open."),
        strip=False,
        widget=look.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Type your password again")},
    )

    def __init__(self, visit: Visit, data: Any = None) -> None:
        super().__init__(data)
        self.visit = visit
        mine = ("password", "code", "passkey")
        self.order_fields([*(name for name in self.fields if name not in mine), *mine])
        self.elsewhere = entering.vouched_for_by(visit.request)
        if self.elsewhere:
            del self.fields["password"]
        if self.elsewhere or not agency_queries.second_factors(visit.request.user.pk):
            del self.fields["code"], self.fields["passkey"]

    def proved(self) -> bool:
        """Is it they? If not, the form says why. To be asked once, when all else in the form is right."""
        if self.elsewhere:
            return self._proved_elsewhere()
        given, visit = self.cleaned_data, self.visit
        tried = agencies.sign_in(
            actor=SYSTEM, email=visit.request.user.email, password=given["password"], now=visit.now
        )
        if tried.practitioner:
            return self._marked()
        if tried.half is None:
            self.add_error("password", why_not(tried))
            return False
        return self._second()

    def _proved_elsewhere(self) -> bool:
        """Whoever is vouched for proves it there, and comes back: that is good for five minutes."""
        if _since_fresh(self.visit) <= ELSEWHERE_SECONDS:
            return True
        self.add_error(None, say("Sign in there again first: follow the link above the button."))
        return False

    def _second(self) -> bool:
        visit, proof = self.visit, self.proof(self.visit.request)
        tried = second_factors.confirm(
            actor=visit.actor, practitioner=visit.request.user.pk, proof=proof, now=visit.now
        )
        if tried.practitioner:
            return self._marked()
        self.add_error("code" if "code" in self.fields else "password", why_not_second(tried, proof))
        return False

    def _marked(self) -> bool:
        """`SessionClock` gives the session another cookie: whoever held the one of before holds nothing."""
        self.visit.request.proved_again = True
        self.visit.request.session["fresh"] = self.visit.now.timestamp()
        return True

    def asks(self) -> dict[str, Any]:
        """For `accounts/_passkey.html`: what to put to their passkeys (None: there are none for this site); or whom
        to prove it to, where somebody else vouches for them."""
        request = self.visit.request
        if self.elsewhere:
            there = reverse("sign-in-with", args=[self.elsewhere.code])
            done = _since_fresh(self.visit) <= ELSEWHERE_SECONDS
            way = f"{there}?{urlencode({'again': 1, 'next': entering.going_to(request)})}"
            return {"elsewhere": self.elsewhere, "elsewhere_done": done, "elsewhere_way": way}
        question = second_factors.ask_passkey(request.user.pk, site=entering.site(request))
        return {"passkey_options": entering.remember(request, question)}


def _since_fresh(visit: Visit) -> float:
    """Seconds since they last proved who they are."""
    return float(visit.now.timestamp() - visit.request.session.get("fresh", 0))


def recently(visit: Visit) -> HttpResponse | None:
    """None if they signed in, or proved who they are, in the last ten minutes; else the way to do so, and back."""
    if _since_fresh(visit) <= RECENTLY_SECONDS:
        return None
    return redirect(f"{reverse('sign-in-again')}?next={visit.request.path}")
