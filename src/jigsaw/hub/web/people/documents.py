"""Documents of an entry: attached, handed out, taken off.

A file is worked on outside any transaction: it may take many seconds, and nothing is to wait for it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from jigsaw.hub.chronology import documents
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.people import queries as people
from jigsaw.hub.web import door, drafting
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.people import words
from jigsaw.hub.web.people.forms import AttachDocument, TakeOffDocument
from jigsaw.hub.web.people.views import of_today
from jigsaw.papers import Clean, receive

# What is handed out is shown by no browser within this site, whatever it takes it for.
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


@transaction.non_atomic_requests
@practitioner_page
@of_today
def add(visit: Visit, person: UUID, entry: UUID) -> HttpResponse:
    """For those of the agency that holds an entry who may add to its records: attach a letter or a picture."""
    draft = f"people:document:{entry}"
    with transaction.atomic():
        people.check_may_open(visit.actor, person, visit.now)
        held = documents.check_can_attach(visit.actor, entry, now=visit.now)
        data, saved = (None, None) if visit.request.method == "POST" else drafting.restored(visit, draft)
    about = {"person": person, "entry": held, "draft": draft, "saved_at": saved and saved.saved_at}
    if visit.request.method != "POST":
        form = AttachDocument(initial=data.dict() if data is not None else None)
        return _add_page(visit, form, about)
    form = AttachDocument(visit.request.POST, visit.request.FILES)
    paper = _received(visit, form, entry) if form.is_valid() else None
    if paper is not None:
        try:
            return door.once(visit, lambda: _attached(visit, person, entry, form, paper), draft=draft)
        except Invalid as problem:
            form.take(problem)
    with transaction.atomic():
        drafting.keep(visit, draft)
    return _add_page(visit, form, about, status=400)


def _received(visit: Visit, form: AttachDocument, entry: UUID) -> Clean | None:
    """The clean copy; or nothing, and the form says why."""
    file: UploadedFile = form.cleaned_data["file"]
    outcome = receive(file.read(), settings.VIRUS_SCANNER)
    if isinstance(outcome, Clean):
        return outcome
    form.add_error("file", f"{outcome.words} {outcome.next_step}")
    if outcome.code == "infected":
        documents.note_infected(actor=visit.actor, entry=entry, now=visit.now)
    return None


def _attached(visit: Visit, person: UUID, entry: UUID, form: AttachDocument, paper: Clean) -> str:
    documents.attach(
        actor=visit.actor,
        entry=entry,
        title=form.cleaned_data["title"],
        paper=paper,
        scanned=settings.VIRUS_SCANNER is not None,
        now=visit.now,
    )
    messages.success(visit.request, f"{_('Attached.')} {_told_of(paper)}".strip())
    return f"{reverse('child', kwargs={'person': person})}#e-{entry}"


def _told_of(paper: Clean) -> str:
    """What the copy lacks, in words; empty where it lacks nothing."""
    parts = [str(words.TAKEN_OUT[code]) for code in paper.taken_out]
    return _("Taken out: %(parts)s.") % {"parts": get_text_list(parts, _("and"))} if parts else ""


def _add_page(
    visit: Visit, form: AttachDocument, about: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    context = about | {
        "form": form,
        "token": door.new_token(),
        "scanner": settings.VIRUS_SCANNER is not None,
        "sign_in_url": f"{reverse('sign-in')}?next={visit.request.path}",
    }
    return render(visit.request, "people/document_add.html", context, status=status)


@practitioner_page
@of_today
def one(visit: Visit, person: UUID, document: UUID) -> HttpResponse:
    """For whoever may see a document on this person's page: the clean copy, to keep as a file."""
    opened = documents.read(visit.actor, person, document, now=visit.now)
    headers = {
        "Content-Disposition": content_disposition_header(True, opened.name),
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return HttpResponse(opened.content, content_type=opened.media_type, headers=headers)


@practitioner_page
@of_today
def take_off(visit: Visit, person: UUID, document: UUID) -> HttpResponse:
    """For those of the agency that holds a document who may add to its records: it should not be there."""
    paper = documents.about(visit.actor, person, document, now=visit.now)
    form = TakeOffDocument(visit.request.POST or None)
    if visit.request.method == "POST" and form.is_valid():
        try:
            return door.once(visit, lambda: _taken_off(visit, person, document, form))
        except Invalid as problem:
            form.take(problem)
    context = {"form": form, "paper": paper, "person": person, "token": door.new_token()}
    wrong = visit.request.method == "POST"
    return render(visit.request, "people/document_take_off.html", context, status=400 if wrong else 200)


def _taken_off(visit: Visit, person: UUID, document: UUID, form: TakeOffDocument) -> str:
    because = form.cleaned_data["because"]
    documents.take_off(actor=visit.actor, document=document, because=because, now=visit.now)
    messages.success(visit.request, _("Taken off. Nobody it was shared with can open it any more."))
    return f"{reverse('child', kwargs={'person': person})}#chronology-heading"
