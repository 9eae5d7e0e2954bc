"""An entry: added, read with its earlier versions, corrected, withdrawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.chronology import access as chronology_access
from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.chronology import versions
from jigsaw.hub.chronology.versions import Version, Versions
from jigsaw.hub.kit import drafts
from jigsaw.hub.kit.errors import AlreadyDone, Invalid
from jigsaw.hub.people import household as households
from jigsaw.hub.people import queries as people
from jigsaw.hub.people.cards import Card
from jigsaw.hub.web import door, drafting
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.people import from_notice, page, purposes, words
from jigsaw.hub.web.people.forms import AddEntry, CorrectEntry, WithdrawEntry
from jigsaw.hub.web.people.views import of_today

TYPED_IN_WORDS = ("title", "text", "child_words", "source", "protect", "reason", "why_withdrawn")


# --- Adding ----------------------------------------------------------------------------------------


@practitioner_page
@of_today
def add(visit: Visit, person: UUID) -> HttpResponse:
    """For those who may add to their agency's records: one entry about as many of the family as it concerns.

    `?notice=`: with what the police told of domestic abuse filled in, to be read over.
    """
    chronology_access.check_can_add(visit.actor)
    notice = visit.request.GET.get("notice", "")
    draft = f"people:add:{person}" + (f":{notice}" if notice else "")
    family = _family(visit, person)
    if visit.request.method != "POST":
        data, saved = drafting.restored(visit, draft)
        told = from_notice.entry(visit, notice, person) if notice else None
        form = AddEntry(data, actor=visit.actor, family=family, now=visit.now, initial=told)
        # A draft comes back as it was typed, without being told off for what is still missing.
        form.only_restored = data is not None
        return _add_page(visit, form, draft, saved)
    form = AddEntry(visit.request.POST, actor=visit.actor, family=family, now=visit.now)
    if form.is_valid():
        try:
            return door.once(visit, lambda: _added(visit, form, person), draft=draft)
        except Invalid as problem:
            form.take(problem)
    drafting.keep(visit, draft)
    return _add_page(visit, form, draft, None, status=400)


def _family(visit: Visit, person: UUID) -> dict[str, str]:
    """Whom an entry can be about, by id: this person first, then everyone of the family in view."""
    purpose = purposes.live(visit.actor, person, now=visit.now).for_log
    card = people.profile(visit.actor, person, purpose=purpose, now=visit.now).card
    household = households.household(visit.actor, person, now=visit.now)
    others = [one for one in household.members if one.person != card.person]
    return {str(one.person): _called(visit, one) for one in (card, *others)}


def _called(visit: Visit, card: Card) -> str:
    return f"{words.name(card)}, {words.born(card, agreements.local_day(visit.now))}"


def _added(visit: Visit, form: AddEntry, person: UUID) -> str:
    entry = chronology.add_about(actor=visit.actor, piece=form.piece(), persons=form.persons(), now=visit.now)
    messages.success(visit.request, _("Added to your agency’s records."))
    return f"{reverse('child', kwargs={'person': person})}#e-{entry.pk}"


def _add_page(visit: Visit, form: AddEntry, draft: str, saved: Any, *, status: int = 200) -> HttpResponse:
    person, name = next(iter(form.family.items()))
    context = {
        "form": form,
        "draft": draft,
        "token": door.new_token(),
        "saved_at": saved.saved_at if saved else None,
        "person": person,
        "name": name.split(",")[0],
        "sign_in_url": f"{reverse('sign-in')}?next={quote(visit.request.get_full_path())}",
    }
    return render(visit.request, "people/add.html", context, status=status)


# --- Its versions ----------------------------------------------------------------------------------


@practitioner_page
@of_today
def one(visit: Visit, person: UUID, entry: UUID) -> HttpResponse:
    """For whoever may see an entry on this person's page: how it stands, and every earlier version of it."""
    found = versions.read(visit.actor, person, entry, now=visit.now)
    may = found.own and not found.withdrawn and visit.actor.may("chronology.add")
    context = _shown(visit, person, found) | {"may_correct": may}
    return render(visit.request, "people/versions.html", context)


def _shown(visit: Visit, person: UUID, found: Versions) -> dict[str, Any]:
    return {
        "person": person,
        "name": words.name(found.cards[person]) if person in found.cards else _("The person"),
        "found": found,
        "rows": [_row(found, version) for version in found.versions],
    }


def _row(found: Versions, version: Version) -> dict[str, Any]:
    """One version with its words: as an entry of a chronology, and what changed."""
    known = sorted(words.name(found.cards[pk]) for pk in version.line.about if pk in found.cards)
    return {
        "version": version,
        "line": version.line,
        "about": get_text_list(known, _("and")),
        "speaker": known[0] if len(known) == 1 else _("The child"),
        "kind": page.kind_words(version.line.kind),
        "changed": get_text_list([str(words.PARTS[name]) for name in version.changed], _("and")),
    }


# --- Correcting and withdrawing --------------------------------------------------------------------


@practitioner_page
@of_today
def correct(visit: Visit, person: UUID, entry: UUID) -> HttpResponse:
    """For those of the agency that holds an entry who may add to its records: put it right, or withdraw it."""
    found = versions.to_correct(visit.actor, person, entry, now=visit.now)
    family = _family(visit, person) | {
        str(card.person): _called(visit, card) for card in found.cards.values()
    }
    page_of = Correcting(visit, person, entry, found, family)
    if visit.request.method != "POST":
        return page_of.somebody_was_first() if page_of.is_late else page_of.show()
    return page_of.withdraw() if visit.request.POST.get("do") == "withdraw" else page_of.save()


@dataclass
class Correcting:
    """The page on which one version of an entry is put right: two forms, each with a draft of its own."""

    visit: Visit
    person: UUID
    entry: UUID
    found: Versions
    family: dict[str, str]

    @property
    def is_late(self) -> bool:
        """Has a newer version taken the place of this one, or does it say that the entry was withdrawn?"""
        return self.found.withdrawn or self.found.newest.line.id != self.entry

    @property
    def version(self) -> Version:
        return next(one for one in self.found.versions if one.line.id == self.entry)

    def form(self, data: Any, version: Version) -> CorrectEntry:
        return CorrectEntry(
            data,
            entry=version.entry,
            about=[str(person) for person in version.about],
            actor=self.visit.actor,
            family=self.family,
            now=self.visit.now,
        )

    def draft(self, act: str, entry: UUID | None = None) -> str:
        return f"people:{act}:{entry or self.entry}"

    def show(
        self, *, form: CorrectEntry | None = None, withdrawal: WithdrawEntry | None = None, status: int = 200
    ) -> HttpResponse:
        """Each form as it was sent, or as typed so far, or as the entry stands."""
        data, saved = (None, None) if form else drafting.restored(self.visit, self.draft("correct"))
        typed, kept = (None, None) if withdrawal else drafting.restored(self.visit, self.draft("withdraw"))
        form, withdrawal = form or self.form(data, self.found.newest), withdrawal or WithdrawEntry(typed)
        form.only_restored = data is not None
        if typed is not None:
            drafting.as_typed(withdrawal)
        context = _shown(self.visit, self.person, self.found) | {
            "form": form,
            "withdrawal": withdrawal,
            "withdrawing": kept is not None or withdrawal.is_bound,
            "saved_at": next((one.saved_at for one in (saved, kept) if one), None),
            "drafts": {act: self.draft(act) for act in ("correct", "withdraw")},
            "tokens": {"correct": door.new_token(), "withdraw": door.new_token()},
            "sign_in_url": f"{reverse('sign-in')}?next={self.visit.request.path}",
        }
        return render(self.visit.request, "people/correct.html", context, status=status)

    def save(self) -> HttpResponse:
        """Put the newer version in its place."""
        form = self.form(self.visit.request.POST, self.version)
        if form.is_valid():
            try:
                return door.once(self.visit, lambda: self._corrected(form), draft=self.draft("correct"))
            except Invalid as problem:
                form.take(problem)
            except AlreadyDone:
                return self._again().somebody_was_first()
        if self.is_late:
            return self.somebody_was_first()
        drafting.keep(self.visit, self.draft("correct"))
        return self.show(form=form, status=400)

    def _corrected(self, form: CorrectEntry) -> str:
        persons = form.persons()
        newer = chronology.correct(
            actor=self.visit.actor,
            entry=self.entry,
            piece=form.piece(),
            persons=persons,
            reason=form.cleaned_data["reason"],
            now=self.visit.now,
        )
        self._say(_("Corrected. The earlier version stays readable."), withdrawn=False)
        person = self.person if self.person in persons else persons[0]
        return f"{reverse('child', kwargs={'person': person})}#e-{newer.pk}"

    def withdraw(self) -> HttpResponse:
        """Say that it should not be there."""
        form = WithdrawEntry(self.visit.request.POST)
        if form.is_valid():
            try:
                return door.once(self.visit, lambda: self._withdrawn(form), draft=self.draft("withdraw"))
            except Invalid as problem:
                form.add_error("why_withdrawn", str(problem.words))
            except AlreadyDone:
                return self._again().somebody_was_first()
        if self.is_late:
            return self.somebody_was_first()
        drafting.keep(self.visit, self.draft("withdraw"))
        return self.show(withdrawal=form, status=400)

    def _withdrawn(self, form: WithdrawEntry) -> str:
        why = form.cleaned_data["why_withdrawn"]
        chronology.withdraw(actor=self.visit.actor, entry=self.entry, reason=why, now=self.visit.now)
        self._say(_("Withdrawn. If it is about somebody else, add it on their page."), withdrawn=True)
        return f"{reverse('child', kwargs={'person': self.person})}#chronology-heading"

    def _say(self, done: str, *, withdrawn: bool) -> None:
        """What was done, and what follows for those who were told."""
        follows = ""
        if self.found.told and withdrawn:
            follows = _("Whoever was told it hears that it was withdrawn.")
        elif self.found.told:
            follows = _(
                "Whoever was told it hears that it was corrected, not what it says now: decide on that under requests."
            )
        messages.success(self.visit.request, f"{done} {follows}".strip())

    def _again(self) -> Correcting:
        """The page anew: a colleague was faster."""
        found = versions.to_correct(self.visit.actor, self.person, self.entry, now=self.visit.now)
        return replace(self, found=found)

    def somebody_was_first(self) -> HttpResponse:
        """A colleague has corrected it: what they made of it, and what this practitioner typed, carried over."""
        sent = door.typed(self.visit.request) if self.visit.request.method == "POST" else None
        act = "withdraw" if sent and sent.get("do") == ["withdraw"] else "correct"
        saved, _at = drafting.restored(self.visit, self.draft(act))
        typed = sent or (dict(saved.lists()) if saved is not None else {})
        if typed:
            self._keep(act, typed)
        context = _shown(self.visit, self.person, self.found) | {
            "newer": self.found.newest,
            "kept": self._words(typed),
        }
        return render(self.visit.request, "people/corrected_first.html", context, status=409)

    def _words(self, typed: dict[str, list[str]]) -> list[str]:
        """What was typed in sentences and does not stand in the entry already."""
        stood = self.form(None, self.version).as_sent()
        return [
            text
            for name in TYPED_IN_WORDS
            for text in typed.get(name, [])
            if text.strip() and text.replace("\r\n", "\n") not in stood.get(name, [])
        ]

    def _keep(self, act: str, typed: dict[str, list[str]]) -> None:
        """For the form of the newer version, so that one goes on there; where there is none, where it was."""
        owner, newest = self.visit.actor.practitioner_id, self.found.newest
        assert owner is not None
        if self.found.withdrawn:
            drafts.save(owner=owner, about=self.draft(act), fields=typed, now=self.visit.now)
            return
        if act == "correct":
            typed = self.form(None, newest).carry_over(typed, self.form(None, self.version))
        about = self.draft(act, newest.line.id)
        drafts.save(owner=owner, about=about, fields=typed, now=self.visit.now)
        drafts.discard(owner=owner, about=self.draft(act))
