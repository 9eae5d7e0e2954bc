"""Answering a request in the browser: decide on each item, send once, lose no word."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from lxml import html

from integration.web.journeys import NAMED, OLD, PLAIN, Asked, ask_health, filled_in, sign_in
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.disclosures import queries as disclosure_queries
from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.information_requests import queries as request_queries
from jigsaw.hub.kit import drafts
from jigsaw.hub.web.requests.items import NO_ITEM
from people_in_tests import Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(town: Town) -> Asked:
    return ask_health(town, PLAIN, NAMED, OLD)


def decisions(asked: Asked) -> dict[str, object]:
    """Share the plain one, share part of the one that names a neighbour, withhold the old one."""
    plain, named, old = (entry.pk for entry in asked.entries)
    return filled_in(
        asked,
        {plain: "share", named: "part", old: "withhold"},
        **{
            f"text-{named}": "A neighbour said a man is always shouting.",
            f"kind-{old}": "not_relevant",
            f"reason-{old}": "Long ago, resolved, and about the mother only.",
            f"again-{old}": "New worry about her health",
            "advice_from": "Tom Baptiste, named nurse",
            "token": str(uuid4()),
        },
    )


def answers(asked: Asked) -> list[disclosure_queries.ReadAnswer]:
    return disclosure_queries.answers(asked.town.grace, asked.to_health, now=timezone.now())


# The inbox


def test_the_inbox_shows_who_asks_about_whom_and_by_when(client: Client, asked: Asked) -> None:
    sign_in(client, asked.town.amina)
    shown = client.get("/requests/").content.decode()
    assert "Katie Walsh" in shown
    assert "Worries about injuries and missed appointments" in shown
    assert "Grace Lindqvist" in shown
    assert "Section 47 enquiry" in shown
    assert "No one yet" in shown
    assert "A child may be in danger now." in shown, "the legend speaks the scheme’s own words"


def test_the_inbox_counts_only_what_is_there(client: Client, asked: Asked) -> None:
    sign_in(client, asked.town.amina)
    shown = client.get("/requests/")
    assert [tile["figure"] for tile in shown.context["tiles"]] == [0, 0, 1, 0]
    assert [part["count"] for part in shown.context["segments"]] == [1, 0, 1]
    client.post(asked.page, decisions(asked))
    assert [tile["figure"] for tile in client.get("/requests/").context["tiles"]] == [0, 0, 0, "100%"]


def test_an_empty_inbox_says_so(client: Client, town: Town) -> None:
    sign_in(client, town.amina)
    assert "Nothing to answer" in client.get("/requests/").content.decode()
    assert "You have nothing to answer" in client.get("/requests/?show=mine").content.decode()


def test_an_escalated_request_is_marked(client: Client, town: Town) -> None:
    ask_health(town, PLAIN, now=timezone.now() - timedelta(days=3))
    requests.escalate_overdue(now=timezone.now())
    sign_in(client, town.amina)
    shown = client.get("/requests/").content.decode()
    assert "Brought to Tom Baptiste" in shown
    assert "hub-req--late" in shown


@pytest.mark.parametrize("page", ["0", "-3", "two", "99999999999", "7"])
def test_an_odd_page_number_is_no_error(client: Client, asked: Asked, page: str) -> None:
    sign_in(client, asked.town.amina)
    assert client.get(f"/requests/?page={page}", follow=True).status_code == 200


def test_the_inbox_is_refused_to_who_does_not_answer(client: Client, asked: Asked) -> None:
    sign_in(client, asked.town.mary)
    refused = client.get("/requests/")
    assert refused.status_code == 403
    assert "Katie" not in refused.content.decode()


# Opening, taking on, handing over, asking for more time


def test_opening_tells_the_sender(client: Client, asked: Asked) -> None:
    sign_in(client, asked.town.amina)
    assert client.get(asked.page).status_code == 200
    asked.to_health.refresh_from_db()
    assert asked.to_health.state == "opened"


def test_another_agency_finds_nothing(client: Client, asked: Asked) -> None:
    for stranger in (asked.town.nia, asked.town.bela, asked.town.hannah):
        sign_in(client, stranger)
        found = client.get(asked.page)
        assert found.status_code == 404
        assert "Katie" not in found.content.decode()
        assert client.post(asked.page, decisions(asked)).status_code == 404


def test_taking_it_on_keeps_what_was_typed(client: Client, asked: Asked) -> None:
    sign_in(client, asked.town.amina)
    client.post(asked.page, filled_in(asked, own_words="Half a sent", do="claim"))
    asked.to_health.refresh_from_db()
    assert asked.to_health.holder_id == asked.town.amina.practitioner_id
    shown = client.get(asked.page).content.decode()
    assert "Half a sent" in shown
    assert "There is a problem" not in shown, "what is unfinished is not judged yet"


def test_handing_over_goes_to_a_colleague_only(client: Client, asked: Asked) -> None:
    sign_in(client, asked.town.amina)
    page = f"{asked.page}hand-over/"
    wrong = client.post(page, {"to": str(asked.town.nia.practitioner_id), "words": "Please take it"})
    assert wrong.status_code == 400
    assert "Please take it" in wrong.content.decode()
    client.post(page, {"to": str(asked.town.tom.practitioner_id), "words": "Please take it"})
    asked.to_health.refresh_from_db()
    assert asked.to_health.holder_id == asked.town.tom.practitioner_id


def test_more_time_needs_a_reason_and_a_later_time(client: Client, asked: Asked) -> None:
    sign_in(client, asked.town.amina)
    page = f"{asked.page}more-time/"
    names = list(client.get(page).context["form"]["day"].subwidgets[0].data["subwidgets"])
    day = timezone.localdate() + timedelta(days=3)
    boxes = {box["name"]: part for box, part in zip(names, (day.day, day.month, day.year), strict=True)}
    refused = client.post(page, {**boxes, "at": "15:30", "words": ""})
    assert refused.status_code == 400
    assert "Say why more time is needed" in refused.content.decode()
    client.post(page, {**boxes, "at": "15:30", "words": "The paper file comes tomorrow."})
    asked.to_health.refresh_from_db()
    assert timezone.localtime(asked.to_health.due_at).strftime("%H:%M") == "15:30"
    assert timezone.localdate(asked.to_health.due_at) == day


# Deciding


def test_each_item_is_shared_in_part_or_withheld(client: Client, asked: Asked) -> None:
    sign_in(client, asked.town.amina)
    sent = client.post(asked.page, decisions(asked))
    assert sent.status_code == 302
    assert sent["Location"] == f"{asked.page}done/"
    [answer] = answers(asked)
    assert {i.item.choice: (i.text, i.item.withheld_reason) for i in answer.items} == {
        "share": ("Second date missed.", ""),
        "part": ("A neighbour said a man is always shouting.", ""),
        "withhold": ("", "Long ago, resolved, and about the mother only."),
    }
    decision = answer.answer.decision
    assert decision.reasons == "A child may be at risk of harm."
    assert decision.family_told == "not_told"
    assert decision.family_told_why
    assert {"2024:1", "2024:3", "2024:2", "2024:4", "2024:6"} == set(decision.rules)
    done = client.get(f"{asked.page}done/").content.decode()
    assert "1 shared, 1 shared in part, 1 withheld" in done


def test_pressing_twice_answers_once(client: Client, asked: Asked) -> None:
    sign_in(client, asked.town.amina)
    form = decisions(asked)
    first, second = client.post(asked.page, form), client.post(asked.page, form)
    assert first["Location"] == second["Location"] == f"{asked.page}done/"
    assert len(answers(asked)) == 1


def test_a_protected_name_is_not_sent(client: Client, asked: Asked) -> None:
    _plain, named, _old = (entry.pk for entry in asked.entries)
    sign_in(client, asked.town.amina)
    refused = client.post(asked.page, {**decisions(asked), f"do-{named}": "share"})
    assert refused.status_code == 400
    shown = refused.content.decode()
    assert "Take out “Mrs Hart”" in shown
    assert f'id="error-{named}"' in shown
    assert answers(asked) == []


def test_a_name_typed_on_the_form_is_kept_out_too(client: Client, asked: Asked) -> None:
    sign_in(client, asked.town.amina)
    refused = client.post(asked.page, {**decisions(asked), "protect": "Second date\nAlma Dray"})
    assert refused.status_code == 400
    assert "Take out “Second date”" in refused.content.decode()


def test_everything_that_is_missing_is_said_at_once(client: Client, asked: Asked) -> None:
    sign_in(client, asked.town.amina)
    refused = client.post(asked.page, filled_in(asked, why=[], told=""))
    shown = refused.content.decode()
    assert refused.status_code == 400
    assert shown.count("Choose share, share part or withhold.") >= len(asked.entries)
    assert "Tick at least one reason" in shown
    assert "Say whether you have told the child" in shown


def test_withholding_needs_a_ground_and_a_reason(client: Client, asked: Asked) -> None:
    old = asked.entries[2].pk
    sign_in(client, asked.town.amina)
    no_ground = client.post(asked.page, {**decisions(asked), f"kind-{old}": ""})
    assert "Choose the ground on which you withhold this." in no_ground.content.decode()
    no_reason = client.post(asked.page, {**decisions(asked), f"reason-{old}": ""})
    assert "Say in a sentence why you withhold this" in no_reason.content.decode()
    typed_once = client.post(
        asked.page, {**decisions(asked), f"reason-{old}": "", "own_words": "It is about 2014 and resolved."}
    )
    assert typed_once.status_code == 302
    [answer] = answers(asked)
    assert answer.withheld[0].item.withheld_reason == "It is about 2014 and resolved."


def test_withholding_from_a_section_47_enquiry_needs_advice(client: Client, asked: Asked) -> None:
    sign_in(client, asked.town.amina)
    refused = client.post(asked.page, {**decisions(asked), "advice_from": ""})
    assert refused.status_code == 400
    assert "nobody was asked for advice" in refused.content.decode()


def test_the_grounds_are_asked_of_each_item_and_rendered_once(client: Client, asked: Asked) -> None:
    """They are the same for every item on which nothing is filled in: two hundred items stay quick."""
    sign_in(client, asked.town.amina)
    shown = client.get(asked.page)
    assert [used.name for used in shown.templates].count("requests/_grounds.html") == 1
    page = html.fromstring(shown.content.decode())
    kinds = [row["code"] for row in agreements.words("withholding_kinds")["entries"]]
    for key in (entry.pk for entry in asked.entries):
        assert sorted(page.xpath(f'//input[@name="kind-{key}"]/@value')) == sorted(kinds)
        assert page.xpath(f'//label[@for="reason-{key}"]') and page.xpath(f'//textarea[@name="reason-{key}"]')
    ids = page.xpath("//*[@id]/@id")
    assert len(ids) == len(set(ids)) and str(NO_ITEM) not in shown.content.decode()


def test_what_is_filled_in_on_one_item_stays_with_it(client: Client, asked: Asked) -> None:
    plain, _named, old = (entry.pk for entry in asked.entries)
    sign_in(client, asked.town.amina)
    refused = client.post(asked.page, {**decisions(asked), "why": [], f"again-{plain}": "New <b>word</b>"})
    page = html.fromstring(refused.content.decode())
    assert page.xpath(f'//input[@name="kind-{old}"][@checked]/@value') == ["not_relevant"]
    assert page.xpath(f'//input[@name="again-{plain}"]/@value') == ["New <b>word</b>"]
    assert not page.xpath(f'//input[@name="kind-{plain}"][@checked]')


def test_while_advice_is_awaited_a_day_is_needed(client: Client, asked: Asked) -> None:
    old = asked.entries[2].pk
    sign_in(client, asked.town.amina)
    form = {**decisions(asked), f"kind-{old}": "awaiting_advice"}
    assert client.post(asked.page, form).status_code == 400
    day = timezone.localdate() + timedelta(days=2)
    boxes = {f"day-{old}-day": day.day, f"day-{old}-month": day.month, f"day-{old}-year": day.year}
    assert client.post(asked.page, {**form, **boxes}).status_code == 302
    [answer] = answers(asked)
    assert str(day.year) in answer.withheld[0].item.review_when


def test_the_rest_is_shared_but_never_what_needs_a_closer_look(client: Client, asked: Asked) -> None:
    plain, _named, old = (entry.pk for entry in asked.entries)
    sign_in(client, asked.town.amina)
    form = decisions(asked)
    del form[f"do-{plain}"], form[f"do-{old}"]
    refused = client.post(asked.page, {**form, "rest": "share"})
    assert refused.status_code == 400
    wrong = {card.key for card in refused.context["cards"] if card.error}
    assert wrong == {old}, "the flagged one is left to choose, the plain one is shared"
    assert client.post(asked.page, {**form, "rest": "share", f"do-{old}": "withhold"}).status_code == 302


def test_the_rest_is_only_what_was_on_the_page(client: Client, asked: Asked) -> None:
    plain, named, old = (entry.pk for entry in asked.entries)
    sign_in(client, asked.town.amina)
    form = {**decisions(asked), "rest": "share", "seen": [str(named), str(old)]}
    del form[f"do-{plain}"]
    refused = client.post(asked.page, form)
    assert refused.status_code == 400
    assert {card.key for card in refused.context["cards"] if card.error} == {plain}


def test_something_more_can_be_added_and_is_kept_as_the_agencys_own(client: Client, asked: Asked) -> None:
    sign_in(client, asked.town.amina)
    more = client.post(asked.page, {**decisions(asked), "add": "added"}, follow=True)
    assert more.context["blocks"].total_form_count() == 1
    assert "New worry about her health" in more.content.decode(), "nothing typed is lost"
    block = more.context["blocks"].forms[0]
    boxes = [box["name"] for box in block["happened_on"].subwidgets[0].data["subwidgets"]]
    today = timezone.localdate()
    piece = {
        "added-TOTAL_FORMS": "1",
        "added-0-kind": "child_account",
        "added-0-title": "Katie spoke at clinic",
        "added-0-text": "She asked to be seen alone.",
        "added-0-child_words": "I take Poppy to my room.",
        "added-0-how_known": "child",
        "added-0-source": "Amina Yusuf",
        "added-0-about": [block.fields["about"].choices[0][0]],
        **dict(zip(boxes, (today.day, today.month, today.year), strict=True)),
    }
    unfinished = client.post(asked.page, {**decisions(asked), **piece, "added-0-source": ""})
    assert unfinished.status_code == 400
    assert client.post(asked.page, {**decisions(asked), **piece}).status_code == 302
    [answer] = answers(asked)
    assert "I take Poppy to my room." in [item.child_words for item in answer.items]


def test_holding_nothing_is_an_answer_with_where_one_looked(client: Client, town: Town) -> None:
    asked = ask_health(town)
    sign_in(client, town.amina)
    assert "We hold nothing about them" in client.get(asked.page).content.decode()
    form = filled_in(asked, why=[], told="", holds_nothing="on")
    assert client.post(asked.page, form).status_code == 400
    looked = client.post(asked.page, {**form, "own_words": "Searched by name and date of birth."})
    assert looked.status_code == 302
    assert answers(asked)[0].answer.holds_nothing
    assert "You hold nothing about them" in client.get(f"{asked.page}done/").content.decode()


# Words


def test_the_one_who_comes_second_keeps_their_words_and_sees_the_answer(client: Client, asked: Asked) -> None:
    sign_in(client, asked.town.tom)
    client.get(asked.page)
    sign_in(client, asked.town.amina)
    client.post(asked.page, decisions(asked))
    sign_in(client, asked.town.tom)
    mine = {**decisions(asked), "own_words": "I rang the GP this morning.", "token": str(uuid4())}
    second = client.post(asked.page, mine)
    shown = second.content.decode()
    assert second.status_code == 409
    assert "Amina Yusuf has already answered this request." in shown
    assert "Long ago, resolved" in shown
    assert "I rang the GP this morning." in shown
    assert len(answers(asked)) == 1
    client.post(asked.page, {"do": "discard"})
    assert "I rang the GP this morning." not in client.get(asked.page).content.decode()


def test_markup_emoji_other_scripts_and_long_notes_survive(client: Client, asked: Asked) -> None:
    sign_in(client, asked.town.amina)
    words = "<script>alert(1)</script> 👶🏽 عربي עברית " + "ł" * 9_900
    client.post(asked.page, filled_in(asked, own_words=words, do="keep"))
    page = client.get(asked.page)
    assert page.context["form"]["own_words"].value() == words
    assert "<script>alert(1)" not in page.content.decode()
    assert client.post(asked.page, {**decisions(asked), "own_words": words}).status_code == 302
    assert answers(asked)[0].answer.decision.reasons.endswith(words)


def test_an_error_keeps_a_draft_until_it_is_sent(client: Client, asked: Asked) -> None:
    sign_in(client, asked.town.amina)
    client.post(asked.page, {**decisions(asked), "told": "", "own_words": "Typed once"})
    about = f"requests:answer:{asked.to_health.reference}-1"
    owner = asked.town.amina.practitioner_id
    assert owner
    assert drafts.load(owner=owner, about=about, now=timezone.now())
    client.post(asked.page, decisions(asked))
    assert drafts.load(owner=owner, about=about, now=timezone.now()) is None


# Looking again; asked again; why


def test_what_is_withheld_until_a_day_is_looked_at_again(client: Client, asked: Asked) -> None:
    plain, _named, old = (entry.pk for entry in asked.entries)
    sign_in(client, asked.town.amina)
    assert "To look at again" not in client.get("/requests/").content.decode()
    today = timezone.localdate()
    boxes = {f"day-{old}-{part}": getattr(today, part) for part in ("day", "month", "year")}
    client.post(asked.page, {**decisions(asked), f"kind-{old}": "awaiting_advice", **boxes})
    [row] = client.get("/requests/").context["again"]
    assert (row["about"], row["again"].on, row["again"].due) == ("Katie Walsh and Donna Walsh", today, True)
    inbox = client.get("/requests/").content.decode()
    assert "To look at again" in inbox and "1 item withheld" in inbox and "Answered by Amina Yusuf" in inbox
    assert "Look at it again" in client.get(asked.page).content.decode()
    assert client.post(asked.page, {"do": "look-again"}).url == asked.page
    page = client.get(asked.page)
    assert {card.key: card.do for card in page.context["cards"]} == {plain: "share", _named: "", old: ""}
    assert "Answered before" in client.get("/requests/").content.decode()
    assert client.get("/requests/").context["again"] == []
    assert client.post(asked.page, {**decisions(asked), f"do-{old}": "share"}).status_code == 302
    assert [answer.answer.round for answer in answers(asked)] == [1, 2]
    assert "Look at it again" not in client.get(asked.page).content.decode()


def test_only_the_agency_that_answered_looks_again(client: Client, asked: Asked) -> None:
    sign_in(client, asked.town.amina)
    client.post(asked.page, decisions(asked))
    for stranger in (asked.town.hannah, asked.town.grace):
        sign_in(client, stranger)
        client.post(asked.page, {"do": "look-again"})
    asked.to_health.refresh_from_db()
    assert (asked.to_health.state, asked.to_health.round) == ("answered", 1)


def test_asked_again_shows_what_is_new_and_both_answers_stay(client: Client, asked: Asked) -> None:
    old = asked.entries[2].pk
    sign_in(client, asked.town.amina)
    client.post(asked.page, decisions(asked))
    requests.ask_again(
        actor=asked.town.grace,
        recipient=asked.to_health,
        new_information="Donna was admitted last night.",
        now=timezone.now(),
    )
    page = client.get(asked.page)
    shown = page.content.decode()
    assert "Donna was admitted last night." in shown
    assert "Last time: withheld." in shown
    chosen = {card.key: card.do for card in page.context["cards"]}
    assert chosen[old] == "", "what was withheld is to be looked at again"
    assert chosen[asked.entries[0].pk] == "share"
    assert client.post(asked.page, {**decisions(asked), f"do-{old}": "share"}).status_code == 302
    assert [answer.answer.round for answer in answers(asked)] == [1, 2]


def test_why_shows_every_check_but_its_next_step_only_to_the_holder(client: Client, asked: Asked) -> None:
    sign_in(client, asked.town.amina)
    client.post(asked.page, decisions(asked))
    [answer] = answers(asked)
    withheld = answer.withheld[0].item
    own = client.get(f"/why/{withheld.pk}/").content.decode()
    assert "Mother’s own health in 2014" in own
    assert "It is recorded what would make you look at this again." in own
    sign_in(client, asked.town.grace)
    theirs = client.get(f"/why/{withheld.pk}/").content.decode()
    assert "Long ago, resolved, and about the mother only." in theirs
    assert "Mother’s own health in 2014" not in theirs
    sign_in(client, asked.town.nia)
    assert client.get(f"/why/{withheld.pk}/").status_code == 404


def test_nobody_related_answers(client: Client, asked: Asked) -> None:
    from jigsaw.hub.people import operations as people

    person = request_queries.get(asked.town.amina, asked.to_health.reference).request.subjects.first()
    people.declare_conflict(
        actor=asked.town.ade,
        practitioner=asked.town.amina.practitioner_id,
        person=person.record.person_id,
        why="Katie’s aunt",
        now=timezone.now(),
    )
    sign_in(client, asked.town.amina)
    assert client.get(asked.page).status_code == 403
    assert client.post(asked.page, decisions(asked)).status_code == 403
    assert "Katie" not in client.get("/requests/").content.decode()
