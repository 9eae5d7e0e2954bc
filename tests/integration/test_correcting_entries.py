"""What was written wrongly is put right by those who wrote it; whoever was told hears of it, and is told no more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integration.web.journeys import PLAIN, Asked, ask_health, filled_in, sign_in
from jigsaw.hub.alerts.models import Notice
from jigsaw.hub.audit.models import Entry as AuditEntry
from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.chronology import queries as chronology_queries
from jigsaw.hub.chronology import versions
from jigsaw.hub.chronology.models import Entry, Release
from jigsaw.hub.disclosures import queries as disclosures
from jigsaw.hub.disclosures import waiting
from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.jobs import deliver_notices
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.models import PersonRecord
from jigsaw.hub.people.records import Facts
from people_in_tests import Town

pytestmark = pytest.mark.usefixtures("for_themselves")
MISSED = {**PLAIN, "happened_on": timezone.localdate() - timedelta(days=9)}
RIGHT = "Brought late, and seen"
WRONG = MISSED["title"]


class Story:
    """Health told the front door of a missed appointment. It was not missed."""

    def __init__(self, town: Town, client: Client) -> None:
        self.town, self.client = town, client
        self.asked: Asked = ask_health(town, MISSED)
        [self.entry] = self.asked.entries
        self.record = self.entry.subjects.get().record
        self.katie = PersonRecord.objects.get(pk=self.record.pk).person_id

    def tell(self, entry: Any = None) -> None:
        sign_in(self.client, self.town.amina)
        pk = (entry or self.entry).pk
        sent = self.client.post(self.asked.page, filled_in(self.asked, {pk: "share"}, seen=[str(pk)]))
        assert sent.status_code == 302, sent.content.decode()

    def page(self, entry: Any = None) -> str:
        return reverse("entry-correct", args=[self.katie, (entry or self.entry).pk])

    def form(self, **changes: Any) -> dict[str, Any]:
        """The form as it stands in the browser, changed as a test needs."""
        day = self.entry.happened_on
        return {
            "kind": "was_not_brought",
            "about": [str(self.katie)],
            "happened_on-day": day.day,
            "happened_on-month": day.month,
            "happened_on-year": day.year,
            "title": RIGHT,
            "text": MISSED["text"],
            "how_known": "fact",
            "source": MISSED["source"],
            "reason": "The clinic mixed up two lists.",
            "do": "correct",
            **changes,
        }

    def correct(self, actor: Actor | None = None, entry: Any = None, **changes: Any) -> Any:
        sign_in(self.client, actor or self.town.amina)
        return self.client.post(self.page(entry), self.form(**changes))

    def corrected(self, **changes: Any) -> Entry:
        answer = self.correct(**changes)
        assert answer.status_code == 302, answer.content.decode()
        return Entry.objects.latest("version")

    def withdraw(self, **changes: Any) -> Any:
        sign_in(self.client, self.town.amina)
        form = {"why_withdrawn": "About another Katie.", "do": "withdraw", **changes}
        return self.client.post(self.page(), form)

    def child(self, actor: Actor) -> str:
        sign_in(self.client, actor)
        return self.client.get(reverse("child", args=[self.katie])).content.decode()

    def picture(self, actor: Actor) -> Any:
        return chronology_queries.picture(actor, self.katie, purpose="", now=timezone.now())

    def told(self, actor: Actor) -> list[str]:
        deliver_notices.run(timezone.now())
        rows = Notice.objects.filter(to_practitioner=actor.practitioner_id, topic__startswith="entry.")
        return sorted(rows.values_list("topic", flat=True))


@pytest.fixture
def story(town: Town, client: Client) -> Story:
    return Story(town, client)


def text(answer: Any) -> str:
    return str(answer.content.decode())


# --- the page ---------------------------------------------------------------------------------------------


def test_a_colleague_corrects_it_from_the_childs_page_and_it_stands_there_once(story: Story) -> None:
    page = story.child(story.town.tom)
    assert story.page() in page
    assert WRONG in text(story.client.get(story.page())), "the form is filled in with the entry"
    answer = story.correct(story.town.tom)
    newer = Entry.objects.get(supersedes=story.entry)
    assert answer["Location"] == f"{reverse('child', args=[story.katie])}#e-{newer.pk}"
    page = story.child(story.town.amina)
    assert RIGHT in page and WRONG not in page
    assert "Corrected" in page and reverse("entry", args=[story.katie, newer.pk]) in page
    picture = story.picture(story.town.amina)
    assert [line.id for line in picture.lines] == [line.id for line in picture.year] == [newer.pk]
    assert picture.total == 1 and picture.lines[0].corrected
    [logged] = AuditEntry.objects.filter(action="entry.corrected")
    assert (logged.practitioner, logged.people) == (story.town.tom.practitioner_id, [story.katie])


def test_every_version_says_who_wrote_it_why_and_what_changed(story: Story) -> None:
    newer = story.corrected()
    page = text(story.client.get(reverse("entry", args=[story.katie, newer.pk])))
    for words in (
        WRONG,
        RIGHT,
        "The clinic mixed up two lists.",
        "Amina Yusuf",
        "what happened, in a few words",
    ):
        assert words in page
    again = story.correct(
        entry=newer, title="Brought late", happened_at="14:30", protect="Mrs Hart\nNumber 14"
    )
    assert again.status_code == 302
    newest = Entry.objects.get(version=3)
    assert (newest.protect, newest.first_id) == (["Mrs Hart", "Number 14"], story.entry.pk)
    assert f"{newest.happened_at:%H:%M}" == "14:30"
    found = versions.read(story.town.amina, story.katie, story.entry.pk, now=timezone.now())
    assert [v.number for v in found.versions] == [3, 2, 1]
    assert set(found.newest.changed) == {"title", "happened_at", "protect"}


def test_only_practitioners_of_the_agency_that_wrote_it_and_nobody_too_close(story: Story) -> None:
    town = story.town
    story.tell()
    for actor, status in ((town.grace, 403), (town.hannah, 404), (town.nia, 404), (town.mary, 404)):
        sign_in(story.client, actor)
        assert story.client.get(story.page()).status_code == status, actor.name
        assert story.correct(actor).status_code == status
    poppy, _new = people.hold(
        actor=town.amina, agency=town.health.pk, system="hv", source_key="p",
        facts=Facts(given="Poppy", family="Walsh"), now=timezone.now(),
    )  # fmt: skip
    both = chronology.add(
        actor=town.amina, piece=chronology.Piece(**MISSED), about=[story.record, poppy], now=timezone.now()
    )
    people.declare_conflict(
        actor=SYSTEM,
        practitioner=town.tom.practitioner_id,
        person=poppy.person_id,
        why="Uncle",
        now=timezone.now(),
    )
    assert story.correct(town.tom, both).status_code == 403, "too close to one of two"
    assert not Entry.objects.filter(version__gt=1).exists()
    assert "Correct this" not in story.child(town.grace)


def test_what_is_missing_stands_beside_its_field_and_no_word_is_lost(story: Story) -> None:
    long = "💬 " + "She said: لا أعرف. " * 500
    answer = story.correct(title=" ", reason="", text=long, source="<script>alert(1)</script>")
    page = text(answer)
    assert answer.status_code == 400
    assert 'href="#id_title"' in page and 'href="#id_reason"' in page
    assert long.strip() in page and "<script>alert" not in page and "&lt;script&gt;alert" in page
    page = text(story.client.get(story.page()))
    assert "We kept what you had filled in." in page and long.strip() in page and "How it stands now" in page
    same = story.correct(title=WRONG)
    assert same.status_code == 400 and "Nothing is different" in text(same)
    assert not Entry.objects.filter(version__gt=1).exists()


def test_pressed_twice_it_is_corrected_once(story: Story) -> None:
    token = "0192f0c1-2345-7abc-8def-0123456789ab"
    first, second = (story.correct(token=token) for _press in range(2))
    assert first.status_code == second.status_code == 302 and first["Location"] == second["Location"]
    assert Entry.objects.filter(version=2).count() == 1 and not Entry.objects.filter(version=3).exists()
    assert AuditEntry.objects.filter(action="entry.corrected").count() == 1


def test_of_two_who_correct_it_the_second_sees_the_firsts_and_loses_no_word(story: Story) -> None:
    newer = story.corrected()
    late = story.correct(story.town.tom, title=WRONG, text="Rang the mother: no answer.", reason="Left out.")
    page = text(late)
    assert late.status_code == 409
    assert "Amina Yusuf has already corrected this entry" in page and RIGHT in page
    assert "Rang the mother: no answer." in page and story.page(newer) in page
    form = text(story.client.get(story.page(newer)))
    assert "Rang the mother: no answer." in form and f'value="{RIGHT}"' in form, "both, in one form"
    done = story.correct(story.town.tom, newer, text="Rang the mother: no answer.")
    assert done.status_code == 302
    assert Entry.objects.get(version=3).text == "Rang the mother: no answer."
    assert story.client.get(story.page()).status_code == 409, "an old address leads on"


# --- what followed ----------------------------------------------------------------------------------------


def test_whoever_was_told_keeps_it_hears_of_it_and_reads_nothing_of_the_new(story: Story) -> None:
    town = story.town
    story.tell()
    newer = story.corrected()
    assert story.told(town.grace) == ["entry.corrected"]
    assert story.told(town.amina) == [], "not of her own act"
    page = story.child(town.grace)
    assert WRONG in page and "Corrected since" in page and "Sharetown 0–19 Health Service" in page
    answer = text(
        story.client.get(
            reverse("enquiry-answer", args=[story.asked.enquiry.reference, story.asked.to_health.reference])
        )
    )
    own = text(story.client.get(reverse("entry", args=[story.katie, story.entry.pk])))
    assert "Corrected since" in answer and WRONG in answer and WRONG in own
    pdf = chronology_queries.picture(town.grace, story.katie, purpose="", now=timezone.now())
    for words in (page, answer, own, str(pdf)):
        assert RIGHT not in words and "mixed up two lists" not in words
    sign_in(story.client, town.grace)
    assert story.client.get(reverse("entry", args=[story.katie, newer.pk])).status_code == 200
    assert RIGHT not in text(story.client.get(reverse("entry", args=[story.katie, newer.pk])))
    deliver_notices.run(timezone.now())
    assert story.told(town.grace) == ["entry.corrected"], "once"


def test_the_newer_version_waits_for_a_decision_like_any_other(story: Story) -> None:
    town = story.town
    story.tell()
    newer = story.corrected(actor=town.tom)
    assert story.told(town.amina) == ["entry.share_anew"], "she had answered"
    [waits] = waiting.to_share_anew(town.amina, now=timezone.now())
    assert (waits.recipient.pk, waits.items) == (story.asked.to_health.pk, 1)
    sign_in(story.client, town.amina)
    assert "Corrected since you shared it" in text(story.client.get(reverse("inbox")))
    assert "1 item has been corrected" in text(story.client.get(story.asked.page))
    story.client.post(story.asked.page, {"do": "look-again"})
    page = text(story.client.get(story.asked.page))
    assert (
        "You decided on it as it stood before" in page
        and RIGHT in page
        and f"do-{story.entry.pk}" not in page
    )
    story.tell(newer)
    assert waiting.to_share_anew(town.amina, now=timezone.now()) == []
    [line] = [line for line in story.picture(town.grace).lines if line.agency == town.health.pk]
    assert (line.title, line.corrected, line.since) == (RIGHT, True, None), "never both"
    third = story.corrected(entry=newer, title="Brought, late")
    assert third.version == 3
    [line] = [line for line in story.picture(town.grace).lines if line.agency == town.health.pk]
    assert line.title == RIGHT and line.since and line.since.id == third.pk


def test_a_version_that_was_never_told_does_not_bring_the_first_back(story: Story) -> None:
    """First told, second not, third told: it is one event, not two."""
    town = story.town
    story.tell()
    third = story.corrected(entry=story.corrected(), title="Brought, late")
    requests.look_again(actor=town.amina, recipient=story.asked.to_health, now=timezone.now())
    story.tell(third)
    [line] = [line for line in story.picture(town.grace).lines if line.agency == town.health.pk]
    assert (line.id, line.corrected) == (third.pk, True)
    found = versions.read(town.grace, story.katie, third.pk, now=timezone.now())
    assert [version.number for version in found.versions] == [3, 1]


def test_the_newer_version_withheld_takes_the_earlier_one_back(story: Story) -> None:
    town = story.town
    story.tell()
    newer = story.corrected()
    requests.look_again(actor=town.amina, recipient=story.asked.to_health, now=timezone.now())
    more = {
        "seen": [str(newer.pk)],
        f"kind-{newer.pk}": "not_relevant",
        f"reason-{newer.pk}": "It was not missed at all.",
        f"again-{newer.pk}": "Something new",
        "advice_from": "Tom Baptiste, named nurse",
    }
    sign_in(story.client, town.amina)
    sent = story.client.post(story.asked.page, filled_in(story.asked, {newer.pk: "withhold"}, **more))
    assert sent.status_code == 302, text(sent)
    assert not Release.objects.filter(entry=story.entry, ends_at=None).exists()
    assert town.health.pk not in {line.agency for line in story.picture(town.grace).lines}


def test_entered_by_mistake_it_is_withdrawn_and_never_deleted(story: Story) -> None:
    town = story.town
    story.tell()
    assert story.withdraw(why_withdrawn=" ").status_code == 400
    assert story.withdraw().status_code == 302
    assert story.told(town.grace) == ["entry.withdrawn"] and story.told(town.tom) == []
    for actor in (town.amina, town.grace):
        picture = story.picture(actor)
        assert WRONG not in {line.title for line in (*picture.lines, *picture.year)}
        assert [off.withdrawn for off in picture.taken_off] == [True]
        page = story.child(actor)
        assert WRONG not in page and "was withdrawn on" in page
        kept = text(story.client.get(reverse("entry", args=[story.katie, story.entry.pk])))
        assert WRONG in kept and "Do not rely on it" in kept
        assert ("About another Katie." in kept) == (actor is town.amina), "why is the agency’s own"
    assert waiting.to_share_anew(town.amina, now=timezone.now()) == []
    assert disclosures.held_items(town.amina, story.asked.to_health) == [], "nothing of it to decide on"
    sign_in(story.client, town.grace)
    answer = reverse("enquiry-answer", args=[story.asked.enquiry.reference, story.asked.to_health.reference])
    assert "Withdrawn on" in text(story.client.get(answer))
    late = story.correct(text="More to say about it.")
    assert (
        late.status_code == 409 and "has withdrawn this entry" in text(late) and "More to say" in text(late)
    )
    assert Entry.objects.filter(pk=story.entry.pk).exists()


def test_corrected_to_be_about_her_sister_it_leaves_her_page_and_says_so(story: Story) -> None:
    town, now = story.town, timezone.now()
    poppy, _new = people.hold(
        actor=town.amina, agency=town.health.pk, system="hv", source_key="p",
        facts=Facts(given="Poppy", family="Walsh"), now=now,
    )  # fmt: skip
    people.relate(actor=town.amina, record=poppy, to=story.record, kind="SIB", now=now, source="Told us")
    newer = story.corrected(about=[str(poppy.person_id)], title=WRONG)
    assert [s.record_id for s in newer.subjects.all()] == [poppy.pk]
    picture = story.picture(town.amina)
    assert picture.lines == () and [off.withdrawn for off in picture.taken_off] == [False]
    assert "it is about somebody else" in story.child(town.amina)
    hers = chronology_queries.picture(town.amina, poppy.person_id, purpose="", now=now + timedelta(minutes=1))
    assert [line.id for line in hers.lines] == [newer.pk]


def test_what_was_told_with_a_concern_is_marked_where_the_front_door_works_on_it(story: Story) -> None:
    """Also a kind that nobody chooses by hand stays what it is."""
    town, referral = story.town, story.asked.enquiry.referral
    told = Entry.objects.get(agency=town.school, kind="referral")
    address = reverse("entry-correct", args=[told.subjects.get().record.person_id, told.pk])
    sign_in(story.client, town.ros)
    assert '<option value="referral" selected>' in text(story.client.get(address))
    day = told.happened_on
    changes = {
        "kind": "referral",
        "about": [str(told.subjects.get().record.person_id)],
        "happened_on-day": day.day,
        "happened_on-month": day.month,
        "happened_on-year": day.year,
        "text": "Told otherwise.",
    }
    assert story.client.post(address, story.form(**changes)).status_code == 302
    assert Entry.objects.get(supersedes=told).kind == "referral"
    assert story.told(town.grace) == ["entry.corrected"]
    sign_in(story.client, town.grace)
    page = text(story.client.get(reverse("concern", args=[referral.reference])))
    assert "was corrected on" in page and "Told otherwise." not in page
