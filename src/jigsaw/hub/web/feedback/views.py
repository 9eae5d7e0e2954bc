"""Give feedback to those who helped, and read what one was told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.information_requests import queries as request_queries
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.referrals import access, operations, queries
from jigsaw.hub.web import door, drafting
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.feedback.forms import FeedbackForm
from jigsaw.hub.web.referrals import shown

# Parts that are no part of the form, but must stay out of its words.
NEVER = {
    "people": gettext_lazy("who is in the family"),
    "identities_to_protect": gettext_lazy("the name of anyone who asked not to be known"),
    "sealed": gettext_lazy("anything sealed"),
    "items_of_others": gettext_lazy("what other agencies told us"),
}


@practitioner_page
def both(visit: Visit) -> HttpResponse:
    """For those who work on concerns: whom to tell. For those who helped: what they were told."""
    owed = queries.feedback_owed(visit.actor)
    ours = queries.feedback_for(visit.actor)
    found = _in_words(visit, [*owed, *ours])
    return render(
        visit.request,
        "feedback/both.html",
        {
            "gives": access.works_on_concerns(visit.actor),
            "reads": access.can_be_told(visit.actor),
            "owed": [found[feedback.pk] for feedback in owed],
            "late": sum(feedback.due_at < visit.now for feedback in owed),
            "told": [found[feedback.pk] for feedback in ours if feedback.given_at],
            "waits": [found[feedback.pk] for feedback in ours if not feedback.given_at],
        },
    )


def _in_words(visit: Visit, rows: list[Any]) -> dict[UUID, dict[str, Any]]:
    """Each piece of feedback by id: about whom, and what for, as far as the reader may know it."""
    answers = [row.about for row in rows if row.audience == "contributor"]
    helped = request_queries.answered_about(visit.actor, answers, now=visit.now)
    return {
        told.feedback.pk: _row(told, helped.get(told.feedback.about))
        for told in queries.with_names(visit.actor, rows, now=visit.now)
    }


def _row(told: queries.Told, helped: request_queries.Helped | None) -> dict[str, Any]:
    feedback = told.feedback
    names = told.names or (helped.about if helped else ())
    return {
        "feedback": feedback,
        "names": shown.all_named(names) if names else _("a child you helped"),
        "audience": _rules(feedback.audience)["name"],
        "what_for": _what_for(feedback, helped),
    }


def _what_for(feedback: Any, helped: request_queries.Helped | None) -> str:
    if feedback.audience != "contributor":
        day = date_format(localtime(feedback.referral.received_at), "j F Y")
        return _("Concern raised on %(day)s") % {"day": day}
    if helped is None:
        return _("Answer to a request")
    return _("Answer to “%(headline)s”") % {"headline": helped.headline}


def _rules(audience: str) -> dict[str, Any]:
    entries = agreements.words("feedback_rules")["entries"]
    found: dict[str, Any] = next(e for e in entries if e["code"] == audience)
    return found


@practitioner_page
def one(visit: Visit, pk: UUID) -> HttpResponse:
    """For those who work on the concern: give this feedback. For those who are told: read it."""
    feedback = queries.feedback(visit.actor, pk)
    gives = access.can_work(visit.actor, feedback.referral)
    if feedback.given_at or not gives:
        return _read(visit, feedback)
    return _give(visit, feedback)


def _read(visit: Visit, feedback: Any) -> HttpResponse:
    if feedback.to_agency_id == visit.actor.agency_id and access.can_be_told(visit.actor):
        operations.read_feedback(actor=visit.actor, feedback=feedback, now=visit.now)
    return render(
        visit.request,
        "feedback/read.html",
        {
            **_in_words(visit, [feedback])[feedback.pk],
            "raised_here": _raised_here(visit, feedback),
            "answered_here": feedback.audience == "contributor"
            and feedback.to_agency_id == visit.actor.agency_id
            and visit.actor.may("request.answer"),
        },
    )


def _raised_here(visit: Visit, feedback: Any) -> bool:
    return feedback.audience.startswith("referrer") and access.sent_it(visit.actor, feedback.referral)


def _give(visit: Visit, feedback: Any) -> HttpResponse:
    draft = f"feedback:give:{feedback.pk}"
    told = operations.may_be_told(feedback.audience)
    if visit.request.method != "POST":
        data, saved = drafting.restored(visit, draft)
        form = FeedbackForm(data, told=told)
        if data is not None:
            drafting.as_typed(form)
        return _show(visit, feedback, form, draft, saved=saved)
    form = FeedbackForm(visit.request.POST, told=told)
    if form.is_valid():
        try:
            return door.once(visit, lambda: _given(visit, feedback, form), draft=draft)
        except Invalid as refused:
            for name, words in refused.fields.items():
                form.add_error(name if name in form.fields else None, words)  # type: ignore[arg-type]
    drafting.keep(visit, draft)
    return _show(visit, feedback, form, draft, status=400)


def _given(visit: Visit, feedback: Any, form: FeedbackForm) -> str:
    operations.give_feedback(actor=visit.actor, feedback=feedback, now=visit.now, **form.parts())
    messages.success(visit.request, _("Feedback given."))
    return reverse("feedback")


def _show(
    visit: Visit, feedback: Any, form: FeedbackForm, draft: str, *, saved: Any = None, status: int = 200
) -> HttpResponse:
    rules, labels = (
        _rules(feedback.audience),
        {p["code"]: p["label"] for p in agreements.words("feedback_rules")["parts"]},
    )
    return render(
        visit.request,
        "feedback/give.html",
        {
            **_in_words(visit, [feedback])[feedback.pk],
            "form": form,
            "rules": rules,
            "may_tell": [_(labels[code]) for code in rules["may_tell"]],
            "keep_back": [_(labels.get(code, "")) or NEVER[code] for code in rules["must_not_tell"]],
            "saved_at": saved.saved_at if saved else None,
            "draft": draft,
            "token": door.new_token(),
        },
        status=status,
    )
