"""What a practitioner was told, and the way from there to what it is about."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from jigsaw.hub.alerts import operations as alerts
from jigsaw.hub.alerts import queries, reminders
from jigsaw.hub.web import door
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.notices.forms import ByMailForm


@practitioner_page
def mine(visit: Visit) -> HttpResponse:
    """For everyone signed in: what they were told, unread first; a button marks all of it as read. Whether they are also
    told by e-mail, they choose here."""
    form = ByMailForm(visit.request.POST if "by_mail" in visit.request.POST else None)
    if form.is_bound and form.is_valid():
        return door.once(visit, lambda: _chosen(visit, form.cleaned_data["how"]))
    if visit.request.method == "POST" and not form.is_bound:
        return door.once(visit, lambda: _all_read(visit))
    told = queries.for_me(visit.actor, now=visit.now)
    unread = sum(1 for row in told if row.notice.read_at is None)
    wish = reminders.wish(visit.actor)
    if not form.is_bound:
        form = ByMailForm(initial={"how": wish.how})
    context = {"told": told, "unread": unread, "token": door.new_token(), "form": form, "by_mail": wish.sent}
    return render(visit.request, "notices/mine.html", context, status=400 if form.errors else 200)


def _chosen(visit: Visit, how: str) -> str:
    reminders.choose(actor=visit.actor, how=how, now=visit.now)
    messages.success(visit.request, _("Saved."))
    return reverse("notices")


def _all_read(visit: Visit) -> str:
    alerts.read_all(actor=visit.actor, now=visit.now)
    return reverse("notices")


@practitioner_page
def one(visit: Visit, notice: UUID) -> HttpResponse:
    """For the one who was told: marks the notice as read and leads to what it is about."""
    opened = alerts.read(actor=visit.actor, notice=notice, now=visit.now)
    return redirect(reverse(opened.page, kwargs=opened.parts))
