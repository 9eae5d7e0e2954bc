"""No act and no read without its entry: every public function that takes an actor is listed here.

`LOGGED` plays each one and looks into the log; `NOT_LOGGED` says why one writes nothing: it is a part of an act
or read that is logged as a whole, or tells nothing of anyone. A function that is in neither fails.
"""

from __future__ import annotations

import importlib
import inspect
import io
import pkgutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

import agreements_in_tests
import jigsaw.hub
from care_in_tests import NUMBER, Care, adt, make_care, practitioner
from integration.partner_hubs_in_tests import Northvale
from jigsaw.formats import nhs_trace
from jigsaw.hub.agencies import directories, first_passwords, joining, outside, second_factors, sessions
from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.agencies.models import Agency, Practitioner, SecondFactor
from jigsaw.hub.agencies.passkeys import Site
from jigsaw.hub.agreements import operations as agreements
from jigsaw.hub.agreements import queries as agreement_queries
from jigsaw.hub.agreements import signing
from jigsaw.hub.alerts import operations as alerts
from jigsaw.hub.alerts import queries as alert_queries
from jigsaw.hub.alerts import reminders
from jigsaw.hub.alerts.models import Notice
from jigsaw.hub.audit import erasing
from jigsaw.hub.audit.models import Entry as AuditEntry
from jigsaw.hub.audit.models import Words
from jigsaw.hub.chronology import documents, versions
from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.chronology import queries as chronology_queries
from jigsaw.hub.corrections import operations as corrections
from jigsaw.hub.corrections import queries as correction_queries
from jigsaw.hub.disclosures import letting_out, proposals, waiting
from jigsaw.hub.disclosures import queries as disclosure_queries
from jigsaw.hub.encompass import operations as encompass
from jigsaw.hub.encompass import queries as encompass_queries
from jigsaw.hub.enquiries import operations as enquiries
from jigsaw.hub.enquiries import queries as enquiry_queries
from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.information_requests import queries as request_queries
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.oversight import acted_on
from jigsaw.hub.partner_hubs import filing, silencing
from jigsaw.hub.partner_hubs import operations as partner_hubs
from jigsaw.hub.partner_hubs import queries as partner_hub_queries
from jigsaw.hub.partner_hubs.states import Purpose
from jigsaw.hub.patterns import operations as patterns
from jigsaw.hub.patterns import queries as pattern_queries
from jigsaw.hub.patterns.models import Pattern
from jigsaw.hub.people import (
    emergencies,
    finding,
    imports,
    linked,
    numbers,
    relinking,
    reported,
    review,
    reviewing,
)
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import queries as people_queries
from jigsaw.hub.people.models import PairToReview, Person, PersonRecord, Trace
from jigsaw.hub.people.national_register.asking import Traced
from jigsaw.hub.people.records import Facts
from jigsaw.hub.people.tracing import by_file, deciding, one_by_one, questions
from jigsaw.hub.referrals import operations as referrals
from jigsaw.hub.referrals import queries as referral_queries
from jigsaw.hub.retention import asked_for, disposing, holding, register
from jigsaw.hub.retention import finding as past_its_time
from jigsaw.hub.retention.holding import Placing
from jigsaw.hub.retention.models import DueItem
from jigsaw.hub.rights import asked as rights_asked
from jigsaw.hub.rights import copies, erasure, looks, saying
from jigsaw.hub.rights.erasure import Word
from jigsaw.hub.rights.kinds import COPY, LOOKS
from jigsaw.hub.unscheduled_care import (
    by_system,
    hearing,
    hooks,
    looking,
    plan_files,
    settings,
    sorting_out,
    walking_in,
)
from jigsaw.hub.unscheduled_care import operations as care
from jigsaw.hub.unscheduled_care import queries as care_queries
from jigsaw.hub.unscheduled_care.models import Alert, Attendance
from jigsaw.papers import cleaning
from people_in_tests import KATIE, NO_PASSWORD, Town
from plans_in_tests import CARE, UNBORN, a_return, begin
from practice_in_tests import ADVISED, Practice, piece, share, withhold
from second_factors_in_tests import SoftPasskey, code_of

ROOMS = (
    "operations",
    "raising",
    "screening",
    "telling",
    "queries",
    "cards",
    "finding",
    "household",
    "linked",
    "numbers",
    "reported",
    "questions",
    "answers",
    "by_file",
    "one_by_one",
    "deciding",
    "silencing",
    "imports",
    "relinking",
    "review",
    "reviewing",
    "versions",
    "waiting",
    "documents",
    "attached",
    "emergencies",
    "first_passwords",
    "reminders",
    "asked",
    "looks",
    "copies",
    "saying",
    "erasure",
    "asked_for",
    "family_words",
    "beside",
    "disposing",
    "holding",
    "register",
    "held",
    "unusual",
    "signing",
    "agreed",
    "letting_out",
    "proposals",
    "plan_files",
    "second_factors",
    "sessions",
    "outside",
    "directories",
    "joining",
    "heads",
    "witnessing",
    "erasing",
    "looking",
    "by_system",
    "hooks",
    "hearing",
    "sorting_out",
    "arriving",
    "walking_in",
    "settings",
    "acted_on",
)
SAFETY = "Her safety needs it now."
OTHER_AGREEMENT = agreements_in_tests.document(
    identifier={"value": "OTHER-CSA", "system": "https://sharetown.example/agreements"}
)
CAME = {"family": "Walsh", "born": KATIE.born, "nhs_number": NUMBER}
JADE = Facts(given="Jade", family="Brennan", born=date(2015, 5, 5))


class Story(Practice):
    """Things to act on, each made when it is first asked for: what making them logs is not counted."""

    decides: Actor | None = None

    def record(self) -> PersonRecord:
        return self.hold(self.town.amina)

    def other(self) -> PersonRecord:
        return self.hold(self.town.hannah, JADE, key="2")

    def linked(self) -> PersonRecord:
        """Two records as one person."""
        record, to = self.record(), self.other()
        people.link(actor=self.town.grace, record=record, person=to.person_id, reason="Same.", now=self.now)
        return PersonRecord.objects.select_related("person").get(pk=record.pk)

    def pair(self) -> Any:
        """Two records that no rule links, because one has no date of birth."""
        self.record()
        ageless = replace(KATIE, born=None, identifiers=())
        people.link_if_certain(
            actor=self.town.grace, record=self.hold(self.town.hannah, ageless, key="2"), now=self.now
        )
        return PairToReview.objects.get()

    def decided_pair(self) -> Any:
        pair = self.pair()
        said = reviewing.Said(verdict=reviewing.SAME, reason="Seen.", second_look=True)
        reviewing.decide(pair=pair.pk, said=said, **told(self))
        PairToReview.objects.update(second_look="asked")
        return pair

    def disagreed(self) -> Any:
        """Grace settles what two colleagues see differently."""
        pair = self.pair()
        for actor, verdict in ((self.town.ros, reviewing.SAME), (self.town.tom, reviewing.NOT_SAME)):
            linker = replace(self.town.grace, practitioner_id=actor.practitioner_id)
            said = reviewing.Said(verdict=verdict, reason="Seen.", second_look=True)
            reviewing.decide(actor=linker, pair=pair.pk, said=said, now=self.now)
        return pair

    def relinked(self) -> Any:
        """A proposal to join two records of Katie."""
        self.record()
        self.hold(self.town.hannah, KATIE, key="2")
        return relinking.look(**told(self))

    def app(self) -> Any:
        """Grace's authenticator app."""
        new = second_factors.new_app(self.town.grace)
        code = code_of(new.by_hand, self.now)
        second_factors.add_app(actor=self.town.grace, sealed=new.sealed, code=code, now=self.now)
        return SecondFactor.objects.get().pk

    def passkey(self) -> None:
        """One of Grace's."""
        key, here = SoftPasskey(), Site("testserver", "http://testserver", "Jigsaw")
        asked = second_factors.ask_new_passkey(self.town.grace, site=here)
        made = second_factors.PasskeyAnswer(here, asked.state, key.made(asked.options))
        second_factors.add_passkey(actor=self.town.grace, name="Key", made=made, now=self.now)

    def drafted(self) -> Any:
        """A draft of the Sharetown agreement."""
        return signing.start(actor=SYSTEM, document=OTHER_AGREEMENT, now=self.now)

    def sent(self) -> Any:
        return signing.send(actor=SYSTEM, version=self.drafted(), now=self.now)

    def signed_agreement(self) -> Any:
        everyone = Agency.objects.exclude(sector="XX")
        return agreements_in_tests.signed_by(everyone, now=self.now, content=OTHER_AGREEMENT)

    def corrected(self) -> Any:
        record = self.linked()
        return corrections.take_apart(
            person=record.person_id, records=[record.pk], reason="Two.", **told(self)
        )

    def answered(self) -> Any:
        recipient = self.asked()
        self.answer(recipient)
        return recipient

    def told_school(self) -> str:
        """The reference of what the police told the school."""
        notice = encompass.Told(
            given="Jade",
            family="Brennan",
            born=date(2015, 5, 5),
            police_reference="SP-1",
            happened_at=self.now - timedelta(hours=2),
            place="At home",
            present="there",
            circumstances="A man was arrested.",
            authority=self.town.sharetown.pk,
            school=self.town.school.pk,
        )
        return encompass.send(actor=self.town.hannah, told=notice, now=self.now).reference

    def pattern(self) -> str:
        """The reference of a pattern that Tom was told of: a child not brought three times."""
        record = self.record()
        for _ in range(3):
            self.write(self.town.amina, record, kind="was_not_brought", happened_on=self.now.date())
        patterns.look(record.person_id, now=self.now)
        return Pattern.objects.get().reference

    def sealed(self) -> Any:
        """A request about somebody of whom health holds something sealed."""
        return self.write(self.town.amina, self.record(), sealed="sealed"), self.asked()

    def proposed(self) -> Any:
        entry, recipient = self.sealed()
        return letting_out.propose(
            actor=self.town.amina, recipient=recipient, entry=entry.pk, reason=SAFETY, now=self.now
        )

    def custodian(self) -> Any:
        return self.someone("Cora Lane", self.town.health, "sealed_records_custodian")

    def shared(self) -> Any:
        entry = self.write(self.town.amina, self.record())
        recipient = self.asked()
        self.answer(recipient, share(entry))
        return recipient

    def attach(self, entry: Any) -> Any:
        paper = cleaning.clean(b"Dear Amina, five.")
        return documents.attach(
            actor=self.town.amina, entry=entry.pk, title="Letter", paper=paper, scanned=False, now=self.now
        )

    def correct(self, entry: Any) -> Any:
        return chronology.correct(
            actor=self.town.amina,
            entry=entry.pk,
            piece=piece(title="Put right"),
            persons=[about(entry)],
            reason="Wrong list.",
            now=self.now,
        )

    def corrected_since_shared(self) -> Any:
        entry = self.write(self.town.amina, self.record())
        self.answer(self.asked(), share(entry))
        return self.correct(entry)

    def withheld_until_tomorrow(self) -> Any:
        entry = self.write(self.town.amina, self.record())
        recipient = self.asked()
        waits = withhold(
            entry, withheld_kind="awaiting_advice", review_on=self.now.date() + timedelta(days=1)
        )
        self.answer(recipient, waits, grounds=ADVISED)
        return recipient

    def decided_enquiry(self) -> Any:
        enquiry = self.enquiry()
        self.decided(enquiry)
        for owed in enquiry.referral.feedback.all():
            self.told(owed)
        return enquiry

    @cached_property
    def reviewer(self) -> Actor:
        return self.someone("Ruth Ali", self.town.school, "named_safeguarding_lead")

    def emergency(self) -> Any:
        """A page of another agency's was opened in an emergency, and waits to be looked at."""
        assert self.reviewer
        return emergencies.open_page(
            person=self.record().person_id,
            reason="She stands at the gate alone.",
            actor=self.town.ros,
            now=self.now,
        )

    def signed_in(self) -> str:
        """A session of the health visitor's, by its name."""
        kept = SessionStore()
        at = self.now.timestamp()
        kept.update({"_auth_user_id": str(self.town.amina.practitioner_id), "began": at, "seen": at})
        kept.save()
        return sessions.mine(self.town.amina, now=self.now)[0].name

    def family_asks(self, kind: str = LOOKS) -> str:
        """The health visitors' lead wrote down what a family asks."""
        asking = rights_asked.Asking(
            kind=kind, asked_by="Jo", asked_as="parent", identity="Known.", received_on=self.now.date()
        )
        person = self.record().person_id
        return rights_asked.note(actor=self.town.tom, person=person, asking=asking, now=self.now).reference

    def family_says(self, kind: str = "disagree") -> str:
        """A family says that what the health visitors wrote is wrong, or asks for it to be erased."""
        entry = self.write(self.town.amina, self.record())
        person = about(entry)
        asking = rights_asked.Asking(
            kind=kind, asked_by="Jo", asked_as="parent", identity="Known.", words="Not so.",
            received_on=self.now.date(),
        )  # fmt: skip
        [made] = saying.note(
            actor=self.town.amina, person=person, asking=asking, entries=[entry.pk], now=self.now
        )
        return made.reference

    def to_erase(self) -> tuple[str, dict[UUID, Word]]:
        """What a family asks to have erased, and that it is."""
        reference = self.family_says("erasure")
        self.officer()
        [(entry, _line)] = erasure.to_decide(self.town.tom, reference, now=self.now).entries
        return reference, {entry: Word("erase", "So.")}

    def agreed_to_erase(self) -> tuple[str, UUID]:
        """The health visitors' lead agreed to erase it; the officer is to sign."""
        reference, words = self.to_erase()
        [agreed] = asked_for.decide(reference=reference, words=words, **by_tom(self))
        return reference, agreed.entry

    def officer(self) -> Actor:
        """Who decides on disposals for the health visitors."""
        if self.decides is None:
            self.decides = self.someone("Cass Moor", self.town.health, "data_protection_officer")
        return self.decides

    def past_its_time(self) -> Any:
        """Something the health visitors hold, many years on; who decides is known by then."""
        self.write(self.town.amina, self.record())
        self.officer()
        past_its_time.look(now=self.much_later)
        return DueItem.objects.get().pk

    @property
    def much_later(self) -> Any:
        return self.now.replace(year=self.now.year + 30)

    def held_back(self) -> str:
        """A hold that a colleague of the officer placed."""
        self.officer()
        other = self.someone("Nell Rook", self.town.health, "records_officer")
        return holding.place(actor=other, placing=self.all_about_her(), now=self.now).reference

    def all_about_her(self) -> Placing:
        """A hold on all about somebody whom the health visitors know."""
        return Placing(why="other", because="Asked.", person=self.record().person_id)

    def told_who_looked(self) -> str:
        return looks.decide(
            reference=self.family_asks(), named=False, left_out={}, because="", **by_tom(self)
        ).reference

    def unusual(self) -> PersonRecord:
        """The school's lead looked at somebody of her own family name."""
        assert self.reviewer
        record = self.hold(self.town.ros, replace(JADE, family="Okafor"))
        people_queries.profile(self.town.ros, record.person_id, purpose="enquiry E-7K3M-2QXA", now=self.now)
        return record

    def untraced(self) -> PersonRecord:
        """A record without an NHS number, of the agency that traces."""
        return self.hold(self.town.grace, replace(KATIE, identifiers=()))

    def put_to_register(self) -> Any:
        return one_by_one.ask_register(record=self.untraced().pk, register=Nobody(), **told(self))

    def questioned(self) -> Trace:
        self.untraced()
        questions.write_questions(write=str, **told(self))
        return Trace.objects.get()

    def to_decide(self) -> Trace:
        trace = self.questioned()
        by_file.take_answers(filename="a.csv", read=answered(trace, "PotentialMatch", "0.9"), **told(self))
        return trace

    def owed(self) -> Any:
        return self.rated().feedback.get()

    def notice(self) -> Any:
        """Grace was told something."""
        return Notice.objects.create(
            to_practitioner_id=self.town.grace.practitioner_id, topic="request.answered", reference="Q-1",
            page="request", parts={}, at=self.now, key="k",
        )  # fmt: skip

    def silence(self, person: Any) -> Any:
        day = (self.now + timedelta(days=30)).date()
        return silencing.never_answer(person=person, reason="Hunted.", look_again_on=day, **told(self))

    def silenced(self) -> Any:
        person = self.record().person_id
        self.silence(person)
        return person

    def partner_hub(self) -> str:
        """A hub that is ready to be asked, and that nobody answers for."""
        partner_hubs.our_card(actor=SYSTEM, code="US", address="https://us.example", now=self.now)
        card = Northvale().card | {"address": "https://127.0.0.1:9"}
        partner = partner_hubs.add(actor=SYSTEM, card=card, now=self.now)
        filing.is_filed(partner, epoch=1, now=self.now)
        return partner.code

    def ask_partner(self, record: PersonRecord) -> Any:
        return partner_hubs.ask(
            person=record.person_id, hub="NORTHVALE", purpose=Purpose.MISSING, why="Gone.", **told(self)
        )

    def plan(self, said: Any = CARE) -> Any:
        return begin(self.town, self.record(), said, now=self.now)

    def alert_hook(self) -> Any:
        return hooks.set_up(
            actor=self.town.ade, agency=self.town.front_door.code, address="https://lcs.sharetown.example/alerts",
            secret=hooks.new_secret(), now=self.now,
        )  # fmt: skip

    def hospital(self) -> Care:
        return make_care(self.town, now=self.now)

    def looked(self) -> Any:
        hospital = self.hospital()
        return hospital, looking.look(hospital.ada, NUMBER, unscheduled=True, now=self.now).access

    def alerted(self) -> Any:
        self.hospital().send(*adt("A04", "1"), now=self.now)
        return Alert.objects.get().reference

    def in_doubt(self) -> Any:
        hospital = self.hospital()
        hospital.send(*adt("A04", "1", status="02", born=""), now=self.now)
        return hospital, Attendance.objects.get()

    def colleague(self) -> Practitioner:
        return Practitioner.objects.get(pk=self.town.amina.practitioner_id)

    def newcomer(self) -> Practitioner:
        Practitioner.objects.filter(pk=self.colleague().pk).update(password_is_first=True)
        return self.colleague()


def about(entry: Any) -> Any:
    return entry.subjects.get().record.person_id


def told(s: Story) -> dict[str, Any]:
    return {"actor": s.town.grace, "now": s.now}


def by_tom(s: Story) -> dict[str, Any]:
    return {"actor": s.town.tom, "now": s.now}


def answered(trace: Trace, state: str, score: str) -> Callable[[], Any]:
    """A file that answers this question with a number."""
    text = f"SourceID,SUI_Status,SUI_Score,SUI_NHSNo\n{trace.pk},{state},{score},9990000018\n"
    return lambda: nhs_trace.read(io.BytesIO(text.encode()), answered=True)


class Nobody:
    """A national register that knows nobody."""

    service = "pds"

    def __enter__(self) -> Nobody:
        return self

    def __exit__(self, *_error: object) -> None:
        return

    def trace(self, _sought: object) -> Traced:
        return Traced(state="no_match")


# What to prepare, what to do with it, and the action that the log must then show.
LOGGED: dict[str, tuple[Callable[[Story], Any], Callable[[Story, Any], object], str]] = {
    # --- the log itself
    "audit.erasing.erase": (
        lambda s: finding.find(s.town.grace, "Katie Walsh", now=s.now) or s.record(),
        lambda s, _: erasing.erase(
            actor=s.town.ade,
            entries=Words.objects.values_list("entry", flat=True),
            reason="Asked.",
            now=s.now,
        ),
        "audit.words_erased",
    ),
    # --- agencies, agreements, notices
    "agencies.operations.set_up_partnership": (
        lambda s: None,
        lambda s, _: agencies.set_up_partnership(
            actor=SYSTEM, name="New", front_door_phone="", demonstration=True, now=s.now
        ),
        "partnership.",
    ),
    "agencies.operations.add_authority": (
        lambda s: None,
        lambda s, _: agencies.add_authority(
            actor=SYSTEM, gss_code="E06999993", dfe_code="993", name="Far", now=s.now
        ),
        "authority.added",
    ),
    "agencies.operations.set_postcodes": (
        lambda s: None,
        lambda s, _: agencies.set_postcodes(
            actor=SYSTEM, authority=s.town.sharetown, postcodes=["ST1"], now=s.now
        ),
        "authority.postcodes_set",
    ),
    "agencies.operations.add_agency": (
        lambda s: None,
        lambda s, _: agencies.add_agency(
            actor=SYSTEM, code="NEW", name="New", sector="ED", authorities=[s.town.sharetown], now=s.now
        ),
        "agency.added",
    ),
    "agencies.operations.add_role": (
        lambda s: None,
        lambda s, _: agencies.add_role(
            actor=SYSTEM, code="new", name="New", description="New", permissions=["people.find"], now=s.now
        ),
        "role.",
    ),
    "agencies.operations.add_practitioner": (
        lambda s: None,
        lambda s, _: s.someone("New Person", s.town.school, "practitioner"),
        "practitioner.added",
    ),
    "agencies.operations.escalate_to": (
        lambda s: s.colleague(),
        lambda s, who: agencies.escalate_to(actor=SYSTEM, agency=s.town.health, practitioner=who, now=s.now),
        "agency.",
    ),
    "agencies.operations.deactivate": (
        lambda s: s.colleague(),
        lambda s, who: agencies.deactivate(actor=s.town.ade, practitioner=who, now=s.now),
        "practitioner.deactivated",
    ),
    "agencies.operations.reactivate": (
        lambda s: s.colleague(),
        lambda s, who: agencies.reactivate(actor=s.town.ade, practitioner=who, now=s.now),
        "practitioner.reactivated",
    ),
    "agencies.first_passwords.give": (
        lambda s: s.newcomer(),
        lambda s, who: first_passwords.give(actor=s.town.ade, practitioner=who, now=s.now),
        "practitioner.first_password_given",
    ),
    "agencies.operations.sign_in": (
        lambda s: None,
        lambda s, _: agencies.sign_in(
            actor=SYSTEM, email="nobody@example.org", password=NO_PASSWORD, now=s.now
        ),
        "sign_in.refused",
    ),
    "agencies.operations.signed_out": (
        lambda s: None,
        lambda s, _: agencies.signed_out(actor=s.town.grace, now=s.now),
        "practitioner.signed_out",
    ),
    "agencies.operations.change_password": (
        lambda s: None,
        lambda s, _: agencies.change_password(
            actor=s.town.grace, password="paper boats and thunder", now=s.now
        ),
        "practitioner.password_changed",
    ),
    "agencies.operations.change_practitioner": (
        lambda s: s.colleague(),
        lambda s, who: agencies.change_practitioner(
            actor=s.town.ade, practitioner=who, texts={"name": "Una"}, roles=None, now=s.now
        ),
        "practitioner.changed",
    ),
    "agencies.joining.load": (
        lambda s: None,
        lambda s, _: joining.load(
            actor=s.town.ade, listed=[], with_passwords=False, only_try=False, now=s.now
        ),
        "practitioners.loaded",
    ),
    "agencies.directories.connect": (
        lambda s: None,
        lambda s, _: directories.connect(actor=s.town.ade, agency=s.town.school, now=s.now),
        "directory.connected",
    ),
    "agencies.directories.disconnect": (
        lambda s: directories.connect(actor=s.town.ade, agency=s.town.school, now=s.now),
        lambda s, _: directories.disconnect(actor=s.town.ade, agency=s.town.school, now=s.now),
        "directory.disconnected",
    ),
    "agencies.outside.known_as": (
        lambda s: s.colleague(),
        lambda s, who: outside.known_as(
            actor=s.town.ade, practitioner=who, provider="cis2", subject="1", now=s.now
        ),
        "practitioner.known_as",
    ),
    "agencies.outside.sign_in": (
        lambda s: None,
        lambda s, _: outside.sign_in(actor=SYSTEM, provider="cis2", subject="1", level="AAL3", now=s.now),
        "sign_in.refused",
    ),
    "agencies.outside.refused": (
        lambda s: None,
        lambda s, _: outside.refused(actor=SYSTEM, provider="cis2", why="level", now=s.now),
        "sign_in.refused",
    ),
    "agencies.second_factors.confirm": (
        lambda s: s.app(),
        lambda s, _: second_factors.confirm(
            actor=SYSTEM,
            practitioner=s.town.grace.practitioner_id,
            proof=second_factors.Code("000000"),
            now=s.now,
        ),
        "sign_in.refused",
    ),
    "agencies.sessions.end": (
        lambda s: s.signed_in(),
        lambda s, name: sessions.end(actor=s.town.amina, name=name, now=s.now),
        "practitioner.sessions_ended",
    ),
    "agencies.sessions.end_others": (
        lambda s: None,
        lambda s, _: sessions.end_others(actor=s.town.amina, but="", now=s.now),
        "practitioner.sessions_ended",
    ),
    "agencies.sessions.end_all_of": (
        lambda s: Practitioner.objects.get(pk=s.town.amina.practitioner_id),
        lambda s, who: sessions.end_all_of(actor=s.town.ade, practitioner=who, now=s.now),
        "practitioner.sessions_ended",
    ),
    "agencies.operations.not_let_in": (
        lambda s: None,
        lambda s, _: agencies.not_let_in(actor=s.town.amina, page="rights", why="refused", now=s.now),
        "access.refused",
    ),
    "agencies.second_factors.add_app": (lambda s: None, lambda s, _: s.app(), "second_factor.added"),
    "agencies.second_factors.add_passkey": (lambda s: None, lambda s, _: s.passkey(), "second_factor.added"),
    "agencies.second_factors.remove": (
        lambda s: s.app(),
        lambda s, app: second_factors.remove(actor=s.town.grace, factor=app, now=s.now),
        "second_factor.removed",
    ),
    "agencies.second_factors.new_recovery_codes": (
        lambda s: s.app(),
        lambda s, _: second_factors.new_recovery_codes(actor=s.town.grace, now=s.now),
        "recovery_codes.made",
    ),
    "agencies.second_factors.take_away": (
        lambda s: s.colleague(),
        lambda s, who: second_factors.take_away(actor=s.town.ade, practitioner=who, now=s.now),
        "second_factor.all_taken_away",
    ),
    "agreements.operations.put_in_force": (
        lambda s: None,
        lambda s, _: agreements.put_in_force(
            actor=SYSTEM,
            kind="need_ladder",
            content=agreement_queries.words("need_ladders")["ladders"][0],
            effective_from=date(2027, 1, 1),
            source="Board",
            now=s.now,
        ),
        "setting.put_in_force",
    ),
    "agreements.operations.check_instrument": (
        lambda s: None,
        lambda s, _: agreements.check_instrument(
            actor=SYSTEM,
            code="s47",
            commenced_on=date(1991, 10, 14),
            ended_on=None,
            verified_on=date(2026, 11, 2),
            source="legislation.gov.uk",
            now=s.now,
        ),
        "law.checked",
    ),
    "agreements.signing.start": (
        lambda s: None,
        lambda s, _: s.drafted(),
        "agreement.started",
    ),
    "agreements.signing.change": (
        lambda s: s.drafted(),
        lambda s, v: signing.change(
            actor=SYSTEM, version=v, document={**OTHER_AGREEMENT, "name": "Other"}, now=s.now
        ),
        "agreement.changed",
    ),
    "agreements.signing.throw_away": (
        lambda s: s.drafted(),
        lambda s, v: signing.throw_away(actor=SYSTEM, version=v, now=s.now),
        "agreement.thrown_away",
    ),
    "agreements.signing.next_version": (
        lambda s: s.signed_agreement(),
        lambda s, v: signing.next_version(actor=SYSTEM, version=v, now=s.now),
        "agreement.started",
    ),
    "agreements.signing.send": (
        lambda s: s.drafted(),
        lambda s, v: signing.send(actor=SYSTEM, version=v, now=s.now),
        "agreement.sent",
    ),
    "agreements.signing.take_back": (
        lambda s: s.sent(),
        lambda s, v: signing.take_back(actor=SYSTEM, version=v, now=s.now),
        "agreement.taken_back",
    ),
    "agreements.signing.sign": (
        lambda s: s.sent(),
        lambda s, v: signing.sign(actor=agreements_in_tests.signer(s.town.grace), version=v, now=s.now),
        "agreement.signed",
    ),
    "agreements.signing.reviewed": (
        lambda s: s.signed_agreement(),
        lambda s, v: signing.reviewed(
            actor=SYSTEM, version=v, look_again_on=s.now.date() + timedelta(days=9), now=s.now
        ),
        "agreement.reviewed",
    ),
    "agreements.signing.end": (
        lambda s: s.signed_agreement(),
        lambda s, v: signing.end(actor=SYSTEM, version=v, why="The board.", now=s.now),
        "agreement.ended",
    ),
    "alerts.operations.read": (
        lambda s: s.notice(),
        lambda s, n: alerts.read(notice=n.pk, **told(s)),
        "notice.read",
    ),
    "alerts.operations.read_all": (
        lambda s: s.notice(),
        lambda s, _: alerts.read_all(**told(s)),
        "notices.read",
    ),
    "alerts.reminders.choose": (
        lambda s: None,
        lambda s, _: reminders.choose(how="never", **told(s)),
        "reminders.chosen",
    ),
    "alerts.queries.for_me": (
        lambda s: s.notice(),
        lambda s, _: alert_queries.for_me(s.town.grace, now=s.now),
        "notices.viewed",
    ),
    # --- people
    "people.operations.hold": (lambda s: None, lambda s, _: s.record(), "person.held"),
    "people.operations.hold_many": (
        lambda s: None,
        lambda s, _: people.hold_many(
            agency=s.town.front_door.pk, system="x", told=[("1", KATIE), ("2", JADE)], **told(s)
        ),
        "person.held",
    ),
    "people.operations.relate": (
        lambda s: (s.record(), s.other()),
        lambda s, two: people.relate(record=two[0], to=two[1], kind="SIB", **told(s)),
        "relationship.noted",
    ),
    "people.operations.involve": (
        lambda s: s.record(),
        lambda s, record: people.involve(record=record, service="Health visiting", **told(s)),
        "involvement.noted",
    ),
    "people.operations.link": (
        lambda s: (s.record(), s.other()),
        lambda s, two: people.link(record=two[0], person=two[1].person_id, reason="Same.", **told(s)),
        "person.linked",
    ),
    "people.operations.link_if_certain": (
        lambda s: (s.hold(s.town.tom), s.hold(s.town.ros)),
        lambda s, two: people.link_if_certain(record=two[1], **told(s)),
        "person.linked",
    ),
    "people.operations.link_standing_alone": (
        lambda s: (s.hold(s.town.tom), s.hold(s.town.ros)),
        lambda s, _: people.link_standing_alone(**told(s)),
        "person.linked",
    ),
    "people.operations.keep_apart": (
        lambda s: (s.record(), s.other()),
        lambda s, two: people.keep_apart(record=two[0], person=two[1].person_id, reason="No.", **told(s)),
        "person.kept_apart",
    ),
    "people.operations.unlink": (
        lambda s: s.linked(),
        lambda s, record: people.unlink(record=record, reason="Twins.", **told(s)),
        "person.unlinked",
    ),
    "people.operations.split": (
        lambda s: s.linked(),
        lambda s, record: people.split(
            person=record.person_id, records=[record.pk], reason="Twins.", **told(s)
        ),
        "person.unlinked",
    ),
    "people.review.queue": (
        lambda s: s.pair(),
        lambda s, _pair: review.queue(s.town.grace, now=s.now),
        "pair.list_viewed",
    ),
    "people.review.disagreements": (
        lambda s: s.disagreed(),
        lambda s, _pair: review.disagreements(s.town.grace, now=s.now),
        "pair.list_viewed",
    ),
    "people.review.read": (
        lambda s: s.pair(),
        lambda s, pair: review.read(s.town.grace, pair.pk, now=s.now),
        "pair.viewed",
    ),
    "people.reviewing.decide": (
        lambda s: s.pair(),
        lambda s, pair: reviewing.decide(
            pair=pair.pk, said=reviewing.Said(verdict=reviewing.SAME, reason="Seen."), **told(s)
        ),
        "pair.reviewed",
    ),
    "people.reviewing.ask_second_look": (
        lambda s: s.decided_pair(),
        lambda s, pair: reviewing.ask_second_look(pair=pair.pk, **told(s)),
        "pair.second_look_asked",
    ),
    "people.reviewing.settle": (
        lambda s: s.disagreed(),
        lambda s, pair: reviewing.settle(pair=pair.pk, verdict=reviewing.NOT_SAME, reason="Two.", **told(s)),
        "pair.settled",
    ),
    "people.relinking.look": (
        lambda s: s.record(),
        lambda s, _: relinking.look(**told(s)),
        "links.compared_anew",
    ),
    "people.relinking.samples": (
        lambda s: s.relinked(),
        lambda s, made: relinking.samples(s.town.grace, made, "join", now=s.now),
        "links.proposed_viewed",
    ),
    "people.relinking.carry_out_some": (
        lambda s: s.relinked(),
        lambda s, made: relinking.carry_out_some(made=made, **told(s)),
        "links.carried_out",
    ),
    "corrections.operations.relink_some": (
        lambda s: s.relinked(),
        lambda s, made: corrections.relink_some(made=made, **told(s)),
        "links.carried_out",
    ),
    "corrections.operations.settle_pair": (
        lambda s: s.disagreed(),
        lambda s, pair: corrections.settle_pair(
            pair=pair.pk, verdict=reviewing.NOT_SAME, reason="Two.", **told(s)
        ),
        "person.corrected",
    ),
    "corrections.operations.take_apart": (
        lambda s: s.linked(),
        lambda s, record: corrections.take_apart(
            person=record.person_id, records=[record.pk], reason="Two.", **told(s)
        ),
        "person.corrected",
    ),
    "corrections.queries.read": (
        lambda s: s.corrected(),
        lambda s, made: correction_queries.read(s.town.grace, made.reference, now=s.now),
        "correction.viewed",
    ),
    "people.operations.join": (
        lambda s: (s.record(), s.other()),
        lambda s, two: people.join(other=two[0].person_id, person=two[1].person_id, reason="One.", **told(s)),
        "person.linked",
    ),
    "people.operations.grant": (
        lambda s: s.record(),
        lambda s, record: people.grant(
            records=[record], agency=s.town.school.pk, purpose="request", reference="E-1", **told(s)
        ),
        "records.lent",
    ),
    "people.operations.end_grants": (
        lambda s: s.raised(),
        lambda s, referral: people.end_grants(reference=referral.reference, **told(s)),
        "records.lending_ended",
    ),
    "people.operations.declare_conflict": (
        lambda s: s.record(),
        lambda s, record: people.declare_conflict(
            practitioner=s.town.tom.practitioner_id, person=record.person_id, why="Aunt", **told(s)
        ),
        "conflict.declared",
    ),
    "people.operations.own_record": (
        lambda s: s.record(),
        lambda s, record: people.own_record(like=record, **told(s)),
        "person.held",
    ),
    "people.imports.load": (
        lambda s: None,
        lambda s, _: imports.load(
            actor=s.town.ade,
            agency=s.town.school,
            format="roll",
            filename="r.csv",
            reading=iter(()),
            now=s.now,
        ),
        "import.loaded",
    ),
    "people.imports.load_all": (
        lambda s: None,
        lambda s, _: imports.load_all(
            actor=s.town.ade, agency=s.town.school, format="roll", files=[("r.csv", iter(()))], now=s.now
        ),
        "import.loaded",
    ),
    # --- other hubs
    "partner_hubs.operations.our_card": (
        lambda s: None,
        lambda s, _: partner_hubs.our_card(
            actor=s.town.ade, code="US", address="https://us.example", now=s.now
        ),
        "partner_hub.ourselves",
    ),
    "partner_hubs.operations.add": (
        lambda s: None,
        lambda s, _: partner_hubs.add(actor=s.town.ade, card=Northvale().card, now=s.now),
        "partner_hub.added",
    ),
    "partner_hubs.operations.agree": (
        lambda s: s.partner_hub(),
        lambda s, code: partner_hubs.agree(actor=s.town.ade, code=code, yes_at=4, now=s.now),
        "partner_hub.changed",
    ),
    "partner_hubs.silencing.never_answer": (
        lambda s: s.record(),
        lambda s, r: s.silence(r.person_id),
        "never_answer.put_on",
    ),
    "partner_hubs.silencing.answer_again": (
        lambda s: s.silenced(),
        lambda s, person: silencing.answer_again(person=person, reason="Safe.", **told(s)),
        "never_answer.taken_off",
    ),
    "partner_hubs.queries.never_answered": (
        lambda s: s.silenced(),
        lambda s, _: partner_hub_queries.never_answered(s.town.grace, now=s.now),
        "never_answer.list_viewed",
    ),
    "partner_hubs.queries.answered_about": (
        lambda s: s.record(),
        lambda s, r: partner_hub_queries.answered_about(s.town.grace, r.person_id, now=s.now),
        "never_answer.viewed",
    ),
    "partner_hubs.operations.switch": (
        lambda s: s.partner_hub(),
        lambda s, code: partner_hubs.switch(actor=s.town.ade, code=code, on=False, now=s.now),
        "partner_hub.switched_off",
    ),
    "partner_hubs.operations.rotate": (
        lambda s: s.partner_hub(),
        lambda s, code: partner_hubs.rotate(actor=s.town.ade, code=code, now=s.now),
        "partner_hub.rotated",
    ),
    "partner_hubs.operations.ask": (
        lambda s: (s.partner_hub(), s.record()),
        lambda s, two: s.ask_partner(two[1]),
        "partner_hub.asked",
    ),
    "partner_hubs.operations.deliver": (
        lambda s: (s.partner_hub(), s.ask_partner(s.record())),
        lambda s, two: partner_hubs.deliver(question=two[1], **told(s)),
        "partner_hub.answered",
    ),
    "partner_hubs.operations.note_answer": (
        lambda s: (s.partner_hub(), s.ask_partner(s.record())),
        lambda s, two: partner_hubs.note_answer(question=two[1], answer="no", **told(s)),
        "partner_hub.answered",
    ),
    "partner_hubs.queries.child_to_ask_about": (
        lambda s: s.record(),
        lambda s, r: partner_hub_queries.child_to_ask_about(s.town.grace, r.person_id, now=s.now),
        "partner_hub.considered",
    ),
    "people.queries.profile": (
        lambda s: s.record(),
        lambda s, r: people_queries.profile(s.town.amina, r.person_id, purpose="x", now=s.now),
        "person.viewed",
    ),
    "people.finding.find": (
        lambda s: s.record(),
        lambda s, _: finding.find(s.town.amina, "Katie Walsh", now=s.now),
        "person.searched",
    ),
    "people.finding.none_of_these": (
        lambda s: None,
        lambda s, _: finding.none_of_these(s.town.amina, "Katie Wlash", reason="Older", now=s.now),
        "person.none_of_these",
    ),
    "people.finding.matches_for": (
        lambda s: s.record(),
        lambda s, r: finding.matches_for(s.town.grace, r, purpose="x", now=s.now),
        "person.matched",
    ),
    "people.linked.linked_records": (
        lambda s: s.record(),
        lambda s, r: linked.linked_records(s.town.grace, r.person_id, now=s.now),
        "person.records_viewed",
    ),
    "people.numbers.listed": (
        lambda s: s.untraced(),
        lambda s, _: numbers.listed(s.town.grace, "missing", now=s.now),
        "numbers.listed",
    ),
    "people.tracing.questions.write_questions": (
        lambda s: s.untraced(),
        lambda s, _: questions.write_questions(write=str, **told(s)),
        "numbers.asked",
    ),
    "people.tracing.by_file.take_answers": (
        lambda s: s.questioned(),
        lambda s, trace: by_file.take_answers(
            filename="a.csv", read=answered(trace, "Match", "0.99"), **told(s)
        ),
        "numbers.answered",
    ),
    "people.tracing.one_by_one.ask_register": (
        lambda s: s.untraced(),
        lambda s, record: one_by_one.ask_register(record=record.pk, register=Nobody(), **told(s)),
        "number.asked",
    ),
    "people.tracing.one_by_one.put": (
        lambda s: s.put_to_register(),
        lambda s, trace: one_by_one.put(trace=trace, register=Nobody(), **told(s)),
        "number.answered",
    ),
    "people.tracing.deciding.accept": (
        lambda s: s.to_decide(),
        lambda s, trace: deciding.accept(trace=trace.pk, reason="So.", **told(s)),
        "number.decided",
    ),
    "people.tracing.deciding.reject": (
        lambda s: s.to_decide(),
        lambda s, trace: deciding.reject(trace=trace.pk, reason="No.", **told(s)),
        "number.decided",
    ),
    "people.tracing.deciding.question": (
        lambda s: s.record(),
        lambda s, record: deciding.question(
            record=record.pk, value="9990000018", disputed=True, reason="No.", **told(s)
        ),
        "number.questioned",
    ),
    "people.reported.report": (
        lambda s: s.record(),
        lambda s, record: reported.report(
            persons=[record.person_id], value="9990000018", instead="9990000026", by="A hospital", **told(s)
        ),
        "number.reported",
    ),
    "people.tracing.deciding.settle": (
        lambda s: s.record(),
        lambda s, record: deciding.settle(
            record=record.pk, value="9990000018", verdict="anothers", reason="No.", **told(s)
        ),
        "number.settled",
    ),
    "people.queries.who_looked": (
        lambda s: s.record(),
        lambda s, r: people_queries.who_looked(s.town.tom, r.person_id, now=s.now),
        "audit.viewed",
    ),
    "people.queries.note_refusal": (
        lambda s: s.record(),
        lambda s, r: people_queries.note_refusal(s.town.hannah, r.person_id, now=s.now),
        "person.refused",
    ),
    "people.emergencies.open_page": (
        lambda s: s.record(),
        lambda s, r: emergencies.open_page(
            actor=s.town.ros, person=r.person_id, reason="She stands at the gate alone.", now=s.now
        ),
        "person.opened_in_emergency",
    ),
    "people.emergencies.to_review": (
        lambda s: s.emergency(),
        lambda s, _: emergencies.to_review(s.reviewer, now=s.now),
        "emergency.listed",
    ),
    "people.emergencies.read": (
        lambda s: s.emergency(),
        lambda s, made: emergencies.read(s.reviewer, made.reference, now=s.now),
        "emergency.viewed",
    ),
    "people.emergencies.review": (
        lambda s: s.emergency(),
        lambda s, made: emergencies.review(
            actor=s.reviewer, reference=made.reference, verdict="needed", words="It was.", now=s.now
        ),
        "emergency.reviewed",
    ),
    "people.emergencies.note_unusual": (
        lambda s: s.unusual(),
        lambda s, r: emergencies.note_unusual(
            actor=s.reviewer,
            practitioner=s.town.ros.practitioner_id,
            person=r.person_id,
            words="Her niece; she told us.",
            now=s.now,
        ),
        "unusual.looked_at",
    ),
    # --- what families ask
    "rights.asked.note": (lambda s: s.record(), lambda s, _: s.family_asks(), "rights.noted"),
    "rights.saying.note": (lambda s: None, lambda s, _: s.family_says(), "rights.noted"),
    "rights.saying.to_decide": (
        lambda s: s.family_says(),
        lambda s, made: saying.to_decide(s.town.tom, made, now=s.now),
        "rights.viewed",
    ),
    "rights.saying.decide": (
        lambda s: s.family_says(),
        lambda s, made: saying.decide(
            reference=made, decision=saying.Decision("stopped", "Much."), **by_tom(s)
        ),
        "rights.decided",
    ),
    "rights.erasure.to_decide": (
        lambda s: s.family_says("erasure"),
        lambda s, made: erasure.to_decide(s.town.tom, made, now=s.now),
        "rights.viewed",
    ),
    "rights.erasure.decide": (
        lambda s: s.to_erase(),
        lambda s, given: erasure.decide(reference=given[0], words=given[1], **by_tom(s)),
        "rights.decided",
    ),
    "rights.asked.listed": (
        lambda s: s.family_asks(),
        lambda s, _: rights_asked.listed(s.town.tom, now=s.now),
        "rights.listed",
    ),
    "rights.asked.read": (
        lambda s: s.family_asks(),
        lambda s, made: rights_asked.read(s.town.tom, made, now=s.now),
        "rights.viewed",
    ),
    "rights.asked.extend": (
        lambda s: s.family_asks(),
        lambda s, made: rights_asked.extend(reference=made, because="Much.", **by_tom(s)),
        "rights.extended",
    ),
    "rights.asked.take_out": (
        lambda s: s.told_who_looked(),
        lambda s, made: rights_asked.take_out(s.town.tom, made, form="pdf", now=s.now),
        "rights.taken_out",
    ),
    "rights.looks.to_decide": (
        lambda s: s.family_asks(),
        lambda s, made: looks.to_decide(s.town.tom, made, now=s.now),
        "rights.viewed",
    ),
    "rights.looks.decide": (
        lambda s: s.family_asks(),
        lambda s, made: looks.decide(reference=made, named=False, left_out={}, because="", **by_tom(s)),
        "rights.decided",
    ),
    "rights.copies.to_decide": (
        lambda s: s.family_asks(COPY),
        lambda s, made: copies.to_decide(s.town.tom, made, now=s.now),
        "rights.viewed",
    ),
    "rights.copies.settle": (
        lambda s: s.family_asks(COPY),
        lambda s, made: copies.settle(reference=made, said={}, **by_tom(s)),
        "rights.settled",
    ),
    "rights.copies.leave_out": (
        lambda s: s.family_asks(COPY),
        lambda s, made: copies.leave_out(
            reference=made,
            item=f"record:{PersonRecord.objects.get().pk}",
            words="",
            exemption="others",
            because="So.",
            **by_tom(s),
        ),
        "rights.settled",
    ),
    "rights.copies.produce": (
        lambda s: s.family_asks(COPY),
        lambda s, made: copies.produce(reference=made, **by_tom(s)),
        "rights.decided",
    ),
    # --- what is past its time
    "retention.disposing.listed": (
        lambda s: s.past_its_time(),
        lambda s, _: disposing.listed(s.officer(), now=s.much_later),
        "retention.listed",
    ),
    "retention.disposing.read": (
        lambda s: s.past_its_time(),
        lambda s, pk: disposing.read(s.officer(), pk, now=s.much_later),
        "retention.viewed",
    ),
    "retention.disposing.keep_longer": (
        lambda s: s.past_its_time(),
        lambda s, pk: disposing.keep_longer(
            actor=s.officer(),
            pk=pk,
            until=(s.much_later + timedelta(days=9)).date(),
            because="Asked.",
            now=s.much_later,
        ),
        "retention.kept",
    ),
    "retention.disposing.copy": (
        lambda s: s.past_its_time(),
        lambda s, pk: disposing.copy(s.officer(), pk, now=s.much_later),
        "retention.copied",
    ),
    "retention.disposing.dispose": (
        lambda s: s.past_its_time(),
        lambda s, pk: disposing.dispose(actor=s.officer(), pk=pk, now=s.much_later),
        "retention.disposed",
    ),
    "retention.asked_for.decide": (
        lambda s: s.to_erase(),
        lambda s, given: asked_for.decide(reference=given[0], words=given[1], **by_tom(s)),
        "rights.decided",
    ),
    "retention.asked_for.listed": (
        lambda s: s.agreed_to_erase(),
        lambda s, _: asked_for.listed(s.officer(), now=s.now),
        "retention.asked_listed",
    ),
    "retention.asked_for.read": (
        lambda s: s.agreed_to_erase(),
        lambda s, given: asked_for.read(s.officer(), *given, now=s.now),
        "retention.asked_viewed",
    ),
    "retention.asked_for.sign": (
        lambda s: s.agreed_to_erase(),
        lambda s, given: asked_for.sign(actor=s.officer(), reference=given[0], entry=given[1], now=s.now),
        "retention.disposed",
    ),
    "retention.asked_for.turn_down": (
        lambda s: s.agreed_to_erase(),
        lambda s, given: asked_for.turn_down(
            actor=s.officer(), reference=given[0], entry=given[1], ground="task", because="Needed.", now=s.now
        ),
        "retention.asked_refused",
    ),
    "retention.holding.place": (
        lambda s: s.officer(),
        lambda s, officer: holding.place(actor=officer, placing=s.all_about_her(), now=s.now),
        "retention.hold_placed",
    ),
    "retention.holding.release": (
        lambda s: s.held_back(),
        lambda s, made: holding.release(actor=s.officer(), reference=made, because="Over.", now=s.now),
        "retention.hold_released",
    ),
    "retention.holding.listed": (
        lambda s: s.held_back(),
        lambda s, _: holding.listed(s.officer(), now=s.now),
        "retention.holds_listed",
    ),
    "retention.holding.read": (
        lambda s: s.held_back(),
        lambda s, made: holding.read(s.officer(), made, now=s.now),
        "retention.hold_viewed",
    ),
    "retention.register.listed": (
        lambda s: s.officer(),
        lambda s, officer: register.listed(officer, now=s.now),
        "retention.register_viewed",
    ),
    "retention.register.taken_out": (
        lambda s: s.officer(),
        lambda s, officer: register.taken_out(officer, form="csv", now=s.now),
        "retention.register_taken_out",
    ),
    # --- what happened
    "chronology.operations.add": (
        lambda s: s.record(),
        lambda s, r: s.write(s.town.amina, r),
        "entry.added",
    ),
    "chronology.operations.write": (
        lambda s: s.record(),
        lambda s, r: chronology.write(actor=s.town.amina, piece=piece(), about=[r], now=s.now),
        "entry.added",
    ),
    "chronology.operations.add_about": (
        lambda s: s.record(),
        lambda s, r: chronology.add_about(
            actor=s.town.amina, piece=piece(), persons=[r.person_id], now=s.now
        ),
        "entry.added",
    ),
    "chronology.operations.correct": (
        lambda s: s.write(s.town.amina, s.record()),
        lambda s, entry: s.correct(entry),
        "entry.corrected",
    ),
    "chronology.operations.withdraw": (
        lambda s: s.write(s.town.amina, s.record()),
        lambda s, entry: chronology.withdraw(
            actor=s.town.amina, entry=entry.pk, reason="Mistaken.", now=s.now
        ),
        "entry.withdrawn",
    ),
    "chronology.versions.read": (
        lambda s: s.write(s.town.amina, s.record()),
        lambda s, entry: versions.read(s.town.amina, about(entry), entry.pk, now=s.now),
        "entry.versions_viewed",
    ),
    "chronology.versions.to_correct": (
        lambda s: s.write(s.town.amina, s.record()),
        lambda s, entry: versions.to_correct(s.town.amina, about(entry), entry.pk, now=s.now),
        "entry.versions_viewed",
    ),
    "chronology.documents.attach": (
        lambda s: s.write(s.town.amina, s.record()),
        lambda s, entry: s.attach(entry),
        "document.attached",
    ),
    "chronology.documents.note_infected": (
        lambda s: s.write(s.town.amina, s.record()),
        lambda s, entry: documents.note_infected(actor=s.town.amina, entry=entry.pk, now=s.now),
        "document.infected",
    ),
    "chronology.documents.read": (
        lambda s: s.attach(s.write(s.town.amina, s.record())),
        lambda s, made: documents.read(s.town.amina, about(made.entry), made.pk, now=s.now),
        "document.opened",
    ),
    "chronology.documents.take_off": (
        lambda s: s.attach(s.write(s.town.amina, s.record())),
        lambda s, made: documents.take_off(
            actor=s.town.amina, document=made.pk, because="wrong_file", now=s.now
        ),
        "document.taken_off",
    ),
    "chronology.queries.picture": (
        lambda s: s.record(),
        lambda s, r: chronology_queries.picture(s.town.amina, r.person_id, purpose="x", now=s.now),
        "chronology.viewed",
    ),
    # --- concerns
    "referrals.raising.make": (lambda s: None, lambda s, _: s.raised(), "referral.made"),
    "referrals.screening.link_person": (
        lambda s: (s.raised(), s.other()),
        lambda s, two: referrals.link_person(
            referral=two[0],
            record=two[0].persons.first().record,
            person=two[1].person_id,
            reason="Same.",
            **told(s),
        ),
        "person.linked",
    ),
    "referrals.screening.keep_apart": (
        lambda s: (s.raised(), s.other()),
        lambda s, two: referrals.keep_apart(
            referral=two[0],
            record=two[0].persons.first().record,
            persons=[two[1].person_id],
            reason="No.",
            **told(s),
        ),
        "person.kept_apart",
    ),
    "referrals.screening.rate": (
        lambda s: s.raised(),
        lambda s, r: s.rated(referral=r),
        "referral.rated",
    ),
    "referrals.screening.add_rating": (
        lambda s: s.raised(),
        lambda s, r: referrals.add_rating(referral=r, code="red", reason="So.", **told(s)),
        "referral.rated",
    ),
    "referrals.screening.close_with_advice": (
        lambda s: s.rated(),
        lambda s, r: referrals.close_with_advice(
            referral=r, outcome="advice", reasons="No need.", advice="Talk.", relevant="no", **told(s)
        ),
        "referral.closed",
    ),
    "referrals.telling.give_feedback": (lambda s: s.owed(), lambda s, f: s.told(f), "feedback.given"),
    "referrals.telling.read_feedback": (
        lambda s: s.told(s.owed()),
        lambda s, f: referrals.read_feedback(actor=s.town.ros, feedback=f, now=s.now),
        "feedback.read",
    ),
    "referrals.screening.acknowledge": (
        lambda s: s.raised(),
        lambda s, r: referrals.acknowledge(referrals=[r], **told(s)),
        "referral.acknowledged",
    ),
    "referrals.queries.read": (
        lambda s: s.raised(),
        lambda s, r: referral_queries.read(s.town.grace, r.reference, now=s.now),
        "referral.viewed",
    ),
    "referrals.queries.read_sent": (
        lambda s: s.raised(),
        lambda s, r: referral_queries.read_sent(s.town.ros, r.reference, now=s.now),
        "referral.viewed",
    ),
    "referrals.queries.queue": (
        lambda s: s.raised(),
        lambda s, _: referral_queries.queue(s.town.grace, now=s.now),
        "referral.queue_viewed",
    ),
    "referrals.queries.sent": (
        lambda s: s.raised(),
        lambda s, _: referral_queries.sent(s.town.ros, now=s.now),
        "referral.sent_viewed",
    ),
    "referrals.queries.with_names": (
        lambda s: s.owed(),
        lambda s, f: referral_queries.with_names(s.town.grace, [f], now=s.now),
        "feedback.list_viewed",
    ),
    "referrals.queries.matches": (
        lambda s: s.raised(),
        lambda s, r: referral_queries.matches(s.town.grace, r, r.persons.first().record_id, now=s.now),
        "person.matched",
    ),
    # --- enquiries
    "disclosures.letting_out.propose": (
        lambda s: s.sealed(),
        lambda s, g: letting_out.propose(
            actor=s.town.amina, recipient=g[1], entry=g[0].pk, reason=SAFETY, now=s.now
        ),
        "release.proposed",
    ),
    "disclosures.letting_out.decide": (
        lambda s: (s.proposed(), s.custodian()),
        lambda s, g: letting_out.decide(actor=g[1], proposal=g[0].pk, release=True, why=SAFETY, now=s.now),
        "release.granted",
    ),
    "disclosures.proposals.waiting": (
        lambda s: (s.proposed(), s.custodian()),
        lambda s, g: proposals.waiting(g[1], now=s.now),
        "proposals.viewed",
    ),
    "disclosures.proposals.one": (
        lambda s: (s.proposed(), s.custodian()),
        lambda s, g: proposals.one(g[1], g[0].pk, now=s.now),
        "proposal.viewed",
    ),
    "enquiries.operations.open_enquiry": (
        lambda s: s.rated(),
        lambda s, r: enquiries.open_enquiry(referral=r, purpose="s47", **told(s)),
        "enquiry.opened",
    ),
    "enquiries.operations.change_rating": (
        lambda s: s.enquiry(),
        lambda s, e: enquiries.change_rating(enquiry=e, code="amber", reason="So.", **told(s)),
        "referral.rated",
    ),
    "enquiries.operations.decide_threshold": (
        lambda s: s.enquiry(),
        lambda s, e: s.decided(e),
        "threshold.decided",
    ),
    "enquiries.operations.hand_over": (
        lambda s: s.enquiry(),
        lambda s, e: enquiries.hand_over(enquiry=e, to=s.town.grace.practitioner_id, **told(s)),
        "enquiry.handed_over",
    ),
    "enquiries.operations.close": (
        lambda s: s.decided_enquiry(),
        lambda s, e: enquiries.close(enquiry=e, **told(s)),
        "enquiry.closed",
    ),
    "enquiries.queries.read": (
        lambda s: s.enquiry(),
        lambda s, e: enquiry_queries.read(s.town.grace, e.reference, now=s.now),
        "enquiry.viewed",
    ),
    "enquiries.queries.worklist": (
        lambda s: s.enquiry(),
        lambda s, _: enquiry_queries.worklist(s.town.grace, now=s.now),
        "enquiry.list_viewed",
    ),
    # --- requests and answers
    "information_requests.operations.ask": (
        lambda s: s.enquiry(),
        lambda s, e: s.asked(e),
        "request.sent",
    ),
    "information_requests.operations.note": (
        lambda s: s.asked(),
        lambda s, r: requests.note(actor=s.town.amina, recipient=r, kind="chased", now=s.now),
        "request.chased",
    ),
    "information_requests.operations.opened": (
        lambda s: s.asked(),
        lambda s, r: requests.opened(actor=s.town.amina, recipient=r, now=s.now),
        "request.opened",
    ),
    "information_requests.operations.claim": (
        lambda s: s.asked(),
        lambda s, r: requests.claim(actor=s.town.amina, recipient=r, now=s.now),
        "request.claimed",
    ),
    "information_requests.operations.hand_over": (
        lambda s: s.asked(),
        lambda s, r: requests.hand_over(
            actor=s.town.amina, recipient=r, to=s.town.tom.practitioner_id, words="Away.", now=s.now
        ),
        "request.handed_over",
    ),
    "information_requests.operations.extend": (
        lambda s: s.asked(),
        lambda s, r: requests.extend(
            actor=s.town.amina, recipient=r, until=r.due_at + timedelta(hours=1), words="GP.", now=s.now
        ),
        "request.extended",
    ),
    "information_requests.operations.chase": (
        lambda s: s.asked(),
        lambda s, r: requests.chase(recipient=r, words="?", **told(s)),
        "request.chased",
    ),
    "information_requests.operations.ask_again": (
        lambda s: s.answered(),
        lambda s, r: requests.ask_again(recipient=r, new_information="New.", **told(s)),
        "request.asked_again",
    ),
    "information_requests.operations.look_again": (
        lambda s: s.answered(),
        lambda s, r: requests.look_again(actor=s.town.amina, recipient=r, now=s.now),
        "request.look_again",
    ),
    "information_requests.operations.answered": (
        lambda s: s.asked(),
        lambda s, r: requests.answered(actor=s.town.amina, recipient=r, now=s.now),
        "request.answered",
    ),
    "information_requests.queries.inbox": (
        lambda s: s.asked(),
        lambda s, _: request_queries.inbox(s.town.amina, now=s.now),
        "inbox.viewed",
    ),
    "information_requests.queries.answered_about": (
        lambda s: s.answered(),
        lambda s, r: request_queries.answered_about(s.town.amina, [r.reference], now=s.now),
        "feedback.list_viewed",
    ),
    "information_requests.queries.read": (
        lambda s: s.asked(),
        lambda s, r: request_queries.read(s.town.amina, r.reference, now=s.now),
        "request.viewed",
    ),
    "disclosures.operations.answer": (
        lambda s: (s.write(s.town.amina, s.record()), s.asked()),
        lambda s, two: s.answer(two[1], share(two[0])),
        "item.shared",
    ),
    "disclosures.queries.to_decide": (
        lambda s: s.asked(),
        lambda s, r: disclosure_queries.to_decide(s.town.amina, r, now=s.now),
        "request.items_viewed",
    ),
    "disclosures.waiting.to_look_at_again": (
        lambda s: s.withheld_until_tomorrow(),
        lambda s, _: waiting.to_look_at_again(s.town.amina, now=s.now),
        "inbox.viewed",
    ),
    "disclosures.waiting.to_share_anew": (
        lambda s: s.corrected_since_shared(),
        lambda s, _: waiting.to_share_anew(s.town.amina, now=s.now),
        "inbox.viewed",
    ),
    "disclosures.queries.answers": (
        lambda s: s.answered(),
        lambda s, r: disclosure_queries.answers(s.town.grace, r, now=s.now),
        "answer.viewed",
    ),
    "disclosures.queries.why": (
        lambda s: s.shared(),
        lambda s, r: disclosure_queries.why(s.town.grace, r.answers.get().items.get().pk, now=s.now),
        "verdict.viewed",
    ),
    "disclosures.queries.decisions": (
        lambda s: s.answered(),
        lambda s, r: disclosure_queries.decisions(s.town.grace, r.reference, now=s.now),
        "answer.viewed",
    ),
}

PART = "A part of acts and reads that are logged as a whole: "
NOBODY = "Tells nothing of any child or family: "
LOGGED |= {
    "unscheduled_care.operations.keep": (
        lambda s: s.record(),
        lambda s, record: care.keep(person=record.person_id, said=CARE, **told(s)),
        "plan.kept",
    ),
    "unscheduled_care.operations.correct": (
        lambda s: s.plan(),
        lambda s, plan: care.correct(plan=plan.pk, said=CARE, reason="Wrong day.", **told(s)),
        "plan.corrected",
    ),
    "unscheduled_care.operations.end": (
        lambda s: s.plan(),
        lambda s, plan: care.end(plan=plan.pk, ends_on=s.now.date(), **told(s)),
        "plan.ended",
    ),
    "unscheduled_care.operations.withdraw": (
        lambda s: s.plan(),
        lambda s, plan: care.withdraw(plan=plan.pk, reason="Another child.", **told(s)),
        "plan.withdrawn",
    ),
    "unscheduled_care.operations.born": (
        lambda s: s.plan(UNBORN),
        lambda s, plan: care.born(
            plan=plan.pk, baby=replace(KATIE, born=s.now.date(), identifiers=()), **told(s)
        ),
        "plan.moved_at_birth",
    ),
    "unscheduled_care.queries.kept": (
        lambda s: s.plan(),
        lambda s, _: care_queries.kept(s.town.grace, now=s.now),
        "plan.list_viewed",
    ),
    "unscheduled_care.queries.plan": (
        lambda s: s.plan(),
        lambda s, plan: care_queries.plan(s.town.grace, plan.pk, now=s.now),
        "plan.viewed",
    ),
    "unscheduled_care.queries.whose": (
        lambda s: s.record(),
        lambda s, record: care_queries.whose(s.town.grace, record.person_id, now=s.now),
        "plan.considered",
    ),
    "unscheduled_care.plan_files.load": (
        lambda s: None,
        lambda s, _: plan_files.load(
            actor=s.someone("Rita Gray", s.town.front_door, "records_officer"),
            agency=s.town.front_door,
            format="plans-ssda903",
            reading=a_return("1,01/02/2026,S,C2,,"),
            now=s.now,
        ),
        "plans.loaded",
    ),
}

ELSEWHERE = "Its entry is looked for in test_audit_heads.py: it takes a log of its own."
LOGGED |= {
    "unscheduled_care.looking.look": (
        lambda s: s.hospital(),
        lambda s, h: looking.look(h.ada, "Katie Walsh 3/3/2012", unscheduled=True, now=s.now),
        "care.looked",
    ),
    "unscheduled_care.looking.choose": (
        lambda s: s.hospital(),
        lambda s, h: looking.choose(h.ada, h.katie.person_id, unscheduled=False, now=s.now),
        "care.chosen",
    ),
    "unscheduled_care.looking.seen": (
        lambda s: s.looked(),
        lambda s, looked: looking.seen(looked[0].ada, looked[1], now=s.now),
        "care.viewed",
    ),
    "unscheduled_care.looking.recent": (
        lambda s: s.looked(),
        lambda s, looked: looking.recent(looked[0].ada, now=s.now),
        "care.recent_viewed",
    ),
    "unscheduled_care.by_system.look": (
        lambda s: s.hospital(),
        lambda s, h: by_system.look(h.ada, NUMBER, unscheduled=True, at=h.setting, now=s.now),
        "care.asked_by_system",
    ),
    "unscheduled_care.by_system.again": (
        lambda s: s.looked(),
        lambda s, looked: by_system.again(
            looked[0].ada, looked[0].plan.pk, at=looked[0].setting, now=s.now
        ),
        "care.viewed",
    ),
    "encompass.operations.send": (
        lambda s: None,
        lambda s, _: s.told_school(),
        "encompass.sent",
    ),
    "encompass.operations.opened": (
        Story.told_school,
        lambda s, reference: encompass.opened(actor=s.town.ros, reference=reference, now=s.now),
        "encompass.opened",
    ),
    "encompass.operations.acknowledge": (
        Story.told_school,
        lambda s, reference: encompass.acknowledge(
            actor=s.town.ros, reference=reference, what_is_done="Met at the gate.", now=s.now
        ),
        "encompass.acknowledged",
    ),
    "encompass.queries.listed": (
        Story.told_school,
        lambda s, _: encompass_queries.listed(s.town.ros, now=s.now),
        "encompass.list_viewed",
    ),
    "patterns.queries.waiting": (
        Story.pattern,
        lambda s, _: pattern_queries.waiting(s.town.tom, now=s.now),
        "pattern.list_viewed",
    ),
    "patterns.queries.read": (
        Story.pattern,
        lambda s, reference: pattern_queries.read(s.town.tom, reference, now=s.now),
        "pattern.viewed",
    ),
    "patterns.operations.looked": (
        Story.pattern,
        lambda s, reference: patterns.looked(
            actor=s.town.tom, reference=reference, outcome="acted", what_was_done="Rang.", now=s.now
        ),
        "pattern.looked_at",
    ),
    "oversight.acted_on.acted_on": (
        lambda s: None,
        lambda s, _: acted_on.acted_on(s.town.mary, now=s.now),
        "patterns.measured",
    ),
    "unscheduled_care.hearing.heard": (
        lambda s: s.alerted(),
        lambda s, _: hearing.heard(s.town.grace, now=s.now),
        "alert.list_viewed",
    ),
    "unscheduled_care.hearing.open_alert": (
        lambda s: s.alerted(),
        lambda s, reference: hearing.open_alert(s.town.grace, reference, now=s.now),
        "alert.opened",
    ),
    "unscheduled_care.hearing.act": (
        lambda s: s.alerted(),
        lambda s, reference: hearing.act(reference=reference, what_was_done="Rang.", **told(s)),
        "alert.acted_on",
    ),
    "unscheduled_care.sorting_out.waiting": (
        lambda s: s.in_doubt(),
        lambda s, doubt: sorting_out.waiting(doubt[0].fay, now=s.now),
        "attendance.listed",
    ),
    "unscheduled_care.sorting_out.decide": (
        lambda s: s.in_doubt(),
        lambda s, doubt: sorting_out.decide(
            actor=doubt[0].fay, attendance=doubt[1].pk, person=doubt[0].katie.person_id, now=s.now
        ),
        "attendance.decided",
    ),
    "unscheduled_care.arriving.take": (
        lambda s: s.hospital(),
        lambda s, h: h.send(*adt("A04", "1"), now=s.now),
        "attendance.received",
    ),
    "unscheduled_care.walking_in.came": (
        lambda s: s.hospital(),
        lambda s, h: walking_in.came(
            actor=h.ada, who=walking_in.Came(**CAME, at=s.now, unscheduled=True), now=s.now
        ),
        "attendance.received",
    ),
    "unscheduled_care.sorting_out.handled": (
        lambda s: (h := s.hospital(), h.send("not a message", now=s.now)),
        lambda s, sent: sorting_out.handled(
            actor=sent[0].fay, reason="not_hl7", newest=sent[1].delivery, what_was_done="Rang.", now=s.now
        ),
        "delivery.handled",
    ),
    "unscheduled_care.settings.change": (
        lambda s: s.hospital(),
        lambda s, h: settings.change(
            actor=s.town.ade, setting=h.setting.pk, now=s.now,
            to=settings.Changed(
                name="A&E", ods_code="RXX01", worked_on_by=h.fay.practitioner_id, active=True, may_look=False
            ),
        ),
        "setting.changed",
    ),
    "agencies.operations.set_phones": (
        lambda s: None,
        lambda s, _: agencies.set_phones(
            actor=s.town.ade, agency=s.town.health, phone="01632 960 444", out_of_hours_phone="", now=s.now
        ),
        "agency.phones_changed",
    ),
    "unscheduled_care.hooks.set_up": (
        lambda s: None,
        lambda s, _: s.alert_hook(),
        "alert_hook.set_up",
    ),
    "unscheduled_care.hooks.switch": (
        lambda s: s.alert_hook(),
        lambda s, hook: hooks.switch(actor=s.town.ade, hook=hook.pk, on=False, now=s.now),
        "alert_hook.switched_off",
    ),
    "unscheduled_care.hooks.try_out": (
        lambda s: s.alert_hook(),
        lambda s, hook: hooks.try_out(actor=s.town.ade, hook=hook.pk, now=s.now),
        "alert_hook.tried",
    ),
    "unscheduled_care.hooks.send_again": (
        lambda s: s.alert_hook(),
        lambda s, hook: hooks.send_again(actor=s.town.ade, hook=hook.pk, now=s.now),
        "alert_hook.sent_again",
    ),
    "unscheduled_care.settings.add": (
        lambda s: s.hospital(),
        lambda s, h: settings.add(
            actor=s.town.ade, agency=s.town.health, code="WIC", name="Walk-in centre", ods_code="RXX02",
            worked_on_by=practitioner(h.fay), now=s.now,
        ),
        "setting.added",
    ),
}  # fmt: skip

NOT_LOGGED = {
    "unscheduled_care.settings.one": "How a setting is set up; nothing of anyone.",
    "unscheduled_care.settings.listed": "How settings are set up; nothing of anyone.",
    "unscheduled_care.hooks.all_hooks": "Addresses of systems, and when they were told; nothing of anyone.",
    "unscheduled_care.telling.note": PART + "a look, or an attendance that came in.",
    "unscheduled_care.telling.take_back": PART + "a message that takes an attendance back.",
    "unscheduled_care.arriving.settle": PART + "deciding whom an attendance is of.",
    "unscheduled_care.hearing.waiting_count": NOBODY + "a number.",
    "unscheduled_care.hearing.told_to": PART + "reading a pattern: which alerts are the reader's to open.",
    "unscheduled_care.hearing.attended": PART + "looking for patterns, for the hub itself.",
    "referrals.queries.worked_on": PART + "reading a pattern: which concerns are the reader's to open.",
    "referrals.queries.rated_low": PART + "looking for patterns, for the hub itself.",
    "disclosures.operations.note_infected": "It writes the entry: test_documents_pages.py.",
    "chronology.documents.check_can_attach": PART + "attaching a document.",
    "chronology.documents.about": "What one's own agency has attached, before it is taken off; no word of it but its title.",
    "chronology.attached.of_entries": PART + "the picture, or the versions of an entry.",
    "chronology.attached.sent_with": PART + "reading an answer.",
    "chronology.attached.seen_by": PART + "opening a document.",
    "chronology.queries.seen": PART + "reading a pattern: which entries are the reader's to open.",
    "chronology.queries.kinds_about": PART + "looking for patterns, for the hub itself.",
    "people.household.sharing_home_with": PART + "looking for patterns, for the hub itself.",
    "encompass.queries.get": PART + "an act on it, or reading it.",
    "encompass.queries.own_delivery": PART + "acknowledging it.",
    "encompass.queries.schools": NOBODY + "schools that can be chosen.",
    "patterns.queries.on_page": PART + "the picture: what the page shows of the child.",
    "patterns.queries.get": PART + "an act on it, or reading it.",
    "patterns.queries.waiting_count": NOBODY + "a number.",
    "unscheduled_care.sorting_out.waiting_count": NOBODY + "a number.",
    "unscheduled_care.queries.own": PART + "an act on it, or reading it.",
    "audit.operations.record": "It is the log.",
    "agreements.operations.install_defaults": "Puts settings in force, each with its own entry, where none are.",
    "disclosures.proposals.count_waiting": NOBODY + "a number.",
    "disclosures.proposals.check_can_decide_at_all": NOBODY + "whether a role lets anything out.",
    "agreements.agreed.readable": NOBODY + "what partners agreed.",
    "agreements.agreed.versions": NOBODY + "what partners agreed.",
    "agreements.agreed.one": NOBODY + "what partners agreed.",
    "agencies.queries.account": NOBODY + "an account, for the administrator.",
    "agencies.queries.askable": NOBODY + "agencies that can be asked.",
    "agencies.queries.roles_of": NOBODY + "the actor's own roles.",
    "agencies.queries.colleagues": NOBODY + "practitioners of one's own agency.",
    "alerts.queries.get": NOBODY + "a code and a reference; opening it is logged.",
    "alerts.queries.unread_count": NOBODY + "a number.",
    "chronology.queries.held_about": PART + "answering a request.",
    "alerts.reminders.wish": "How somebody wishes to be told themselves.",
    "agencies.sessions.mine": "Where somebody is signed in themselves.",
    "agencies.sessions.how_many": NOBODY + "a number.",
    "agencies.second_factors.new_app": PART + "adding an app: a secret that is kept nowhere.",
    "agencies.second_factors.ask_new_passkey": PART + "adding a passkey: a question.",
    "agencies.second_factors.one_of_mine": PART + "removing one’s own.",
    "chronology.queries.lines": PART + "the picture.",
    "chronology.queries.on_page": PART + "the picture.",
    "chronology.versions.told_corrected": PART + "reading the concern.",
    "chronology.queries.still_released": PART + "reading an answer.",
    "decisions.operations.decide": PART + "the domain that decides logs what it decided.",
    "disclosures.queries.held_items": PART + "answering a request.",
    "enquiries.queries.get": PART + "an act on it, or reading it.",
    "enquiries.queries.to_decide": PART + "deciding.",
    "enquiries.queries.open_about": PART + "a person's page: the purposes for looking.",
    "information_requests.queries.get": PART + "an act on it, or reading it.",
    "information_requests.queries.progress": PART + "reading the enquiry.",
    "information_requests.queries.answering_purposes": PART + "a person's page: the purposes for looking.",
    "information_requests.queries.waiting_count": NOBODY + "a number.",
    "oversight.queries.check_may_see": NOBODY + "raises or does not.",
    "oversight.queries.measures": NOBODY + "figures, small ones left out.",
    "partner_hubs.operations.have_witnessed": "Its entry is looked for in test_two_hubs.py: it takes another hub.",
    "partner_hubs.operations.file_part": NOBODY + "points that nobody can read; a whole round is logged.",
    "partner_hubs.queries.all_partners": NOBODY + "partner hubs and figures, for administrators.",
    "partner_hubs.queries.partner": NOBODY + "a partner hub and figures, for administrators.",
    "partner_hubs.queries.any_askable": NOBODY + "a yes or no.",
    "partner_hubs.queries.askable": NOBODY + "hubs that can be asked.",
    "partner_hubs.queries.earlier": PART + "the page for asking, which logs whom it is about.",
    "partner_hubs.queries.question": PART + "the page of the answer, which logs whom it is about.",
    "people.relinking.newest": NOBODY + "when all links were last compared anew.",
    "people.relinking.summary": NOBODY + "numbers by kind, agency and system.",
    "people.review.waiting_count": NOBODY + "a number.",
    "people.review.next_pair": NOBODY + "which page comes next; opening it is logged.",
    "people.review.may_settle": NOBODY + "a yes or no.",
    "people.review.get": PART + "an act on a pair, or reading it.",
    "people.operations.end_lent": PART
    + "undoing a wrong link; it logs what ended, which test_corrections plays.",
    "chronology.operations.move": PART + "saying of whom an entry is; test_corrections plays it.",
    "corrections.operations.undo": PART + "taking apart, or settling a pair.",
    "corrections.operations.say_of_whom": "Logged as entry.said_of_whom and entry.moved: test_corrections plays it.",
    "corrections.queries.to_say": PART + "saying of whom an entry is.",
    "disclosures.operations.take_back_what_does_not_follow": PART
    + "undoing a wrong link; logs each item taken back.",
    "referrals.screening.route_again": PART + "undoing a wrong link; logs each concern that goes elsewhere.",
    "audit.heads.change_key": ELSEWHERE,
    "audit.heads.begin_epoch": ELSEWHERE,
    "audit.witnessing.witness": ELSEWHERE,
    "audit.witnessing.keep": ELSEWHERE,
    "audit.erasing.can_erase": NOBODY + "a yes or no.",
    "audit.erasing.check_can_erase": NOBODY + "a yes or no.",
    "people.cards.cards_seen": PART + "what lists the cards.",
    "people.queries.check_may_open": PART + "the page it opens.",
    "people.household.household": PART + "a person's page.",
    "people.finding.how_many_match": NOBODY + "numbers.",
    "people.held.held": PART + "going through a copy for a family.",
    "chronology.queries.kept_about": PART + "going through a copy for a family.",
    "chronology.beside.family_says": PART + "reading the entries that they stand beside.",
    "chronology.family_words.of_page": PART + "noting what a family says.",
    "chronology.family_words.newest": PART + "deciding on what a family says.",
    "referrals.held.held": PART + "going through a copy for a family.",
    "rights.asked.begun": "It writes the entry.",
    "rights.erasure.agreed": PART + "what is to be signed for.",
    "rights.erasure.tell_who_was_told_meanwhile": PART + "signing.",
    "rights.saying.settle": PART + "the decision.",
    "rights.saying.to_sharing_itself": PART + "the page of a request: that a family objects.",
    "retention.disposing.gone": PART + "disposing, which writes the entry.",
    "retention.register.again": "Its entry is looked for in test_retention.py: it takes a register of before.",
    "people.holding.hold_all": PART + "loading files and linking, which log what was held.",
    "rights.asked.locked": PART + "deciding on it.",
    "rights.asked.write_down": "It writes the entry.",
    "rights.asked.deciding": PART + "the decision.",
    "people.unusual.looks": PART + "the list of emergencies, which logs whom it shows.",
    "people.emergencies.can_open": NOBODY + "a yes or no.",
    "people.emergencies.can_review": NOBODY + "a yes or no.",
    "people.emergencies.check_can_open": NOBODY + "a yes or no.",
    "people.emergencies.check_can_review": NOBODY + "a yes or no.",
    "people.linked.link_history": PART + "the page of linked records, or of who someone is.",
    "people.numbers.counts": NOBODY + "numbers.",
    "people.numbers.kinds_for": NOBODY + "names of lists.",
    "people.tracing.questions.question_about": PART + "asking, which is logged.",
    "people.tracing.answers.questions_put": PART + "taking an answer, or deciding on one.",
    "people.tracing.answers.link": PART + "taking an answer; what is linked is logged as person.linked.",
    "people.numbers.answer_to": PART + "the list of work, which logs whom it shows.",
    "people.numbers.to_trace": PART + "writing questions.",
    "people.queries.live_purposes": PART + "a person's page: the purposes for looking.",
    "people.linked.record_for_linking": PART + "deciding on it.",
    "referrals.screening.enquiry_opened": PART + "opening an enquiry.",
    "referrals.queries.get": PART + "an act on it, or reading it.",
    "referrals.queries.feedback": PART + "giving it, or noting that it was read.",
    "referrals.queries.feedback_for": PART + "the list with names.",
    "referrals.queries.feedback_owed": PART + "the list with names.",
}


def public_functions() -> set[str]:
    """Every public function of the domains' rooms that takes an actor, as domain.room.name."""
    found = set()
    for module in pkgutil.walk_packages(jigsaw.hub.__path__, "jigsaw.hub."):
        if module.name.rsplit(".", 1)[-1] not in ROOMS:
            continue
        loaded = importlib.import_module(module.name)
        found |= {
            f"{module.name.removeprefix('jigsaw.hub.')}.{name}"
            for name, function in inspect.getmembers(loaded, inspect.isfunction)
            if function.__module__ == module.name
            and not name.startswith("_")
            and "actor" in inspect.signature(function).parameters
        }
    return found


def test_every_public_function_that_takes_an_actor_is_listed_once() -> None:
    assert public_functions() == set(LOGGED) | set(NOT_LOGGED), "list new ones above, and play them"
    assert not set(LOGGED) & set(NOT_LOGGED)


@pytest.mark.parametrize("name", list(LOGGED))
def test_it_is_in_the_log(town: Town, name: str) -> None:
    prepare, act, action = LOGGED[name]
    story = Story(town)
    given = prepare(story)
    last = AuditEntry.objects.latest("id").pk
    act(story, given)
    written = AuditEntry.objects.filter(id__gt=last)
    assert [entry for entry in written if entry.action.startswith(action)], list(
        written.values_list("action", flat=True)
    )
    assert connection.in_atomic_block


# Accounts, settings and notices are about no child; a file’s people are in its records.
PARTNERS = tuple(f"partner_hubs.operations.{act}" for act in ("our_card", "add", "agree", "switch", "rotate"))
WITHOUT_PEOPLE = (
    "audit.erasing.erase",
    *PARTNERS,
    "agencies.",
    "agreements.",
    "alerts.",
    "people.imports.",
    "oversight.acted_on.",
    "unscheduled_care.settings.",
    "unscheduled_care.hooks.",
    "unscheduled_care.sorting_out.handled",
    "people.finding.none_of_these",
    # The register names nobody.
    "retention.register.",
    # Everybody at once, of whom nothing is shown and nothing changed.
    "people.relinking.look",
)


@pytest.mark.parametrize("name", [name for name in LOGGED if not name.startswith(WITHOUT_PEOPLE)])
def test_it_says_whom_it_concerned(town: Town, name: str) -> None:
    prepare, act, action = LOGGED[name]
    story = Story(town)
    given = prepare(story)
    last = AuditEntry.objects.latest("id").pk
    act(story, given)
    concerned = {
        person
        for entry in AuditEntry.objects.filter(id__gt=last, action__startswith=action)
        for person in entry.people
    }
    assert concerned
    assert Person.objects.filter(pk__in=concerned).count() == len(concerned)
