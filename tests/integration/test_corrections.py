"""A wrong link, made on purpose and undone from the page: everything that followed is right again."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integration.web.journeys import sign_in
from jigsaw.hub.alerts.models import Notice
from jigsaw.hub.audit import queries as audit
from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.chronology import queries as chronology_queries
from jigsaw.hub.chronology.models import EntrySubject, Release
from jigsaw.hub.chronology.operations import Piece
from jigsaw.hub.corrections import operations as corrections
from jigsaw.hub.corrections import queries as correction_queries
from jigsaw.hub.corrections.models import Correction
from jigsaw.hub.disclosures import operations as disclosures
from jigsaw.hub.disclosures import queries as disclosure_queries
from jigsaw.hub.disclosures.judging import Choice
from jigsaw.hub.disclosures.operations import Added, Draft
from jigsaw.hub.enquiries import operations as enquiries
from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.information_requests.operations import Question
from jigsaw.hub.jobs import deliver_notices
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, NotHere, Refused
from jigsaw.hub.people import linked
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import queries as people_queries
from jigsaw.hub.people.models import Grant, LinkDecision, PersonRecord
from jigsaw.hub.people.records import At, Facts
from jigsaw.hub.referrals import operations as referrals
from jigsaw.hub.referrals.models import Referral
from people_in_tests import KATIE, Town, concern
from practice_in_tests import GROUNDS, Practice

# Another child altogether, whom the school's call-back took for Katie.
pytestmark = pytest.mark.usefixtures("for_themselves")
KATRINA = Facts(
    given="Katrina",
    family="Welsh",
    born=date(2012, 3, 30),
    sex="F",
    identifiers=(("nhs_number", "9990000026"),),
    addresses=(At(line="3 Mill Row", town="Sharetown", postcode="ST9 1AA"),),
)
KEVIN_SEES = replace(KATIE, identifiers=())


def piece(title: str, **changes: Any) -> Piece:
    whole = {
        "kind": "home_visit",
        "title": title,
        "text": f"{title}, in full.",
        "happened_on": timezone.localdate() - timedelta(days=9),
        "how_known": "fact",
        "source": "Own notes",
    }
    return Piece(**(whole | changes))


class Wrong:
    """Katrina is taken for Katie on the page of Katie's concern, and things follow."""

    def __init__(self, town: Town, client: Client) -> None:
        self.town, self.client = town, client
        self.practice = Practice(town, now=timezone.now() - timedelta(minutes=30))
        self._before()
        self._link()
        self._follows()

    def _before(self) -> None:
        town, practice = self.town, self.practice
        self.sam = practice.someone("Sam Hope", town.front_door, "social_worker")
        self.katrina = practice.hold(town.amina, KATRINA)
        self.mother = practice.hold(
            town.amina, Facts(given="Joan", family="Welsh", born=date(1980, 2, 2)), key="m"
        )
        people.relate(
            actor=town.amina,
            record=self.mother,
            to=self.katrina,
            kind="MTH",
            now=practice.now,
            source="Told us",
        )
        self.burn = chronology.add(
            actor=town.amina, piece=piece("Burn treated"), about=[self.katrina], now=practice.now
        )
        self.case = practice.hold(self.sam, KATRINA, key="case")
        people.link(
            actor=town.grace,
            record=self.case,
            person=self.katrina.person_id,
            reason="One child",
            now=practice.now,
        )
        people.involve(
            actor=self.sam, record=self.case, service="Family help", practitioner_id=self.sam.practitioner_id,
            now=practice.now,
        )  # fmt: skip
        self.her_name = self.katrina.person_id
        self.referral = referrals.make(actor=town.ros, concern=concern(), now=practice.now)
        [self.katie] = [p.record for p in self.referral.persons.select_related("record") if p.part == "child"]
        self.his = practice.hold(town.kevin, KEVIN_SEES)
        self.katies_name = self.his.person_id
        people.link(
            actor=town.grace, record=self.katie, person=self.katies_name, reason="One child", now=practice.now
        )
        people.declare_conflict(
            actor=SYSTEM, practitioner=town.kevin.practitioner_id, person=self.her_name, why="Uncle",
            now=practice.now,
        )  # fmt: skip

    def _link(self) -> None:
        """On the page, as a screener does it."""
        sign_in(self.client, self.town.grace)
        address = f"/concerns/{self.referral.reference}/who/{self.katie.pk}/"
        about = str(self.her_name)
        form = {"about": about, "person": about, f"r-{about}-reason": "Sounded alike", "verdict": "same"}
        assert self.client.post(address, form).status_code == 302
        self.joined = now_is(self.katie)
        assert now_is(self.katrina) == now_is(self.case) == self.joined

    def _follows(self) -> None:
        town, now = self.town, timezone.now()
        deliver_notices.run(now)
        self.other = self.practice.hold(town.hannah, Facts(given="Kat", family="Walsh"), key="k")
        people.keep_apart(actor=town.grace, record=self.other, person=self.joined, reason="A cousin", now=now)
        referrals.rate(actor=town.grace, referral=self.referral, code="red", reason="Violence", now=now)
        referral = Referral.objects.get(pk=self.referral.pk)
        self.enquiry = enquiries.open_enquiry(actor=town.grace, referral=referral, purpose="s47", now=now)
        request = requests.ask(
            actor=town.grace,
            enquiry=self.enquiry,
            question=Question(headline="Injuries", needed="Injuries.", why="Strategy discussion."),
            of=[town.health.pk, town.police.pk],
            about=[self.katie.pk],
            now=now,
        )
        self.to_health = request.recipients.get(agency=town.health)
        self.to_police = request.recipients.get(agency=town.police)
        self._answer(
            town.amina,
            self.to_health,
            "Seen at clinic",
            choices=(Choice(entry=self.burn.pk, choice="share"),),
            family=True,
        )
        self._answer(town.hannah, self.to_police, "Called to the home")
        for actor in (town.amina, town.tom, town.hannah, town.grace):
            people_queries.profile(actor, self.joined, purpose="enquiry", now=timezone.now())
        self.known = [line.title for line in self.picture(town.grace, self.joined)]

    def _answer(
        self,
        actor: Actor,
        recipient: Any,
        title: str,
        *,
        choices: tuple[Choice, ...] = (),
        family: bool = False,
    ) -> None:
        draft = Draft(
            grounds=GROUNDS, choices=choices, added=(Added(piece=piece(title), about=(self.katie.pk,)),),
            shares_family=family,
        )  # fmt: skip
        disclosures.answer(actor=actor, recipient=recipient, draft=draft, now=timezone.now())

    def picture(self, actor: Actor, person: Any) -> Any:
        return chronology_queries.picture(actor, person, purpose="test", now=timezone.now()).lines

    def undo(self) -> Correction:
        """From the page of linked records: both of Katrina's records are somebody else."""
        sign_in(self.client, self.town.grace)
        form = {
            "do": "split",
            "records": [str(self.katrina.pk), str(self.case.pk)],
            "reason": "Another birthday, another home, another NHS number.",
        }
        answer = self.client.post(f"/children/{self.joined}/records/", form)
        assert answer.status_code == 302, answer.content.decode()
        made = Correction.objects.get()
        assert answer["Location"] == f"/people/corrections/{made.reference}/"
        return made


def now_is(record: PersonRecord) -> Any:
    return PersonRecord.objects.values_list("person", flat=True).get(pk=record.pk)


@pytest.fixture
def wrong(town: Town, client: Client) -> Wrong:
    return Wrong(town, client)


def told(actor: Actor) -> list[Notice]:
    return list(Notice.objects.filter(to_practitioner=actor.practitioner_id, topic="person.taken_apart"))


def test_the_story_is_as_wrong_as_it_can_be(wrong: Wrong) -> None:
    """Else undoing it would prove nothing."""
    assert {"Burn treated", "Seen at clinic", "Called to the home"} <= set(wrong.known)
    assert Grant.objects.filter(record=wrong.mother, agency=wrong.town.front_door, ends_at=None).exists()
    assert Referral.objects.get(pk=wrong.referral.pk).goes_to_id == wrong.sam.practitioner_id
    with pytest.raises(Refused):
        people_queries.profile(wrong.town.kevin, wrong.joined, purpose="", now=timezone.now())


def test_each_child_comes_back_under_their_own_name_with_all_their_records_brought(wrong: Wrong) -> None:
    wrong.undo()
    town, now = wrong.town, timezone.now()
    assert now_is(wrong.katrina) == now_is(wrong.case) == wrong.her_name
    assert now_is(wrong.katie) == now_is(wrong.his) == wrong.katies_name
    assert people_queries.current(wrong.her_name).pk == wrong.her_name
    card = people_queries.profile(town.amina, wrong.her_name, purpose="", now=now).card
    assert (card.name, card.born) == ("Katrina Welsh", date(2012, 3, 30))
    assert "Burn treated" in [line.title for line in wrong.picture(town.amina, wrong.her_name)]
    police = PersonRecord.objects.get(agency=town.police, system="jigsaw")
    assert police.person_id == wrong.katies_name, "what the police opened for Katie is Katie’s"


def test_the_link_itself_is_undone_and_all_that_came_by_it_leaves_together(wrong: Wrong) -> None:
    sign_in(wrong.client, wrong.town.grace)
    address = f"/children/{wrong.joined}/records/"
    page = wrong.client.get(address).content.decode()
    [link] = re.findall(r'name="link" value="([^"]+)"', page)
    assert page.count(f'href="#link-{link}"') == 2, "said beside each of the two that came"
    missing = wrong.client.post(address, {"link": link, "reason": ""})
    assert missing.status_code == 400 and "Say what made you decide" in missing.content.decode()
    assert now_is(wrong.katie) == now_is(wrong.katrina)
    undone = wrong.client.post(address, {"link": link, "reason": "Another birthday, another number."})
    assert undone.status_code == 302 and "/people/corrections/" in undone["Location"]
    assert now_is(wrong.katrina) == now_is(wrong.case) == wrong.her_name
    assert now_is(wrong.katie) == now_is(wrong.his) == wrong.katies_name
    stayed = now_is(wrong.katie) if wrong.joined == wrong.katies_name else now_is(wrong.katrina)
    again = wrong.client.post(f"/children/{stayed}/records/", {"link": link, "reason": "Once more."})
    assert again.status_code == 404, "nothing is left of it to undo"


def test_a_record_of_a_summers_midnight_has_one_day_on_the_whole_page(wrong: Wrong) -> None:
    PersonRecord.objects.filter(pk=wrong.katie.pk).update(recorded_at=datetime(2026, 5, 8, 23, 5, tzinfo=UTC))
    sign_in(wrong.client, wrong.town.grace)
    page = wrong.client.get(f"/children/{wrong.joined}/records/").content.decode()
    assert page.count("recorded 9 May 2026") >= 2 and "recorded 8 May 2026" not in page


def test_only_what_came_together_and_is_there_still_is_one_link() -> None:
    person, other, third = uuid4(), uuid4(), uuid4()
    a, b, c, d = (PersonRecord(pk=uuid4(), person_id=person) for _each in range(4))
    first, later = datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 3, 9, tzinfo=UTC)

    def linked_at(at: datetime, record: PersonRecord, before: UUID) -> LinkDecision:
        return LinkDecision(
            record_id=record.pk, person_id=person, before_id=before, verdict="linked", decided_at=at
        )

    together = [linked_at(first, b, other), linked_at(first, c, other)]
    [link] = linked.links_of_several([a, b, c, d], [linked_at(later, d, third), *together])
    assert set(link.records) == {b, c} and link.decision in together
    assert linked.links_of_several([b, c], together) == (), "nobody would stay"
    assert linked.links_of_several([a, b, d], together) == (), "one of them has left"
    anew = [linked_at(later, c, third), *together]
    assert linked.links_of_several([a, b, c], anew) == (), "one of them came back by itself"


def test_whoever_asked_sees_nothing_more_of_the_other_child_and_all_of_the_right_one(wrong: Wrong) -> None:
    wrong.undo()
    town, now = wrong.town, timezone.now()
    lines = [line.title for line in wrong.picture(town.grace, wrong.katies_name)]
    assert "Burn treated" not in lines and "Seen at clinic" not in lines
    assert "Called to the home" in lines and set(lines) < set(wrong.known)
    [answer] = disclosure_queries.answers(town.grace, wrong.to_health, now=now)
    assert [item.title for item in answer.items] == ["", ""], "nor in the answer as it was given"
    [answer] = disclosure_queries.answers(town.grace, wrong.to_police, now=now)
    assert [item.title for item in answer.items] == ["Called to the home"]
    live = Grant.objects.filter(ends_at=None, agency=town.front_door)
    assert not live.filter(record__in=[wrong.mother, wrong.katrina]).exists()
    assert live.filter(record=wrong.katie).exists(), "what was lent of Katie herself stays"
    with pytest.raises(NotHere):
        people_queries.profile(town.grace, now_is(wrong.mother), purpose="", now=now)
    released = Release.objects.filter(entry=wrong.burn)
    assert released.exists() and not released.filter(ends_at=None).exists()


def test_the_asked_agency_is_asked_about_katie_alone_from_then_on(wrong: Wrong) -> None:
    wrong.undo()
    held = disclosure_queries.held_items(wrong.town.amina, wrong.to_health)
    assert held == []


def test_the_concern_goes_back_to_the_front_door(wrong: Wrong) -> None:
    before = Notice.objects.filter(to_practitioner=wrong.sam.practitioner_id, topic="referral.routed")
    assert before.count() == 1
    made = wrong.undo()
    assert Referral.objects.get(pk=wrong.referral.pk).goes_to_id is None
    assert before.count() == 0, "and is no news to somebody else’s worker"
    assert made.concerns_routed == 1


def test_who_is_too_close_to_one_is_too_close_to_her_alone(wrong: Wrong) -> None:
    wrong.undo()
    kevin, now = wrong.town.kevin, timezone.now()
    assert people_queries.profile(kevin, wrong.katies_name, purpose="", now=now).card.name == "Katie Walsh"
    with pytest.raises(Refused):
        people_queries.profile(kevin, wrong.her_name, purpose="", now=now)


def test_who_was_kept_apart_from_both_is_kept_apart_from_each_and_no_rule_joins_them(wrong: Wrong) -> None:
    wrong.undo()
    from jigsaw.hub.people import matching

    other = PersonRecord.objects.get(pk=wrong.other.pk)
    assert {wrong.her_name, wrong.katies_name} <= matching.kept_apart([other])[other.pk]
    people.link_standing_alone(actor=wrong.town.grace, now=timezone.now())
    assert now_is(wrong.katrina) == wrong.her_name and now_is(wrong.katie) == wrong.katies_name


def test_looks_under_the_joint_name_are_told_of_the_child_who_came_back_and_marked(wrong: Wrong) -> None:
    made, town = wrong.undo(), wrong.town
    after = timezone.now()
    reader = replace(town.amina, permissions=town.amina.permissions | {"audit.view"})

    def looks(person: Any) -> list[people_queries.Look]:
        return people_queries.who_looked(reader, person, now=timezone.now())

    theirs = looks(made.came_id)
    marked = [look for look in theirs if look.undone]
    read = {look.name for look in marked if look.action == "person.viewed"}
    assert read == {"Amina Yusuf", "Tom Baptiste", "Hannah Ortiz", "Grace Lindqvist"}, "under the joint name"
    assert all(look.purpose == "" for look in marked), "for the other child, perhaps"
    linked = LinkDecision.objects.filter(before=made.came_id).earliest("decided_at").decided_at
    assert all(linked <= look.at < made.made_at for look in marked)
    assert [look for look in theirs if not look.undone], "and their own"
    assert not [look for look in looks(made.stayed_id) if look.undone], (
        "who kept the name has all of it anyway"
    )
    people_queries.note_refusal(town.hannah, made.stayed_id, now=after)
    assert not [look for look in looks(made.came_id) if look.at >= after and look.undone], "apart is apart"
    assert audit.verify().ok, "the log is as it was"
    sign_in(wrong.client, town.tom)
    page = wrong.client.get(f"/children/{made.came_id}/looked/").content.decode()
    assert "Looked at under a link that was undone" in page and "taken for one person" in page


def test_whoever_looked_is_told_and_nobody_else(wrong: Wrong) -> None:
    wrong.undo()
    deliver_notices.run(timezone.now())
    town = wrong.town
    for actor in (town.amina, town.tom, town.hannah):
        [notice] = told(actor)
        sign_in(wrong.client, actor)
        page = wrong.client.get(reverse("notice", args=[notice.pk]), follow=True)
        assert page.status_code == 200 and "taken for one" in page.content.decode()
    for actor in (town.grace, town.bela, town.mary, town.ros, town.kevin):
        assert told(actor) == []
    deliver_notices.run(timezone.now())
    assert len(told(town.amina)) == 1


def test_the_page_tells_no_more_than_its_reader_may_see(wrong: Wrong) -> None:
    made = wrong.undo()
    address = f"/people/corrections/{made.reference}/"
    sign_in(wrong.client, wrong.town.hannah)
    page = wrong.client.get(address).content.decode()
    assert "Katrina" not in page and "Katie Walsh" in page
    sign_in(wrong.client, wrong.town.amina)
    page = wrong.client.get(address).content.decode()
    assert "Katrina Welsh" in page
    for actor in (wrong.town.bela, wrong.town.mary, wrong.town.nia):
        sign_in(wrong.client, actor)
        assert wrong.client.get(address).status_code == 404
    sign_in(wrong.client, wrong.town.kevin)
    assert wrong.client.get(address).status_code in (403, 404)


def test_only_who_wrote_meanwhile_can_tell_of_whom_and_the_entry_moves(wrong: Wrong) -> None:
    made = wrong.undo()
    amina, now = wrong.town.amina, timezone.now()
    shown = correction_queries.read(amina, made.reference, now=now)
    assert [question.entry.title for question in shown.questions] == ["Seen at clinic"]
    [question] = shown.questions
    assert question.person == wrong.her_name
    with pytest.raises(Invalid):
        corrections.say_of_whom(
            actor=amina, written=question.written.pk, person=now_is(wrong.mother), now=now
        )
    with pytest.raises(NotHere):
        corrections.say_of_whom(
            actor=wrong.town.hannah, written=question.written.pk, person=wrong.her_name, now=now
        )
    sign_in(wrong.client, amina)
    form = {"written": str(question.written.pk), "person": str(wrong.katies_name)}
    address = f"/people/corrections/{made.reference}/"
    assert wrong.client.post(address, form).status_code == 302
    assert "Seen at clinic" not in [line.title for line in wrong.picture(amina, wrong.her_name)]
    [subject] = EntrySubject.objects.filter(entry=question.entry)
    assert subject.record.agency_id == wrong.town.health.pk
    assert subject.record.person_id == wrong.katies_name
    assert [entry.title for entry in disclosure_queries.held_items(amina, wrong.to_health)] == [
        "Seen at clinic"
    ]
    assert correction_queries.read(amina, made.reference, now=now).questions == ()
    with pytest.raises(AlreadyDone):
        corrections.say_of_whom(actor=amina, written=question.written.pk, person=wrong.her_name, now=now)


def test_it_does_not_matter_which_of_the_two_is_said_to_be_somebody_else(wrong: Wrong) -> None:
    sign_in(wrong.client, wrong.town.grace)
    katies = [
        r.pk
        for r in PersonRecord.objects.filter(person=wrong.joined).exclude(
            pk__in=[wrong.katrina.pk, wrong.case.pk]
        )
    ]
    corrections.take_apart(
        actor=wrong.town.grace, person=wrong.joined, records=katies, reason="Two girls", now=timezone.now()
    )
    assert now_is(wrong.katrina) == wrong.her_name and now_is(wrong.katie) == wrong.katies_name


def test_a_right_link_is_not_undone_by_halves(wrong: Wrong) -> None:
    town, now = wrong.town, timezone.now()
    every = [row.pk for row in PersonRecord.objects.filter(person=wrong.joined)]
    for records in ([], every):
        with pytest.raises(Invalid):
            corrections.take_apart(
                actor=town.grace, person=wrong.joined, records=records, reason="Two", now=now
            )
    with pytest.raises(Invalid):
        corrections.take_apart(
            actor=town.grace, person=wrong.joined, records=[wrong.case.pk], reason=" ", now=now
        )
    with pytest.raises(AlreadyDone):
        corrections.take_apart(
            actor=town.grace, person=wrong.joined, records=[wrong.other.pk], reason="Two", now=now
        )
    with pytest.raises(Refused):
        corrections.take_apart(
            actor=town.amina, person=wrong.joined, records=[wrong.case.pk], reason="Two", now=now
        )
    assert not Correction.objects.exists() and now_is(wrong.katrina) == wrong.joined
    assert Release.objects.filter(entry=wrong.burn, ends_at=None).exists()


def test_what_was_decided_and_undone_stays_on_record(wrong: Wrong) -> None:
    wrong.undo()
    verdicts = list(
        LinkDecision.objects.filter(record=wrong.katrina)
        .order_by("decided_at")
        .values_list("verdict", flat=True)
    )
    assert verdicts == ["linked", "unlinked"]
    assert audit.verify().ok
