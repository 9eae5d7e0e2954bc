"""What a practitioner was told, and the way from there to what it is about."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from jigsaw.hub.alerts import operations as alerts
from jigsaw.hub.alerts import queries
from jigsaw.hub.web import door
from jigsaw.hub.web.door import Visit, practitioner_page


@practitioner_page
def mine(visit: Visit) -> HttpResponse:
    """For everyone signed in: what they were told, unread first; a button marks all of it as read."""
    if visit.request.method == "POST":
        return door.once(visit, lambda: _all_read(visit))
    told = queries.for_me(visit.actor, now=visit.now)
    unread = sum(1 for row in told if row.notice.read_at is None)
    context = {"told": told, "unread": unread, "token": door.new_token()}
    return render(visit.request, "notices/mine.html", context)


def _all_read(visit: Visit) -> str:
    alerts.read_all(actor=visit.actor, now=visit.now)
    return reverse("notices")


@practitioner_page
def one(visit: Visit, notice: UUID) -> HttpResponse:
    """For the one who was told: marks the notice as read and leads to what it is about."""
    opened = alerts.read(actor=visit.actor, notice=notice, now=visit.now)
    return redirect(reverse(opened.page, kwargs=opened.parts))
