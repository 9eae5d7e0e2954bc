"""Notices of domestic abuse: written, listed, read and acknowledged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.encompass import access, operations, queries
from jigsaw.hub.encompass.states import NoticeState
from jigsaw.hub.kit.drafts import SavedDraft
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.people import queries as people
from jigsaw.hub.web import door, drafting
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.encompass.forms import AcknowledgeForm, NoticeForm
from jigsaw.hub.web.people import from_notice

if TYPE_CHECKING:
    from jigsaw.hub.encompass.models import Delivery

TONES = {NoticeState.SENT: "sent", NoticeState.OPENED: "opened", NoticeState.ACKNOWLEDGED: "done"}


@practitioner_page
def listed(visit: Visit) -> HttpResponse:
    """For the police who send them, and those of schools and front doors who receive them: each with how far it is."""
    rows = [_row(one) for one in queries.listed(visit.actor, now=visit.now)]
    return render(
        visit.request, "encompass/list.html", {"rows": rows, "may_send": access.can_send(visit.actor)}
    )


def _row(one: Delivery) -> dict[str, Any]:
    return {"delivery": one, "notice": one.notice, "tone": TONES[NoticeState(one.state)]}


@practitioner_page
def new(visit: Visit) -> HttpResponse:
    """For the police: tell a child’s school of domestic abuse at home. It takes a minute; drafts keep themselves."""
    return _written(visit, None, {})


@practitioner_page
def about(visit: Visit, person: UUID) -> HttpResponse:
    """For the police, begun from a child’s page: the same, with what they know of the child filled in."""
    access.check_can_send(visit.actor)
    profile = people.profile(visit.actor, person, purpose="domestic abuse notice", now=visit.now)
    given, _space, family = profile.card.name.rpartition(" ")
    known = {"given": given, "family": family, "born": profile.card.born}
    return _written(visit, profile.card.person, known)


def _written(visit: Visit, person: UUID | None, known: dict[str, Any]) -> HttpResponse:
    access.check_can_send(visit.actor)
    draft = f"encompass:new:{person or ''}"
    if visit.request.method != "POST":
        data, saved = drafting.restored(visit, draft)
        return _form(visit, _notice_form(visit, data, known), draft, saved, begun=bool(person))
    form = _notice_form(visit, visit.request.POST, known)
    if form.is_valid():
        try:
            return door.once(visit, lambda: _sent(visit, form, person), draft=draft)
        except Invalid as problem:
            form.take(problem)
    drafting.keep(visit, draft)
    return _form(visit, form, draft, None, begun=bool(person), status=400)


def _notice_form(visit: Visit, data: Any, known: dict[str, Any]) -> NoticeForm:
    assert visit.actor.agency_id
    authorities = agencies.authorities_of(visit.actor.agency_id)
    only = {"authority": str(authorities[0].pk)} if len(authorities) == 1 else {}
    form = NoticeForm(
        data,
        initial={**known, **only},
        authorities=authorities,
        schools=queries.schools(visit.actor),
    )
    form.fields["born"].latest = form.fields["happened_on"].latest = agreements.local_day(visit.now)
    return form


def _form(
    visit: Visit, form: NoticeForm, draft: str, saved: SavedDraft | None, *, begun: bool, status: int = 200
) -> HttpResponse:
    """`begun`: from a child's page."""
    if saved:
        drafting.as_typed(form)
    context = {
        "form": form,
        "begun": begun,
        "draft": draft,
        "saved_at": saved and saved.saved_at,
        "token": door.new_token(),
    }
    return render(visit.request, "encompass/new.html", context, status=status)


def _sent(visit: Visit, form: NoticeForm, person: UUID | None) -> str:
    notice = operations.send(actor=visit.actor, told=form.told(person), now=visit.now)
    messages.success(visit.request, _("The notice is sent. This page shows who has it and when it is read."))
    return reverse("encompass-notice", args=[notice.reference])


@practitioner_page
def one(visit: Visit, reference: str) -> HttpResponse:
    """For the police who sent it, and the school or front door that received it, who acknowledges it here."""
    draft = f"encompass:{reference}"
    if visit.request.method != "POST":
        data, saved = drafting.restored(visit, draft)
        return _page(visit, reference, AcknowledgeForm(data), draft, saved)
    form = AcknowledgeForm(visit.request.POST)
    if form.is_valid():
        try:
            return door.once(visit, lambda: _acknowledged(visit, reference, form), draft=draft)
        except Invalid as problem:
            form.take(problem)
    drafting.keep(visit, draft)
    return _page(visit, reference, form, draft, None, status=400)


def _page(
    visit: Visit,
    reference: str,
    form: AcknowledgeForm,
    draft: str,
    saved: SavedDraft | None,
    *,
    status: int = 200,
) -> HttpResponse:
    if saved:
        drafting.as_typed(form)
    read = operations.opened(actor=visit.actor, reference=reference, now=visit.now)
    mine = next((one for one in read.deliveries if one.to_agency_id == visit.actor.agency_id), None)
    context = {
        "notice": read.notice,
        "rows": [_row(one) for one in read.deliveries],
        "write_about": from_notice.may_be_written(visit, read),
        "may_acknowledge": mine is not None and mine.state != NoticeState.ACKNOWLEDGED,
        "form": form,
        "draft": draft,
        "saved_at": saved and saved.saved_at,
        "token": door.new_token(),
    }
    return render(visit.request, "encompass/one.html", context, status=status)


def _acknowledged(visit: Visit, reference: str, form: AcknowledgeForm) -> str:
    operations.acknowledge(
        actor=visit.actor, reference=reference, what_is_done=form.cleaned_data["what_is_done"], now=visit.now
    )
    messages.success(visit.request, _("Acknowledged. The police see that you have it."))
    return reverse("encompass")
