"""Ask agencies what they know, follow them, read what they answered, and ask again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.disclosures import queries as disclosures
from jigsaw.hub.enquiries import queries as enquiries
from jigsaw.hub.enquiries.queries import Read
from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.information_requests import queries as request_queries
from jigsaw.hub.information_requests.queries import Progress
from jigsaw.hub.kit.errors import Invalid, NotHere, WrongState
from jigsaw.hub.web import door, drafting
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.enquiries import page
from jigsaw.hub.web.enquiries.forms import AskAgainForm, AskForm
from jigsaw.hub.web.enquiries.page import Knows
from jigsaw.hub.web.forms import Choice
from jigsaw.hub.web.requests import page as answering


@practitioner_page
def ask(visit: Visit, reference: str) -> HttpResponse:
    """For those who lead enquiries at the agency: ask other agencies about the enquiry's subjects."""
    read = enquiries.read(visit.actor, reference, now=visit.now)
    progress = request_queries.progress(visit.actor, read.enquiry, now=visit.now)
    draft = f"enquiries:ask:{reference}"
    posted = visit.request.method == "POST"
    data, saved = (visit.request.POST, None) if posted else drafting.restored(visit, draft)
    form = _ask_form(visit, read, progress, data)

    def act() -> str:
        asked = requests.ask(
            actor=visit.actor,
            enquiry=read.enquiry,
            question=form.question(),
            of=form.chosen("agencies"),
            about=form.chosen("about"),
            now=visit.now,
        )
        number = asked.recipients.count()
        messages.success(
            visit.request, _("Sent to %(number)d. You see here how far each is.") % {"number": number}
        )
        return reverse("enquiry", args=[reference])

    if posted and form.is_valid():
        try:
            return door.once(visit, act, draft=draft)
        except Invalid as error:
            for name, words in error.fields.items():
                form.add_error({"due_at": "day"}.get(name, name), str(words))
    if posted:
        drafting.keep(visit, draft)
    elif data is not None:
        drafting.as_typed(form)
    context = {
        **page.head(visit, read.enquiry),
        "names": page.names(read.children or read.subjects),
        "form": form,
        "token": door.new_token(),
        "draft": draft,
        "saved_at": saved and saved.saved_at,
    }
    return render(visit.request, "enquiries/ask.html", context, status=400 if posted else 200)


def _ask_form(visit: Visit, read: Read, progress: list[Progress], data: Any) -> AskForm:
    knows = page.who_knows(read, progress)
    waiting = {k.who.agency.pk for k in knows if k.asked and k.asked.state != "answered"}
    return AskForm(
        data,
        agencies=_grouped(knows, waiting),
        asked=frozenset(str(pk) for pk in waiting),
        people=[(str(s.record), _subject(s)) for s in read.subjects],
        children=[str(s.record) for s in read.children],
        clock=page.clock_words(read, visit.now),
    )


def _subject(subject: Any) -> str:
    name = subject.card.name or _("A child not yet named")
    return name if subject.child else _("%(name)s, adult") % {"name": name}


def _grouped(knows: list[Knows], waiting: set[Any]) -> list[Any]:
    """Agencies under the headings of what they have to do with the family; empty headings left out."""
    headings = [
        ("now", _("Involved now")),
        ("before", _("Were involved")),
        ("record", _("Hold a record")),
        ("unknown", _("Not known to be involved")),
    ]
    groups = [
        (
            words,
            [
                (str(k.who.agency.pk), Choice(k.who.agency.name, _agency_hint(k, waiting)))
                for k in knows
                if k.group == group
            ],
        )
        for group, words in headings
    ]
    return [group for group in groups if group[1]]


def _agency_hint(knows: Knows, waiting: set[Any]) -> str:
    if knows.who.agency.pk in waiting:
        return _("Already asked, and has not answered yet. Chase it instead.")
    services = dict.fromkeys(involved.service for involved, _name in knows.names)
    if knows.asked:
        return _("Has answered. Asking here is a new request.")
    return ", ".join(services)


@practitioner_page
def chase(visit: Visit, reference: str, asked: str) -> HttpResponse:
    """For those who lead enquiries at the agency: ask after an answer that has not come."""
    if visit.request.method != "POST":
        return redirect("enquiry", reference)
    recipient = _of_enquiry(visit, reference, asked)

    def act() -> str:
        words = visit.request.POST.get("words", "")[:2000].strip()
        requests.chase(actor=visit.actor, recipient=recipient, words=words, now=visit.now)
        messages.success(visit.request, _("Chased. They see it on the request."))
        return reverse("enquiry", args=[reference])

    return door.once(visit, act)


def _of_enquiry(visit: Visit, reference: str, asked: str) -> Any:
    """The request with this reference, if it belongs to this enquiry and the actor's agency asked it."""
    enquiry = enquiries.get(visit.actor, reference)
    recipient = request_queries.get(visit.actor, asked)
    if recipient.request.enquiry_id != enquiry.pk:
        raise NotHere(
            _("There is no such request for this enquiry."),
            _("Go to the enquiry’s page to see whom you asked."),
        )
    return recipient


@practitioner_page
def answer(visit: Visit, reference: str, asked: str) -> HttpResponse:
    """For those who lead enquiries at the agency: what one agency answered, every round of it."""
    recipient = _of_enquiry(visit, reference, asked)
    shown, events = request_queries.read(visit.actor, asked, now=visit.now)
    draft = f"enquiries:again:{asked}"
    posted = visit.request.method == "POST"
    data, saved = (visit.request.POST, None) if posted else drafting.restored(visit, draft)
    form = AskAgainForm(data)

    def act() -> str:
        requests.ask_again(actor=visit.actor, recipient=recipient, now=visit.now, **form.cleaned_data)
        messages.success(visit.request, _("Asked again. Their earlier answer stays."))
        return reverse("enquiry", args=[reference])

    problems: list[tuple[str, str]] = []
    if posted and form.is_valid():
        try:
            return door.once(visit, act, draft=draft)
        except Invalid as error:
            for name, words in error.fields.items():
                form.add_error(name, str(words))
        except WrongState as error:
            problems = [(str(error.words), "")]
    if posted:
        drafting.keep(visit, draft)
    elif data is not None:
        drafting.as_typed(form)
    kinds = agreements.words("withholding_kinds")["entries"]
    context = {
        **answering.head(visit, shown),
        **page.head(visit, enquiries.get(visit.actor, reference)),
        "asked_reference": asked,
        "rounds": disclosures.answers(visit.actor, recipient, now=visit.now),
        "kinds": {kind["code"]: kind["label"] for kind in kinds},
        "state": request_queries.shown_state(recipient, visit.now),
        "steps": answering.steps(events),
        "form": form,
        "problems": problems,
        "token": door.new_token(),
        "draft": draft,
        "saved_at": saved and saved.saved_at,
    }
    return render(visit.request, "enquiries/answer.html", context, status=400 if posted else 200)
