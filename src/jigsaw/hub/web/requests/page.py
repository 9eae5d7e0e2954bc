"""What does the page of one request show, and what was filled in on it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.disclosures import operations as disclosures
from jigsaw.hub.disclosures import queries as disclosure_queries
from jigsaw.hub.disclosures.operations import Added, Draft
from jigsaw.hub.disclosures.queries import ReadAnswer
from jigsaw.hub.information_requests.queries import Asked
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people.cards import Card
from jigsaw.hub.rights import saying
from jigsaw.hub.web import ratings
from jigsaw.hub.web.door import Visit
from jigsaw.hub.web.purposes import purpose_words
from jigsaw.hub.web.requests import items, law, papers
from jigsaw.hub.web.requests.forms import AddedBlocks, AnswerForm, rules_covered_by
from jigsaw.hub.web.requests.papers import Papers
from jigsaw.hub.web.rights import words as rights_words
from jigsaw.papers import Clean

EVENTS = {
    "sent": gettext_lazy("Asked"),
    "opened": gettext_lazy("Opened"),
    "claimed": gettext_lazy("Taken on"),
    "handed_over": gettext_lazy("Handed over to a colleague"),
    "extended": gettext_lazy("Given more time"),
    "chased": gettext_lazy("Chased"),
    "escalated": gettext_lazy("Overdue: brought to the named person"),
    "asked_again": gettext_lazy("Asked again with new information"),
    "look_again": gettext_lazy("Looked at again by the agency that answered"),
    "answered": gettext_lazy("Answered"),
}
# Kinds that practitioners choose most; the others are one press further.
USUAL_GROUNDS = (
    "not_relevant",
    "not_necessary",
    "identity_protection",
    "detriment_to_child",
    "awaiting_advice",
)
MANY = 8


@dataclass(frozen=True)
class Step:
    """One line of what happened, as the timeline shows it."""

    what: object
    when: Any
    who: str
    text: str = ""
    state: str = "done"


def steps(events: Any) -> list[Step]:
    """The history of a request, oldest first, for both sides."""
    return [
        Step(
            EVENTS.get(event.kind, event.kind),
            event.at,
            event.by.name if event.by else "Jigsaw",
            _note(event),
            "late" if event.kind == "escalated" else "done",
        )
        for event in events
    ]


def _note(event: Any) -> str:
    if event.kind != "extended" or not event.due_after:
        return str(event.note)
    until = date_format(localtime(event.due_after), "l j F, H:i")
    return _("%(words)s (until %(time)s)") % {"words": event.note, "time": until}


def about_words(asked: Asked) -> str:
    """Whom a request is about: one or two names, or the first and how many more."""
    return names(asked.about)


def names(about: Sequence[Card]) -> str:
    """One or two names, or the first and how many more."""
    named = [card.name or _("a child not yet named") for card in about]
    if len(named) > 2:
        return _("%(name)s and %(more)d more") % {"name": named[0], "more": len(named) - 1}
    return _(" and ").join(named)


def may_look_again(rounds: list[ReadAnswer], asked: Asked) -> dict[str, Any] | None:
    """What the latest answer withheld, with the first day that was set, and how much of what was shared has been
    corrected since; None if there is nothing to look at."""
    if not rounds or asked.recipient.request.enquiry.closed_at:
        return None
    withheld, corrected = rounds[-1].withheld, _corrected_since(rounds)
    if not (withheld or corrected):
        return None
    days = [read.item.review_on for read in withheld if read.item.review_on]
    return {"items": len(withheld), "on": min(days, default=None), "corrected": corrected}


def _corrected_since(rounds: list[ReadAnswer]) -> int:
    """How many newer versions of what was shared nobody has decided on."""
    every = [read for answer in rounds for read in answer.items]
    newer = {read.since.id for read in every if read.since and not read.since.withdrawn}
    return len(newer - {read.item.entry_id for read in every})


def head(visit: Visit, asked: Asked) -> dict[str, Any]:
    """The question itself: who asks what, about whom, why, by when, and how pressing it is."""
    recipient = asked.recipient
    scheme = agreements.rating_scheme(on=agreements.local_day(visit.now))
    return {
        "asked": asked,
        "recipient": recipient,
        "question": recipient.request,
        "rating": ratings.shown(scheme, recipient.request.rating),
        "about": about_words(asked),
        "openable": people_access.openable(visit.actor, [card.person for card in asked.about], now=visit.now),
        "purpose": purpose_words(recipient.request.purpose),
        "mine": recipient.holder_id == visit.actor.practitioner_id,
        "reference": recipient.reference,
    }


@dataclass
class Answering:
    """Everything filled in on the page of a request, and what it is about."""

    visit: Visit
    asked: Asked
    events: list[Any]
    cards: list[items.Card]
    form: AnswerForm
    blocks: Any
    earlier: list[ReadAnswer]
    data: QueryDict | None
    papers: Papers

    @property
    def draft(self) -> str:
        return draft_name(self.asked)

    def is_valid(self) -> bool:
        """Is the form itself complete? What is wrong with items shows beside it, all at once."""
        form_ok, blocks_ok = self.form.is_valid(), self.blocks.is_valid()
        blocks_ok = papers.take(self.blocks, self.papers) and blocks_ok
        own_words = self.form.cleaned_data.get("own_words", "")
        self.cards = items.fill_the_rest(self.cards, self.data or QueryDict())
        today = agreements.local_day(self.visit.now)
        self._choices = items.choices(self.cards, own_words=own_words, today=today)
        items_ok = not items.problems(self.cards)
        if not (form_ok and blocks_ok and items_ok) and not self.form.cleaned_data.get("holds_nothing"):
            items.note_unchosen(self.cards)
        return form_ok and blocks_ok and items_ok

    def as_draft(self) -> Draft:
        """The answer as the domain takes it."""
        cleaned = self.form.cleaned_data
        return Draft(
            grounds=self.form.grounds(),
            choices=disclosures.with_reasons(self._choices, cleaned["own_words"].strip()),
            added=tuple(
                self._added(block)
                for block in self.blocks
                if block.has_changed() and not block.cleaned_data.get("DELETE")
            ),
            holds_nothing=cleaned["holds_nothing"],
            shares_family=cleaned["shares_family"],
            context=cleaned["context"],
            protect=self.form.names_to_protect(),
        )

    def _added(self, block: Any) -> Added:
        paper = self.papers.get(block.add_prefix("file"))
        return Added(
            piece=block.piece(),
            about=tuple(UUID(pk) for pk in block.cleaned_data["about"]),
            paper=paper if isinstance(paper, Clean) else None,
            scanned=settings.VIRUS_SCANNER is not None,
        )

    def take(self, wrong: dict[str, object]) -> None:
        """Show the domain's errors where they belong; of what is added, which has no card, above all."""
        items.take(self.cards, wrong)
        carded = {f"item-{card.key}" for card in self.cards}
        for name, words in wrong.items():
            if name not in carded:
                field = {"reasons": "own_words"}.get(name, name)
                self.form.add_error(field if field in self.form.fields else None, str(words))

    def context(self) -> dict[str, Any]:
        """What the template needs."""
        plain, flagged = items.counts(self.cards)
        data = self.data or QueryDict()
        kinds = agreements.words("withholding_kinds")["entries"]
        grounds = {
            "usual_kinds": [k for code in USUAL_GROUNDS for k in kinds if k["code"] == code],
            "other_kinds": [k for k in kinds if k["code"] not in USUAL_GROUNDS],
            "question": self.asked.recipient.request,
        }
        items.copy_the_grounds(self.cards, grounds)
        return {
            **head(self.visit, self.asked),
            **grounds,
            "cards": self.cards,
            "plain": plain,
            "flagged": flagged,
            "many": len(self.cards) > MANY,
            "kinds": {kind["code"]: kind["label"] for kind in kinds},
            "form": self.form,
            "blocks": self.blocks,
            "rest": data.get("rest", ""),
            "rest_kind": data.get("rest-kind", ""),
            "rest_reason": data.get("rest-reason", ""),
            "problems": items.problems(self.cards),
            "page_errors": items.problems(self.cards) or (self.form.is_bound and self.form.errors),
            "steps": steps(self.events),
            "earlier": self.earlier,
            "objections": objections(self.visit, self.asked),
            "news": [event for event in self.events if event.kind == "asked_again"],
            "rules": rules_beside(),
            "edition": agreements.words("guidance")["current_edition"],
            "draft": self.draft,
        }


def objections(visit: Visit, asked: Asked) -> list[dict[str, Any]]:
    """Who objected to the agency sharing at all about anybody asked about, and what became of it."""
    rows = saying.to_sharing_itself(visit.actor, [card.person for card in asked.about])
    return [
        {
            "row": row,
            "who": rights_words.SAID_AS[row.asked_as],
            "standing": rights_words.standing(
                row.given["outcome"] if row.given else "open",
                visit.actor.agency_name,
                row.decided_at and agreements.local_day(row.decided_at),
            ),
        }
        for row in rows
    ]


def draft_name(asked: Asked) -> str:
    """One draft a practitioner for each round of a request."""
    return f"requests:answer:{asked.recipient.reference}-{asked.recipient.round}"


def rules_beside() -> list[dict[str, Any]]:
    """The golden rules of the current edition; `every_item` marks those covered once all is decided."""
    guidance = agreements.words("guidance")
    every_item = rules_covered_by("every_item")
    return [
        {**rule, "every_item": rule["code"] in every_item}
        for rule in guidance["rules"]
        if rule["edition"] == guidance["current_edition"]
    ]


def answering(
    visit: Visit, asked: Asked, events: list[Any], data: QueryDict | None, files: Papers | None = None
) -> Answering:
    """The page as it stands: blank, or with what was typed and the files that came with it."""
    actor, recipient = visit.actor, asked.recipient
    today = agreements.local_day(visit.now)
    register = agreements.register(on=today)
    relied_on = law.relied_on(
        data,
        sector=actor.sector,
        to_sector=recipient.request.from_agency.sector,
        purpose=recipient.request.purpose,
        register=register,
    )
    held = disclosure_queries.to_decide(actor, recipient, now=visit.now, grounds=relied_on)
    earlier = disclosure_queries.answers(actor, recipient, now=visit.now) if recipient.round > 1 else []
    form = AnswerForm(
        data,
        sector=actor.sector,
        to_sector=recipient.request.from_agency.sector,
        purpose=recipient.request.purpose,
        register=register,
        sensitive=any(item.entry.special_category for item in held) and not _all_withheld(held, data),
    )
    people = [(str(s.record_id), _name(s)) for s in recipient.request.subjects.all()]
    blocks = AddedBlocks(
        data,
        visit.request.FILES or None,
        prefix="added",
        form_kwargs={"sector": actor.sector, "people": people, "on": today},
    )
    cards = items.typed(held, data, earlier) if data is not None else items.blank(held, earlier)
    return Answering(visit, asked, events, cards, form, blocks, earlier, data, files or {})


def _all_withheld(held: list[disclosure_queries.Item], data: QueryDict | None) -> bool:
    """Sensitive items that stay here need no condition."""
    if data is None:
        return False
    sensitive = [item for item in held if item.entry.special_category]
    return all(data.get(f"do-{item.entry.pk}") == "withhold" for item in sensitive)


def _name(subject: Any) -> str:
    record = subject.record
    return " ".join(part for part in (record.given, record.family) if part) or _("A child not yet named")


def colleagues(visit: Visit, permission: str) -> list[tuple[str, str]]:
    """Colleagues who could take this on, for a list to choose from."""
    return [
        (str(colleague.pk), f"{colleague.name}, {colleague.job_title}")
        for colleague in agencies.colleagues(visit.actor, permission)
        if colleague.pk != visit.actor.practitioner_id
    ]


def kept_words(data: QueryDict) -> list[str]:
    """All that was typed in sentences in a draft, for copying."""
    typed = [
        value.strip()
        for name in data
        if name.partition("-")[0]
        in ("own_words", "told_why", "context", "reason", "text", "protect", "added")
        for value in data.getlist(name)
    ]
    return list(dict.fromkeys(words for words in typed if " " in words))
