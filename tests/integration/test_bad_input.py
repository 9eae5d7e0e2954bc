"""Whatever is typed or pasted is kept whole, or refused by the name of its field; nothing is half done.

Long notes, emoji, right-to-left text and script tags are words like others and come back letter for letter.
What no database can hold (NUL, half a surrogate pair), what does not fit its column, and dates that are a slip
of the pen raise `Invalid` with the field's name: one place decides it, `kit.fields`, for every table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import models, transaction

from jigsaw.hub.audit.models import Entry as AuditEntry
from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.chronology import queries as chronology_queries
from jigsaw.hub.chronology.models import Entry
from jigsaw.hub.chronology.operations import Piece
from jigsaw.hub.decisions.operations import Grounds, TookPart
from jigsaw.hub.disclosures import operations as disclosures
from jigsaw.hub.disclosures.operations import Draft
from jigsaw.hub.enquiries import operations as enquiries
from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.information_requests.models import Recipient
from jigsaw.hub.information_requests.operations import Question
from jigsaw.hub.kit import drafts, fields
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.people import finding
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import queries as people_queries
from jigsaw.hub.people.models import PersonRecord
from jigsaw.hub.people.records import At, Facts
from jigsaw.hub.referrals import operations as referrals
from jigsaw.hub.referrals import queries as referral_queries
from jigsaw.hub.referrals.models import Referral
from jigsaw.hub.referrals.operations import Said
from people_in_tests import KATIE, MONDAY, Town, concern

LONG_NOTE = "She said it again. " * 527  # a little over 10,000 characters
WORDS = {
    "a note of 10,000 characters": LONG_NOTE,
    "emoji, also joined ones": "😢 she drew this: 👩‍👧‍👦🏳️‍🌈",
    "right-to-left text": "تقول كاتي إنها خائفة \N{RIGHT-TO-LEFT MARK}(بالليل)\N{LEFT-TO-RIGHT MARK} and שלום",
    "a script tag": "<script>alert('Katie')</script>&amp;",
    "quotes and backslashes": "'; DROP TABLE people_person; -- \\ % \\x00 {{ 7*7 }}",
    "decomposed accents": "Be\u0301la Nagy\u0308",
    "many lines": "one\r\ntwo\n\n\tthree",
}
CANNOT_BE_KEPT = {"NUL": "Katie\x00Walsh", "half a surrogate pair": "Katie \ud83d Walsh"}


@pytest.mark.parametrize("words", list(WORDS.values()), ids=list(WORDS))
def test_words_come_back_letter_for_letter(town: Town, words: str) -> None:
    whole = concern(
        concern=words,
        persons=(replace(concern().persons[0], child_words=words),),
        statements=(Said(how_known="opinion", text=words),),
    )
    made = referrals.make(actor=town.ros, concern=whole, now=MONDAY)
    read = referral_queries.read(town.grace, made.reference, now=MONDAY)
    assert read.referral.concern == words
    assert read.persons[0].person.child_words == words
    assert read.referral.statements.get().text == words
    picture = chronology_queries.picture(town.grace, read.persons[0].card.person, purpose="", now=MONDAY)
    assert words in {line.text for line in picture.lines}
    assert words.strip() in {line.child_words for line in picture.lines}


@pytest.mark.parametrize("name", ["<b>Kate</b>", "O’Neill-Ångström", "اسماء", "😀", "Ng", "x" * 120])
def test_any_name_is_a_name(town: Town, name: str) -> None:
    made = hold(town, replace(KATIE, given=name, family=name))
    shown = people_queries.profile(town.amina, made.person_id, purpose="", now=MONDAY)
    assert (shown.records[0].given, shown.records[0].family) == (name, name), "the record keeps all of it"
    assert shown.card.name == f"{name} {name}"[:200], "its summary is cut to what fits in a list"


def hold(town: Town, facts: Facts) -> PersonRecord:
    made, _ = people.hold(
        actor=town.amina, agency=town.health.pk, system="hv", source_key="1", facts=facts, now=MONDAY
    )
    return made


# --- refused by name, and nothing half done -------------------------------------------------------------------


def refused(act: Callable[[], object]) -> dict[str, object]:
    """The fields that were named when the act was refused; nothing of it was kept, the log included."""
    tables = [Referral, PersonRecord, Entry, Recipient, AuditEntry]
    before = [table.objects.count() for table in tables]
    with pytest.raises(Invalid) as error, transaction.atomic():
        act()
    assert [table.objects.count() for table in tables] == before
    assert str(error.value.words)
    return {name: str(words) for name, words in error.value.fields.items()}


TOO_LONG = "x" * 10_001
BAD = {**CANNOT_BE_KEPT, "too long": TOO_LONG}


@pytest.mark.parametrize("bad", list(BAD.values()), ids=list(BAD))
@pytest.mark.parametrize("field", ["given", "family", "school", "gp", "disability", "language", "religion"])
def test_what_a_record_cannot_hold_is_refused_by_name(town: Town, field: str, bad: str) -> None:
    assert list(refused(lambda: hold(town, replace(KATIE, **{field: bad})))) == [field]


@pytest.mark.parametrize("bad", list(BAD.values()), ids=list(BAD))
@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("nhs_number", lambda bad: {"identifiers": (("nhs_number", bad),)}),
        ("phone", lambda bad: {"contacts": (("phone", bad),)}),
        ("line", lambda bad: {"addresses": (At(line=bad),)}),
        ("postcode", lambda bad: {"addresses": (At(postcode=bad),)}),
    ],
)
def test_so_is_what_hangs_on_it(town: Town, field: str, facts: Callable[[str], Any], bad: str) -> None:
    assert list(refused(lambda: hold(town, replace(KATIE, **facts(bad))))) == [field]


@pytest.mark.parametrize("bad", list(CANNOT_BE_KEPT.values()), ids=list(CANNOT_BE_KEPT))
@pytest.mark.parametrize("field", ["other_names", "raw"])
def test_so_is_what_is_kept_as_a_list(town: Town, field: str, bad: str) -> None:
    value = ((bad, "Walsh", "nickname"),) if field == "other_names" else {"row": [{"name": bad}]}
    assert list(refused(lambda: hold(town, replace(KATIE, **{field: value})))) == [field]


@pytest.mark.parametrize("bad", list(CANNOT_BE_KEPT.values()), ids=list(CANNOT_BE_KEPT))
@pytest.mark.parametrize("field", ["concern", "arose", "child_now", "strengths", "caller_name"])
def test_a_concern_names_the_field(town: Town, field: str, bad: str) -> None:
    found = refused(lambda: referrals.make(actor=town.ros, concern=concern(**{field: bad}), now=MONDAY))
    assert list(found) == [field]
    assert "after “Katie" in str(found[field]), "the words say where to look"


def test_a_concern_names_the_person_too(town: Town) -> None:
    first = concern().persons[0]
    whole = concern(persons=(first, replace(first, facts=Facts(given="Po\x00ppy"))))
    assert list(refused(lambda: referrals.make(actor=town.ros, concern=whole, now=MONDAY))) == [
        "persons-1-given"
    ]


def test_a_name_too_long_says_how_long(town: Town) -> None:
    [words] = refused(lambda: hold(town, replace(KATIE, given="x" * 121))).values()
    assert "121" in str(words) and "120" in str(words)


def piece(**changes: Any) -> Piece:
    whole = Piece(kind="note", title="Fell", happened_on=MONDAY.date(), how_known="fact", source="Register")
    return replace(whole, **changes)


@pytest.mark.parametrize("bad", list(BAD.values()), ids=list(BAD))
@pytest.mark.parametrize("field", ["title", "source", "protect"])
def test_an_entry_names_the_field(town: Town, field: str, bad: str) -> None:
    record = hold(town, KATIE)
    value = (bad,) if field == "protect" else bad
    found = refused(
        lambda: chronology.add(actor=town.amina, piece=piece(**{field: value}), about=[record], now=MONDAY)
    )
    assert list(found) == [field]


@pytest.mark.parametrize("bad", list(CANNOT_BE_KEPT.values()), ids=list(CANNOT_BE_KEPT))
def test_a_search_says_so(town: Town, bad: str) -> None:
    assert list(refused(lambda: finding.find(town.amina, bad, now=MONDAY))) == ["text"]


def test_a_search_may_be_as_long_as_anyone_likes(town: Town) -> None:
    assert finding.find(town.amina, LONG_NOTE, now=MONDAY) == []


@pytest.mark.parametrize("bad", list(CANNOT_BE_KEPT.values()), ids=list(CANNOT_BE_KEPT))
def test_an_answer_a_decision_and_a_link_say_so(town: Town, bad: str) -> None:
    recipient = asked(town)
    draft = Draft(grounds=Grounds(reasons=f"Searched here. {bad}"), holds_nothing=True)
    assert list(
        refused(lambda: disclosures.answer(actor=town.amina, recipient=recipient, draft=draft, now=MONDAY))
    ) == ["reasons"]
    assert list(
        refused(
            lambda: enquiries.decide_threshold(
                actor=town.grace, enquiry=recipient.request.enquiry, level="4", outcome="advice",
                grounds=Grounds(reasons="Needs help."), took_part=[TookPart(name=bad)], now=MONDAY,
            )
        )
    ) == ["name"]  # fmt: skip
    record, other = hold(town, KATIE), recipient.request.subjects.first().record
    assert list(
        refused(
            lambda: people.keep_apart(
                actor=town.grace, record=record, person=other.person_id, reason=bad, now=MONDAY
            )
        )
    ) == ["reason"]


def asked(town: Town) -> Recipient:
    facts = replace(KATIE, given="Poppy", born=date(2020, 2, 2), identifiers=())
    whole = concern(persons=(replace(concern().persons[0], facts=facts),))
    referral = referrals.make(actor=town.ros, concern=whole, now=MONDAY)
    referrals.rate(actor=town.grace, referral=referral, code="red", reason="Hurt.", now=MONDAY)
    enquiry = enquiries.open_enquiry(actor=town.grace, referral=referral, purpose="s47", now=MONDAY)
    return ask(town, enquiry).recipients.get()


def ask(town: Town, enquiry: Any, due_at: datetime | None = None) -> Any:
    return requests.ask(
        actor=town.grace, enquiry=enquiry, of=[town.health.pk], now=MONDAY,
        question=Question(headline="", needed="Injuries.", why="Strategy.", due_at=due_at),
        about=list(enquiry.subjects.values_list("record", flat=True)),
    )  # fmt: skip


# --- dates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1899, 12, 31), date(2026, 11, 17), date(9999, 12, 31)])
def test_no_concern_arose_then(town: Town, day: date) -> None:
    found = refused(lambda: referrals.make(actor=town.ros, concern=concern(arose_on=day), now=MONDAY))
    assert list(found) == ["arose_on"]


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1899, 12, 31), date(2026, 11, 17), date(9999, 12, 31)])
def test_nobody_was_born_then(town: Town, day: date) -> None:
    whole = concern(persons=(replace(concern().persons[0], facts=Facts(given="Katie", born=day)),))
    found = refused(lambda: referrals.make(actor=town.ros, concern=whole, now=MONDAY))
    assert list(found) == ["persons-0-born"]


@pytest.mark.parametrize("day", [date(1, 1, 1), date(2025, 1, 1), date(2028, 1, 1), date(9999, 12, 31)])
def test_no_baby_is_expected_then(town: Town, day: date) -> None:
    unborn = replace(concern().persons[0], part="unborn", facts=Facts(family="Walsh", expected_on=day))
    found = refused(lambda: referrals.make(actor=town.ros, concern=concern(persons=(unborn,)), now=MONDAY))
    assert list(found) == ["persons-0-expected_on"]


@pytest.mark.parametrize("day", [date(1, 1, 1), date(2026, 11, 17), date(9999, 12, 31)])
def test_nothing_happened_then(town: Town, day: date) -> None:
    record = hold(town, KATIE)
    found = refused(
        lambda: chronology.add(actor=town.amina, piece=piece(happened_on=day), about=[record], now=MONDAY)
    )
    assert list(found) == ["happened_on"]


@pytest.mark.parametrize(
    "until",
    [datetime(1, 1, 2, tzinfo=UTC), MONDAY, MONDAY + timedelta(days=400), datetime.max.replace(tzinfo=UTC)],
)
def test_no_answer_is_due_then(town: Town, until: datetime) -> None:
    recipient = asked(town)
    found = refused(
        lambda: requests.extend(actor=town.amina, recipient=recipient, until=until, words="Away.", now=MONDAY)
    )
    assert list(found) == ["until"]
    enquiry = recipient.request.enquiry
    assert "due_at" in refused(lambda: ask(town, enquiry, due_at=until))


# --- drafts, and the one place ----------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [*WORDS.values(), *BAD.values()])
def test_a_draft_keeps_what_cannot_be_sent(town: Town, words: str) -> None:
    owner = town.ros.practitioner_id
    drafts.save(owner=owner, about="referrals:new:1", fields={"concern": [words]}, now=MONDAY)
    kept = drafts.load(owner=owner, about="referrals:new:1", now=MONDAY)
    assert kept is not None and kept.fields == {"concern": [words]}


def test_every_text_column_of_the_hub_is_of_the_kind_that_refuses() -> None:
    plain = models.CharField | models.TextField | models.JSONField
    ours = [model for model in apps.get_models() if model.__module__.startswith("jigsaw.hub.")]
    loose = [
        f"{model.__name__}.{column.name}"
        for model in ours
        for column in model._meta.local_concrete_fields
        if isinstance(column, plain) and not isinstance(column, fields._Kept)
    ]
    # Django's own: the account's password is a hash that the hub makes itself.
    assert loose == ["Practitioner.password"]
