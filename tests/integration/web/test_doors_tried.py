"""Every address is tried by every role and by nobody: it opens exactly when the list of doors says so."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

import agreements_in_tests
from architecture.doors import ANYONE, ROUTES, SIGNED_IN, Door, Route, routes
from audit_in_tests import not_written_down_once
from care_in_tests import NUMBER, make_care
from integration.partner_hubs_in_tests import Northvale
from integration.web.journeys import OLD, PLAIN, Asked, ask_health, filled_in, sign_in
from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.agencies import queries as agency_queries
from jigsaw.hub.agencies import second_factors
from jigsaw.hub.agreements import signing
from jigsaw.hub.alerts import operations as alerts
from jigsaw.hub.alerts import queries as alert_queries
from jigsaw.hub.alerts.operations import News
from jigsaw.hub.audit.models import Entry as LogEntry
from jigsaw.hub.chronology import documents
from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.chronology.operations import Piece
from jigsaw.hub.corrections import operations as corrections
from jigsaw.hub.disclosures import letting_out
from jigsaw.hub.disclosures import queries as disclosures
from jigsaw.hub.encompass import operations as encompass
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.partner_hubs import filing
from jigsaw.hub.partner_hubs import operations as partner_hubs
from jigsaw.hub.partner_hubs.states import Purpose
from jigsaw.hub.patterns import operations as patterns
from jigsaw.hub.patterns import queries as pattern_queries
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.models import PairToReview
from jigsaw.hub.people.records import Facts
from jigsaw.hub.retention import asked_for, finding, holding
from jigsaw.hub.retention.holding import Placing
from jigsaw.hub.retention.models import DueItem
from jigsaw.hub.rights import asked as rights_asked
from jigsaw.hub.rights import saying
from jigsaw.hub.rights.erasure import Word
from jigsaw.hub.training.roles import ROLES
from jigsaw.hub.unscheduled_care import looking
from jigsaw.hub.unscheduled_care.models import Alert, Setting
from jigsaw.papers import cleaning
from people_in_tests import NO_PASSWORD, Town
from plans_in_tests import UNBORN, begin
from second_factors_in_tests import code_of

pytestmark = pytest.mark.django_db

# Not there unless another place to sign in with is configured: tried in test_signing_in_with_another.py.
ELSEWHERE = {"sign-in-with", "sign-in-with-back"}
# Opened by a setting's secret and never by a session, or to nobody: tried in test_fhir.py.
ELSEWHERE |= {name for name in ROUTES if name.startswith("fhir") and name != "fhir-metadata"}
# Opened by a directory's secret: tried in test_staff_directories.py.
ELSEWHERE |= {name for name in ROUTES if name.startswith("scim-")}
ALL = [route for route in routes() if route.name not in ELSEWHERE]
# Whoever has signed out opens nothing more.
PLAIN_ADDRESSES = sorted(
    (route for route in ALL if not route.names_something), key=lambda route: route.name == "sign-out"
)
WITH_IDS = [route for route in ALL if route.names_something]
CHILDREN = ("Katie Walsh", "Ada Marsh")
# Roles that look after the whole partnership, whatever agency their holder is of.
THE_PARTNERSHIPS = ("administrator", "board_member", "agreements_manager")
# Addresses that name something which is not an agency's, and why.
NO_AGENCYS = {
    "settings-account": "accounts are the partnership's",
    "agreement-edit": "whoever writes agreements does so for the whole partnership",
    "agreement-end": "whoever writes agreements does so for the whole partnership",
    "law-one": "the law is the partnership's, and everyone reads it",
    "settings-care-one": "settings of unscheduled care are set up for the partnership",
    "settings-partner-hub": "other hubs are the partnership's",
    "never-answered-child": "whoever keeps the list may put any child on it",
    "another-area-ask": "whoever may find anyone may ask about any child",
    "child-records": "whoever links records does so in the whole index",
    "emergency": "it is for children whom the agency has no purpose to see",
    "pair": "whoever links records does so in the whole index",
    "pair-next": "whoever links records does so in the whole index",
    "correction": "whoever links records sees what was undone in the whole index",
}


def opens(door: Door, actor: Actor) -> bool:
    return bool({ANYONE, SIGNED_IN} & set(door.asks)) or any(map(actor.may, door.asks))


def press(client: Client, door: Door, path: str) -> Any:
    return client.post(path) if door.method == "POST" else client.get(path)


def is_signed_in(client: Client) -> bool:
    return bool(client.cookies[settings.SESSION_COOKIE_NAME].value)


def worker(town: Town, role: str, where: Any = None) -> Actor:
    """Somebody with this one role."""
    account = agencies.Account(
        email=f"{role}@{where.code if where else 'doors'}.example".lower(),
        name=f"Some {role}",
        job_title="Worker",
        agency=where or town.front_door,
        roles=(role,),
        password=NO_PASSWORD,
    )
    agencies.add_practitioner(actor=SYSTEM, account=account, now=timezone.now())
    return agency_queries.actor_by_email(account.email)


@pytest.mark.parametrize("role", ROLES)
def test_an_address_opens_exactly_to_the_roles_it_is_for(client: Client, town: Town, role: str) -> None:
    actor = worker(town, role)
    tried = {}
    sign_in(client, actor)
    for route in PLAIN_ADDRESSES:
        door = ROUTES[route.name]
        answer = press(client, door, route.path)
        assert is_signed_in(client) or route.name == "sign-out", route.name
        tried[route.name] = answer.status_code
        if not opens(door, actor):
            assert answer.status_code == 403, route.name
            assert words_of(answer)[0].startswith(("Your role does not", "Concerns are", "Feedback is"))
    opened = {name for name, status in tried.items() if status != 403}
    assert opened == {route.name for route in PLAIN_ADDRESSES if opens(ROUTES[route.name], actor)}
    # A form that says nothing is refused in words by what it is for, after the door let one in.
    assert {status for status in tried.values()} <= {200, 302, 400, 401, 403, 404, 409, 415}


def test_nobody_is_led_to_the_sign_in_page(client: Client) -> None:
    for route in ALL:
        door = ROUTES[route.name]
        path = re.sub(r"<uuid:\w+>", str(uuid4()), route.path)
        path = re.sub(r"<str:\w+>", "R-0000-0000", path)
        path = re.sub(r"<int:\w+>", "1", path)
        answer = press(client, door, path)
        if door.asks == (ANYONE,):
            expected = {"hub-to-hub": 415, "attendances-in": 401}.get(route.name, 200)
            assert answer.status_code == expected, route.name
        elif route.name == "save-draft":
            assert answer.status_code == 401, "a script asks; it shows the notice of having been signed out"
        else:
            assert answer.status_code == 302, route.name
            assert answer["Location"].startswith(reverse("sign-in")), route.name


# Addresses that name something.


@pytest.fixture(scope="module")
def asked(town_of_the_file: Town) -> Asked:
    return ask_health(town_of_the_file, PLAIN, OLD)


@pytest.fixture(scope="module")
def elsewhere(town_of_the_file: Town) -> Actor:
    """Somebody in the next authority who may do everything there that a practitioner can."""
    everything = tuple(code for code in ROLES if code not in THE_PARTNERSHIPS)
    nia = town_of_the_file.nia.practitioner_id
    assert nia
    account = agencies.Account(
        email="all@doors.example",
        name="Nobody Else",
        job_title="Team manager",
        agency=agency_queries.practitioners([nia])[nia].agency,
        roles=everything,
        password=NO_PASSWORD,
    )
    agencies.add_practitioner(actor=SYSTEM, account=account, now=timezone.now())
    return agency_queries.actor_by_email(account.email)


@pytest.fixture(scope="module")
def theirs(asked: Asked) -> dict[str, str]:
    """Each address with an id, filled in with something that is there and is Sharetown's."""
    town, referral = asked.town, asked.enquiry.referral
    answer_for_health(Client(), asked)
    named = referral.persons.get(part="child").record
    [answer] = disclosures.answers(town.amina, asked.to_health, now=timezone.now())
    parts = {
        "reference": {"enquiries": asked.enquiry.reference, "requests": asked.to_health.reference},
        "asked": asked.to_health.reference,
        "record": named.pk,
        "person": named.person_id,
        "entry": asked.entries[0].pk,
        "document": letter_of(town, asked.entries[0].pk),
        "pk": referral.feedback.first().pk,
        "item": answer.items[0].item.pk,
        "notice": notice_for(town.amina),
        "question": question_of(town.grace, named.person_id),
        "practitioner": town.amina.practitioner_id,
        "pair": pair_of(town),
        "plan": begin(town, held(town.grace, "mother"), UNBORN, now=timezone.now()).pk,
        "code": "s47",
        "hub": Northvale().card["code"],
        "identifier": agreement_of(town),
        "number": 1,
        "other": 1,
        "form": "json",
        "factor": app_of(town.amina),
    }
    undone = correction_of(town)
    parts["access"], parts["reference"]["alerts"] = looked_up(town)
    parts["setting"] = Setting.objects.get().pk
    parts["reference"]["patterns"] = pattern_of(town)
    parts["reference"]["domestic-abuse"] = notice_to_school(town)
    sealed = sealed_of(asked)
    parts["proposal"] = letting_out.propose(
        actor=town.amina,
        recipient=asked.to_health,
        entry=sealed,
        reason="She may be in danger there.",
        now=timezone.now(),
    ).pk

    parts["reference"]["rights"] = asked_by_family(asked)
    to_sign, erased = to_be_erased(asked)
    parts["reference"]["retention"], parts["due"] = past_its_time(asked)

    def fill(route: Route) -> str:
        section = route.path.split("/")[1]
        reference = parts["reference"].get(section, referral.reference)
        if route.name == "correction":
            reference = undone
        if route.name in ("retention-sign", "retention-refuse"):
            return filled(route.path, {"reference": to_sign, "entry": erased})
        entry = sealed if route.name == "request-propose" else parts["entry"]
        return filled(route.path, {**parts, "reference": reference, "entry": entry})

    return {route.name: fill(route) for route in WITH_IDS}


def filled(path: str, parts: dict[str, Any]) -> str:
    return re.sub(r"<\w+:(\w+)>", lambda part: str(parts[part[1]]), path)


def answer_for_health(client: Client, asked: Asked) -> None:
    """Health shares one thing and withholds another."""
    plain, old = (entry.pk for entry in asked.entries)
    more = {
        f"kind-{old}": "not_relevant",
        f"reason-{old}": "Long ago, and about the mother only.",
        f"again-{old}": "New worry about her health",
        "advice_from": "Tom Baptiste, named nurse",
    }
    sign_in(client, asked.town.amina)
    sent = client.post(asked.page, filled_in(asked, {plain: "share", old: "withhold"}, **more))
    assert sent.status_code == 302


def looked_up(town: Town) -> tuple[Any, str]:
    """What a clinician looked up, and the reference of the alert that came of it."""
    hospital = make_care(town, now=timezone.now())
    found = looking.look(hospital.ada, NUMBER, unscheduled=True, now=timezone.now())
    return found.access, Alert.objects.get().reference


def question_of(actor: Actor, person: Any) -> Any:
    """Something that was asked of another hub."""
    now = timezone.now()
    partner_hubs.our_card(actor=SYSTEM, code="US", address="https://us.example", now=now)
    partner = partner_hubs.add(actor=SYSTEM, card=Northvale().card, now=now)
    filing.is_filed(partner, epoch=1, now=now)
    return partner_hubs.ask(
        actor=actor, person=person, hub=partner.code, purpose=Purpose.MOVED, why="They moved.", now=now
    )


def held(actor: Actor, key: str) -> Any:
    """A child as one agency knows her, without a birthday."""
    facts = Facts(given="Ada", family="Marsh")
    now = timezone.now()
    return people.hold(
        actor=actor, agency=actor.agency_id, system="doors", source_key=key, facts=facts, now=now
    )[0]


def pair_of(town: Town) -> Any:
    """Two records that wait for somebody to decide."""
    record, other = held(town.amina, "pair"), held(town.hannah, "pair")
    return PairToReview.objects.create(
        record=record, person_id=other.person_id, probability=0.9, evidence=[], found_at=timezone.now()
    ).pk


def notice_to_school(town: Town) -> str:
    """What the police told the school of last night."""
    now = timezone.now()
    told = encompass.Told(
        given="Ada",
        family="Marsh",
        born=date(2014, 2, 1),
        police_reference="SP-1",
        happened_at=now - timedelta(hours=2),
        place="At home",
        present="there",
        circumstances="A man was arrested.",
        authority=town.sharetown.pk,
        school=town.school.pk,
    )
    return encompass.send(actor=town.hannah, told=told, now=now).reference


def pattern_of(town: Town) -> str:
    """Somebody whom the health visitors did not see three times."""
    record, now = held(town.amina, "pattern"), timezone.now()
    piece = Piece(
        kind="was_not_brought", title="Not brought", happened_on=now.date(), how_known="fact", source="List"
    )
    for _ in range(3):
        chronology.add(actor=town.amina, piece=piece, about=[record], now=now)
    patterns.look(record.person_id, now=now)
    [found] = pattern_queries.waiting(town.tom, now=now)
    return found.pattern.reference


def correction_of(town: Town) -> str:
    """Two records that were taken for one child and are two again."""
    now = timezone.now()
    record, other = held(town.amina, "undone"), held(town.hannah, "undone")
    people.link(actor=town.grace, record=record, person=other.person_id, reason="Alike", now=now)
    return corrections.take_apart(
        actor=town.grace, person=other.person_id, records=[record.pk], reason="Two girls", now=now
    ).reference


def sealed_of(asked: Asked) -> Any:
    """Something sealed that health holds about Katie."""
    record = asked.entries[0].subjects.get().record
    piece = Piece(
        kind="other",
        title="Sealed",
        text="In the sealed file.",
        happened_on=timezone.localdate(),
        how_known="fact",
        source="The file",
        sealed="sealed",
    )
    now = timezone.now()
    return chronology.add(actor=asked.town.amina, piece=piece, about=[record], now=now).pk


def letter_of(town: Town, entry: Any) -> Any:
    """A letter that hangs on an entry of the health visitors."""
    paper = cleaning.clean(b"Dear Amina, five.")
    now = timezone.now()
    return documents.attach(
        actor=town.amina, entry=entry, title="Letter", paper=paper, scanned=False, now=now
    ).pk


def asked_by_family(asked: Asked) -> str:
    """What a mother asked the health visitors."""
    now, record = timezone.now(), asked.entries[0].subjects.get().record
    asking = rights_asked.Asking(
        kind="copy", asked_by="Jo", asked_as="parent", identity="Known.", received_on=now.date()
    )
    tom = asked.town.tom
    return rights_asked.note(actor=tom, person=record.person_id, asking=asking, now=now).reference


def past_its_time(asked: Asked) -> tuple[str, Any]:
    """A hold that the health visitors placed, and something of theirs that is due."""
    now = timezone.now()
    tom = replace(asked.town.tom, permissions=asked.town.tom.permissions | {"retention.decide"})
    hold = holding.place(actor=tom, placing=Placing(why="other", because="Asked."), now=now)
    finding.look(now=now.replace(year=now.year + 60))
    return hold.reference, DueItem.objects.filter(agency=asked.town.health).first().pk


def to_be_erased(asked: Asked) -> tuple[str, Any]:
    """What the health visitors decided to erase, of somebody with whom nobody works."""
    now, tom = timezone.now(), asked.town.tom
    record = held(asked.town.amina, "erased")
    entry = chronology.add(actor=asked.town.amina, piece=Piece(**PLAIN), about=[record], now=now)
    asking = rights_asked.Asking(
        kind="erasure",
        asked_by="Jo",
        asked_as="parent",
        identity="Known.",
        received_on=now.date(),
        words="Out.",
    )
    [row] = saying.note(
        actor=asked.town.amina, person=record.person_id, asking=asking, entries=[entry.pk], now=now
    )
    asked_for.decide(actor=tom, reference=row.reference, words={entry.pk: Word("erase", "So.")}, now=now)
    return row.reference, entry.pk


def agreement_of(town: Town) -> str:
    """An agreement of the health service with the front door, being signed."""
    content = agreements_in_tests.document(
        identifier={"value": "DOORS-CSA", "system": "https://sharetown.example/agreements"}
    )
    content["party"] = [
        {**each, "authorities": [town.sharetown.gss_code]}
        for each in content["party"]
        if each["sector"] in ("SC", "HE")
    ]
    codes = [each["code"] for each in content["party"]]
    content["defaults"] = [{**content["defaults"][0], "to": codes}]
    content["exceptions"] = []
    row = signing.start(actor=SYSTEM, document=content, now=timezone.now())
    return signing.send(actor=SYSTEM, version=row, now=timezone.now()).agreement.identifier


def app_of(actor: Actor) -> Any:
    """An authenticator app of theirs."""
    now, new = timezone.now(), second_factors.new_app(actor)
    second_factors.add_app(actor=actor, sealed=new.sealed, code=code_of(new.by_hand, now), now=now)
    return agency_queries.second_factors(actor.practitioner_id)[0].pk


def notice_for(actor: Actor) -> Any:
    assert actor.practitioner_id
    news = News(topic="request.overdue", reference="Q-0000-0000", page="inbox", parts={})
    alerts.tell(to=[actor.practitioner_id], news=news, key="doors", at=timezone.now())
    [told] = alert_queries.for_me(actor, now=timezone.now())
    return told.notice.pk


IDS = "record person entry document pk item notice practitioner question pair access plan proposal factor due"
ABSENT = {name: str(uuid4()) for name in IDS.split()}
ABSENT |= {"identifier": "NO-SUCH", "number": "1", "other": "1", "form": "json"}
ABSENT |= {"reference": "R-0000-0000", "asked": "Q-0000-0000"}


@pytest.mark.parametrize(
    "route",
    [route for route in WITH_IDS if route.name not in NO_AGENCYS],
    ids=lambda route: route.name,
)
def test_what_is_another_agencys_looks_like_what_is_not_there(
    client: Client, theirs: dict[str, str], elsewhere: Actor, route: Route
) -> None:
    door = ROUTES[route.name]
    assert opens(door, elsewhere), "their role is not what keeps them out"
    sign_in(client, elsewhere)
    real = press(client, door, theirs[route.name])
    absent = press(client, door, filled(route.path, ABSENT))
    assert real.status_code == absent.status_code == 404
    assert words_of(real) == words_of(absent)


@pytest.mark.parametrize("role", ROLES)
def test_an_address_with_an_id_is_closed_to_roles_it_is_not_for(
    client: Client, town: Town, theirs: dict[str, str], role: str
) -> None:
    """Of the very agency that leads the enquiry, and of the one that answered: the agency alone opens nothing."""
    for where in (town.front_door, town.health):
        actor = worker(town, role, where)
        sign_in(client, actor)
        for route in WITH_IDS:
            if not opens(ROUTES[route.name], actor):
                answer = press(client, ROUTES[route.name], theirs[route.name])
                if answer.status_code == 302 and leads_to_their_own(answer, actor):
                    continue
                assert answer.status_code in (403, 404), f"{route.name} as {role} of {where.name}"
                assert all(words_of(answer))


def leads_to_their_own(answer: Any, actor: Actor) -> bool:
    """Whoever asked and opens what only the asked may do is led on to what they may see."""
    return opens(ROUTES[resolve(answer["Location"]).url_name], actor)


def test_those_whose_own_it_is_get_in_and_each_look_is_written_down_once(
    client: Client, theirs: dict[str, str], town: Town
) -> None:
    """The addresses used above are real: somebody opens every one of them, and so says the log.

    One look is one entry for each thing that a page shows: the record, the chronology, a list. Whoever stands in it is
    named in that entry: of a list everybody, of a child’s page the child, with the family as a part of the look.
    """
    opened, wrong = set(), []
    manager, signatory = worker(town, "agreements_manager"), worker(town, "agency_signatory", town.health)
    custodian = worker(town, "sealed_records_custodian", town.health)
    officer = worker(town, "data_protection_officer", town.health)
    ada = agency_queries.actor_named("Ada Hill")
    lists = {route.name: route.path for route in PLAIN_ADDRESSES if route.name != "sign-out"}
    all_lists = (town.grace, town.amina, town.tom, ada)
    for actor in (*all_lists, town.ros, town.hannah, town.ade, manager, signatory, custodian, officer):
        sign_in(client, actor)
        # What is looked for is kept in the session, under a number in the address.
        lists["find"] = client.get("/find/?q=Katie+Walsh").headers.get("Location", "/find/")
        for name, path in (theirs | (lists if actor in all_lists else {})).items():
            before = LogEntry.objects.latest("id").pk
            answer = client.get(path)
            if answer.status_code in (200, 302):
                opened.add(name)
            if answer.status_code == 200:
                wrong += [f"{name}: {fault}" for fault in not_written_down_once(answer, before, CHILDREN)]
    assert set(theirs) <= opened
    assert not wrong, "\n".join(sorted(set(wrong)))


def words_of(answer: Any) -> tuple[str, str]:
    """The heading and what follows it: what the page says."""
    text = answer.content.decode()
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", text, re.S)
    assert heading, text[:500]
    rest = re.search(r"</h1>(.*?)</main>", text, re.S)
    return heading[1].strip(), rest[1].strip() if rest else ""
