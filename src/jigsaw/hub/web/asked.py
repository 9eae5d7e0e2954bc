"""What was looked for on a page, without a word of it in the page's address.

A form that looks for somebody is sent with POST, as `q` with `do=look`. What was typed is kept in the session, sealed, and the browser is
led on to an address that holds a number made at random: so going back, reloading and a second window work as ever, and
history, bookmarks and other people's logs learn nothing. With the session the words are gone, and the page asks anew.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect

from jigsaw.hub.kit import sealing
from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.web.door import Visit

MOST = 30
"""Questions of a session that one can go back to; the oldest makes way."""
LONGEST = 2000
LOOK = "look"


def leads_on(visit: Visit, *, to: str = "") -> HttpResponse | None:
    """Where somebody is led who has just asked; None for any other request. `to` is a place on the page: "#join".

    An address of before this was so, with the words in it, leads on just as well: links to it may be kept.
    """
    request = visit.request
    sent = request.POST if request.POST.get("do") == LOOK else request.GET
    if "q" not in sent:
        return None
    text = sent["q"].strip()
    return redirect(request.path + (address(visit, text) if text else "") + to)


def address(visit: Visit, text: str) -> str:
    """The end of the address under which this question can be come back to; its words are kept with it."""
    number = str(uuid7())
    sealed = sealing.seal(text[:LONGEST].encode(), key=settings.DRAFT_KEY, bound_to=_bound_to(visit, number))
    kept = [*visit.request.session.get("asked", {}).items(), (number, sealed.hex())]
    visit.request.session["asked"] = dict(kept[-MOST:])
    return f"?{urlencode({'asked': number})}"


def text(visit: Visit) -> str:
    """What was asked for at this address by whoever has this session; empty for nothing, or not any more."""
    number = visit.request.GET.get("asked", "")
    sealed = visit.request.session.get("asked", {}).get(number)
    if sealed is None:
        return ""
    try:
        bound_to = _bound_to(visit, number)
        return sealing.unseal(bytes.fromhex(sealed), key=settings.DRAFT_KEY, bound_to=bound_to).decode()
    except sealing.DoesNotOpen:
        return ""


def _bound_to(visit: Visit, number: str) -> str:
    return f"asked|{visit.actor.practitioner_id}|{number}"
