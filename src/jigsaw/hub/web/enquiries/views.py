"""Lead an enquiry: who knows the child, how far are those asked, what was decided."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.enquiries import operations as enquiries
from jigsaw.hub.enquiries import queries as enquiry_queries
from jigsaw.hub.kit.errors import Invalid, WrongState
from jigsaw.hub.web import door, drafting, ratings
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.enquiries import page
from jigsaw.hub.web.enquiries.forms import HandOverForm, RatingForm
from jigsaw.hub.web.forms import Choice
from jigsaw.hub.web.purposes import purpose_words


@practitioner_page
def start(visit: Visit) -> HttpResponse:
    """For those who lead enquiries: the agency's open and decided enquiries, newest first."""
    mine = visit.request.GET.get("show") == "mine"
    found = enquiry_queries.worklist(visit.actor, now=visit.now, mine=mine)
    scheme = agreements.rating_scheme(on=agreements.local_day(visit.now))
    rows = [
        {
            "enquiry": row,
            "children": children,
            "purpose": purpose_words(row.purpose),
            "rating": ratings.shown(scheme, rating.code) if rating else None,
            "mine": row.lead_id == visit.actor.practitioner_id,
        }
        for row, children, rating in found
    ]
    segments = [
        {"url": "?show=all", "text": _("Whole team"), "current": not mine, "count": None},
        {"url": "?show=mine", "text": _("Mine"), "current": mine, "count": None},
    ]
    return render(visit.request, "enquiries/list.html", {"rows": rows, "segments": segments, "mine": mine})


@practitioner_page
def enquiry(visit: Visit, reference: str) -> HttpResponse:
    """For those who lead enquiries at the agency: one enquiry, whole."""
    return _show(visit, reference)


def _show(
    visit: Visit, reference: str, *, form: RatingForm | None = None, problems: Any = (), status: int = 200
) -> HttpResponse:
    context = page.whole(visit, reference)
    draft = f"enquiries:rating:{reference}"
    saved = None
    if form is None:
        data, saved = drafting.restored(visit, draft)
        form = _rating_form(context, data)
        if data is not None:
            drafting.as_typed(form)
    return render(
        visit.request,
        "enquiries/enquiry.html",
        {
            **context,
            "form": form,
            "problems": problems,
            "page_errors": bool(problems),
            # Called anew by each form on the page: a token shared by two would swallow the second act.
            "token": door.new_token,
            "draft": draft,
            "saved_at": saved and saved.saved_at,
            "rating_open": saved is not None or form.is_bound,
        },
        status=status,
    )


def _rating_form(context: dict[str, Any], data: Any) -> RatingForm:
    levels = [(level.code, Choice(level.name, level.words)) for level in context["scheme"].levels]
    return RatingForm(data, levels=levels, now=context["rating"].code if context["rating"] else "")


@practitioner_page
def rating(visit: Visit, reference: str) -> HttpResponse:
    """For those who lead enquiries at the agency: change the rating as information arrives."""
    if visit.request.method != "POST":
        return redirect("enquiry", reference)
    found = enquiry_queries.get(visit.actor, reference)
    levels = [
        (level.code, Choice(level.name, level.words)) for level in page.scheme_of(found, visit.now).levels
    ]
    form = RatingForm(visit.request.POST, levels=levels, now="")
    draft = f"enquiries:rating:{reference}"

    def act() -> str:
        enquiries.change_rating(actor=visit.actor, enquiry=found, now=visit.now, **form.cleaned_data)
        messages.success(
            visit.request, _("The rating was changed. Requests sent from now on take its clock.")
        )
        return reverse("enquiry", args=[reference])

    if form.is_valid():
        try:
            return door.once(visit, act, draft=draft)
        except Invalid as error:
            for name, words in error.fields.items():
                form.add_error({"rating": "code"}.get(name, name), str(words))
    drafting.keep(visit, draft)
    return _show(visit, reference, form=form, status=400)


@practitioner_page
def hand_over(visit: Visit, reference: str) -> HttpResponse:
    """For those who lead enquiries at the agency: give the lead to a colleague."""
    found = enquiry_queries.get(visit.actor, reference)
    posted = visit.request.method == "POST"
    form = HandOverForm(visit.request.POST if posted else None, colleagues=page.colleagues(visit, found))

    def act() -> str:
        enquiries.hand_over(actor=visit.actor, enquiry=found, to=UUID(form.cleaned_data["to"]), now=visit.now)
        messages.success(visit.request, _("Your colleague leads this enquiry now."))
        return reverse("enquiry", args=[reference])

    if posted and form.is_valid():
        return door.once(visit, act)
    context = {**page.head(visit, found), "form": form, "token": door.new_token()}
    return render(visit.request, "enquiries/hand_over.html", context, status=400 if posted else 200)


@practitioner_page
def close(visit: Visit, reference: str) -> HttpResponse:
    """For those who decide at the agency: close a decided enquiry once everyone has heard back."""
    if visit.request.method != "POST":
        return redirect("enquiry", reference)
    found = enquiry_queries.get(visit.actor, reference)

    def act() -> str:
        enquiries.close(actor=visit.actor, enquiry=found, now=visit.now)
        messages.success(
            visit.request, _("Closed. What was lent and shared for this enquiry is no longer seen.")
        )
        return reverse("enquiries")

    try:
        return door.once(visit, act)
    except (Invalid, WrongState) as error:
        problems = [(f"{error.words} {error.next_step}".strip(), "heard" if found.state == "decided" else "")]
        return _show(visit, reference, problems=problems, status=400)
