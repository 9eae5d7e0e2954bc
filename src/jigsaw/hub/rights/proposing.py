"""What of a copy might have to be left out, and why? Proposals, each with its reason: a person decides on every one.

Pure: nothing here reads a table. What is proposed follows from the words alone, so the same words propose the same, and
whoever decides later finds what was decided before. Nothing proposed is left out by itself, and nothing that is not
proposed is safe for that: whoever decides reads all of it, and adds what was missed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from django.utils.translation import gettext_lazy as _

from jigsaw.sharing_rules.identities import identities_in

CHILD = "child"
LEFT_OUT = "[…]"
WHO_RAISED_IT = ("caller_name", "caller_contact")
POSTCODE = re.compile(r"\b[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}\b")
TELEPHONE = re.compile(r"(?<![\w])(?:\+44|0)(?:[ -]?[0-9]){9,10}(?![\w])")


@dataclass(frozen=True)
class Item:
    """One thing that is held: `parts` by name, as text; the rest says what kind of thing it is."""

    key: str
    kind: str
    parts: Mapping[str, str]
    day: date | None = None
    how_known: str = ""
    sealed: str = ""
    protect: tuple[str, ...] = ()
    about_adult: bool = False
    special_category: bool = False
    graded: bool = False
    about_others: int = 0
    protected: bool = False
    relation: bool = False
    withdrawn: bool = False
    anonymous: bool = False
    """Whoever raised it asked not to be named: one person cannot tell who it was."""


@dataclass(frozen=True)
class Proposal:
    """Leave out the whole item (no `part`, no `words`), one part of it, or these words wherever they stand in it."""

    item: str
    exemption: str
    because: object = field(compare=False)
    part: str = ""
    words: str = ""
    firm: bool = field(default=False, compare=False)
    """One person cannot tell it: what is sealed or protected, and names that must not leave, take two elsewhere."""

    @property
    def key(self) -> str:
        """The same for the same proposal, whenever it is made."""
        told = "|".join((self.item, self.part, self.words.casefold()))
        return hashlib.sha256(told.encode()).hexdigest()[:20]


def propose(item: Item, *, asked_as: str, others: Iterable[str], own: Iterable[str]) -> list[Proposal]:
    """What of this item might have to be left out, each once.

    `others`: names of people near, the longest first; `own`: postcodes and telephone numbers of the person's own.
    """
    if item.sealed:
        # No words of it: they would stand outside the seal.
        return [next(_whole(item, asked_as))]
    found = [
        *_whole(item, asked_as),
        *_parts(item, asked_as),
        *_words(item, tuple(others), set(map(_bare, own))),
    ]
    # Of two that are the same, the firm one stays.
    return list({one.key: one for one in sorted(found, key=lambda one: one.firm)}.values())


def _whole(item: Item, asked_as: str) -> Iterator[Proposal]:
    if item.kind == "concern" and asked_as != CHILD:
        said = _("It says that a child may be at risk: is telling it in the child’s best interests?")
        yield Proposal(item.key, "child_abuse", said)
    if item.sealed:
        exemption = "restricted" if "adopt" in item.sealed else "serious_harm"
        yield Proposal(item.key, exemption, _("It is sealed."), firm=True)
    if item.protected:
        said = _("The address is protected: somebody may be in danger if it is told.")
        yield Proposal(item.key, "serious_harm", said, firm=True)
    if item.kind == "document":
        yield Proposal(item.key, "others", _("Only a person can tell who is named in it: read it first."))
    if item.relation:
        yield Proposal(item.key, "others", _("It is about somebody else as well."))
    if item.about_others:
        yield Proposal(
            item.key, "others", _("It is about other people as well: what is said of them is theirs.")
        )
    if item.about_adult:
        yield Proposal(item.key, "others", _("It is about an adult’s own life."))
    if item.graded:
        yield Proposal(item.key, "crime", _("It is graded police intelligence: ask the police."))
    if item.special_category:
        said = _(
            "Health or private life: somebody qualified says first whether telling would cause serious harm."
        )
        yield Proposal(item.key, "serious_harm", said)
    if item.kind == "document" and item.protect:
        said = _("Names are marked as not to leave with its entry: read every page of it for them.")
        yield Proposal(item.key, "serious_harm", said)


def _parts(item: Item, asked_as: str) -> Iterator[Proposal]:
    if item.how_known == "reported" and item.parts.get("source"):
        yield Proposal(item.key, "others", _("Somebody told this, and may be known by it."), part="source")
    for part in item.parts:
        if part in WHO_RAISED_IT or part.endswith("_source"):
            said = _("Whoever raised or told it may be known by it.")
            yield Proposal(item.key, "others", said, part=part, firm=item.anonymous and part in WHO_RAISED_IT)
    if item.parts.get("alleged_harm_by"):
        yield Proposal(item.key, "others", _("Who is said to have done harm."), part="alleged_harm_by")
    if item.parts.get("child_words") and asked_as != CHILD:
        said = _("The child’s own words, which they may not expect to be passed on to whoever asks.")
        yield Proposal(item.key, "expectation", said, part="child_words")


def _words(item: Item, others: tuple[str, ...], own: set[str]) -> Iterator[Proposal]:
    text = "\n".join(item.parts.values())
    for name in identities_in(text, item.protect):
        said = _("Marked as not to leave with the entry.")
        yield replace(_named(item, name, text, "serious_harm", said), firm=True)
    if not item.relation:
        for name in identities_in(text, others):
            yield _named(item, name, text, "others", _("Somebody else’s name."))
    if item.kind in ("entry", "concern"):
        for found in {match[0] for rule in (POSTCODE, TELEPHONE) for match in rule.finditer(text)}:
            if _bare(found) not in own:
                said = _("A postcode or telephone number that may be somebody else’s.")
                yield Proposal(item.key, "others", said, words=found)


def _named(item: Item, name: str, text: str, exemption: str, because: object) -> Proposal:
    """The name, or the whole item where it also stands there in a form that cannot be cut out by itself."""
    if not identities_in(_finding(name).sub(LEFT_OUT, text), (name,)):
        return Proposal(item.key, exemption, because, words=name)
    return Proposal(item.key, exemption, because)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _finding(words: str) -> re.Pattern[str]:
    """These words as they may be spaced, never inside another word; the family's “’s” goes with a name."""
    spaced = r"\s+".join(re.escape(part) for part in words.split())
    return re.compile(rf"(?<!\w){spaced}(?:[’']s)?(?!\w)", re.IGNORECASE)


def without(item: Item, left_out: Iterable[Proposal]) -> dict[str, str] | None:
    """The item's parts as they are told; None if all of it is left out. The longest words go first."""
    chosen = [proposal for proposal in left_out if proposal.item == item.key]
    if any(not proposal.part and not proposal.words for proposal in chosen):
        return None
    parts = {name: text for name, text in item.parts.items()}
    for proposal in sorted(chosen, key=lambda one: -len(one.words)):
        for name in parts:
            if proposal.part in ("", name):
                parts[name] = (
                    _finding(proposal.words).sub(LEFT_OUT, parts[name]) if proposal.words else LEFT_OUT
                )
    return parts
