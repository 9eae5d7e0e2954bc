"""What was chosen for each item the agency holds: read from the form, shown again with its errors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jigsaw.hub.chronology.attached import Attached
from jigsaw.hub.disclosures import proposals
from jigsaw.hub.disclosures.judging import Choice
from jigsaw.hub.disclosures.queries import Item, ReadAnswer
from jigsaw.hub.web.forms import DATE_PARTS, ThreeBoxDateField
from jigsaw.sharing_rules.finding import Finding
from jigsaw.sharing_rules.roles import ROLE_WORDS

LONGEST_TRIGGER = 160
NO_ITEM = UUID(int=0)
LOOK_TWICE = {
    "identity": gettext_lazy("somebody named in it must not be named"),
    "graded": gettext_lazy("police intelligence"),
    "sealed": gettext_lazy("it stays out until two people let it go"),
    "adult": gettext_lazy("about an adult’s health or other sensitive matters"),
    "old": gettext_lazy("more than 5 years old"),
    "family": gettext_lazy("the family objects, or says that it is wrong"),
}


@dataclass
class Card:
    """One item as the form shows it."""

    item: Item
    do: str = ""
    text: str = ""
    kind: str = ""
    reason: str = ""
    again: str = ""
    day: tuple[str, str, str] = ("", "", "")
    weighed: bool = False
    error: str = ""
    last_time: str = ""
    """What was decided in an earlier round, in a code: share, part or withhold."""
    last_reason: str = ""
    corrected_since: bool = False
    """Was it decided on in an earlier round as it then stood, and corrected since?"""
    along: tuple[str, ...] = ()
    """Ids of the documents that were ticked to go along."""
    grounds: str = ""
    """What is asked if it is withheld, ready to show; empty if something is filled in there."""

    @property
    def key(self) -> UUID:
        return self.item.entry.pk

    @property
    def about_names(self) -> str:
        """Whom the item is about."""
        return ", ".join(card.name for card in self.item.about)

    @property
    def flag_words(self) -> str:
        """Why the item wants a closer look; empty if it does not."""
        return ", ".join(str(LOOK_TWICE.get(code, code)) for code in self.item.look_twice)

    @property
    def grounds_open(self) -> bool:
        """Is something filled in on why it is withheld, or when it is looked at again?"""
        return bool(self.kind or self.reason or self.more_open or self.again != _usual_trigger())

    @property
    def more_open(self) -> bool:
        """Is something filled in under "more" (a day, harm weighed)?"""
        return any(self.day) or self.weighed or self.kind == "awaiting_advice"

    @property
    def answer(self) -> str:
        """permit, review or deny: what the rules say of sharing it whole."""
        return self.item.verdict.answer.value.lower()

    @property
    def said(self) -> list[Finding]:
        """What stands in the way, strictest first; or, where nothing does, what it rests on."""
        verdict = self.item.verdict
        rests_on = [
            each for each in verdict.findings if each.check in ("agreement-covers", "gateway-is-open")
        ]
        return list(verdict.reasons) or rests_on

    @property
    def deciders(self) -> str:
        """Who decides, in words, where somebody does."""
        roles = sorted(self.item.verdict.review_roles)
        return str(_(" and ")).join(ROLE_WORDS.get(role, role) for role in roles)

    @property
    def agreement(self) -> tuple[str, str] | None:
        """Identifier and version of the agreement that decided, if one did."""
        under = self.item.verdict.made_under
        identifier, found, rest = under.relied_on.rpartition(" v") if under else ("", "", "")
        return (identifier, rest.split()[0]) if found else None

    @property
    def left_out(self) -> str:
        """Why it is left out of everything unless a named role lets it out; empty if it is not."""
        return str(proposals.KINDS.get(self.item.entry.sealed, ""))

    def papers(self) -> list[tuple[Attached, bool]]:
        """Its documents, and whether each is ticked to go along."""
        return [(document, str(document.id) in self.along) for document in self.item.documents]

    def day_parts(self) -> list[tuple[str, str, str]]:
        """Name, label and value of the three boxes of the day."""
        labels = (_("Day"), _("Month"), _("Year"))
        return list(zip(DATE_PARTS, labels, self.day, strict=True))


def what_is_prefilled(item: Item) -> str:
    """The text to edit when only a part is shared: all that the entry says, its title left out."""
    words = f"“{item.entry.child_words}”" if item.entry.child_words else ""
    return "\n".join(part for part in (item.entry.text, words) if part) or item.entry.title


def blank(items: Iterable[Item], earlier: list[ReadAnswer]) -> list[Card]:
    """Cards not decided yet. Asked again, what was shared stands; what was not is to be looked at anew."""
    before = {read.item.entry_id: read.item for read in earlier[-1].items} if earlier else {}
    sent = {read.item.entry_id: _ids(read.sent.documents) for read in earlier[-1].items} if earlier else {}
    as_it_was = {read.item.entry.began_with for answer in earlier for read in answer.items}
    cards = [Card(i, text=what_is_prefilled(i), again=_usual_trigger()) for i in items]
    for card in cards:
        if last := before.get(card.key):
            card.last_time, card.last_reason = last.choice, last.withheld_reason
            card.along = sent.get(card.key, ())
            # What goes only under conditions is chosen anew each time, by itself.
            conditions = card.item.entry.police_grading.endswith("C")
            card.do = "share" if last.choice == "share" and not conditions else ""
        elif card.item.entry.version > 1:
            card.corrected_since = card.item.entry.began_with in as_it_was
    return cards


def _ids(documents: Iterable[Attached]) -> tuple[str, ...]:
    return tuple(str(document.id) for document in documents)


def _usual_trigger() -> str:
    return _("Something new comes to light about the child or the family")


def copy_the_grounds(cards: list[Card], asked: dict[str, Any]) -> None:
    """The dozen questions about withholding are the same for every item on which nothing is filled in: render
    them once, and put each item's id in. `asked` is what `_grounds.html` needs beside the card and its key.
    """
    alike = [card for card in cards if not card.grounds_open]
    if not alike:
        return
    pattern = render_to_string("requests/_grounds.html", {**asked, "card": alike[0], "key": NO_ITEM})
    for card in alike:
        card.grounds = mark_safe(pattern.replace(str(NO_ITEM), str(card.key)))  # noqa: S308 – rendered above


def typed(items: Iterable[Item], data: QueryDict, earlier: list[ReadAnswer]) -> list[Card]:
    """Cards as they were filled in; an item that was not on the page is blank."""
    return [_typed(card, data) for card in blank(items, earlier)]


def _typed(card: Card, data: QueryDict) -> Card:
    key = card.key
    if str(key) not in data.getlist("seen"):
        return card
    return replace(
        card,
        do=data.get(f"do-{key}", ""),
        text=data.get(f"text-{key}", card.text).replace("\r\n", "\n"),
        kind=data.get(f"kind-{key}", ""),
        reason=data.get(f"reason-{key}", "").replace("\r\n", "\n"),
        again=data.get(f"again-{key}", card.again),
        day=tuple(data.get(f"day-{key}-{part}", "").strip() for part in DATE_PARTS),
        weighed=bool(data.get(f"weighed-{key}")),
        along=tuple(pk for pk in data.getlist(f"along-{key}") if pk in _ids(card.item.documents)),
    )


def fill_the_rest(cards: list[Card], data: QueryDict) -> list[Card]:
    """Apply "everything I have not chosen": never to an item that needs a closer look or was not shown."""
    do = data.get("rest", "")
    if do not in ("share", "withhold"):
        return cards
    seen = set(data.getlist("seen"))
    return [
        replace(
            card,
            do=do,
            kind=data.get("rest-kind", ""),
            reason=data.get("rest-reason", ""),
        )
        if not card.do and not card.item.look_twice and str(card.key) in seen
        else card
        for card in cards
    ]


def choices(cards: list[Card], *, own_words: str, today: date) -> tuple[Choice, ...]:
    """The decisions made; what is unfinished is noted on its card as an error."""
    made = []
    for card in cards:
        if card.do not in ("share", "part", "withhold"):
            continue
        day = _day(card, today) if card.do == "withhold" else None
        card.error = card.error or _unfinished(card, own_words)
        made.append(_choice(card, day))
    return tuple(made)


def note_unchosen(cards: list[Card]) -> None:
    """Say so on each card without a decision."""
    for card in cards:
        if card.do not in ("share", "part", "withhold"):
            card.error = _("Choose share, share part or withhold.")


def _unfinished(card: Card, own_words: str) -> str:
    if card.do == "part" and not card.text.strip():
        return _("Write the part that you want to share.")
    if card.do == "withhold" and not card.kind:
        return _("Choose the ground on which you withhold this.")
    if card.do == "withhold" and not (card.reason.strip() or own_words.strip()):
        return _("Say in a sentence why you withhold this: whoever asked will read it.")
    if card.do == "withhold" and len(card.again) > LONGEST_TRIGGER:
        return _("Shorten what would make you look again to %(most)d characters.") % {"most": LONGEST_TRIGGER}
    return ""


def _day(card: Card, today: date) -> date | None:
    try:
        return ThreeBoxDateField(required=False, earliest=today).clean(list(card.day))
    except ValidationError as wrong:
        card.error = _("The day to look again: %(words)s.") % {"words": " ".join(wrong.messages)}
        return None


def _choice(card: Card, day: date | None) -> Choice:
    withheld = card.do == "withhold"
    trigger = card.again.strip()
    if day:
        trigger = _("%(trigger)s; at the latest on %(day)s") % {
            "trigger": trigger,
            "day": date_format(day, "j F Y"),
        }
    return Choice(
        entry=card.key,
        choice=card.do,
        text=card.text.strip() if card.do == "part" else "",
        withheld_kind=card.kind if withheld else "",
        withheld_reason=card.reason.strip() if withheld else "",
        review_when=trigger if withheld else "",
        review_on=day,
        harm_weighed=card.weighed,
        # What is withheld takes nothing along, whatever was ticked before.
        documents=() if withheld else tuple(UUID(pk) for pk in card.along),
    )


def problems(cards: Iterable[Card]) -> list[tuple[str, str]]:
    """What is wrong with which item, for the error summary."""
    return [
        (f"{card.item.entry.title}: {card.error}", f"do-{card.key}-share") for card in cards if card.error
    ]


def take(cards: list[Card], wrong: dict[str, object]) -> None:
    """Put the errors that the answer came back with on their cards."""
    for card in cards:
        if words := wrong.get(f"item-{card.key}"):
            card.error = str(words)


def counts(cards: Iterable[Any]) -> tuple[int, int]:
    """How many items can be chosen together, and how many need a closer look."""
    flagged = sum(bool(card.item.look_twice) for card in cards)
    return len(list(cards)) - flagged, flagged
