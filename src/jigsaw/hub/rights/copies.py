"""A family asks for a copy of what one agency holds: what is in it, what might be left out, and who decided each?

An agency answers for its own records and entries alone; what others lent to it is theirs to tell. The records stay as
they are: words are left out of the copy, which is kept as it was given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.chronology import attached, beside
from jigsaw.hub.chronology import queries as chronology
from jigsaw.hub.kit import fields
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid, WrongState
from jigsaw.hub.people import held as people_held
from jigsaw.hub.people import queries as people
from jigsaw.hub.referrals import held as referrals_held
from jigsaw.hub.referrals.held import Concern
from jigsaw.hub.rights import access, asked
from jigsaw.hub.rights.asked import Detail
from jigsaw.hub.rights.kinds import COPY, EXEMPTIONS
from jigsaw.hub.rights.models import Redaction, RightsRequest
from jigsaw.hub.rights.proposing import Item, Proposal, propose, without

if TYPE_CHECKING:
    from uuid import UUID

    from jigsaw.hub.chronology.models import Document, Entry

LONGEST = 2000
# Leaving in what was proposed for one of these takes a reason in words.
NEEDS_A_REASON = ("serious_harm", "child_abuse", "restricted", "crime")


@dataclass(frozen=True)
class Said:
    """A person's word on a proposal."""

    take_out: bool
    because: str = ""


@dataclass(frozen=True)
class Going:
    """One item, and for each proposal about it what was decided, if anybody has."""

    item: Item
    proposals: tuple[tuple[Proposal, Redaction | None], ...]


@dataclass(frozen=True)
class ToDecide:
    """Everything the agency holds, item by item, and how many proposals nobody has decided."""

    detail: Detail
    items: tuple[Going, ...]

    @property
    def undecided(self) -> int:
        return sum(map(_is_open, (pair for going in self.items for pair in going.proposals)))


@transaction.atomic
def to_decide(actor: Actor, reference: str, *, now: datetime) -> ToDecide:
    """All that could be told, with what is proposed to be left out and why; audited."""
    detail = asked.read(actor, reference, now=now)
    return ToDecide(detail, _going(actor, detail.request, now))


@transaction.atomic
def settle(*, actor: Actor, reference: str, said: Mapping[str, Said], now: datetime) -> int:
    """Decide on these proposals, by their keys; earlier words on them are replaced. How many.

    Raises Invalid by key for a proposal that there is not, and where what may cause harm is left in without a reason.
    """
    row = asked.locked(actor, reference)
    there = {one.key: one for going in _going(actor, row, now) for one, _decided in going.proposals}
    wrong: dict[str, object] = {}
    for key, word in said.items():
        fields.check_text(key, word.because, longest=LONGEST, label=str(_("Why")))
        if key not in there:
            wrong[key] = _("This is not proposed any more. Look again.")
        elif not word.take_out and there[key].firm:
            wrong[key] = _("One person cannot tell this. It stays out of the copy.")
        elif not word.take_out and there[key].exemption in NEEDS_A_REASON and not word.because.strip():
            wrong[key] = _("Say why it can be told.")
    if wrong:
        raise Invalid(_("Say why it can be told, where telling might do harm."), wrong)
    for key, word in said.items():
        _keep(row, there[key], word, actor, now)
    out = sum(word.take_out for word in said.values())
    asked.write_down("rights.settled", row, actor, now, decided=len(said), left_out=out)
    return len(said)


@transaction.atomic
def leave_out(
    *, actor: Actor, reference: str, item: str, words: str, exemption: str, because: str, now: datetime
) -> Redaction:
    """Leave out what nobody proposed: these words of an item, or without words all of it. Raises Invalid by field."""
    row = asked.locked(actor, reference)
    held = {going.item.key: going.item for going in _going(actor, row, now)}
    wrong: dict[str, object] = {}
    if item not in held:
        wrong["item"] = _("Choose what it stands in.")
    elif held[item].sealed:
        wrong["words"] = _("It is sealed, and left out whole.")
    elif words.strip() and words.casefold().strip() not in "\n".join(held[item].parts.values()).casefold():
        wrong["words"] = _("These words do not stand there. Copy them as they are.")
    if exemption not in EXEMPTIONS:
        wrong["exemption"] = _("Choose which reason fits.")
    if not because.strip():
        wrong["because"] = _("Say why.")
    if wrong:
        raise Invalid(_("Say what is left out, and why."), wrong)
    fields.check_text("because", because, longest=LONGEST, label=str(_("Why")))
    proposal = Proposal(item, exemption, because.strip(), words=words.strip())
    asked.write_down("rights.settled", row, actor, now, decided=1, left_out=1)
    return _keep(row, proposal, Said(True, because), actor, now, proposed_by=actor)


@transaction.atomic
def produce(*, actor: Actor, reference: str, because: str = "", now: datetime) -> RightsRequest:
    """Make the copy as it is given, once. Raises WrongState while anything that is proposed is undecided, AlreadyDone."""
    row = asked.locked(actor, reference)
    going = _going(actor, row, now)
    if undecided := sum(map(_is_open, (pair for each in going for pair in each.proposals))):
        raise WrongState(
            _("%(n)d proposals are undecided.") % {"n": undecided},
            _("Decide on each of them first: there may be some about something that was added meanwhile."),
        )
    given = _given(going)
    asked.deciding(row, actor, given=given, held_back=[], because=because, now=now)
    asked.write_down(
        "rights.decided", row, actor, now,
        kind=COPY, told=len(given["items"]), left_out=sum(one["lines"] for one in given["left_out"]),
    )  # fmt: skip
    return row


def _is_open(pair: tuple[Proposal, Redaction | None]) -> bool:
    """Undecided, or told although no one person may."""
    one, word = pair
    return word is None or (one.firm and not word.take_out)


def _keep(
    row: RightsRequest,
    one: Proposal,
    word: Said,
    actor: Actor,
    now: datetime,
    proposed_by: Actor | None = None,
) -> Redaction:
    kept, _made = Redaction.objects.update_or_create(
        request=row,
        key=one.key,
        defaults={"take_out": word.take_out, "decided_because": word.because.strip(),
                  "decided_by_id": actor.practitioner_id, "decided_at": now},
        create_defaults={
            "item": one.item, "part": one.part, "words": one.words, "exemption": one.exemption,
            "because": str(one.because), "proposed_by_id": proposed_by.practitioner_id if proposed_by else None,
            "take_out": word.take_out, "decided_because": word.because.strip(),
            "decided_by_id": actor.practitioner_id, "decided_at": now,
        },
    )  # fmt: skip
    return kept


def _going(actor: Actor, row: RightsRequest, now: datetime) -> tuple[Going, ...]:
    if row.kind != COPY:
        raise WrongState(_("This asks for something else."), _("Go back to what families ask."))
    person = people.current(row.person_id).pk
    access.check_holds(actor, person, now)
    held = people_held.held(actor, person)
    items = [
        *(_of_record(piece) for piece in held.pieces),
        *(_of_concern(concern) for concern in referrals_held.held(actor, person)),
        *_entries(actor, held, person),
    ]
    own = [text for item in items if item.kind in ("address", "contact") for text in item.parts.values()]
    own_words = [*own, *(part for text in own for part in text.split(", "))]
    kept = {word.key: word for word in Redaction.objects.filter(request=row).select_related("decided_by")}
    return tuple(_one(item, row, held.others, own_words, kept) for item in items)


def _one(
    item: Item, row: RightsRequest, others: Iterable[str], own: Iterable[str], kept: Mapping[str, Redaction]
) -> Going:
    proposals = {one.key: one for one in propose(item, asked_as=row.asked_as, others=others, own=own)}
    for word in kept.values():
        if word.item == item.key and word.key not in proposals:
            proposals[word.key] = Proposal(word.item, word.exemption, word.because, word.part, word.words)
    return Going(item, tuple((one, kept.get(key)) for key, one in proposals.items()))


def _of_record(piece: people_held.Piece) -> Item:
    return Item(piece.key, piece.kind, piece.parts, protected=piece.protected, relation=piece.relation)


def _of_concern(concern: Concern) -> Item:
    return Item(concern.key, "concern", concern.parts, day=concern.day, anonymous=concern.anonymous)


def _entries(actor: Actor, held: people_held.Held, person: Any) -> list[Item]:
    entries = chronology.kept_about(actor, held.records)
    about = chronology.persons_about(entries)
    says = beside.family_says(actor, [(entry, entry) for entry in entries])
    papers = attached.own_of(entries, taken_off=True)
    newest = {entry.began_with: entry for entry in sorted(entries, key=lambda entry: entry.version)}
    return [
        *(_of_entry(entry, says[entry.pk], about.get(entry.pk, ()), person) for entry in entries),
        *(
            _of_document(paper, _of_entry(entry, (), about.get(entry.pk, ()), person))
            for began_with, entry in newest.items()
            for paper in papers.get(began_with, ())
        ),
    ]


def _of_entry(entry: Entry, says: Iterable[beside.Said], about: Iterable[UUID], person: UUID) -> Item:
    return Item(
        key=f"entry:{entry.pk}",
        kind="entry",
        parts=_parts(entry, says),
        day=entry.happened_on,
        how_known=entry.how_known,
        sealed=entry.sealed,
        protect=tuple(entry.protect),
        about_adult=entry.about_adult,
        special_category=entry.special_category,
        graded=bool(entry.police_grading),
        about_others=len(set(about) - {person}),
        withdrawn=entry.withdrawn,
    )


def _of_document(paper: Document, entry: Item) -> Item:
    """A document reads as its entry does, but for its words: nobody has read those for the hub."""
    return replace(
        entry,
        key=f"document:{paper.pk}",
        kind="document",
        parts={"title": paper.title, "pages": str(paper.pages)},
        how_known="",
        withdrawn=entry.withdrawn or paper.taken_off_at is not None,
    )


def _parts(entry: Entry, says: Iterable[beside.Said]) -> dict[str, str]:
    names = ("title", "text", "child_words", "source", "corrected_because")
    parts = {name: getattr(entry, name) for name in names if getattr(entry, name)}
    if words := "\n".join(said.words for said in says):
        parts["family_says"] = words
    return parts


def _given(going: Iterable[Going]) -> dict[str, Any]:
    """The copy: what is told of each item, and how often something was left out for which reason."""
    items, counted = [], dict.fromkeys(EXEMPTIONS, 0)
    for each in going:
        out = [one for one, word in each.proposals if word is not None and word.take_out]
        for one in out:
            counted[one.exemption] += 1
        parts = without(each.item, out)
        if parts is not None:
            item = each.item
            items.append({
                "kind": item.kind, "day": item.day and item.day.isoformat(), "how_known": item.how_known,
                "withdrawn": item.withdrawn,
                # In their order, which JSON keeps for lists alone.
                "parts": [{"name": name, "text": text} for name, text in parts.items()],
            })  # fmt: skip
    edition = agreements.words("event_kinds").get("edition", "")
    left_out = [{"why": code, "lines": n} for code, n in counted.items() if n]
    return {"of": COPY, "edition": edition, "items": items, "left_out": left_out}
