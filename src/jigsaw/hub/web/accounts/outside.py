"""Sign in with another place: there, and back with what it says.

The session's cookie is for this site alone and does not come along from another. So what a try needs travels in a
cookie of its own, signed, for ten minutes and this address only; and whoever is let in is led on from a page of ours.
"""

from __future__ import annotations

from dataclasses import asdict

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from jigsaw.hub.agencies import outside
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.web.accounts import entering, oidc
from jigsaw.hub.web.accounts.oidc import NotBelieved, Try
from jigsaw.hub.web.accounts.providers import Provider

# Not __Host-: it is for one address below the root.
COOKIE, TRY_SECONDS = "__Secure-jigsaw-try" if settings.HTTPS else "jigsaw-try", 600
SALT = "jigsaw.sign-in-with"

WHY = {
    "state": _("It was not begun in this browser, or took longer than ten minutes. Begin again."),
    "said_no": _("It did not sign you in. Begin again; if that does not help, ask those who run it."),
    "unreachable": _("It cannot be reached now. Try again in a minute, or sign in with your password."),
    "forged": _("What it answered could not be verified, so nobody was let in. Tell your administrator."),
    "expired": _("What it answered came too late. Begin again; if that does not help, a clock is wrong."),
    "nonce": _("What it answered belongs to another try to sign in. Begin again."),
    "level": _("It signed you in, but not strongly enough for this hub. Use your card, key or app there."),
    "not_afresh": _("You were to prove it there once more, and did not. Begin again, and sign in there."),
    "unknown": _("It knows you, and this hub does not know you by it. Ask your administrator to add that."),
}


def _provider(code: str) -> Provider:
    found: Provider | None = settings.SIGN_IN_WITH.get(code)
    if found is None:
        raise Http404
    return found


def _back_to(request: HttpRequest, provider: Provider) -> str:
    here = entering.site(request).origin
    return f"{here}{reverse('sign-in-with-back', args=[provider.code])}"


@transaction.non_atomic_requests
@require_GET
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """For everyone: leads to the place with which one signs in, if this hub has such a one."""
    provider = _provider(code)
    begun = oidc.new_try(provider, next_=entering.where_to(request), again="again" in request.GET)
    try:
        there = oidc.way_there(provider, begun, back=_back_to(request, provider))
    except NotBelieved as problem:
        return _not_in(request, provider, problem.why)
    answer = redirect(there)
    answer.set_cookie(
        COOKIE,
        signing.dumps(asdict(begun), salt=SALT),
        max_age=TRY_SECONDS,
        path=reverse("sign-in-with", args=[provider.code]),
        httponly=True,
        secure=settings.HTTPS,
        samesite="Lax",
    )
    return answer


@transaction.non_atomic_requests
@require_GET
def back(request: HttpRequest, code: str) -> HttpResponse:
    """For whoever comes back from there: lets in whom it vouches for, if this hub knows them by it."""
    provider = _provider(code)
    begun = _begun(request)
    try:
        told = oidc.believed(
            provider, begun, request.GET.dict(), back=_back_to(request, provider), now=request.now
        )
    except NotBelieved as problem:
        return _not_in(request, provider, problem.why)
    tried = outside.sign_in(
        actor=SYSTEM, provider=provider.code, subject=told.subject, level=told.level, now=request.now
    )
    if tried.practitioner is None or begun is None:
        return _page(request, provider, "unknown")
    # What they proved there an hour ago is no fresh proof here.
    proved = told.proved_at or 0
    entering.let_in(request, tried.practitioner, by="single sign-on", vouched=provider.code, fresh=proved)
    answer = render(request, "accounts/led_on.html", {"to": begun.next, "provider": provider})
    return _forget(answer, provider)


def _begun(request: HttpRequest) -> Try | None:
    try:
        return Try(**signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=TRY_SECONDS))
    except signing.BadSignature:
        return None


def _not_in(request: HttpRequest, provider: Provider, why: str) -> HttpResponse:
    outside.refused(actor=SYSTEM, provider=provider.code, why=why, now=request.now)
    return _page(request, provider, why)


def _page(request: HttpRequest, provider: Provider, why: str) -> HttpResponse:
    told = {"provider": provider, "why": WHY[why]}
    return _forget(render(request, "accounts/not_in.html", told, status=403), provider)


def _forget(answer: HttpResponse, provider: Provider) -> HttpResponse:
    answer.delete_cookie(COOKIE, path=reverse("sign-in-with", args=[provider.code]), samesite="Lax")
    return answer
