"""Write an agreement: begin one, fill in its form, or bring it as a file. Every save keeps all that was typed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say

from jigsaw.hub.agreements import access, agreed, queries, signing
from jigsaw.hub.agreements.agreed import Version
from jigsaw.hub.kit.errors import AlreadyDone, Invalid
from jigsaw.hub.web import door, drafting
from jigsaw.hub.web import forms as look
from jigsaw.hub.web.agreements import document
from jigsaw.hub.web.agreements.forms import Clauses, ImportForm, NewForm, Parties, WholeForm, party_choices
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.sharing_rules import agreements as sharing_agreements
from jigsaw.sharing_rules.agreements import Problem

MOST_BLOCKS = {"parties": 60, "clauses": 100}


@practitioner_page
def new(visit: Visit) -> HttpResponse:
    """For those who write agreements: begin one from the template, an example or nothing."""
    access.check_can_draft(visit.actor)
    form = NewForm(visit.request.POST or None)
    if visit.request.method == "POST" and form.is_valid():
        try:
            return door.once(visit, lambda: _begun(visit, form.cleaned_data))
        except (AlreadyDone, Invalid) as wrong:
            form.add_error("identifier", f"{wrong.words} {wrong.next_step}".strip())
    status = 400 if visit.request.method == "POST" else 200
    return render(
        visit.request, "agreements/new.html", {"form": form, "token": door.new_token()}, status=status
    )


def _begun(visit: Visit, given: dict[str, Any]) -> str:
    begin = {"template": sharing_agreements.template, "sharetown": sharing_agreements.sharetown}
    content = begin.get(given["begin"], dict)()
    content |= {
        "name": given["name"],
        "identifier": {**content.get("identifier", {}), "value": given["identifier"]},
        "version": None,
    }
    return _started(visit, content)


def _started(visit: Visit, content: dict[str, Any]) -> str:
    row = signing.start(actor=visit.actor, document=content, now=visit.now)
    return reverse("agreement-edit", args=[row.agreement.identifier, row.version])


@practitioner_page
def import_(visit: Visit) -> HttpResponse:
    """For those who write agreements: take one from a file; what is wrong with it is told, and nothing is lost."""
    access.check_can_draft(visit.actor)
    if visit.request.method != "POST":
        return _import_page(visit, ImportForm(), ())
    form = ImportForm(visit.request.POST, visit.request.FILES)
    problems: tuple[Problem, ...] = ()
    if form.is_valid():
        try:
            content = form.document()
            _agreement, problems = agreed.understood(content)
            if not problems or visit.request.POST.get("do") == "keep":
                return door.once(visit, lambda: _started(visit, content))
        except ValidationError as wrong:
            form.add_error("text", wrong)
        except (AlreadyDone, Invalid) as wrong:
            said = [str(wrong.words), *map(str, getattr(wrong, "fields", {}).values()), str(wrong.next_step)]
            form.add_error("text", " ".join(filter(None, said)))
    return _import_page(visit, form, problems, status=400)


def _import_page(
    visit: Visit, form: ImportForm, problems: tuple[Problem, ...], *, status: int = 200
) -> HttpResponse:
    if form.is_bound:
        # What came in a file stays, to be put right here.
        data = visit.request.POST.copy()
        data["text"] = form.cleaned_data.get("said") or data.get("text", "")
        form.data = data
    context = {"form": form, "problems": problems, "token": door.new_token()}
    return render(visit.request, "agreements/import.html", context, status=status)


@practitioner_page
def edit(visit: Visit, identifier: str, number: int) -> HttpResponse:
    """For those who write agreements: fill in a draft. Every save keeps what is there, finished or not."""
    access.check_can_draft(visit.actor)
    today = queries.local_day(visit.now)
    found = agreed.one(visit.actor, identifier, number, on=today)
    if not found.may("change"):
        return redirect("agreement-version", identifier, number)
    draft = f"agreements:edit:{identifier}-{number}"[:120]
    if visit.request.method == "POST":
        return _pressed(visit, found, draft, today)
    data, saved = drafting.restored(visit, draft)
    parts = _Parts(found, today, data)
    if data is not None:
        drafting.as_typed(parts.whole, parts.parties, parts.clauses)
    return _edit_page(visit, found, parts, draft, saved_at=saved and saved.saved_at)


class _Parts:
    """The form about the whole, and its blocks of parties and clauses: as the draft says, or as it was filled in."""

    def __init__(self, found: Version, today: date, data: QueryDict | None) -> None:
        content = found.row.content
        self.retention = content.get("retention", [])
        whole = {**document.as_fields(content), "review_on": found.row.review_on}
        named = document.parties(content)
        self.whole = WholeForm(data, initial=whole, on=today)
        self.parties = Parties(data, prefix="parties", initial=named, form_kwargs=party_choices())
        codes = self._codes(data) or [(each["code"], each["name"]) for each in named]
        offered = [(code, look.Choice(name or code)) for code, name in codes if code]
        self.clauses = Clauses(
            data, prefix="clauses", initial=document.clauses(content), form_kwargs={"parties": offered}
        )

    def _codes(self, data: QueryDict | None) -> list[tuple[str, str]]:
        """The parties as they were filled in, so that clauses can name them at once."""
        if data is None:
            return []
        return [(form["code"].value() or "", form["name"].value() or "") for form in self.parties.forms]

    def is_valid(self) -> bool:
        return all([self.whole.is_valid(), self.parties.is_valid(), self.clauses.is_valid()])

    def as_document(self) -> dict[str, Any]:
        filled_in = document.as_document(self.whole.cleaned_data, self.parties.kept(), self.clauses.kept())
        # How long something is kept comes with a file: the form does not ask it, and leaves it as it is.
        return {**filled_in, "retention": self.retention}


def _pressed(visit: Visit, found: Version, draft: str, today: date) -> HttpResponse:
    """Save; or one more block, without a script."""
    post = visit.request.POST
    here = reverse("agreement-edit", args=[found.row.agreement.identifier, found.row.version])
    if post.get("add") in MOST_BLOCKS:
        prefix = post["add"]
        total = post.get(f"{prefix}-TOTAL_FORMS", "0")
        number = int(total) + 1 if total.isascii() and total.isdigit() else 1
        drafting.keep_with(visit, draft, **{f"{prefix}-TOTAL_FORMS": str(min(number, MOST_BLOCKS[prefix]))})
        return redirect(f"{here}#{prefix}")
    if post.get("do") == "discard":
        drafting.throw_away(visit, draft)
        return redirect(here)
    parts = _Parts(found, today, post)
    if parts.is_valid():
        return door.once(visit, lambda: _saved(visit, found, parts, here), draft=draft)
    drafting.keep(visit, draft)
    return _edit_page(visit, found, parts, draft, status=400)


def _saved(visit: Visit, found: Version, parts: _Parts, here: str) -> str:
    row = signing.change(
        actor=visit.actor,
        version=found.row,
        document=parts.as_document(),
        review_on=parts.whole.cleaned_data["review_on"],
        now=visit.now,
    )
    messages.success(visit.request, say("The draft is saved."))
    if visit.request.POST.get("do") == "read":
        return reverse("agreement-version", args=[row.agreement.identifier, row.version])
    return here


def _edit_page(
    visit: Visit, found: Version, parts: _Parts, draft: str, *, saved_at: object = None, status: int = 200
) -> HttpResponse:
    context = {
        "version": found,
        "row": found.row,
        "problems": found.problems,
        "form": parts.whole,
        "parties": parts.parties,
        "clauses": parts.clauses,
        "page_errors": parts.whole.is_bound
        and (parts.whole.errors or any(parts.parties.errors) or any(parts.clauses.errors)),
        "draft": draft,
        "saved_at": saved_at,
        "token": door.new_token(),
    }
    return render(visit.request, "agreements/edit.html", context, status=status)
