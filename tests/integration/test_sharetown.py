"""Sharetown, the invented partnership, is what its documents say it is."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection, transaction

import databases_in_tests
from jigsaw.hub.agencies import queries as agency_queries
from jigsaw.hub.audit import queries as audit
from jigsaw.hub.audit.models import Entry as AuditEntry
from jigsaw.hub.chronology import queries as chronology
from jigsaw.hub.chronology.models import Entry, Release
from jigsaw.hub.corrections.models import Correction
from jigsaw.hub.information_requests import queries as requests
from jigsaw.hub.information_requests.models import Recipient
from jigsaw.hub.kit import context
from jigsaw.hub.kit.clock import ENGLAND, age_on
from jigsaw.hub.kit.errors import NotHere, Refused
from jigsaw.hub.people import queries as people
from jigsaw.hub.people.models import (
    Address,
    Contact,
    Identifier,
    Involvement,
    PairToReview,
    PersonRecord,
    Relationship,
)
from jigsaw.hub.referrals import queries as referrals
from jigsaw.hub.referrals.models import Feedback, Referral
from jigsaw.hub.training import sharetown
from jigsaw.hub.training.sharetown import (
    casting,
    families,
    hospital,
    mistaken,
    partnership,
    stories,
    walk_ins,
    walsh,
)
from jigsaw.hub.training.sharetown.names import UNUSED
from jigsaw.hub.training.sharetown.shapes import Calendar
from jigsaw.hub.training.sharetown.writing import AGENCY_OF, Writer
from jigsaw.hub.unscheduled_care import arriving, hearing
from jigsaw.hub.unscheduled_care.models import Setting
from jigsaw.record_linkage import identifiers

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=ENGLAND)
SUMMER_NIGHT = datetime(2027, 7, 31, 23, 50, tzinfo=ENGLAND)


@dataclass(frozen=True)
class Summer:
    """What is asked of a Sharetown filled on a summer night."""

    newest: date
    last_act: datetime
    katie_born: date


@dataclass(frozen=True)
class Fills:
    """Sharetown as it stands for this module, the digest of an earlier fill for the same now, and another now."""

    town: Writer
    digest_before: str
    summer: Summer


@pytest.fixture(scope="module")
def fills(django_db_setup: None) -> Iterator[Fills]:
    with databases_in_tests.lasting(databases_in_tests.EMPTY):
        empty = transaction.savepoint()
        summer = _summer(sharetown.fill(now=SUMMER_NIGHT))
        transaction.savepoint_rollback(empty)
        empty = transaction.savepoint()
        sharetown.fill(now=NOW)
        before = digest()
        transaction.savepoint_rollback(empty)
        yield Fills(sharetown.fill(now=NOW), before, summer)


def _summer(town: Writer) -> Summer:
    born = town.facts["SCH", walsh.KATIE].born
    assert born is not None
    return Summer(
        newest=Entry.objects.latest("happened_on").happened_on,
        last_act=AuditEntry.objects.latest("at").at,
        katie_born=born,
    )


@pytest.fixture
def town(fills: Fills) -> Iterator[Writer]:
    """What a test reads is audited; that is undone after it."""
    mark = transaction.savepoint()
    yield fills.town
    transaction.savepoint_rollback(mark)


DRAWN_ANEW = re.compile(r"\bD-\w{4}-\w{4}")


def digest() -> str:
    """Everything that was said, by whom and when, without the ids and references that are drawn anew."""
    rows: list[object] = []
    persons: dict[UUID, list[str]] = defaultdict(list)
    for record in PersonRecord.objects.select_related("agency"):
        # Records that came with a referral or a notice have a key that is drawn anew; their facts tell them apart.
        key = "" if record.system in ("referral", "encompass", "jigsaw") else record.source_key
        who = f"{record.agency.code}/{key}/{record.given} {record.family} {record.born} {record.expected_on}"
        persons[record.person_id].append(f"{who} {record.recorded_at}")
    rows += [sorted(group) for group in persons.values()]
    for model, fields in (
        (Identifier, "kind value valid record__agency__code"),
        (Address, "line postcode until_date protected record__agency__code"),
        (Contact, "value record__agency__code"),
        (
            Relationship,
            "record__given record__family to__given to__family kind until_date record__agency__code",
        ),
        (Involvement, "record__given service worker from_date until_date"),
        (
            Entry,
            "agency__code title text happened_on happened_at how_known source recorded_at recorded_by__name",
        ),
        (Release, "entry__title to_agency__code text in_part released_at"),
        (Referral, "from_agency__code concern state received_at goes_to__name"),
        (Recipient, "agency__code request__headline state due_at holder__name answered_at escalated_at"),
        (Feedback, "to_agency__code audience due_at given_at what_was_done"),
        (AuditEntry, "at action"),
    ):
        rows += [[model.__name__, *map(str, row)] for row in model.objects.values_list(*fields.split())]
    # What was disposed of names its line in the register.
    lines = sorted(DRAWN_ANEW.sub("D-", json.dumps(row, ensure_ascii=False)) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def person(town: Writer, member: str) -> UUID:
    return PersonRecord.objects.get(pk=town.known[member].pk).person_id


def persons_of(town: Writer, family: str) -> set[UUID]:
    return {person(town, member) for member in town.known if member.startswith(f"{family}/")}


def linked(town: Writer) -> dict[UUID, set[str]]:
    """For each person, the members whose records lead there."""
    found: dict[UUID, set[str]] = defaultdict(set)
    now = dict(PersonRecord.objects.values_list("pk", "person"))
    for (_agency, member), record in town.records.items():
        found[now[record.pk]].add(member)
    return found


# --- The whole of it


def test_the_document_names_everyone_it_should() -> None:
    words = (Path(__file__).parents[2] / "docs/explanation/sharetown.md").read_text(encoding="utf-8")
    assert sharetown.PASSWORD in words
    for worker in partnership.WORKERS:
        assert f"`{worker.key}`" in words or f"`{partnership.email(worker)}`" in words, worker.name
    for family in families.families(Calendar(NOW)):
        told = [h.facts for h in family.held if h.agency == "HV" and "ther" not in h.member]
        named = [f"{f.given} {f.family}" in words for f in told] or [
            f"Unborn baby {family.held[0].facts.family}" in words
        ]
        given_only = [re.search(rf"\b{re.escape(f.given)}\b", words) is not None for f in told]
        assert any(named) or all(given_only), family.key


def test_the_same_now_gives_the_same_sharetown(fills: Fills) -> None:
    assert digest() == fills.digest_before


def test_about_forty_families_known_to_several_agencies(town: Writer) -> None:
    families = {member.split("/")[0] for member in town.known}
    assert 38 <= len(families) <= 45
    assert len(families) == len(casting.CAST) + 1, "nobody shares a family’s key"
    agencies_by_family = defaultdict(set)
    for agency, member in town.records:
        agencies_by_family[member.split("/")[0]].add(agency)
    assert min(len(agencies) for agencies in agencies_by_family.values()) >= 2
    assert Entry.objects.count() >= 150


def test_every_story_is_told_and_every_sort_is_met(town: Writer) -> None:
    told = {cast.story for cast in casting.CAST}
    assert told == set(stories.STORIES)
    sorts = [stories.STORIES[cast.story][1] for cast in casting.CAST]
    assert min(sorts.count(s) for s in (stories.HARMLESS, stories.WORRYING, stories.MISLEADING)) >= 6


def test_it_is_labelled_a_demonstration(town: Writer) -> None:
    made = agency_queries.partnership()
    assert made is not None and made.demonstration


def test_it_is_not_filled_twice(town: Writer) -> None:
    before = PersonRecord.objects.count()
    assert sharetown.fill_if_empty() is False
    assert PersonRecord.objects.count() == before


def test_nothing_happens_in_the_future_and_the_audit_log_holds(town: Writer) -> None:
    assert audit.verify().ok
    assert AuditEntry.objects.latest("at").at <= NOW
    assert Entry.objects.latest("happened_on").happened_on <= NOW.date()
    assert Entry.objects.latest("recorded_at").recorded_at <= NOW


def test_it_is_current_on_any_day(fills: Fills) -> None:
    """Filled on a summer’s Saturday night, the stories end in that week and the children are as old as ever."""
    summer, today = fills.summer, SUMMER_NIGHT.date()
    assert today - timedelta(days=9) <= summer.newest <= today
    assert summer.last_act <= SUMMER_NIGHT
    assert age_on(summer.katie_born, today) in (13, 14)


def test_schools_write_on_school_days() -> None:
    calendar = Calendar(SUMMER_NIGHT)
    told = [walsh.family(calendar), *families.families(calendar)]
    wrote = [w for family in told for w in family.wrote if AGENCY_OF[w.by] in ("SCH", "HPS")]
    assert wrote and all(w.piece.happened_on.weekday() < 5 for w in wrote)


# --- Nobody in it exists


def test_every_nhs_number_is_valid_and_never_issued(town: Writer) -> None:
    numbers = [i.value for i in Identifier.objects.filter(kind__in=["nhs_number", "mother_nhs_number"])]
    checked = [identifiers.nhs_number(number) for number in numbers]
    assert len(numbers) > 100
    assert all(number.valid and number.is_test for number in checked)


def test_one_nhs_number_names_one_person_except_where_the_hospitals_desk_mistook_it(town: Writer) -> None:
    holders = defaultdict(set)
    numbers = Identifier.objects.filter(kind="nhs_number").exclude(record__system="walk-ins")
    for number in numbers.select_related("record"):
        holders[number.value].add(number.record.person_id)
    assert max(map(len, holders.values())) == 1


def test_every_telephone_number_is_of_the_drama_ranges(town: Writer) -> None:
    ours = [place.phone for place in partnership.PLACES] + [w.phone for w in partnership.WORKERS]
    theirs = list(Contact.objects.filter(kind="phone").values_list("value", flat=True))
    rung = list(Involvement.objects.exclude(worker_phone="").values_list("worker_phone", flat=True))
    called = list(Referral.objects.exclude(caller_contact="").values_list("caller_contact", flat=True))
    for number in [*ours, *theirs, *rung, *called]:
        assert re.fullmatch(r"01632 960 ?\d{3}|07700 900 ?\d{3}", number), number
    assert theirs and called


def test_no_postcode_could_exist(town: Writer) -> None:
    """All but the Walshes’ own end in letters that no postcode has."""
    found = set(Address.objects.exclude(postcode="").values_list("postcode", flat=True)) - {"ST1 4QZ"}
    assert found and all(code[-1] in UNUSED or code[-2] in UNUSED for code in found)


def test_the_passphrase_opens_every_account(town: Writer) -> None:
    assert len(sharetown.PASSWORD) >= 12
    said = "\n".join(sharetown.sign_ins())
    assert sharetown.PASSWORD in said
    for worker in partnership.WORKERS:
        assert not worker.meet or partnership.email(worker) in said
    # One hash is made for all of them, so that one account tells for all.
    worker = partnership.WORKERS[0]
    assert agency_queries.practitioner_with_password(partnership.email(worker), sharetown.PASSWORD)
    assert len({account.password for account in agency_queries.all_practitioners()}) == 1


def test_seven_practitioners_of_seven_agencies_are_to_be_met(town: Writer) -> None:
    met = {
        w.agency
        for w in partnership.WORKERS
        if (w.meet and "practitioner" in w.roles) or w.key in ("ros", "grace")
    }
    assert met == {"CSC", "POL", "HV", "HOSP", "SCH", "HOU", "VCS"}


# --- Who is who


def test_no_two_families_are_linked_to_one_person(town: Writer) -> None:
    assert [sorted(members) for members in linked(town).values() if len(members) > 1] == []


def test_most_records_are_linked_and_a_few_wait_for_a_person(town: Writer) -> None:
    apart = defaultdict(set)
    for one, members in linked(town).items():
        for member in members:
            apart[member].add(one)
    waiting = [member for member, persons in apart.items() if len(persons) > 1]
    assert walsh.KATIE in waiting, "Katy of the tenancy list is left to learn with"
    assert 3 <= len(waiting) <= 12


def test_twins_are_two_boys(town: Writer) -> None:
    first, second = sorted(m for m in town.known if m.startswith("asante/") and not m.endswith("ther"))
    assert town.facts["HV", first].born == town.facts["HV", second].born
    assert person(town, first) != person(town, second)


def test_namesakes_stay_two_boys(town: Writer) -> None:
    one, other = town.facts["HV", "malik/ayaan"], town.facts["HV", "malik-2/ayaan"]
    assert (one.given, one.family) == (other.given, other.family)
    assert (one.born.day, one.born.month) == (other.born.month, other.born.day)
    assert person(town, "malik/ayaan") != person(town, "malik-2/ayaan")


def test_both_unborn_babies_are_expected(town: Writer) -> None:
    unborn = [facts for facts in town.facts.values() if facts.expected_on]
    assert {facts.family for facts in unborn} == {"Reid", "Bennett-Cole"}
    assert all(facts.expected_on > NOW.date() and not facts.given for facts in unborn)


def test_a_baby_without_an_nhs_number_is_held(town: Writer) -> None:
    baby = next(m for (agency, m), f in town.facts.items() if agency == "HOSP" and f.given == "Baby")
    kinds = [kind for agency in ("HV", "HOSP") for kind, _number in town.facts[agency, baby].identifiers]
    assert set(kinds) == {"mother_nhs_number"}
    assert {town.record(agency, baby).person_id for agency in ("HV", "HOSP")} == {person(town, baby)}


def test_kevin_does_not_see_his_brothers_family_and_his_manager_does(town: Writer) -> None:
    boy = next(m for a, m in town.records if a == "HOU" and m.startswith("marsh/") and not m.endswith("ther"))
    with pytest.raises(Refused):
        people.profile(town.actor("kevin"), person(town, boy), purpose="curiosity", now=NOW)
    assert people.profile(town.actor("moira"), person(town, boy), purpose="tenancy", now=NOW)


def test_a_safe_address_is_seen_by_those_who_keep_it(town: Writer) -> None:
    mother = person(town, "yildiz/mother")
    shown = people.profile(town.actor("bela"), mother, purpose="support", now=NOW).addresses
    assert any("Rosewood House" in at.value for at in shown)
    for stranger in ("amina", "sian", "grace"):
        shown = people.profile(town.actor(stranger), mother, purpose="request", now=NOW).addresses
        assert not any("Rosewood" in at.value for at in shown), stranger


def test_the_words_of_what_is_sealed_stand_nowhere_in_the_database(town: Writer) -> None:
    said = {entry.text for entry in Entry.objects.exclude(sealed="")}
    assert len(said) >= 3
    with connection.cursor() as cursor, context.hub("tests"):
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f"SELECT t::text FROM {table} AS t WHERE EXISTS (SELECT FROM unnest(%s::text[]) AS w WHERE strpos(t::text, w) > 0)",
                [list(said)],
            )
            assert cursor.fetchall() == [], f"{table} holds what is sealed"


def test_names_to_protect_stand_in_their_text(town: Writer) -> None:
    protected = [entry for entry in Entry.objects.all() if entry.protect]
    assert len(protected) >= 6
    for entry in protected:
        assert all(name in entry.text for name in entry.protect), entry.title


def test_there_is_something_of_each_hard_kind(town: Writer) -> None:
    grades = set(Entry.objects.exclude(police_grading="").values_list("police_grading", flat=True))
    assert any(grade.endswith("C") for grade in grades) and any(grade.endswith("P") for grade in grades)
    assert Entry.objects.filter(sealed="adoption").count() == 1
    unheard = person(town, next(m for m in town.known if m.startswith("lockwood/") and "ther" not in m))
    about = Entry.objects.filter(subjects__record__person=unheard)
    assert about.count() >= 4 and not about.exclude(child_words="").exists()
    assert max(entry.subjects.count() for entry in Entry.objects.all()) >= 5
    assert any(facts.died_on for facts in town.facts.values())


# --- The Walsh family is left to learn with


def test_nothing_about_the_walshes_is_shared_or_waiting(town: Writer) -> None:
    family = persons_of(town, "walsh")
    shared = Release.objects.filter(entry__subjects__record__person__in=family)
    assert not shared.filter(ends_at=None).exists(), "what the concern of May told was for that concern"
    assert not Recipient.objects.filter(request__subjects__record__person__in=family).exists()
    waiting = Referral.objects.filter(persons__record__person__in=family).exclude(state="closed")
    assert not waiting.exists()
    assert Referral.objects.filter(persons__record__person__in=family, state="closed").count() == 1


@pytest.mark.parametrize(
    ("who", "titles"),
    [
        ("ros", {"Attendance falls to 82%", "Katie talks to school counsellor"}),
        ("hannah", {"Police attend argument at home", "Lee Marsden arrested at the address"}),
        ("grace", {"Referral closed, early help offered"}),
    ],
)
def test_each_agency_sees_its_own_drawer_alone(town: Writer, who: str, titles: set[str]) -> None:
    actor = town.actor(who)
    seen = chronology.picture(actor, person(town, walsh.KATIE), purpose="own work", now=NOW).lines
    assert titles <= {line.title for line in seen}
    assert {line.agency for line in seen} == {actor.agency_id}


def test_a_charity_that_knows_donna_does_not_see_katie(town: Writer) -> None:
    with pytest.raises(NotHere):
        people.profile(town.actor("bela"), person(town, walsh.KATIE), purpose="curiosity", now=NOW)


# --- There is work in hand


def test_the_health_visitors_inbox_is_as_on_the_screens(town: Writer) -> None:
    inbox = requests.inbox(town.actor("amina"), now=NOW)
    assert (inbox.counts.late, inbox.counts.soon, inbox.counts.mine) == (1, 1, 1)
    assert [row.about[0].name for row in inbox.rows[:1]] == ["Ayaan Malik"]
    assert {row.recipient.request.rating for row in inbox.rows} == {"red", "amber", "green", "blue"}
    late = inbox.rows[0].recipient
    assert late.escalated_to is not None and late.escalated_to.name == "Tom Baptiste"


@pytest.mark.parametrize("who", ["hannah", "amina", "meera", "ros", "sian", "kevin", "bela"])
def test_everyone_has_something_to_answer(town: Writer, who: str) -> None:
    assert requests.inbox(town.actor(who), now=NOW).rows


def test_what_the_hospital_tells_of_in_the_demonstration_reaches_the_authority(town: Writer) -> None:
    grace, now = town.actor("grace"), NOW + timedelta(hours=1)
    before = {one.alert.pk for one in hearing.heard(grace, now=now)}
    for one in hospital.feed(now=now):
        arriving.take(setting=Setting.objects.get(), content=one.content, way="mllp", now=now)
    [told] = [one for one in hearing.heard(grace, now=now) if one.alert.pk not in before]
    assert told.alert.record.given == "Mason"
    assert not [one for one in hearing.heard(grace, now=now) if one.alert.state == "cancelled"]


def test_requests_are_at_every_stage(town: Writer) -> None:
    assert set(Recipient.objects.values_list("state", flat=True)) == {"sent", "opened", "claimed", "answered"}
    kinds = set(Recipient.objects.values_list("events__kind", flat=True))
    assert {"extended", "escalated", "answered"} <= kinds


def test_two_concerns_wait_for_the_screener(town: Writer) -> None:
    queue = referrals.queue(town.actor("grace"), now=NOW)
    assert len(queue) == 2
    by_caller = {row.referral.caller: row.referral for row in queue}
    routed, public = by_caller["professional"], by_caller["public"]
    assert routed.goes_to is not None and routed.goes_to.name == "Daniel Osei"
    [boy] = referrals.read(town.actor("grace"), public.reference, now=NOW).persons
    assert not boy.linked_to_others
    found = referrals.matches(town.actor("grace"), public, boy.person.record.pk, now=NOW)
    twins = persons_of(town, "asante")
    assert len({match.card.person for match in found} & twins) >= 2, "a person decides between the twins"


def test_some_have_heard_back_and_some_are_owed_it(town: Writer) -> None:
    assert Feedback.objects.filter(given_at=None).exists()
    given = Feedback.objects.exclude(given_at=None)
    assert {row.to_agency.code for row in given} >= {"SCH", "HPS", "HV"}
    assert Referral.objects.filter(state="enquiry").count() >= 7


def test_every_writer_writes_for_their_own_agency(town: Writer) -> None:
    of = {town.partnership.accounts[key].pk: code for key, code in AGENCY_OF.items()}
    for entry in Entry.objects.select_related("agency"):
        assert of[entry.recorded_by_id] == entry.agency.code


# --- what waits for a person, and what was put right -------------------------------------------------------------


def test_every_walk_in_waits_for_somebody_to_decide(town: Writer) -> None:
    waiting = PairToReview.objects.filter(closed_at=None, record__system="walk-ins")
    assert waiting.values("record").distinct().count() == len(walk_ins.WALK_INS)
    signs = {sign for pair in waiting for sign in pair.signs}
    assert signs == {"one_nhs_number", "two_nhs_numbers"}


def test_two_boys_were_taken_for_one_and_are_two_again(town: Writer) -> None:
    [made] = Correction.objects.all()
    one, other = (town.record("HV", member) for member in (mistaken.ONE, mistaken.OTHER))
    persons = PersonRecord.objects.filter(pk__in=[one.pk, other.pk]).values_list("person", flat=True)
    assert set(persons) == {made.stayed_id, made.came_id}
    told = made.told.values_list("practitioner", flat=True)
    assert list(told) == [town.actor(mistaken.LOOKED).practitioner_id]
