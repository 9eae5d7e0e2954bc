"""Asking another hub whether it knows a child: who may, what goes over, what comes back, and what is refused."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from django.utils import timezone

from integration.partner_hubs_in_tests import THEM, US, Northvale
from jigsaw.hub.audit.models import Entry
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.errors import Invalid, JigsawError, NotHere, Refused, WrongState
from jigsaw.hub.kit.sealing import DoesNotOpen
from jigsaw.hub.partner_hubs import filing, keys, letters, operations, queries, sending
from jigsaw.hub.partner_hubs.models import (
    AnsweringKey,
    AskedOfUs,
    AskingKey,
    FiledPerson,
    FiledToken,
    LetterSeen,
    PartnerHub,
    Question,
)
from jigsaw.hub.partner_hubs.states import Purpose
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.models import Person, PersonRecord
from jigsaw.hub.people.records import At, Facts
from jigsaw.record_linkage import Record
from jigsaw.record_linkage import private_question as private
from people_in_tests import KATIE, Town

KATY = Record.standardised(given="Katy", family="Welsh", born="2012-03-03", postcodes="ST1 4QZ")
STRANGER = Record.standardised(given="Omar", family="Haddad", born="2010-02-01", postcodes="NV7 1AA")
TWO_AGREE = Record.standardised(given="Katie", family="Bell", born="2012-03-03", postcodes="ST1 4QZ")
SECRET = replace(
    KATIE,
    given="Lena",
    born=date(2013, 5, 6),
    identifiers=(("nhs_number", "9990000026"),),
    addresses=(At(line="1 Refuge Road", town="Sharetown", postcode="ST1 9ZZ", protected=True),),
)


@pytest.fixture
def northvale(town: Town, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Northvale:
    settings.PARTNER_ANSWER_AFTER_SECONDS = 0
    hub = Northvale()
    now = timezone.now()
    operations.our_card(actor=SYSTEM, code=US, address="https://hub.sharetown.example", now=now)
    operations.add(actor=SYSTEM, card=hub.card, now=now)
    monkeypatch.setattr(sending, "_posted", hub.posted)
    return hub


def hold(town: Town, facts: Facts, key: str = "1") -> UUID:
    record, _new = people.hold(
        actor=town.ros, agency=town.school.pk, system="sims", source_key=key, facts=facts, now=timezone.now()
    )
    return record.person_id


def file_all() -> int:
    filed = 0
    while True:
        done = operations.file_part(actor=SYSTEM, code=THEM, now=timezone.now())
        filed += done.filed_anew
        if done.complete:
            return filed


def audit_entries() -> list[Entry]:
    return list(Entry.objects.order_by("id"))


def ready(town: Town) -> AskingKey:
    key = AskingKey.objects.get(partner__code=THEM)
    key.ready_at = timezone.now()
    key.save()
    return key


def ask(actor: Actor, person: UUID, **changes: Any) -> UUID:
    said = {"hub": THEM, "purpose": Purpose.SCREENING, "why": "She moved from there.", "now": timezone.now()}
    return operations.ask(actor=actor, person=person, **(said | changes))


# --- Answering ---------------------------------------------------------------------------------------------


def test_a_child_written_otherwise_is_known_and_a_stranger_is_not(
    town: Town, northvale: Northvale, client: Client
) -> None:
    hold(town, KATIE)
    assert file_all() == 1
    assert northvale.ask(client, KATY)["answer"] == "yes"
    assert northvale.ask(client, STRANGER)["answer"] == "no"
    assert northvale.ask(client, TWO_AGREE)["answer"] == "ask"


def test_the_nhs_number_alone_is_a_yes(town: Town, northvale: Northvale, client: Client) -> None:
    hold(town, KATIE)
    file_all()
    renamed = Record.standardised(given="Ana", family="Novak", nhs_numbers="999 000 0018")
    assert northvale.ask(client, renamed)["answer"] == "yes"


def test_thresholds_are_what_was_agreed_with_this_hub(
    town: Town, northvale: Northvale, client: Client
) -> None:
    hold(town, KATIE)
    file_all()
    operations.add(actor=SYSTEM, card=northvale.card, yes_at=2, now=timezone.now())
    assert northvale.ask(client, TWO_AGREE)["answer"] == "yes"
    operations.add(actor=SYSTEM, card=northvale.card, yes_at=12, ask_at=12, now=timezone.now())
    assert northvale.ask(client, KATY)["answer"] == "no"
    with pytest.raises(Invalid):
        operations.add(actor=SYSTEM, card=northvale.card, ask_at=1, now=timezone.now())


def test_an_answer_holds_one_word_and_the_hub_logs_no_more_than_it_holds(
    town: Town, northvale: Northvale, client: Client
) -> None:
    katie = hold(town, KATIE)
    file_all()
    assert set(northvale.ask(client, KATY)) == {"status", "kind", "re", "answer"}
    northvale.ask(client, STRANGER)
    known, unknown = AskedOfUs.objects.order_by("at")
    assert (known.answer, known.practitioner, known.purpose) == ("yes", "nia", "screening")
    logged = {row.detail["answer"]: row for row in audit_entries() if row.action == "partner_hub.asked_us"}
    assert logged["yes"].people == [katie] and logged["no"].people == []
    assert logged["no"].detail["hub"] == THEM and logged["no"].thing == str(unknown.letter)
    kept = json.dumps(
        [list(AskedOfUs.objects.values()), [row.detail for row in audit_entries()]], default=str
    )
    assert "Haddad" not in kept and "Omar" not in kept


def test_a_shielded_child_is_answered_as_one_who_is_not_known(
    town: Town, northvale: Northvale, client: Client
) -> None:
    lena = hold(town, SECRET)
    file_all()
    assert not FiledPerson.objects.filter(person=lena).exists()
    said = northvale.ask(
        client,
        Record.standardised(
            given="Lena", family="Walsh", born="2013-05-06", postcodes="ST1 9ZZ", nhs_numbers="9990000026"
        ),
    )
    unknown = northvale.ask(client, STRANGER)
    assert said["answer"] == "no" and (set(said), said["status"]) == (set(unknown), unknown["status"])
    assert [row.people for row in audit_entries() if row.action == "partner_hub.asked_us"] == [[], []]


def test_a_child_shielded_since_is_not_told_of_from_the_next_question_on(
    town: Town, northvale: Northvale, client: Client
) -> None:
    katie = hold(town, KATIE)
    file_all()
    assert northvale.ask(client, KATY)["answer"] == "yes"
    refuge = replace(KATIE, addresses=(At(line="Refuge", postcode="ST1 9ZZ", protected=True),))
    people.hold(
        actor=town.hannah,
        agency=town.police.pk,
        system="niche",
        source_key="9",
        facts=refuge,
        now=timezone.now(),
    )
    PersonRecord.objects.filter(source_key="9").update(person=katie)
    assert northvale.ask(client, KATY)["answer"] == "no"
    file_all()
    assert not FiledPerson.objects.filter(person=katie).exists()


def test_grown_ups_are_not_filed(town: Town, northvale: Northvale, client: Client) -> None:
    hold(town, replace(KATIE, born=date(1988, 5, 20)))
    assert file_all() == 0 and not FiledToken.objects.exists()


# --- Letters that are not accepted -------------------------------------------------------------------------


def refused(northvale: Northvale, client: Client, text: str | bytes, status: int = 403, **more: Any) -> bool:
    said = northvale.send(client, text, **more)
    return said == {"status": status} and not AskedOfUs.objects.exists()


def test_a_letter_of_another_key_is_not_accepted(town: Town, northvale: Northvale, client: Client) -> None:
    body = northvale.question(KATY)
    assert refused(
        northvale, client, northvale.letter(letters.ASK, body, signing=Ed25519PrivateKey.generate())
    )


def test_a_letter_to_another_hub_is_not_accepted(town: Town, northvale: Northvale, client: Client) -> None:
    assert refused(northvale, client, northvale.letter(letters.ASK, northvale.question(KATY), to="ELSEWHERE"))


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_letter_of_another_time_is_not_accepted(
    town: Town, northvale: Northvale, client: Client, minutes: int
) -> None:
    at = timezone.now() + timedelta(minutes=minutes)
    assert refused(northvale, client, northvale.letter(letters.ASK, northvale.question(KATY), now=at))


def test_a_letter_is_accepted_once(town: Town, northvale: Northvale, client: Client) -> None:
    hold(town, KATIE)
    file_all()
    text = northvale.letter(letters.ASK, northvale.question(KATY))
    assert northvale.send(client, text)["answer"] == "yes"
    assert northvale.send(client, text) == {"status": 403}
    assert AskedOfUs.objects.count() == 1
    assert operations.forget_letters(now=timezone.now()) == 0
    later = timezone.now() + timedelta(minutes=21)
    assert operations.forget_letters(now=later) >= 1 and not LetterSeen.objects.exists()


def test_letters_that_are_none_are_not_accepted(town: Town, northvale: Northvale, client: Client) -> None:
    good = northvale.letter(letters.ASK, northvale.question(KATY))
    head, payload, signature = good.split(".")
    unsigned = "eyJhbGciOiJub25lIiwia2lkIjoiTk9SVEhWQUxFIn0"  # {"alg":"none","kid":"NORTHVALE"}
    for text in [
        "…",
        "a.b.c",
        "\x00",
        good[:-4],
        f"{unsigned}.{payload}.",
        f"{unsigned}.{payload}.{signature}",
    ]:
        assert refused(northvale, client, text), text
    tampered = f"{head}.{payload[:-6]}AAAAAA.{signature}"
    assert refused(northvale, client, tampered)


def test_what_is_no_letter_by_type_size_or_method(town: Town, northvale: Northvale, client: Client) -> None:
    good = northvale.letter(letters.ASK, northvale.question(KATY))
    assert refused(northvale, client, good, 415, content_type="application/json")
    assert refused(northvale, client, "a" * (letters.LARGEST + 1), 413)
    assert client.get("/hub-to-hub/").status_code == 405


def test_a_hub_switched_off_is_as_one_never_met(town: Town, northvale: Northvale, client: Client) -> None:
    katie = hold(town, KATIE)
    file_all()
    ready(town)
    operations.switch(actor=SYSTEM, code=THEM, on=False, now=timezone.now())
    assert northvale.ask(client, KATY) == {"status": 403}
    with pytest.raises(WrongState):
        ask(town.grace, katie)
    assert operations.file_what_is_due(now=timezone.now(), parts=1) == 0
    operations.switch(actor=SYSTEM, code=THEM, on=True, now=timezone.now())
    assert northvale.ask(client, KATY)["answer"] == "yes"


@pytest.mark.parametrize(
    "wrong",
    [
        {"points": [b"\x00" * 32] * private.MOST_ASKED},
        {"points": [private.padding_point()] * (private.MOST_ASKED - 1)},
        {"purpose": "curiosity"},
        {"asker": {}},
        {"asker": {"practitioner": "x" * 300, "job_title": "", "agency": ""}},
        {"asker": {"practitioner": "a\x00", "job_title": "", "agency": ""}},
        {"epoch": "one"},
        {"epoch": None},
    ],
    ids=lambda wrong: "+".join(wrong),
)
def test_a_question_that_is_none_is_refused_with_a_reason(
    town: Town, northvale: Northvale, client: Client, wrong: dict[str, Any]
) -> None:
    hold(town, KATIE)
    file_all()
    body = northvale.question(KATY)
    body |= {**wrong, **({"points": filing.text_of(wrong["points"])} if "points" in wrong else {})}
    said = northvale.send(client, northvale.letter(letters.ASK, body))
    assert (said["kind"], said["why"], said["status"]) == (letters.REFUSAL, "not_understood", 400)


def test_an_unknown_kind_of_letter_is_refused(town: Town, northvale: Northvale, client: Client) -> None:
    assert northvale.send(client, northvale.letter("everything", {}))["why"] == "not_understood"


# --- Epochs and limits -------------------------------------------------------------------------------------


def test_a_question_of_an_old_epoch_or_one_to_come_is_refused(
    town: Town, northvale: Northvale, client: Client
) -> None:
    hold(town, KATIE)
    file_all()
    assert northvale.ask(client, KATY, epoch=2)["why"] == "epoch"
    northvale.epoch = 2
    file_all()
    assert northvale.ask(client, KATY)["answer"] == "yes"
    assert northvale.ask(client, KATY, epoch=1)["why"] == "epoch"
    assert AnsweringKey.objects.count() == 1, "the old key and all that was filed under it are gone"


def test_a_hub_may_ask_as_often_as_was_agreed_in_a_day(
    town: Town, northvale: Northvale, client: Client
) -> None:
    hold(town, KATIE)
    file_all()
    operations.add(
        actor=SYSTEM, card=northvale.card, questions_a_day=3, practitioner_a_day=2, now=timezone.now()
    )
    assert [northvale.ask(client, KATY).get("answer") for _ in range(2)] == ["yes", "yes"]
    said = northvale.ask(client, KATY)
    assert (said["status"], said["why"]) == (429, "practitioner_limit")
    assert northvale.ask(client, KATY, practitioner="tom")["why"] == "hub_limit", "refused ones count as well"
    AskedOfUs.objects.update(at=timezone.now() - timedelta(hours=25))
    assert northvale.ask(client, KATY)["answer"] == "yes"
    assert AskedOfUs.objects.exclude(refused="").count() == 2


def test_a_key_masks_no_more_points_than_was_agreed(town: Town, northvale: Northvale, client: Client) -> None:
    operations.add(actor=SYSTEM, card=northvale.card, masks_a_key=500, now=timezone.now())
    points = filing.text_of(private.padding_point() for _ in range(300))
    text = northvale.letter(letters.MASK, {"epoch": 1, "points": points})
    assert len(filing.points_of(northvale.send(client, text)["points"])) == 300
    again = northvale.letter(letters.MASK, {"epoch": 1, "points": points})
    assert northvale.send(client, again)["why"] == "mask_limit"
    old = northvale.letter(letters.MASK, {"epoch": 7, "points": points})
    assert northvale.send(client, old)["why"] == "epoch"


# --- Filing ------------------------------------------------------------------------------------------------


def test_the_partner_sees_points_of_one_number_and_never_the_same_combination_unmasked(
    town: Town, northvale: Northvale
) -> None:
    hold(town, KATIE)
    hold(town, replace(KATIE, given="Poppy", identifiers=()), "2")
    file_all()
    sent = [
        filing.points_of(letter.body["points"]) for letter in northvale.letters if letter.kind == letters.MASK
    ]
    assert [len(points) for points in sent] == [filing.POINTS_A_LETTER]
    assert len(set(sent[0])) == filing.POINTS_A_LETTER, "what two children share is sent once"
    context = private.Context(THEM, US, 1)
    bare = {private.point_of(c, context) for c in private.to_file([KATY])}
    assert not bare & set(sent[0])
    assert not {northvale.asking.mask(point) for point in bare} & set(sent[0])


def test_a_child_of_whom_nothing_changed_is_not_sent_again(
    town: Town, northvale: Northvale, client: Client
) -> None:
    katie = hold(town, KATIE)
    assert (file_all(), file_all()) == (1, 0)
    assert sum(letter.kind == letters.MASK for letter in northvale.letters) == 1
    moved = replace(KATIE, addresses=(At(line="1 Mill Road", postcode="NV7 1AA"),))
    people.hold(
        actor=town.ros, agency=town.school.pk, system="sims", source_key="1", facts=moved, now=timezone.now()
    )
    assert file_all() == 1 and FiledPerson.objects.get().person_id == katie
    new_home = Record.standardised(given="Katie", family="Smith", born="2012-03-03", postcodes="NV7 1AA")
    assert northvale.ask(client, new_home)["answer"] == "ask"


def test_whoever_is_held_no_more_is_forgotten_at_the_end_of_a_round(town: Town, northvale: Northvale) -> None:
    katie = hold(town, KATIE)
    file_all()
    other = Person.objects.create(name="x")
    Person.objects.filter(pk=katie).update(replaced_by=other)
    file_all()
    assert not FiledToken.objects.exists()


def test_two_who_file_at_once_do_not_file_twice(town: Town, northvale: Northvale) -> None:
    hold(town, KATIE)
    partner = PartnerHub.objects.get()
    one = filing.key_wanted(partner, ours=US, now=timezone.now())
    other = AnsweringKey.objects.get(pk=one.pk)
    assert filing.part(one, ours=US, now=timezone.now()).filed_anew == 1
    assert filing.part(other, ours=US, now=timezone.now()).filed_anew == 0
    assert FiledPerson.objects.count() == 1
    operations.rotate(actor=SYSTEM, code=THEM, at_once=True, now=timezone.now())
    assert filing.part(one, ours=US, now=timezone.now()).filed_anew == 0, "its key is gone"


def test_filing_goes_on_where_it_stopped_and_gives_up_for_a_while_on_failure(
    town: Town, northvale: Northvale, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filing, "PERSONS_A_PART", 1)
    for number in range(3):
        hold(town, replace(KATIE, identifiers=(), born=date(2012, 3, 4 + number)), str(number))
    now = timezone.now()
    assert operations.file_what_is_due(now=now, parts=2) == 2
    assert AnsweringKey.objects.get().complete_at is None
    northvale.refuses = "mask_limit"
    assert operations.file_what_is_due(now=now, parts=9) == 0
    northvale.refuses = ""
    assert operations.file_what_is_due(now=now, parts=9) == 0, "not at once"
    northvale.now = later = now + timedelta(minutes=11)
    assert operations.file_what_is_due(now=later, parts=9) == 1
    assert AnsweringKey.objects.get().complete_at == later and FiledPerson.objects.count() == 3
    northvale.now = later + timedelta(hours=1)
    assert operations.file_what_is_due(now=northvale.now, parts=9) == 0
    assert northvale.letters[-1].kind == letters.FILED


# --- Keys --------------------------------------------------------------------------------------------------


def test_our_new_key_is_asked_with_once_they_have_filed_under_it(
    town: Town, northvale: Northvale, client: Client
) -> None:
    ready(town)
    assert operations.rotate(actor=town.ade, code=THEM, now=timezone.now()) == 2
    assert northvale.send(client, northvale.letter(letters.STATUS, {}))["epoch"] == 2
    assert list(AskingKey.objects.exclude(ready_at=None).values_list("epoch", flat=True)) == [1]
    assert northvale.send(client, northvale.letter(letters.FILED, {"epoch": 2}))["kind"] == letters.REPLY
    assert list(AskingKey.objects.values_list("epoch", flat=True)) == [2], "the old key is gone"
    assert northvale.send(client, northvale.letter(letters.FILED, {"epoch": 1}))["why"] == "epoch"


def test_after_a_theft_keys_and_what_is_filed_go_at_once(
    town: Town, northvale: Northvale, client: Client
) -> None:
    hold(town, KATIE)
    file_all()
    operations.rotate(actor=SYSTEM, code=THEM, at_once=True, now=timezone.now())
    assert northvale.ask(client, KATY)["why"] == "epoch" and not FiledToken.objects.exists()
    file_all()
    assert northvale.ask(client, KATY)["answer"] == "yes"


def test_a_plain_change_of_keys_interrupts_nothing(town: Town, northvale: Northvale, client: Client) -> None:
    hold(town, KATIE)
    file_all()
    operations.rotate(actor=SYSTEM, code=THEM, now=timezone.now())
    assert northvale.ask(client, KATY)["answer"] == "yes"
    file_all()
    assert northvale.ask(client, KATY)["answer"] == "yes" and AnsweringKey.objects.count() == 1


def test_old_keys_change_by_themselves(town: Town, northvale: Northvale) -> None:
    now = timezone.now()
    northvale.now = now + timedelta(days=89)
    operations.file_what_is_due(now=northvale.now, parts=1)
    assert AskingKey.objects.get().epoch == 1
    northvale.now = now + timedelta(days=91)
    operations.file_what_is_due(now=northvale.now, parts=1)
    assert AskingKey.objects.get().epoch == 2


def test_masking_keys_are_sealed_to_their_place(town: Town, northvale: Northvale) -> None:
    row = AskingKey.objects.get()
    opened = keys.unseal(row.sealed, partner=row.partner_id, direction=keys.ASKING, epoch=1)
    assert opened.secret not in bytes(row.sealed)
    for elsewhere in ({"direction": keys.ANSWERING, "epoch": 1}, {"direction": keys.ASKING, "epoch": 2}):
        with pytest.raises(DoesNotOpen):
            keys.unseal(row.sealed, partner=row.partner_id, **elsewhere)


# --- Asking ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["yes", "ask", "no"])
def test_grace_asks_and_reads_the_answer(
    town: Town, northvale: Northvale, said: str, django_capture_on_commit_callbacks: Any
) -> None:
    katie = hold(town, KATIE)
    ready(town)
    northvale.answers = {"answer": said}
    with django_capture_on_commit_callbacks(execute=True):
        pk = ask(town.grace, katie)
    assert queries.question(town.grace, pk, now=timezone.now()).answer == said
    [letter] = northvale.letters
    assert letter.id == pk and set(letter.body) == {"epoch", "points", "purpose", "asker"}
    asker = letter.body["asker"]
    assert asker["job_title"] == "Social worker" and str(town.grace.practitioner_id) not in str(asker)
    assert len(filing.points_of(letter.body["points"])) == private.MOST_ASKED
    text = json.dumps(letter.body)
    assert "Katie" not in text and "moved" not in text and "Grace" not in text
    rows = Entry.objects.filter(thing=str(pk))
    log = [(row.action, row.purpose, row.detail["hub"]) for row in rows]
    assert sorted(log) == [
        ("partner_hub.answered", "screening", THEM),
        ("partner_hub.asked", "screening", THEM),
    ]


def test_their_hub_finds_whom_we_ask_about(
    town: Town, northvale: Northvale, django_capture_on_commit_callbacks: Any
) -> None:
    """The points that leave are those that their tokens were made with."""
    katie = hold(town, KATIE)
    key = ready(town)
    with django_capture_on_commit_callbacks(execute=True):
        ask(town.grace, katie)
    own = keys.unseal(key.sealed, partner=key.partner_id, direction=keys.ASKING, epoch=1)
    context = private.Context(US, THEM, 1)
    expected = {own.mask(private.point_of(c, context)) for c in private.to_file([KATY])}
    sent = set(filing.points_of(northvale.letters[-1].body["points"]))
    assert len(sent & expected) >= 7 and len(sent) == private.MOST_ASKED


@pytest.mark.parametrize("who", ["ros", "amina", "hannah", "mary", "ade", "nia"])
def test_only_those_who_may_find_anyone_ask(town: Town, northvale: Northvale, who: str) -> None:
    katie = hold(town, KATIE)
    ready(town)
    actor = getattr(town, who)
    with pytest.raises(Refused):
        ask(actor, katie)
    with pytest.raises(Refused):
        queries.askable(actor)
    assert not Question.objects.exists() and not queries.any_askable(actor)


def test_nobody_asks_about_someone_they_are_too_close_to(town: Town, northvale: Northvale) -> None:
    katie = hold(town, KATIE)
    ready(town)
    people.declare_conflict(
        actor=SYSTEM,
        practitioner=town.grace.practitioner_id,
        person=katie,
        why="Her niece",
        now=timezone.now(),
    )
    with pytest.raises(Refused):
        ask(town.grace, katie)
    with pytest.raises(Refused):
        queries.child_to_ask_about(town.grace, katie, now=timezone.now())


def test_an_answer_is_for_whoever_asked(town: Town, northvale: Northvale) -> None:
    katie = hold(town, KATIE)
    ready(town)
    pk = ask(town.grace, katie)
    other = replace(town.grace, practitioner_id=town.tom.practitioner_id)
    with pytest.raises(NotHere):
        queries.question(other, pk, now=timezone.now())


def test_no_question_without_a_reason_about_a_grown_up_or_with_too_little_known(
    town: Town, northvale: Northvale
) -> None:
    ready(town)
    katie = hold(town, KATIE)
    with pytest.raises(Invalid):
        ask(town.grace, katie, why="  ")
    with pytest.raises(Refused, match="Only a child"):
        ask(town.grace, hold(town, replace(KATIE, born=date(1990, 1, 1), identifiers=()), "2"))
    with pytest.raises(Refused, match="Too little"):
        ask(town.grace, hold(town, Facts(given="Sam"), "3"))
    with pytest.raises(NotHere):
        ask(town.grace, katie, hub="NOWHERE")


def test_our_own_practitioner_waits_when_they_have_asked_too_often(town: Town, northvale: Northvale) -> None:
    katie = hold(town, KATIE)
    ready(town)
    operations.add(actor=SYSTEM, card=northvale.card, practitioner_a_day=2, now=timezone.now())
    ask(town.grace, katie)
    ask(town.grace, katie)
    with pytest.raises(Refused, match="as often as was agreed"):
        ask(town.grace, katie)


def test_a_hub_that_has_not_filed_yet_cannot_be_asked(town: Town, northvale: Northvale) -> None:
    with pytest.raises(WrongState, match="cannot be asked"):
        ask(town.grace, hold(town, KATIE))


@pytest.mark.parametrize("why", ["epoch", "hub_limit", "practitioner_limit"])
def test_a_refusal_of_theirs_is_kept_in_words(
    town: Town, northvale: Northvale, why: str, django_capture_on_commit_callbacks: Any
) -> None:
    katie = hold(town, KATIE)
    ready(town)
    northvale.refuses = why
    with django_capture_on_commit_callbacks(execute=True):
        pk = ask(town.grace, katie)
    found = queries.question(town.grace, pk, now=timezone.now())
    assert (found.answer, found.why_none) == ("", why) and str(found.get_why_none_display())


@pytest.mark.parametrize(
    "forged",
    ["another key", "another letter", "no such answer", "no letter"],
)
def test_an_answer_that_is_not_theirs_or_none_is_no_answer(
    town: Town,
    northvale: Northvale,
    monkeypatch: pytest.MonkeyPatch,
    forged: str,
    django_capture_on_commit_callbacks: Any,
) -> None:
    katie = hold(town, KATIE)
    ready(town)

    def reply(_address: str, text: str) -> str:
        re = letters.read(
            text,
            public_key=keys.signing().public_key().public_bytes_raw(),
            from_=US,
            to=THEM,
            now=timezone.now(),
        ).id
        return {
            "another key": northvale.letter(
                letters.REPLY, {"answer": "no"}, re=re, signing=Ed25519PrivateKey.generate()
            ),
            "another letter": northvale.letter(letters.REPLY, {"answer": "no"}, re=UUID(int=1)),
            "no such answer": northvale.letter(letters.REPLY, {"answer": "perhaps"}, re=re),
            "no letter": "<html>",
        }[forged]

    monkeypatch.setattr(sending, "_posted", reply)
    with django_capture_on_commit_callbacks(execute=True):
        pk = ask(town.grace, katie)
    found = queries.question(town.grace, pk, now=timezone.now())
    assert found.answer == "" and found.why_none in ("not_accepted", "not_understood")


def test_an_answer_that_never_came_is_said_to_be_lost(town: Town, northvale: Northvale) -> None:
    katie = hold(town, KATIE)
    ready(town)
    pk = ask(town.grace, katie)
    assert queries.question(town.grace, pk, now=timezone.now()).why_none == ""
    later = timezone.now() + timedelta(minutes=3)
    assert queries.question(town.grace, pk, now=later).why_none == "lost"


def test_a_letter_leaves_only_for_a_safe_address() -> None:
    for good in (
        "https://hub.example",
        "https://hub.example:8443/",
        "http://127.0.0.1:8000",
        "http://localhost:80",
    ):
        assert sending.may_be_sent_to(good)
    for bad in (
        "http://hub.example",
        "https://a@hub.example",
        "https://hub.example/x",
        "file:///etc/passwd",
        "",
    ):
        assert not sending.may_be_sent_to(bad)


# --- Cards -------------------------------------------------------------------------------------------------


def test_a_card_that_is_none_is_refused(town: Town, northvale: Northvale) -> None:
    now = timezone.now()
    own = operations.our_card(actor=SYSTEM, now=now)
    for wrong in (
        {},
        northvale.card | {"public_key": "AAAA"},
        northvale.card | {"public_key": "not base64"},
        northvale.card | {"address": "http://hub.northvale.example"},
        northvale.card | {"name": ""},
        northvale.card | {"name": "x" * 400},
        northvale.card | {"public_key": own.public_key},
    ):
        with pytest.raises(Invalid):
            operations.add(actor=SYSTEM, card=wrong, now=now)


def test_a_new_key_of_a_known_hub_takes_a_word(town: Town, northvale: Northvale) -> None:
    now = timezone.now()
    other = Northvale().card
    with pytest.raises(Invalid):
        operations.add(actor=SYSTEM, card=other, now=now)
    operations.add(actor=SYSTEM, card=other, replace_key=True, now=now)
    assert PartnerHub.objects.count() == 1


def test_only_administrators_look_after_partner_hubs(town: Town, northvale: Northvale) -> None:
    now = timezone.now()
    acts = [
        lambda who: operations.add(actor=who, card=northvale.card, now=now),
        lambda who: operations.switch(actor=who, code=THEM, on=False, now=now),
        lambda who: operations.rotate(actor=who, code=THEM, now=now),
        lambda who: operations.our_card(actor=who, now=now),
        lambda who: queries.all_partners(who, now=now),
        lambda who: operations.file_part(actor=who, code=THEM, now=now),
    ]
    for act in acts:
        for actor in (town.grace, town.ros, town.mary):
            with pytest.raises(JigsawError):
                act(actor)
        act(town.ade)


# --- Time --------------------------------------------------------------------------------------------------


def test_an_answer_leaves_no_sooner_than_agreed_whatever_it_is(
    town: Town, northvale: Northvale, client: Client, settings: Any
) -> None:
    hold(town, KATIE)
    hold(town, SECRET, "2")
    file_all()
    settings.PARTNER_ANSWER_AFTER_SECONDS = 0.2
    lena = Record.standardised(given="Lena", nhs_numbers="9990000026")
    for record in (KATY, STRANGER, lena):
        began = time.monotonic()
        northvale.ask(client, record)
        assert 0.2 <= time.monotonic() - began < 0.4
