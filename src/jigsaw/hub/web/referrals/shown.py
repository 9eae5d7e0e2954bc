"""How is someone named in a concern shown: what they are, what is known of them, and whose words?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jigsaw.hub.kit.clock import ENGLAND, age_on
from jigsaw.hub.people.cards import Card, address_words
from jigsaw.hub.web.referrals import choices
from jigsaw.record_linkage.identifiers import format_nhs


@dataclass(frozen=True)
class Shown:
    """Someone named in a concern, in words."""

    name: str
    what: str
    """Child, parent or carer …, with what they are to the first child."""
    born: str
    facts: tuple[tuple[str, str], ...]
    child_words: str
    description: str


def named(card: Card, *, unborn: bool = False, description: str = "") -> str:
    """A name to show, also where there is none."""
    if unborn and not card.name:
        return _("Unborn baby")
    if unborn or card.expected_on:
        return _("Unborn baby %(name)s") % {"name": card.name} if card.name else _("Unborn baby")
    return card.name or description or _("Name not known")


def all_named(cards: Any) -> str:
    """The children of a concern in one line."""
    return _(", ").join(named(card) for card in cards) or _("Name not known")


def born_words(card: Card, today: date, accuracy: str = "AAA") -> str:
    """Date of birth with age, or the date a baby is due, as far as it is known."""
    if card.expected_on:
        return _("due %(date)s") % {"date": formats.date_format(card.expected_on, "j F Y")}
    if card.born is None:
        return ""
    return _born_as_known(card.born, today, accuracy)


def _born_as_known(born: date, today: date, accuracy: str) -> str:
    years = age_on(born, today)
    age = ngettext("%(years)d year old", "%(years)d years old", years) % {"years": years}
    if accuracy.startswith("UU"):
        guess = accuracy.endswith("E")
        return _("about %(age)s") % {"age": age} if guess else _("born in %(year)d") % {"year": born.year}
    if accuracy.startswith("U"):
        return _("born in %(month)s") % {"month": formats.date_format(born, "F Y")}
    return _("born %(date)s, %(age)s") % {"date": formats.date_format(born, "j F Y"), "age": age}


def today_in_england(now: datetime) -> date:
    return now.astimezone(ENGLAND).date()


def show(person: Any, card: Card, today: date, *, ours: bool) -> Shown:
    """Someone in a referral; `ours`: the reader's agency wrote the record, so a secret address is shown."""
    record = person.record
    description = str(record.raw.get("description", ""))
    relationship = choices.relationship_words(person.relationship)
    part = str(choices.PARTS.get(person.part, person.part))
    return Shown(
        name=named(card, unborn=person.part == "unborn", description=description),
        what=_("%(part)s: %(relationship)s") % {"part": part, "relationship": relationship}
        if relationship
        else part,
        born=born_words(card, today, record.born_accuracy),
        facts=tuple((key, value) for key, value in _facts(record, ours) if value),
        child_words=person.child_words,
        description=description if card.name else "",
    )


def _facts(record: Any, ours: bool) -> Iterator[tuple[str, str]]:
    sexes = {"F": _("Female"), "M": _("Male")}
    yield _("Sex"), sexes.get(record.sex, "")
    yield _("Also known as"), ", ".join(" ".join(p for p in name[:2] if p) for name in record.other_names)
    for at in record.addresses.all():
        words = address_words(at)
        yield _("Address"), words if ours or not at.protected else _("Kept secret")
    for contact in record.contacts.all():
        yield _("Contact"), contact.value
    for number in record.identifiers.all():
        nhs = number.kind == "nhs_number"
        yield (_("NHS number"), format_nhs(number.value)) if nhs else (_("UPN"), number.value)
    yield _("Parental responsibility"), _responsibility(record)
    yield _("School"), record.school
    yield _("GP"), record.gp
    yield _("Ethnicity"), str(choices.ETHNICITIES.get(record.ethnicity, record.ethnicity))
    yield _("First language"), record.language
    yield _("Interpreter"), {True: _("Needed"), False: _("Not needed")}.get(record.interpreter, "")
    yield _("Religion"), record.religion
    yield _("Disability or special needs"), record.disability


def _responsibility(record: Any) -> str:
    words = {True: _("Yes"), False: _("No")}
    return next(
        (
            words[tie.parental_responsibility]
            for tie in record.relations_from.all()
            if tie.parental_responsibility is not None
        ),
        "",
    )


def told_rows(referral: Any) -> list[dict[str, str]]:
    """What a referral says beside the concern, the statements and the people: headings with their text."""
    parents = " ".join(
        part for part in (str(choices.PARENTS_READ[referral.parents_know]), referral.parents_know_why) if part
    )
    arose = [referral.arose]
    if referral.arose_on:
        arose.append(_("On %(date)s.") % {"date": formats.date_format(referral.arose_on, "j F Y")})
    rows = [
        (_("How it came up"), "\n".join(part for part in arose if part)),
        (_("Where the child is now"), referral.child_now),
        (_("Done already"), referral.immediate_action),
        (_("What happened before"), referral.past_events),
        (_("What is going well"), referral.strengths),
        (_("Who else helps"), referral.agencies_involved),
        (_("Who may have caused harm"), referral.alleged_harm_by),
        (_("Do the parents know?"), parents),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]
