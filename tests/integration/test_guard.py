"""The guard in the database: no context shows nothing, no context can be made up, and none outlives its act."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, connections, transaction
from django.db.models import Exists
from django.utils import timezone

from jigsaw.hub.chronology import access as chronology_access
from jigsaw.hub.chronology.models import Entry, Release
from jigsaw.hub.decisions.models import Decision
from jigsaw.hub.disclosures.models import Answer, ReleaseProposal
from jigsaw.hub.enquiries import queries as enquiries
from jigsaw.hub.enquiries.models import Enquiry, EnquirySubject
from jigsaw.hub.information_requests import queries as requests
from jigsaw.hub.information_requests.models import InformationRequest, Recipient
from jigsaw.hub.kit import context, guard, policies, postgres
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Refused
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.models import Address, Conflict, Person, PersonRecord
from jigsaw.hub.referrals import queries as referrals
from jigsaw.hub.referrals.models import Feedback, Rating, Referral, ReferralPerson
from people_in_tests import concern
from practice_in_tests import Practice

NOW = timezone.now()
HELD = (PersonRecord, Person, Address, Entry)


@pytest.fixture
def practice(town: Any) -> Practice:
    return Practice(town, now=NOW)


@contextmanager
def as_(actor: Actor | None, *, after: timedelta = timedelta()) -> Iterator[None]:
    with context.acting(actor, door="web", now=NOW + after):
        yield


def names() -> set[str]:
    return set(PersonRecord.objects.values_list("given", flat=True))


def ask(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


# --- every table is under it -----------------------------------------------------------------------------------


def test_every_table_is_guarded_or_said_to_hold_nothing_personal(db: None) -> None:
    """A table that stands in neither list fails here: say who may see its rows, or that nobody is in it."""
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
    told = [*policies.TABLES, *policies.BY_RIGHTS, *policies.NOT_PERSONAL]
    assert sorted(there) == sorted(told)


def test_row_level_security_is_on_and_forced_on_each_guarded_table(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
            " AND relnamespace = 'public'::regnamespace"
        )
        assert {name for (name,) in cursor.fetchall()} == policies.TABLES.keys()


def test_policies_ask_once_a_statement_who_asks_and_never_once_a_row(practice: Practice) -> None:
    """Every call of a function of the guard in a plan belongs to an InitPlan, which runs once."""
    with as_(practice.town.amina):
        for table in policies.TABLES:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (VERBOSE, COSTS OFF) SELECT * FROM {table}")
                plan = [line for (line,) in cursor.fetchall()]
            per_row = [line for line in plan if "guard." in line and "Output:" not in line]
            assert per_row == [], table
            assert any("InitPlan" in line for line in plan), table


def test_a_newer_version_is_sought_by_the_index_of_versions(practice: Practice) -> None:
    """With a function in the condition that might tell what it is given, every version there is would be tried."""
    actor = practice.town.amina
    # Of a table that holds next to nothing, any plan is as good as another.
    record = practice.hold(actor)
    for _place in range(60):
        practice.write(actor, record)
    rows = Entry.objects.filter(Exists(chronology_access.versions_after(actor, NOW)))
    with as_(actor), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert "Index Cond: ((first_id = CASE WHEN" in rows.explain()


# --- no context, and none made up ------------------------------------------------------------------------------


def test_without_a_context_nothing_shows_and_nothing_is_written(practice: Practice) -> None:
    practice.write(practice.town.amina, practice.hold(practice.town.amina))
    with as_(None):
        for table in policies.TABLES:
            assert ask(f"SELECT count(*) FROM {table}") == 0, table
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Person.objects.create(name="Nobody")
    assert names() == {"Katie"}


def test_who_is_not_signed_in_steps_through_no_door_of_the_hub(db: None) -> None:
    with as_(None), pytest.raises(RuntimeError, match="Nobody acts"), context.hub("names"):
        pass
    with pytest.raises(ValueError, match="no door"):
        context.hub("back door")


def pid() -> int:
    return ask("SELECT pg_backend_pid()")


def told(actor: Actor, **changes: Any) -> context.Context:
    return replace(context.Context("web", actor.practitioner_id, actor.agency_id, at=NOW), **changes)


FORGED = {
    "another agency written in": lambda token, _actor, other: token.replace(
        str(_actor.agency_id), str(other.agency_id)
    ),
    "made the hub’s": lambda token, *_: token.replace("|agency|", "|hub|"),
    "lives longer": lambda token, *_: "|".join(
        str(int(part) + 3600) if place == 5 else part for place, part in enumerate(token.split("|"))
    ),
    "without a signature": lambda token, *_: token[:-64] + "0" * 64,
    "cut short": lambda token, *_: token[:-1],
    "no token at all": lambda *_: "let me in",
    "a part too many": lambda token, *_: (told := token[:-65] + "|x") + "|" + context.signature(told),
}


@pytest.mark.parametrize("how", list(FORGED))
def test_a_context_that_the_service_did_not_sign_is_an_error(practice: Practice, how: str) -> None:
    town = practice.town
    token = FORGED[how](context.token(told(town.amina), pid=pid()), town.amina, town.ros)
    with pytest.raises(ProgrammingError, match="not signed by the service"):
        asked_with(token)


def test_a_context_that_is_over_is_an_error(practice: Practice) -> None:
    past = "|".join(["", "", "hub", "tests", "0", str(int(NOW.timestamp()) - 1), str(pid())])
    with pytest.raises(ProgrammingError, match="over"):
        asked_with(f"{past}|{context.signature(past)}")


def test_the_context_of_another_connection_is_an_error(practice: Practice) -> None:
    with pytest.raises(ProgrammingError, match="another connection"):
        asked_with(context.token(told(practice.town.amina), pid=pid() + 1))


def asked_with(token: str) -> int:
    """Ask for all records with this context, as SQL that somebody smuggled in could."""
    Person.objects.create(name="Somebody")
    with as_(None), transaction.atomic():
        ask("SELECT 1")
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('jigsaw.context', %s, true)", [token])
        return ask("SELECT count(*) FROM people_person")


def test_the_key_cannot_be_read_nor_the_guard_put_away(practice: Practice) -> None:
    forbidden = (
        "SELECT inner_pad FROM guard_secret.key",
        "SELECT guard_secret.signature('x')",
        "ALTER TABLE people_person DISABLE ROW LEVEL SECURITY",
        "DROP POLICY sees ON people_person",
        "CREATE POLICY mine ON people_person USING (true)",
        "CREATE OR REPLACE FUNCTION guard.hub() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "SET LOCAL row_security = off; SELECT count(*) FROM people_person",
        "SET LOCAL session_authorization = jigsaw_owner",
        "COPY people_person TO PROGRAM 'cat'",
    )
    practice.hold(practice.town.amina)
    for statement in forbidden:
        with pytest.raises(ProgrammingError), transaction.atomic(), as_(practice.town.ros):
            ask(statement)


def test_what_cannot_be_seen_cannot_be_told_by_an_error_or_by_what_a_function_is_given(
    practice: Practice,
) -> None:
    """A condition that fails on a hidden row would tell of it: it is asked of rows that show only."""
    practice.hold(practice.town.amina)
    with as_(practice.town.ros):
        assert ask("SELECT count(*) FROM people_personrecord WHERE 1 / (length(given) - 5) = 0") == 0


# --- it begins and ends with the act ------------------------------------------------------------------------


@pytest.fixture
def alone(db: None) -> Iterator[Any]:
    """A connection of its own, in no transaction, as that of a request is when it begins."""
    found = connection.copy()
    found.ensure_connection()
    yield found
    found.close()


def answer(at: Any, sql: str) -> Any:
    with at.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


@pytest.mark.parametrize("ending", ["commit", "rollback"])
def test_after_commit_and_after_rollback_the_connection_carries_nothing_over(
    town: Any, alone: Any, ending: str
) -> None:
    alone.set_autocommit(False)
    with as_(town.amina):
        assert answer(alone, "SELECT guard.agency()") == town.amina.agency_id
    getattr(alone, ending)()
    assert alone.connection.execute("SELECT current_setting('jigsaw.context', true)").fetchone()[0] == ""
    assert alone.connection.execute("SELECT guard.agency()").fetchone()[0] is None
    alone.rollback()
    with as_(None):
        assert answer(alone, "SELECT guard.agency()") is None
    with as_(town.ros):
        assert answer(alone, "SELECT guard.agency()") == town.ros.agency_id, "in the same transaction"
    alone.rollback()


def test_saying_for_whom_it_is_takes_no_round_trip_of_its_own(town: Any, alone: Any) -> None:
    """BEGIN and SET LOCAL travel together: as many messages to the database as without a guard."""
    sent: list[bytes] = []
    run = alone._run
    alone._run = lambda statements: (sent.append(statements), run(statements))
    alone.set_autocommit(False)
    with as_(town.amina):
        for _statement in range(3):
            answer(alone, "SELECT guard.agency()")
    alone.rollback()
    assert len(sent) == 1 and sent[0].startswith("BEGIN; SET LOCAL jigsaw.context = '")


def test_a_statement_outside_a_transaction_has_its_context_too_and_no_longer(town: Any, alone: Any) -> None:
    for actor in (town.amina, town.ros):
        with as_(actor):
            assert answer(alone, "SELECT guard.agency()") == actor.agency_id
            with alone.chunked_cursor() as cursor:
                cursor.execute("SELECT guard.agency()")
                assert cursor.fetchall() == [(actor.agency_id,)]
        assert alone.connection.execute("SELECT guard.agency()").fetchone()[0] is None
    with as_(town.amina):
        with pytest.raises(ProgrammingError):
            answer(alone, "SELECT nothing")
        assert answer(alone, "SELECT guard.agency()") == town.amina.agency_id


def test_another_thread_has_no_part_in_it(town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "_process", None)
    seen: list[object] = []
    with as_(town.amina):
        thread = threading.Thread(target=lambda: seen.append(context.current()))
        thread.start()
        thread.join()
    assert seen == [None]


def test_a_step_of_the_hub_ends_where_it_ends_even_by_an_error(practice: Practice) -> None:
    practice.hold(practice.town.amina)
    with as_(practice.town.ros):
        with pytest.raises(ZeroDivisionError), context.hub("names"):
            assert names() == {"Katie"}
            raise ZeroDivisionError
        assert names() == set()
        with pytest.raises(ProgrammingError), context.hub("names"), transaction.atomic():
            ask("SELECT nothing")
        assert names() == set()
        with pytest.raises(ProgrammingError), transaction.atomic(), context.hub("names"):
            ask("SELECT nothing")
        assert names() == set()


# --- who sees what, and from when until when --------------------------------------------------------------------


def test_what_is_lent_shows_from_then_and_until_it_is_taken_back(practice: Practice) -> None:
    town = practice.town
    record = practice.hold(town.amina)
    with as_(town.ros):
        assert names() == set()
    people.grant(
        actor=town.amina, records=[record], agency=town.school.pk, purpose="request", reference="E-1", now=NOW
    )
    with as_(town.ros):
        assert names() == {"Katie"}
        assert Person.objects.count() == 1
    people.end_grants(actor=town.amina, reference="E-1", now=NOW + timedelta(seconds=1))
    with as_(town.ros, after=timedelta(seconds=1)):
        assert [model.objects.count() for model in HELD] == [0, 0, 0, 0]


def test_whoever_is_too_close_sees_nothing_whatever_their_agency_may(practice: Practice) -> None:
    town = practice.town
    record = practice.hold(town.amina)
    practice.write(town.amina, record)
    Conflict.objects.create(
        practitioner_id=town.amina.practitioner_id, person_id=record.person_id, why="Aunt", declared_at=NOW
    )
    with as_(town.amina):
        assert [model.objects.count() for model in HELD] == [0, 0, 0, 0]
    with as_(town.tom):
        assert [model.objects.count() for model in HELD] == [1, 1, 1, 1]


def test_an_entry_shows_where_it_was_released_as_long_as_it_is(practice: Practice) -> None:
    town = practice.town
    entry = practice.write(town.amina, practice.hold(town.amina))
    with as_(town.grace):
        assert Entry.objects.count() == Release.objects.count() == 0
    released = {
        "entry": entry, "to_agency_id": town.front_door.pk, "of_agency_id": town.health.pk, "reference": "E-1",
        "title": "Told", "released_at": NOW,
    }  # fmt: skip
    Release.objects.create(**released, ends_at=NOW + timedelta(hours=1))
    with as_(town.grace):
        assert Entry.objects.count() == Release.objects.count() == 1
    with as_(town.grace, after=timedelta(hours=1)):
        assert Entry.objects.count() == Release.objects.count() == 0


def test_nobody_writes_in_the_name_of_another_agency(practice: Practice) -> None:
    town = practice.town
    entry = practice.write(town.amina, practice.hold(town.amina))
    practice.hold(town.ros, key="2")
    with as_(town.ros):
        assert PersonRecord.objects.update(given="Poppy") == 1
        assert Entry.objects.filter(pk=entry.pk).update(title="Nothing happened") == 0
        assert PersonRecord.objects.filter(agency=town.health).delete()[0] == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            PersonRecord.objects.update(agency=town.health.pk)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Release.objects.create(
                entry=entry,
                to_agency=town.school,
                of_agency=town.health,
                reference="E",
                title="t",
                released_at=NOW,
            )
    entry.refresh_from_db()
    assert entry.title == "Not brought to review"


# --- cases: what an agency may read of what another asked, raised or decided ----------------------------------------

CASES = (
    Referral,
    ReferralPerson,
    Rating,
    Feedback,
    Enquiry,
    EnquirySubject,
    InformationRequest,
    Recipient,
    Decision,
)


def showing() -> dict[str, int]:
    """How many rows of each part of a case show to whoever asks now; those that show none are left out."""
    counts = {model.__name__: model.objects.count() for model in CASES}
    return {name: count for name, count in counts.items() if count}


@pytest.fixture
def case(practice: Practice) -> Practice:
    """The school raised a concern, the front door leads the enquiry, the health visitors answered."""
    practice.answer(practice.asked())
    return practice


def test_a_case_shows_to_each_agency_as_far_as_it_has_part_in_it(case: Practice) -> None:
    town = case.town
    with as_(town.grace):
        led = showing()
    assert led.keys() == {model.__name__ for model in CASES}
    with as_(town.ros):
        assert showing() == {"Referral": 1, "ReferralPerson": led["ReferralPerson"], "Feedback": 1}, (
            "the sender"
        )
    with as_(town.amina):
        asked = {"InformationRequest": 1, "Recipient": 1, "Decision": 1, "Feedback": 1}
        assert showing() == asked, "who was asked: not the concern, nor the enquiry"
    with as_(town.hannah):
        assert showing() == {}, "the police, who have no part in it"


def test_whoever_is_too_close_is_shown_nothing_of_a_case_and_is_told_why(case: Practice) -> None:
    town, child = case.town, ReferralPerson.objects.select_related("record").first()
    for actor in (town.grace, town.ros, town.amina):
        Conflict.objects.create(
            practitioner_id=actor.practitioner_id,
            person_id=child.record.person_id,
            why="Aunt",
            declared_at=NOW,
        )
    references = [
        Referral.objects.get().reference,
        Enquiry.objects.get().reference,
        Recipient.objects.get().reference,
    ]
    for actor in (town.grace, town.ros, town.amina):
        with as_(actor):
            assert showing() == {}
    with as_(town.grace):
        for read, reference in zip((referrals.read, enquiries.read, requests.read), references, strict=True):
            with pytest.raises(Refused, match="too close"):
                read(town.grace, reference, now=NOW)
    with as_(town.tom):
        assert showing() != {}


def test_whoever_is_too_close_raises_a_concern_all_the_same(practice: Practice) -> None:
    """A teacher is the aunt of a pupil: what worries her reaches the front door, and she reads no more of it."""
    town = practice.town
    known = practice.hold(town.ros, concern().persons[0].facts)
    Conflict.objects.create(
        practitioner_id=town.ros.practitioner_id, person_id=known.person_id, why="Aunt", declared_at=NOW
    )
    with as_(town.ros):
        made = practice.raised()
        assert showing() == {}
    with as_(town.grace):
        assert showing()["Referral"] == 1
    assert ReferralPerson.objects.filter(referral=made, record__person=known.person_id).exists()


def test_no_agency_lets_itself_in_by_a_row_of_its_own_making(case: Practice) -> None:
    """As SQL that somebody smuggled in at another agency would try it, knowing the ids."""
    town, asked = case.town, Recipient.objects.get()
    entry = case.write(town.amina, case.hold(town.amina, key="2"))
    threshold = case.decided(asked.request.enquiry).decision
    own = case.asked(asked.request.enquiry, town.police)
    new = {"state": "sent", "asked_at": NOW, "due_at": NOW, "agency": town.police, "reference": "Q-1"}
    with as_(town.hannah):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Recipient.objects.create(request=asked.request, from_agency=town.front_door, **new)
        with pytest.raises(ProgrammingError, match="does not change"), transaction.atomic():
            Recipient.objects.filter(pk=own.pk).update(request=asked.request)
        Recipient.objects.create(request=asked.request, from_agency=town.police, **new)
        assert not InformationRequest.objects.filter(pk=asked.request_id).exists()
        Release.objects.create(
            entry=entry,
            to_agency=town.police,
            of_agency=town.police,
            reference="E",
            title="t",
            released_at=NOW,
        )
        assert not Entry.objects.filter(pk=entry.pk).exists()
        Answer.objects.create(
            recipient=own,
            round=1,
            decision=threshold,
            answered_by_id=town.hannah.practitioner_id,
            answered_at=NOW,
        )
        assert not Decision.objects.filter(pk=threshold.pk).exists()


def test_not_even_the_hub_releases_what_is_sealed_before_two_people_have(practice: Practice) -> None:
    """Whatever code forgets to ask: a release of a sealed entry is refused until its proposal was granted."""
    town, asked = practice.town, practice.asked()
    entry = practice.write(town.amina, practice.hold(town.amina, key="2"), sealed="adoption")
    release = {
        "entry": entry, "to_agency": town.front_door, "of_agency": town.health, "reference": "E", "title": "t",
        "released_at": NOW,
    }  # fmt: skip
    proposal = ReleaseProposal.objects.create(
        recipient=asked, entry=entry, kind="adoption", role="adoption_manager", reason="Her safety.",
        proposed_by_id=town.amina.practitioner_id, proposed_at=NOW,
    )  # fmt: skip
    with pytest.raises(ProgrammingError, match="released by two people"), transaction.atomic():
        Release.objects.create(**release)
    proposal.released, proposal.decided_by_id, proposal.decided_at = True, town.tom.practitioner_id, NOW
    proposal.save()
    with pytest.raises(ProgrammingError, match="released by two people"), transaction.atomic():
        Release.objects.create(**{**release, "to_agency": town.school})
    made = Release.objects.create(**release)
    with pytest.raises(ProgrammingError, match="does not change"), transaction.atomic():
        Release.objects.filter(pk=made.pk).update(to_agency=town.school)


# --- how it gets there ---------------------------------------------------------------------------------------


def _owner_url() -> str:
    named = connections["owner"].settings_dict
    return postgres.url_of_database(postgres.databases(settings.HOME, {}).owner_url, str(named["NAME"]))


def test_installing_it_again_changes_nothing_and_another_key_takes_effect(practice: Practice) -> None:
    practice.hold(practice.town.amina)
    role = connection.settings_dict["USER"]
    with postgres.connect(_owner_url()) as owner:
        before = owner.execute("SELECT array_agg(oid ORDER BY oid) FROM pg_policy").fetchone()
        guard.install(owner, key=settings.GUARD_KEY, app_role=role)
        assert owner.execute("SELECT array_agg(oid ORDER BY oid) FROM pg_policy").fetchone() == before
        guard.install(owner, key=b"another" * 4, app_role=role)
        try:
            with pytest.raises(ProgrammingError, match="not signed"), transaction.atomic():
                names()
        finally:
            guard.install(owner, key=settings.GUARD_KEY, app_role=role)
    assert names() == {"Katie"}


def test_the_service_does_not_start_where_a_table_is_open(
    django_db_setup: None, django_db_blocker: Any
) -> None:
    app_url = postgres.url_of_database(
        postgres.databases(settings.HOME, {}).app_url, str(connections["owner"].settings_dict["NAME"])
    )
    guard.refuse_unguarded(app_url)
    with postgres.connect(_owner_url()) as owner:
        for opened, closed in (
            ("DISABLE", "ENABLE"),
            ("NO FORCE", "FORCE"),
        ):
            owner.execute(f"ALTER TABLE people_contact {opened} ROW LEVEL SECURITY".encode())
            try:
                with pytest.raises(postgres.DatabaseTrouble, match="people_contact"):
                    guard.refuse_unguarded(app_url)
            finally:
                owner.execute(f"ALTER TABLE people_contact {closed} ROW LEVEL SECURITY".encode())
    guard.refuse_unguarded(app_url)


def test_a_key_that_was_not_made_here_opens_nothing() -> None:
    assert context.signature("x") != context.signature("y")
    assert len({context.token(told(_somebody()), pid=1), context.token(told(_somebody()), pid=1)}) == 2


def _somebody() -> Actor:
    return Actor(
        practitioner_id=uuid4(), name="", job_title="", agency_id=uuid4(), agency_name="", sector="HE"
    )
