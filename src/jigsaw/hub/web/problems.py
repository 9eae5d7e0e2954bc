"""What does one see when there is no such page, or when something of ours broke?"""

from __future__ import annotations

from django.contrib.sessions.exceptions import SessionInterrupted
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import defaults

from jigsaw.hub.kit.errors import NotHere


def no_such_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    """For anyone: an address that leads nowhere."""
    problem = NotHere(_("There is no such page."), _("Check the address, or go back to your start page."))
    return render(request, "problem.html", {"problem": problem}, status=404)


def our_fault(request: HttpRequest) -> HttpResponse:
    """For anyone: something of ours broke. A page that needs neither database nor session."""
    return render(None, "broken.html", status=500)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """For anyone: a request that cannot be read. A session that could not be kept at the end of one is our fault."""
    if isinstance(exception, SessionInterrupted):
        return our_fault(request)
    return defaults.bad_request(request, exception)
