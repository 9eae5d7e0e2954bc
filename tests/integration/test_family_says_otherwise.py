"""A family objects or disagrees: its own words stand beside the entry wherever it is read, and its agency decides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from integration.web.journeys import PLAIN, ask_health, filled_in, sign_in
from jigsaw.hub.alerts.models import Notice
from jigsaw.hub.audit.models import Entry as AuditEntry
from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.chronology import queries as chronology_queries
from jigsaw.hub.chronology.models import FamilyWords, Release
from jigsaw.hub.jobs import deliver_notices
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.models import PersonRecord
from jigsaw.hub.rights import saying
from jigsaw.hub.rights.asked import Asking
from jigsaw.hub.rights.models import RightsRequest
from jigsaw.hub.rights.months import answer_by
from people_in_tests import Town

pytestmark = pytest.mark.usefixtures("for_themselves")
TODAY = timezone.localdate()
MISSED = {
    **PLAIN,
    "happened_on": TODAY - timedelta(days=9),
    "text": "She was not brought.",
    "protect": ("Mrs Hart",),
}
SAYS = "We did come, at ten past three. 💬 <script>"


class Story:
    """Health wrote that an appointment was missed. The mother says that it was not."""

    def __init__(self, town: Town, client: Client) -> None:
        self.town, self.client = town, client
        self.asked = ask_health(town, MISSED)
        [self.entry] = self.asked.entries
        self.katie = PersonRecord.objects.get(pk=self.entry.subjects.get().record_id).person_id
        self.form_page = reverse("rights-says", args=[self.katie])

    def get(self, actor: Actor, page: str, **data: Any) -> Any:
        sign_in(self.client, actor)
        return self.client.get(page, data)

    def reads(self, actor: Actor, page: str) -> str:
        answer = self.get(actor, page)
        assert answer.status_code == 200, (actor.name, page, answer.status_code)
        return str(answer.content.decode())

    def child(self, actor: Actor) -> str:
        return self.reads(actor, reverse("child", args=[self.katie]))

    def says(self, actor: Actor | None = None, **changes: Any) -> Any:
        sign_in(self.client, actor or self.town.amina)
        form = {
            "kind": "disagree",
            "words": SAYS,
            "entries": [str(self.entry.pk)],
            "asked_by": "Jo Walsh",
            "asked_as": "parent",
            "identity": "Known to us: her mother.",
            "received_on-day": TODAY.day,
            "received_on-month": TODAY.month,
            "received_on-year": TODAY.year,
            **changes,
        }
        return self.client.post(self.form_page, form)

    def noted(self, actor: Actor | None = None, **changes: Any) -> RightsRequest:
        sent = self.says(actor, **changes)
        assert sent.status_code == 302, sent.content.decode()
        return RightsRequest.objects.latest("noted_at", "pk")

    def decides(self, row: RightsRequest, actor: Actor | None = None, **form: str) -> Any:
        sign_in(self.client, actor or self.town.tom)
        return self.client.post(
            reverse("rights-one", args=[row.reference]), {"because": "We looked.", **form}
        )

    def tell(self, do: str = "share", **filled: Any) -> None:
        sign_in(self.client, self.town.amina)
        pk = self.entry.pk
        sent = self.client.post(self.asked.page, filled_in(self.asked, {pk: do}, seen=[str(pk)], **filled))
        assert sent.status_code == 302, sent.content.decode()

    def line(self, actor: Actor) -> Any:
        """The entry as it stands in the actor's chronology; None if it does not."""
        found = chronology_queries.picture(actor, self.katie, purpose="", now=timezone.now())
        return next((line for line in found.lines if line.id == self.entry.pk), None)

    def told(self, actor: Actor) -> list[str]:
        deliver_notices.run(timezone.now())
        rows = Notice.objects.filter(to_practitioner=actor.practitioner_id)
        return sorted(set(rows.values_list("topic", flat=True)) & {
            "entry.spoken_of", "entry.stands", "entry.stopped", "entry.corrected", "rights.noted",
        })  # fmt: skip


@pytest.fixture
def story(town: Town, client: Client) -> Story:
    return Story(town, client)


ESCAPED = "We did come, at ten past three. 💬 &lt;script&gt;"


def test_the_familys_words_stand_beside_the_entry_and_travel_with_it(story: Story) -> None:
    town = story.town
    story.tell()
    assert story.form_page in story.child(town.amina)
    row = story.noted()
    assert (row.kind, row.agency_id, row.words, row.due_on) == (
        "disagree",
        town.health.pk,
        "",
        answer_by(TODAY),
    )
    assert story.told(town.tom) == ["rights.noted"] and story.told(town.amina) == []
    assert story.told(town.grace) == ["entry.spoken_of"], "whoever was told hears of it"
    answer = reverse("enquiry-answer", args=[story.asked.enquiry.reference, story.asked.to_health.reference])
    entry = reverse("entry", args=[story.katie, story.entry.pk])
    for reader, pages in ((town.amina, [entry, story.asked.page]), (town.grace, [entry, answer])):
        for page in (story.child(reader), *(story.reads(reader, one) for one in pages)):
            assert ESCAPED in page and "A parent says that this is wrong" in page, reader.name
            assert "Jo Walsh" not in page
    pdf = story.get(town.grace, reverse("child-pdf", args=[story.katie]))
    assert pdf.content.startswith(b"%PDF-")
    [said] = story.line(town.grace).family_says
    assert said.words == SAYS and said.reference == "", "how to ask is the holder’s"
    [logged] = AuditEntry.objects.filter(action="rights.noted")
    assert (logged.practitioner, logged.people) == (town.amina.practitioner_id, [story.katie])


def test_it_costs_the_childs_page_no_statement_unless_there_is_something_and_then_one(story: Story) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as ran:
            chronology_queries.picture(story.town.amina, story.katie, purpose="", now=timezone.now())
        return len(ran)

    cost()
    before = cost()
    story.noted()
    assert cost() == before + 1
    story.noted(words="And she has a letter that says so.")
    assert cost() == before + 1


def test_whoever_is_about_to_share_sees_it_and_may_share_all_the_same(story: Story) -> None:
    story.noted()
    story.noted(kind="objection", entries=[], words="Stop passing our life around.")
    page = story.reads(story.town.amina, story.asked.page)
    assert ESCAPED in page and "the family objects, or says that it is wrong" in page
    assert "Stop passing our life around." in page and "has not decided yet" in page
    story.tell()
    assert Release.objects.filter(entry=story.entry, ends_at=None).exists()


@pytest.mark.parametrize("case", ["in part", "names who must not be named"])
def test_words_that_would_tell_what_was_not_released_stay_with_its_agency(story: Story, case: str) -> None:
    town = story.town
    if case == "in part":
        story.tell("part", **{f"text-{story.entry.pk}": "She did not come."})
    else:
        story.tell()
    words = "Hart has it in for us." if case == "names who must not be named" else SAYS
    story.noted(words=words)
    [said] = story.line(town.grace).family_says
    assert said.words == "" and "Their words are with" in story.child(town.grace)
    assert words.split(".")[0] in story.child(town.amina), "its own agency reads them"


def test_words_about_what_is_sealed_are_kept_sealed(story: Story) -> None:
    town = story.town
    sealed = chronology.add(
        actor=town.amina,
        piece=chronology.Piece(**{**MISSED, "title": "Adopted", "sealed": "adoption"}),
        about=[story.entry.subjects.get().record],
        now=timezone.now(),
    )
    story.noted(entries=[str(sealed.pk)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM chronology_familywords")
        assert cursor.fetchall() == [("[sealed]",)]
    assert ESCAPED in story.child(town.amina)


def test_its_agency_stands_by_it_with_a_reason_and_the_words_stay(story: Story) -> None:
    town = story.town
    story.tell()
    row = story.noted()
    page = reverse("rights-one", args=[row.reference])
    assert ESCAPED in story.reads(town.tom, page) and story.entry.title in story.reads(town.tom, page)
    for wrong, words in (
        ({"outcome": "stands"}, "Choose on what ground"),
        ({"outcome": "stands", "ground": "compelling"}, "Select a valid choice"),
        ({"outcome": "stands", "ground": "accurate", "because": " "}, "Say why"),
        ({"outcome": "corrected"}, "Correct or withdraw each of the entries first"),
    ):
        answer = story.decides(row, **wrong)
        assert answer.status_code == 400 and words in answer.content.decode(), wrong
    assert (
        story.decides(row, outcome="stands", ground="accurate", because="The list says 15:00.").status_code
        == 302
    )
    for reader in (town.amina, town.grace):
        assert ESCAPED in story.child(reader) and "decided on" in story.child(reader)
    assert "The list says" not in story.child(town.grace), "the reasons are the family’s"
    assert "entry.stands" in story.told(town.grace)
    done = story.reads(town.tom, page)
    assert (
        "We stand by what we wrote" in done and "Articles 5(1)(d) and 16" in done and "The list says" in done
    )
    assert story.decides(row, outcome="stands", ground="accurate").status_code == 409


def test_what_is_put_right_as_they_asked_no_longer_carries_the_words(story: Story) -> None:
    town = story.town
    row = story.noted()
    piece = chronology.Piece(**{**MISSED, "title": "Came late, and was seen"})
    chronology.correct(
        actor=town.tom,
        entry=story.entry.pk,
        piece=piece,
        persons=[story.katie],
        reason="So it was.",
        now=timezone.now(),
    )
    assert ESCAPED in story.child(town.amina), "the words stay beside every version until it is decided"
    assert story.decides(row, outcome="corrected").status_code == 302
    assert ESCAPED not in story.child(town.amina)
    assert FamilyWords.objects.get().words == SAYS, "kept"


def test_where_sharing_stops_whoever_was_told_sees_it_no_more_and_hears_so(story: Story) -> None:
    town = story.town
    story.tell()
    row = story.noted(kind="objection")
    assert story.decides(row, outcome="stopped").status_code == 302
    assert "entry.stopped" in story.told(town.grace)
    assert story.line(town.grace) is None and story.line(town.amina).family_says[0].state == "stopped"
    assert "not to share this any more" in story.child(town.amina)


def test_another_agency_that_heard_it_passes_it_to_the_one_that_wrote_it(story: Story) -> None:
    town = story.town
    story.tell()
    row = story.noted(town.grace)
    assert (row.agency_id, row.noted_by_id) == (town.health.pk, town.grace.practitioner_id)
    assert story.told(town.tom) == ["rights.noted"]
    assert story.get(town.grace, reverse("rights-one", args=[row.reference])).status_code in (403, 404)
    assert ESCAPED in story.child(town.grace)


def test_who_must_not_and_what_is_missing(story: Story) -> None:
    town = story.town
    for actor, status in ((town.nia, 404), (town.mary, 403)):
        assert story.get(actor, story.form_page).status_code == status, actor.name
        assert story.says(actor).status_code == status
    for wrong in (
        {"words": " "},
        {"entries": []},
        {"kind": ""},
        {"entries": [str(town.health.pk)]},
        {"identity": ""},
    ):
        answer = story.says(**wrong)
        assert answer.status_code == 400, wrong
        assert wrong.get("words", SAYS) in answer.content.decode().replace("&lt;", "<").replace("&gt;", ">")
    assert not FamilyWords.objects.exists() and not RightsRequest.objects.exists()
    assert "We kept what you had filled in." in story.reads(town.amina, story.form_page) and (
        ESCAPED in story.reads(town.amina, story.form_page)
    ), "no word is lost"
    assert story.says(town.hannah).status_code == 400, "the police may open the page, and see no such entry"
    row = story.noted()
    for actor, status in ((town.amina, 403), (town.ros, 404), (town.nia, 404)):
        assert story.decides(row, actor, outcome="stopped").status_code == status, actor.name
    people.declare_conflict(
        actor=SYSTEM,
        practitioner=town.tom.practitioner_id,
        person=story.katie,
        why="Uncle",
        now=timezone.now(),
    )
    assert story.decides(row, outcome="stopped").status_code in (403, 404)
    assert FamilyWords.objects.get().state == "open"


def test_a_merged_person_keeps_the_objection_to_sharing(story: Story) -> None:
    row = story.noted(kind="objection", entries=[], words="Stop.")
    [found] = saying.to_sharing_itself(story.town.amina, [story.katie])
    assert found.pk == row.pk and found.as_such
    assert saying.to_sharing_itself(story.town.grace, [story.katie]) == [], "another agency’s"


def test_pressed_twice_it_is_noted_once(story: Story) -> None:
    token = "0192f0c1-2345-7abc-8def-0123456789ab"
    first, second = (story.says(token=token) for _press in range(2))
    assert first.status_code == second.status_code == 302
    assert FamilyWords.objects.count() == 1


def test_the_operation_itself_refuses_entries_that_are_not_on_the_page(story: Story) -> None:
    asking = Asking(
        kind="disagree", asked_by="Jo", asked_as="parent", identity="Known", received_on=TODAY, words=SAYS
    )
    with pytest.raises(Exception, match="missing or cannot be"):
        saying.note(
            actor=story.town.amina,
            person=story.katie,
            asking=asking,
            entries=[story.katie],
            now=timezone.now(),
        )
