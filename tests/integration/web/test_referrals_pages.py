"""Raise a concern in the browser: nothing typed is lost, and one press has one effect."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from concern_forms import typed
from django.test import Client
from django.utils import timezone
from lxml import html

from jigsaw.hub.agencies.models import Practitioner
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.referrals import operations
from jigsaw.hub.referrals.models import Referral
from people_in_tests import MONDAY, Town, concern

DRAFT = "0190d5a0-0000-7000-8000-000000000001"
NEW = f"/our-concerns/new/?draft={DRAFT}"


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(Practitioner.objects.get(pk=actor.practitioner_id))
    return client


def token_in(html: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', html)
    assert found
    return found[1]


def hidden(client: Client, page: str = NEW) -> dict[str, str]:
    """The marks of the form, as the page gives them."""
    html = client.get(page).content.decode()
    owner = re.search(r'name="owner" value="([^"]+)"', html)
    assert owner
    return {"token": token_in(html), "owner": owner[1], "draft": f"referrals:new:{DRAFT}"}


def test_a_teacher_raises_a_concern_and_gets_its_reference(town: Town) -> None:
    client = signed_in(town.ros)
    answer = client.post(NEW, typed(**hidden(client)))
    [referral] = Referral.objects.all()
    assert answer.url == f"/our-concerns/{referral.reference}/?sent=1"
    page = client.get(answer.url).content.decode()
    assert referral.reference in page and "01632 960 000" in page
    katie, donna = referral.persons.select_related("record").prefetch_related("record__addresses")
    assert katie.child_words == "I take Poppy to my room."
    assert katie.record.identifiers.get().value == "9990000018"
    assert (katie.relationship, donna.relationship) == ("", "MTH")
    assert donna.record.relations_from.get().parental_responsibility is True
    assert [(a.line, a.postcode) for a in donna.record.addresses.all()] == [("12 Harbour Lane", "ST1 4QZ")]
    assert referral.statements.get().source == "Register"


def test_pressing_send_twice_raises_one_concern(town: Town) -> None:
    client = signed_in(town.ros)
    form = typed(**hidden(client))
    first, second = client.post(NEW, form), client.post(NEW, form)
    assert Referral.objects.count() == 1
    assert first.url == second.url


def test_an_unborn_baby_and_a_brother_with_part_of_a_birthday(town: Town) -> None:
    client = signed_in(town.ros)
    due = timezone.localdate() + timedelta(days=90)
    more = {
        "children__TOTAL_FORMS": "3",
        "children__1__part": "unborn",
        "children__1__family": "Walsh",
        "children__1__born__day": str(due.day),
        "children__1__born__month": str(due.month),
        "children__1__born__year": str(due.year),
        "children__2__part": "child",
        "children__2__given": "Jay",
        "children__2__relationship": "HBRO",
        "children__2__age": "5",
        "children__2__interpreter": "yes",
    }
    assert client.post(NEW, typed(**more)).status_code == 302
    _katie, baby, jay = Referral.objects.get().persons.filter(part__in=["child", "unborn"]).order_by("id")
    assert (baby.part, baby.record.expected_on, baby.record.born) == ("unborn", due, None)
    assert (jay.relationship, jay.record.born_accuracy, jay.record.interpreter) == ("HBRO", "UUE", True)


def test_what_the_index_doubts_is_said_beside_its_person(town: Town) -> None:
    client = signed_in(town.ros)
    far = {"children__1__born__day": "14", "children__1__born__month": "1", "children__1__born__year": "2099"}
    more = {
        "children__TOTAL_FORMS": "2",
        "children__1__part": "unborn",
        "children__1__family": "Walsh",
        **far,
    }
    page = client.post(NEW, typed(**more)).content.decode()
    assert '<a href="#id_children-1-born_0">Child 2: ' in page and Referral.objects.count() == 0


BESIDE = [
    ("persons-0-born", "id_children-0-born", "id_children-0-born_0"),
    ("persons-0-expected_on", "id_children-0-born", "id_children-0-born_0"),
    ("persons-0-other_names", "id_children-0-known_as", "id_children-0-known_as"),
    ("persons-0-raw", "id_children-0-description", "id_children-0-description"),
    ("persons-0-child_words", "id_children-0-child_words", "id_children-0-child_words"),
    ("persons-1-line", "id_others-0-address", "id_others-0-address"),
    ("persons-1-postcode", "id_others-0-postcode", "id_others-0-postcode"),
    ("persons-1-relationship", "id_others-0-relationship", "id_others-0-relationship"),
    ("persons", "id_children-0-given", "id_children-0-given"),
    ("statements", "id_said-0-how_known", "id_said-0-how_known_0"),
]


@pytest.mark.parametrize(("name", "group", "control"), BESIDE)
def test_whatever_is_refused_of_somebody_stands_beside_its_field(
    town: Town, monkeypatch: pytest.MonkeyPatch, name: str, group: str, control: str
) -> None:
    """The red line, the message read out with the field, and the way there from the summary."""

    def refuse(**_given: object) -> None:
        raise Invalid("Some of this needs another look.", {name: "This cannot be."})

    monkeypatch.setattr(operations, "make", refuse)
    page = signed_in(town.ros).post(NEW, typed()).content.decode()
    root = html.fromstring(page)
    [beside] = root.xpath(f'//*[@id="{group}_group"]')
    assert "govuk-form-group--error" in beside.get("class")
    assert "This cannot be." in beside.xpath(f'.//p[@id="{group}_error"]')[0].text_content()
    described = beside.xpath(".//@aria-describedby")
    assert any(f"{group}_error" in ids.split() for ids in described)
    assert beside.xpath(f'.//*[@id="{control}"]')
    [link] = root.xpath(f'//div[contains(@class, "govuk-error-summary")]//a[@href="#{control}"]')
    assert link.text_content().endswith("This cannot be.")


WRONG = [
    ({"concern": " "}, "Say what worries you", "id_concern"),
    ({"wants": ""}, "Say what you want", "id_wants_0"),
    ({"parents_know": ""}, "Say whether the parents know about this", "id_parents_know_0"),
    ({"parents_know_why": ""}, "Say why the parents have not been told", "id_parents_know_why"),
    ({"said__0__how_known": ""}, "Statement 1: Say whether this is fact", "id_said-0-how_known_0"),
    (
        {"children__0__given": "", "children__0__family": ""},
        "Child 1: Give a name, or describe",
        "id_children-0-given",
    ),
    (
        {"children__0__nhs_number": "1234567890"},
        "Child 1: This is not an NHS number",
        "id_children-0-nhs_number",
    ),
    ({"children__0__born__month": "13"}, "Child 1: The month must be a number", "id_children-0-born_1"),
    (
        {"children__0__born__year": "2999"},
        "Child 1: The date of birth is in the future",
        "id_children-0-born_0",
    ),
    (
        {"others__0__given": "", "others__0__family": "", "others__0__relationship": ""},
        "Person 1: Give a name",
        "id_others-0-given",
    ),
    (
        {"caller": "anonymous", "caller_name": "Mrs Hart"},
        "You have a name or number for a caller",
        "id_caller_name",
    ),
]


@pytest.mark.parametrize(("change", "words", "target"), WRONG)
def test_a_mistake_is_named_with_a_link_to_it_and_every_word_stays(
    town: Town, change: dict[str, str], words: str, target: str
) -> None:
    client = signed_in(town.ros)
    answer = client.post(NEW, typed(arose="Noticed on Friday 🧩 مرحبا", **change))
    page = answer.content.decode()
    assert answer.status_code == 400 and Referral.objects.count() == 0
    assert f'<a href="#{target}">{words}' in page and f'id="{target}"' in page
    assert "Noticed on Friday 🧩 مرحبا" in page
    assert "<title>Error:" in page
    again = client.get(NEW).content.decode()
    assert "Noticed on Friday 🧩 مرحبا" in again and "There is a problem" not in again


def test_a_concern_needs_a_child(town: Town) -> None:
    client = signed_in(town.ros)
    nobody = {name: value for name, value in typed().items() if not name.startswith("children-0")}
    answer = client.post(NEW, {**nobody, "children-TOTAL_FORMS": "0"})
    assert answer.status_code == 400
    assert '<a href="#id_children-0-given">Child 1: Name at least one child' in answer.content.decode()


def test_without_a_script_a_block_is_added_and_another_removed(town: Town) -> None:
    client = signed_in(town.ros)
    answer = client.post(NEW, typed(add="others"))
    assert answer.url == f"{NEW}#others-1" and Referral.objects.count() == 0
    page = client.get(NEW).content.decode()
    assert 'name="others-1-given"' in page and "Attendance fell to 82% this term." in page
    two = typed(others__TOTAL_FORMS="2", others__1__part="household", others__1__given="Lee", keep="1")
    assert client.post(NEW, {**two, "others-0-DELETE": "on"}).status_code == 302
    left = client.get(NEW).content.decode()
    assert re.search(r'name="others-0-given"[^>]*value="Lee"|value="Lee"[^>]*name="others-0-given"', left)
    assert "others-1-given" not in left.split("<template")[0] and "Donna" not in left


def test_several_drafts_at_once_and_one_is_thrown_away(town: Town) -> None:
    client = signed_in(town.ros)
    other = f"/our-concerns/new/?draft={uuid4()}"
    client.post(NEW, typed(keep="1"))
    client.post(other, typed(keep="1", children__0__given="Zofia", children__0__family="Wójcik"))
    page = client.get("/our-concerns/").content.decode()
    assert "Katie Walsh" in page and "Zofia Wójcik" in page
    assert "Katie Walsh" not in signed_in(town.amina).get("/our-concerns/").content.decode()
    client.post("/our-concerns/drafts/throw-away/", {"which": DRAFT})
    page = client.get("/our-concerns/").content.decode()
    assert "Katie Walsh" not in page and "Zofia Wójcik" in page


def test_sending_uses_up_the_draft(town: Town) -> None:
    client = signed_in(town.ros)
    client.post(NEW, typed(keep="1"))
    client.post(NEW, typed(**hidden(client)))
    assert "Your drafts" not in client.get("/our-concerns/").content.decode()


def test_a_fresh_form_gets_a_draft_of_its_own(town: Town) -> None:
    client = signed_in(town.ros)
    places = {client.get("/our-concerns/new/").url for _again in range(2)}
    assert len(places) == 2
    assert all(UUID(place.partition("draft=")[2]) for place in places)


def test_long_words_and_a_script_in_a_name_survive_as_words(town: Town) -> None:
    client = signed_in(town.ros)
    long = "Ä" * 9_990 + " the end"
    answer = client.post(NEW, typed(concern=long, children__0__given="<script>alert(1)</script>"))
    page = client.get(answer.url).content.decode()
    assert long in page
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page


def test_a_member_of_the_public_need_not_answer_for_the_parents(town: Town) -> None:
    client = signed_in(town.ros)
    answer = client.post(
        NEW, typed(caller="public", caller_name="Mrs Hart", anonymity_asked="on", parents_know="")
    )
    page = client.get(answer.url).content.decode()
    assert "Nothing about the family" in page and "Asked not to be named" in page


def test_a_child_without_a_name_is_known_by_a_description(town: Town) -> None:
    client = signed_in(town.ros)
    unnamed = {"children__0__given": "", "children__0__family": "", "children__0__nhs_number": ""}
    answer = client.post(NEW, typed(**unnamed, children__0__description="About 4, red coat"))
    assert "About 4, red coat" in client.get(answer.url).content.decode()


def test_an_agency_that_serves_several_authorities_chooses_one(town: Town) -> None:
    town.school.authorities.add(town.northvale)
    client = signed_in(town.ros)
    asked = client.post(NEW, typed())
    assert asked.status_code == 400 and "their address does not tell us" in asked.content.decode()
    assert '<a href="#id_authority_0">' in asked.content.decode()
    assert client.post(NEW, typed(authority=str(town.northvale.pk))).status_code == 302
    assert Referral.objects.get().to_agency.code == "NCSC"


def test_an_anonymous_caller_is_owed_no_feedback(town: Town) -> None:
    client = signed_in(town.ros)
    answer = client.post(NEW, typed(caller="anonymous", parents_know=""))
    assert "Nothing can be sent back" in client.get(answer.url).content.decode()
    assert not Referral.objects.get().feedback.exists()


def test_the_board_may_not_raise_or_read_concerns(town: Town) -> None:
    referral = operations.make(actor=town.ros, concern=concern(), now=MONDAY)
    client = signed_in(town.mary)
    assert client.get("/our-concerns/").status_code == 403
    assert client.get(NEW).status_code == 403
    assert client.post(NEW, typed()).status_code == 403
    assert client.get(f"/our-concerns/{referral.reference}/").status_code == 404
    assert Referral.objects.count() == 1


def test_another_agency_sees_no_more_than_that_there_is_nothing(town: Town) -> None:
    referral = operations.make(actor=town.ros, concern=concern(), now=MONDAY)
    for actor in (town.amina, town.nia, town.grace):
        assert signed_in(actor).get(f"/our-concerns/{referral.reference}/").status_code == 404
    assert signed_in(town.ros).get(f"/our-concerns/{referral.reference}/").status_code == 200


def test_the_sender_sees_neither_rating_nor_whether_others_know_the_child(town: Town) -> None:
    referral = operations.make(actor=town.ros, concern=concern(), now=MONDAY)
    operations.rate(actor=town.grace, referral=referral, code="red", reason="Violence at home", now=MONDAY)
    page = signed_in(town.ros).get(f"/our-concerns/{referral.reference}/").content.decode()
    assert "Red" not in page and "Violence at home" not in page and "Linked" not in page
    assert "Being screened" in page


def test_even_when_the_hub_itself_fails_the_words_come_back(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_given: object) -> None:
        raise RuntimeError("the disk is full")

    client = signed_in(town.ros)
    client.raise_request_exception = False
    form = typed(**hidden(client), arose="Noticed on Friday 🧩")
    with monkeypatch.context() as broken:
        broken.setattr(operations, "make", fail)
        assert client.post(NEW, form).status_code == 500
    assert "Noticed on Friday 🧩" in client.get(NEW).content.decode()
    assert client.post(NEW, form).status_code == 302, "the token was not spent"


def test_signed_out_the_words_are_kept_and_come_back(town: Town) -> None:
    client = signed_in(town.ros)
    form = typed(**hidden(client))
    client.logout()
    answer = client.post(NEW, form)
    assert "kept=1" in answer.url and Referral.objects.count() == 0
    page = signed_in(town.ros).get(NEW).content.decode()
    assert "Katie says her mother’s partner shouts" in page
