"""A letter from another hub: is it one, how long may it be, and when does the answer leave?

No session and no form: whoever writes is known by the signature alone, so there is nothing that a forged page could
use. The answer to a question leaves a fixed time after it came, so that its moment says nothing of what was found.
"""

from __future__ import annotations

import logging
import time

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from jigsaw.hub.kit import context
from jigsaw.hub.partner_hubs import answering, letters
from jigsaw.hub.partner_hubs.errors import NotAccepted

log = logging.getLogger("jigsaw.hub_to_hub")


@csrf_exempt
@transaction.non_atomic_requests
def letter(request: HttpRequest) -> HttpResponse:
    """For partner hubs, by the signature of each letter: questions about a child, and the keys to ask them with."""
    came = time.monotonic()
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    if request.content_type != letters.CONTENT_TYPE:
        return HttpResponse(status=415)
    text = _read(request)
    if text is None:
        return HttpResponse(status=413)
    try:
        now = timezone.now()
        with context.working("partner hubs", now=now):
            reply = answering.take(text, now=now)
    except NotAccepted as error:
        log.warning("a letter was not accepted", extra={"why": error.why.value})
        return HttpResponse(status=403)
    if reply.at_a_fixed_moment:
        time.sleep(max(0.0, came + settings.PARTNER_ANSWER_AFTER_SECONDS - time.monotonic()))
    return HttpResponse(reply.text, content_type=letters.CONTENT_TYPE, status=reply.status)


def _read(request: HttpRequest) -> str | None:
    """The letter, or None if it is longer than any letter may be, whatever its length is said to be."""
    raw = request.read(letters.LARGEST + 1)
    return None if len(raw) > letters.LARGEST else raw.decode("latin-1")
