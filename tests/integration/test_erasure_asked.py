"""A family asks for something to be erased: item by item, erased with a second signature, or refused on a ground."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integration.web.journeys import sign_in
from jigsaw.hub.agencies.models import Practitioner
from jigsaw.hub.alerts.models import Notice
from jigsaw.hub.audit import queries as audit_log
from jigsaw.hub.chronology import queries as chronology
from jigsaw.hub.chronology.models import Entry, FamilyWords
from jigsaw.hub.jobs import deliver_notices
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.errors import WrongState
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.models import PersonRecord
from jigsaw.hub.retention import disposing, holding, register
from jigsaw.hub.retention.holding import Placing
from jigsaw.hub.retention.models import Disposal, DueItem
from jigsaw.hub.rights import asked, saying
from jigsaw.hub.rights.models import RightsRequest
from jigsaw.hub.rights.months import answer_by
from people_in_tests import Town
from practice_in_tests import Practice, share

pytestmark = pytest.mark.django_db
MARK, OTHER = "Zephyrquay", "Larkspurton"
PASSWORD = "a long enough passphrase"
TODAY = timezone.localdate()
SAYS = "It was never so. Take it out. 💬 <script>"
GONE = {"outcome": "erase", "because": "We should not have written it: it is about somebody else."}
STAYS = {"outcome": "refused", "ground": "task", "because": "We need it to keep Katie safe."}


class Story:
    """Health wrote two things of Katie, and told the front door one. Her mother wants both erased."""

    def __init__(self, town: Town, client: Client) -> None:
        self.town, self.client, self.practice = town, client, Practice(town, now=timezone.now())
        health = town.health
        self.olu = self.practice.someone("Olu Bright", health, "data_protection_officer")
        self.ana = self.practice.someone("Ana Field", health, "records_officer")
        Practitioner.objects.all().update(password=make_password(PASSWORD))
        record = self.practice.hold(town.amina)
        self.told = self.practice.write(town.amina, record, title=f"Seen at {MARK}", text=MARK)
        recipient = self.practice.asked()
        self.practice.answer(recipient, share(self.told))
        self.enquiry = recipient.request.enquiry
        self.other = self.practice.write(town.amina, record, title=f"Seen at {OTHER}", text=OTHER)
        self.katie = PersonRecord.objects.get(pk=record.pk).person_id

    def noted(self, *entries: Entry, **changes: Any) -> RightsRequest:
        sent = self.note(*entries, **changes)
        assert sent.status_code == 302, sent.content.decode()
        return RightsRequest.objects.latest("noted_at", "pk")

    def note(self, *entries: Entry, **changes: Any) -> Any:
        sign_in(self.client, self.town.amina)
        form = {
            "kind": "erasure",
            "words": SAYS,
            "entries": [str(one.pk) for one in entries],
            "asked_by": "Jo Walsh",
            "asked_as": "parent",
            "identity": "Known to us: her mother.",
            "received_on-day": TODAY.day,
            "received_on-month": TODAY.month,
            "received_on-year": TODAY.year,
            **changes,
        }
        return self.client.post(reverse("rights-says", args=[self.katie]), form)

    def decides(
        self, row: RightsRequest, words: dict[UUID, dict[str, str]], actor: Actor | None = None
    ) -> Any:
        sign_in(self.client, actor or self.town.tom)
        form = {f"{name}-{pk}": value for pk, word in words.items() for name, value in word.items()}
        return self.client.post(reverse("rights-one", args=[row.reference]), form)

    def signs(self, actor: Actor, row: RightsRequest, entry: Entry, **form: str) -> Any:
        sign_in(self.client, actor)
        page = reverse("retention-sign", args=[row.reference, entry.pk])
        return self.client.post(page, {"sure": "on", "password": PASSWORD, **form})

    def reads(self, actor: Actor, name: str, *parts: Any, status: int = 200) -> str:
        sign_in(self.client, actor)
        answer = self.client.get(reverse(name, args=parts))
        assert answer.status_code == status, (name, answer.status_code)
        return str(answer.content.decode())

    def handed_over(self, row: RightsRequest) -> dict[str, Any]:
        """The answer, after proving once more who one is."""
        address = reverse("rights-json", args=[row.reference])
        sign_in(self.client, self.town.tom)
        asked = self.client.get(address)
        self.client.post(asked.url, {"password": PASSWORD})
        answer = self.client.get(address)
        assert answer.status_code == 200, answer.content.decode()
        return dict(json.loads(answer.content)["answer"])

    def heard(self, actor: Actor) -> set[str]:
        deliver_notices.run(timezone.now())
        return set(
            Notice.objects.filter(to_practitioner=actor.practitioner_id).values_list("topic", flat=True)
        )

    def titles(self, actor: Actor) -> set[str]:
        seen = chronology.picture(actor, self.katie, purpose="", now=timezone.now())
        return {line.title for line in seen.lines}


@pytest.fixture
def story(town: Town, client: Client) -> Story:
    return Story(town, client)


def where_it_stands(word: str) -> list[str]:
    found = []
    with connection.cursor() as cursor, context.hub("tests"):
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT count(*) FROM {table} AS t WHERE t::text ILIKE %s", [f"%{word}%"])
            found += [table] if cursor.fetchone()[0] else []
    return found


def test_one_is_erased_with_a_second_signature_and_one_refused_and_the_family_reads_both(
    story: Story,
) -> None:
    town, olu = story.town, story.olu
    story.practice.closed(story.enquiry)
    row = story.noted(story.told, story.other)
    assert (row.kind, row.agency_id, row.due_on, row.words) == (
        "erasure",
        town.health.pk,
        answer_by(TODAY),
        "",
    )
    assert "rights.noted" in story.heard(town.tom)
    page = story.reads(town.tom, "rights-one", row.reference)
    assert "Article 17(3)(b)" in page and MARK in page and OTHER in page and "&lt;script&gt;" in page
    assert "A parent asks for this to be erased" in story.reads(town.amina, "child", story.katie)
    assert story.decides(row, {story.told.pk: GONE, story.other.pk: STAYS}).status_code == 302
    # Decided, and not gone before somebody else has signed: nobody is told that it is.
    done = story.reads(town.tom, "rights-one", row.reference)
    assert "is not erased yet" in done and reverse("rights-pdf", args=[row.reference]) not in done
    with pytest.raises(WrongState, match="second person"):
        asked.take_out(town.tom, row.reference, form="pdf", now=timezone.now())
    assert "entry.erasing" in story.heard(town.grace) and MARK in " ".join(story.titles(town.amina))
    assert "rights.to_sign" in story.heard(olu) and "rights.to_sign" not in story.heard(town.tom)
    assert "Katie Walsh" in story.reads(olu, "retention-asked")
    assert story.signs(olu, row, story.told, password="wrong").status_code == 400
    assert story.signs(olu, row, story.told).status_code == 302
    assert where_it_stands(MARK) == [] and where_it_stands(OTHER)
    [line] = Disposal.objects.all()
    assert (line.rule, line.source, line.decided_by_id) == (
        "family_asked", "UK GDPR, Article 17(1)", olu.practitioner_id,
    )  # fmt: skip
    assert register.check().ok and audit_log.verify().ok
    assert Entry.objects.get(pk=story.told.pk).title.startswith("Erased on")
    assert "rights.signed" in story.heard(town.tom)
    given = story.handed_over(row)
    assert {one["entry"]: one["outcome"] for one in given["items"]} == {
        str(story.told.pk): "erased",
        str(story.other.pk): "refused",
    }
    answer = story.reads(town.tom, "rights-one", row.reference)
    assert "We have erased this" in answer and "We have not erased this" in answer
    assert "Article 17(3)(b)" in answer and "keep Katie safe" in answer
    printed = story.client.get(reverse("rights-pdf", args=[row.reference]))
    assert printed.content.startswith(b"%PDF-")
    assert FamilyWords.objects.get().state == "stands", "beside what stays, the words stay"
    assert story.signs(olu, row, story.told).status_code == 404, "once"


def test_each_has_a_word_a_reason_and_a_ground_if_it_is_refused(story: Story) -> None:
    row = story.noted(story.told)
    pk = story.told.pk
    for wrong, said in (
        ({}, "Choose whether it is erased"),
        ({"outcome": "refused", "because": "So."}, "Choose on what ground"),
        ({"outcome": "refused", "because": "So.", "ground": "compelling"}, "Select a valid choice"),
        ({"outcome": "refused", "because": " ", "ground": "task"}, "Say why, in words"),
    ):
        answer = story.decides(row, {pk: {"because": "", **wrong}})
        assert answer.status_code == 400 and said in answer.content.decode(), wrong
    assert story.decides(row, {pk: STAYS}).status_code == 302
    assert story.decides(row, {pk: STAYS}).status_code == 409
    assert story.note(story.told, entries=[]).status_code == 400
    with pytest.raises(WrongState):
        saying.decide(
            actor=story.town.tom,
            reference=story.noted(story.other).reference,
            decision=saying.Decision("stopped", "So."),
            now=timezone.now(),
        )


def test_open_work_and_a_hold_stand_in_the_way_of_deciding_and_of_signing(story: Story) -> None:
    town, row = story.town, story.noted(story.told)
    refused = story.decides(row, {story.told.pk: GONE})
    assert refused.status_code == 400 and "still open" in refused.content.decode()
    assert RightsRequest.objects.get().decided_at is None and "entry.erasing" not in story.heard(town.grace)
    assert GONE["because"] in refused.content.decode(), "no word is lost"
    story.practice.closed(story.enquiry)
    assert story.decides(row, {story.told.pk: GONE}).status_code == 302
    placing = Placing(why="inquiry", because="Letter, 12 May.", person=story.katie)
    placed = holding.place(actor=story.olu, placing=placing, now=timezone.now())
    assert "public inquiry" in story.reads(story.olu, "retention-sign", row.reference, story.told.pk)
    assert story.signs(story.olu, row, story.told).status_code == 409 and where_it_stands(MARK)
    holding.release(actor=story.ana, reference=placed.reference, because="Over.", now=timezone.now())
    assert story.signs(story.olu, row, story.told).status_code == 302 and where_it_stands(MARK) == []


def test_whoever_decided_does_not_sign_and_whoever_is_to_sign_may_refuse(story: Story) -> None:
    story.practice.closed(story.enquiry)
    row = story.noted(story.told)
    assert story.decides(row, {story.told.pk: GONE}, story.olu).status_code == 302
    assert "a colleague of yours" in story.reads(story.olu, "retention-sign", row.reference, story.told.pk)
    assert story.signs(story.olu, row, story.told).status_code == 403
    page = reverse("retention-refuse", args=[row.reference, story.told.pk])
    assert story.client.post(page, {"ground": "task", "because": "Needed."}).status_code == 403
    sign_in(story.client, story.ana)
    assert story.client.post(page, {"ground": "", "because": ""}).status_code == 400
    assert story.client.post(page, {"ground": "defence", "because": "A claim is made."}).status_code == 302
    assert FamilyWords.objects.get().state == "stands" and not Disposal.objects.exists()
    assert "rights.signed" in story.heard(story.olu)
    [item] = story.handed_over(row)["items"]
    assert (item["outcome"], item["ground"], item["because"]) == ("refused", "defence", "A claim is made.")


def test_who_must_not(story: Story) -> None:
    town = story.town
    story.practice.closed(story.enquiry)
    row = story.noted(story.told)
    for actor, status in ((town.amina, 403), (town.ros, 404), (town.nia, 404)):
        assert story.decides(row, {story.told.pk: GONE}, actor).status_code == status, actor.name
    story.decides(row, {story.told.pk: GONE})
    pia = story.practice.someone("Pia Stone", town.police, "data_protection_officer")
    Practitioner.objects.filter(pk=pia.practitioner_id).update(password=make_password(PASSWORD))
    for actor, status in ((town.tom, 403), (pia, 404)):
        assert story.signs(actor, row, story.told).status_code == status, actor.name
    assert "Katie" not in story.reads(pia, "retention-asked")
    people.declare_conflict(
        actor=SYSTEM,
        practitioner=story.olu.practitioner_id,
        person=story.katie,
        why="Aunt",
        now=timezone.now(),
    )
    assert "Katie" not in story.reads(story.olu, "retention-asked")
    assert story.signs(story.olu, row, story.told).status_code in (403, 404) and where_it_stands(MARK)


def test_whoever_was_told_between_decision_and_signature_hears_of_it_too(story: Story) -> None:
    town = story.town
    story.practice.closed(story.enquiry)
    row = story.noted(story.told)
    story.decides(row, {story.told.pk: GONE})
    story.heard(town.grace)
    Notice.objects.all().delete()
    story.practice.now = timezone.now()
    again = story.practice.asked()
    story.practice.answer(again, share(story.told), share(story.other))
    story.practice.closed(again.request.enquiry)
    assert story.signs(story.olu, row, story.told).status_code == 302
    assert "entry.erasing" in story.heard(town.grace)
    assert set(Notice.objects.filter(topic="entry.erasing").values_list("reference", flat=True)) == {
        again.reference
    }


def test_what_the_schedule_took_meanwhile_is_signed_for_and_not_refused(story: Story) -> None:
    story.practice.closed(story.enquiry)
    row = story.noted(story.told)
    story.decides(row, {story.told.pk: GONE})
    due = DueItem(
        what="entry",
        thing=story.told.pk,
        agency=story.town.health,
        people=[story.katie],
        due_on=TODAY,
        source="Schedule",
    )
    done = disposing.gone(
        actor=story.olu,
        row=due,
        reference="D-7K3M-2QXA",
        rule="child_health",
        rule_name="Health",
        now=timezone.now(),
    )
    sign_in(story.client, story.ana)
    page = reverse("retention-refuse", args=[row.reference, story.told.pk])
    assert story.client.post(page, {"ground": "task", "because": "Needed."}).status_code == 409
    assert story.signs(story.ana, row, story.told).status_code == 302
    [item] = story.handed_over(row)["items"]
    assert (item["outcome"], item["disposal"]) == ("erased", done.reference) and Disposal.objects.count() == 1


def test_after_a_restore_the_register_erases_it_again_in_the_same_words(story: Story) -> None:
    story.practice.closed(story.enquiry)
    row = story.noted(story.told)
    story.decides(row, {story.told.pk: GONE})
    story.signs(story.olu, row, story.told)
    lines = register.everything()
    Disposal.objects.all().delete()
    Entry.objects.filter(pk=story.told.pk).update(title=MARK, text=MARK, disposed_in="")
    assert register.again(lines, actor=SYSTEM, now=timezone.now() + timedelta(days=1)) == (
        lines[0]["reference"],
    )
    assert where_it_stands(MARK) == [] and Entry.objects.get(pk=story.told.pk).title.startswith("Erased on")
