"""Somebody asks for something to be erased: what is erased, what is refused, and on which ground?

Noted as all that a family says of entries (`saying`): its words stand beside each, and its agency is asked. It decides on
each within the month. What it decides to erase is shared no more from that moment, and whoever was told it hears so; it is
gone when a second person has signed (`retention.asked_for`), and only then is the answer handed over. Where something is
held because a law obliges the agency, or for a public task, there is no such right (UK GDPR, Article 17(3)(b)): as with all
grounds, a person decides whether it fits. (UK GDPR, Articles 12(3), 12(4), 17 and 19.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.chronology import family_words
from jigsaw.hub.chronology.kinds import FamilySays
from jigsaw.hub.kit import context, fields, outbox
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import AlreadyDone, Invalid
from jigsaw.hub.rights import asked, saying
from jigsaw.hub.rights.asked import Detail
from jigsaw.hub.rights.kinds import ERASE, ERASED, ERASURE, GROUNDS, REFUSED
from jigsaw.hub.rights.models import RightsRequest

if TYPE_CHECKING:
    from jigsaw.hub.chronology.models import FamilyWords
    from jigsaw.hub.chronology.queries import Line

LONGEST = 2000


@dataclass(frozen=True)
class Word:
    """What is decided of one entry: ERASE or REFUSED, why, as the family reads it, and the ground (of GROUNDS) if refused."""

    outcome: str
    because: str
    ground: str = ""


@dataclass(frozen=True)
class ToDecide:
    """One request, what the family says, and what it points at: by the version each began with, as it stands now."""

    detail: Detail
    words: str
    entries: tuple[tuple[UUID, Line], ...]


@dataclass(frozen=True)
class Agreed:
    """One entry that its agency decided to erase and that nobody has signed for: whom any version of it is about."""

    request: RightsRequest
    entry: UUID
    day: date
    because: str
    people: tuple[UUID, ...]


@transaction.atomic
def to_decide(actor: Actor, reference: str, *, now: datetime) -> ToDecide:
    """What is asked, and of which entries; audited. For whoever may answer families, of the agency that holds them."""
    detail = asked.read(actor, reference, now=now)
    said = saying.said_of(detail.request, ERASURE)
    began = family_words.counting(said)
    lines = family_words.newest(actor, said, now=now)
    words = said[0].words if said else ""
    return ToDecide(detail, words, tuple((began[line.id], line) for line, _right in lines))


@transaction.atomic
def decide(*, actor: Actor, reference: str, words: Mapping[UUID, Word], now: datetime) -> tuple[Agreed, ...]:
    """Decide on everything that is pointed at, once, by the version each began with; what is to be erased, for the
    room above, which asks whether something stands in the way.

    Raises Invalid by field (`<outcome|ground|because>-<id>`) unless there is a word on each, with a reason, and a ground
    where it is refused; AlreadyDone, Refused, NotHere.
    """
    row = asked.locked(actor, reference)
    said = saying.said_of(row, ERASURE)
    _check(words, said)
    goes = [one for one in said if words[one.entry_id].outcome == ERASE]
    stays = [one for one in said if words[one.entry_id].outcome == REFUSED]
    given = {
        "of": ERASURE,
        "items": [_item(one, words[one.entry_id]) for one in said],
        "left_out": [],
    }
    saying.settle(row, actor, goes, outcome="erasing", state=FamilySays.STOPPED, since=context.EPOCH, now=now)
    saying.settle(row, actor, stays, outcome="stands", state=FamilySays.STANDS, now=now)
    asked.deciding(row, actor, given=given, held_back=[], because="", now=now)
    asked.write_down("rights.decided", row, actor, now, kind=row.kind, erase=len(goes), refused=len(stays))
    agreed = _agreed([row])
    if agreed:
        _tell_who_signs(row, agreed, now)
    return agreed


def _check(words: Mapping[UUID, Word], said: list[FamilyWords]) -> None:
    wrong: dict[str, object] = {}
    for each in said:
        word, key = words.get(each.entry_id, Word("", "")), each.entry_id
        wrong |= {f"{name}-{key}": message for name, message in wrong_with(word).items()}
    if wrong:
        raise Invalid(_("Say of each whether it is erased, and why."), wrong)


def wrong_with(word: Word) -> dict[str, object]:
    """What is wrong with a word on one entry, by field; empty if nothing is."""
    fields.check_text("because", word.because, longest=LONGEST, label=str(_("Why")))
    wrong: dict[str, object] = {}
    ground = GROUNDS.get(word.ground)
    if word.outcome not in (ERASE, REFUSED):
        wrong["outcome"] = _("Choose whether it is erased.")
    if word.outcome == REFUSED and (ground is None or ERASURE not in ground.kinds):
        wrong["ground"] = _("Choose on what ground it is refused.")
    if not word.because.strip():
        wrong["because"] = _("Say why, in words that the family understands.")
    return wrong


def _item(said: FamilyWords, word: Word) -> dict[str, Any]:
    """Kept with the answer: no word of the entry, which may be gone soon."""
    return {
        "entry": str(said.entry_id),
        "day": said.entry.happened_on.isoformat(),
        "outcome": word.outcome,
        "ground": word.ground if word.outcome == REFUSED else "",
        "because": word.because.strip(),
    }


def _tell_who_signs(row: RightsRequest, agreed: tuple[Agreed, ...], now: datetime) -> None:
    concerns = {
        "request": row.reference,
        "agency": str(row.agency_id),
        "by": str(row.decided_by_id),
        "persons": _persons(agreed),
    }
    outbox.put(topic="rights.to_sign", payload=concerns, now=now)


def _persons(agreed: tuple[Agreed, ...]) -> list[str]:
    return sorted({str(pk) for one in agreed for pk in one.people})


def agreed(actor: Actor, reference: str = "") -> tuple[Agreed, ...]:
    """What the actor's agency decided to erase and nobody has signed for, the oldest decision first; of one request if named.

    The caller has authorised it (`retention.access`), and audits it.
    """
    rows = RightsRequest.objects.filter(agency=actor.agency_id, kind=ERASURE)
    rows = rows.filter(given__items__contains=[{"outcome": ERASE}]).select_related("decided_by", "agency")
    if reference:
        rows = rows.filter(reference=reference)
    return _agreed(list(rows.order_by("decided_at", "pk")))


def _agreed(rows: list[RightsRequest]) -> tuple[Agreed, ...]:
    found = [(row, one) for row in rows for one in (row.given or {})["items"] if one["outcome"] == ERASE]
    about = family_words.about(UUID(one["entry"]) for _row, one in found) if found else {}
    return tuple(
        Agreed(
            row,
            UUID(one["entry"]),
            date.fromisoformat(one["day"]),
            one["because"],
            # Of what the schedule took meanwhile, whom it was about is known no more, but for whom it was asked of.
            about[UUID(one["entry"])] or (row.person_id,),
        )
        for row, one in found
    )


def tell_who_was_told_meanwhile(*, actor: Actor, of: Agreed, now: datetime) -> None:
    """It is about to go: whoever was told it since it was decided hears so as well. Only `retention.asked_for` calls this."""
    row = of.request
    assert row.decided_at is not None
    saying.settle(
        row, actor, _said(of), outcome="erasing", state=FamilySays.STOPPED, since=row.decided_at, now=now
    )


def _said(of: Agreed) -> list[FamilyWords]:
    said = family_words.under(of.request.reference, agency=of.request.agency_id)
    return [one for one in said if one.entry_id == of.entry]


def signed(*, by: Agreed, disposal: str, now: datetime) -> None:
    """It is gone, under this reference of the register. Only `retention.asked_for` calls this, which audits it."""
    _becomes(by, {"outcome": ERASED, "on": now.date().isoformat(), "disposal": disposal}, now)


def turned_down(*, by: Agreed, word: Word, now: datetime) -> None:
    """Whoever was to sign refuses it, on a ground: it stays, and the family's words beside it say so. Only
    `retention.asked_for` calls this, which has checked the word and audits it."""
    family_words.decide(_said(by), state=FamilySays.STANDS, now=now)
    _becomes(by, {"outcome": REFUSED, "ground": word.ground, "because": word.because.strip()}, now)


def _becomes(by: Agreed, changes: Mapping[str, Any], now: datetime) -> None:
    row = RightsRequest.objects.select_for_update().get(pk=by.request.pk)
    [item] = [one for one in (row.given or {})["items"] if one["entry"] == str(by.entry)]
    if item["outcome"] != ERASE:
        raise AlreadyDone(_("Somebody has signed or refused it already."), _("Go back to the list."))
    item.update(changes)
    row.save(update_fields=["given"])
    if not asked.to_be_signed(row):
        concerns = {
            "request": row.reference,
            "to": str(row.decided_by_id),
            "persons": sorted({str(row.person_id), *map(str, by.people)}),
        }
        outbox.put(topic="rights.signed", payload=concerns, now=now)
