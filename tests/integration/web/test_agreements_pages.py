"""Sharing agreements in the browser: read by their parties, written by those who may, signed by each."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from agreements_in_tests import SHARETOWN, document, signed_by
from integration.web.journeys import sign_in
from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.agencies import queries as agency_queries
from jigsaw.hub.agencies.models import Agency
from jigsaw.hub.agreements.models import AgreementSignature, AgreementVersion
from jigsaw.hub.kit.actor import SYSTEM, Actor
from people_in_tests import NO_PASSWORD, Town

PAGE = "/agreements/SHARETOWN-CSA/1/"
EVIL = "<script>alert(1)</script> 🦊 עברית"


def someone(town: Town, role: str, where: Agency) -> Actor:
    email = f"{role}@{where.code.lower()}.example"
    account = agencies.Account(
        email=email,
        name=f"{role} {where.code}",
        job_title="Lead",
        agency=where,
        roles=(role,),
        password=NO_PASSWORD,
    )
    agencies.add_practitioner(actor=SYSTEM, account=account, now=timezone.now())
    return agency_queries.actor_by_email(email)


@pytest.fixture
def town(unsigned_town: Town, db: None) -> Town:
    """The partnership before it agreed on anything."""
    return copy.deepcopy(unsigned_town)


@pytest.fixture
def writer(town: Town) -> Actor:
    board = agency_queries.agency_by_code("SSCP")
    return someone(town, "agreements_manager", board)


@pytest.fixture
def signed(town: Town) -> AgreementVersion:
    return signed_by(Agency.objects.exclude(sector="XX"), now=timezone.now())


def fields(page: Any) -> dict[str, Any]:
    """A form as the browser would send it back, blocks included."""
    sent: dict[str, Any] = {"token": str(page.context["token"])}
    formsets = [page.context["parties"], page.context["clauses"]]
    for form in [
        page.context["form"],
        *(f for formset in formsets for f in (formset.management_form, *formset)),
    ]:
        for bound in form:
            value = bound.value()
            if hasattr(value, "year"):
                for part in ("day", "month", "year"):
                    sent[f"{bound.html_name}-{part}"] = str(getattr(value, part))
            elif value not in (None, "", False):
                sent[bound.html_name] = value
    return sent


def test_a_party_reads_it_in_plain_english_and_who_signed(
    client: Client, town: Town, signed: AgreementVersion
) -> None:
    sign_in(client, town.amina)
    listed = client.get("/agreements/").content.decode()
    assert SHARETOWN["name"] in listed and "In force" in listed
    page = client.get("/agreements/SHARETOWN-CSA/", follow=True).content.decode()
    assert "Where a child may suffer significant harm" in page
    assert "Intelligence is not used to offer help to a family" in page
    assert "Sharetown 0–19 Health Service" in page and "Chief officer" in page
    assert "Write the next version" not in page and "End it early" not in page
    exported = json.loads(client.get(f"{PAGE}file/json/").content)
    assert exported == json.loads(json.dumps(signed.content))
    assert json.loads(client.get(f"{PAGE}file/odrl/").content)["@type"] == "Agreement"
    assert client.get(f"{PAGE}file/exe/").status_code == 404


def test_whoever_is_no_party_sees_what_one_sees_of_nothing(client: Client, town: Town, writer: Actor) -> None:
    far = document(party=[each for each in SHARETOWN["party"] if each["sector"] in ("SC", "PO", "HE")])
    codes = {each["code"] for each in far["party"]}
    far["defaults"] = [{**far["defaults"][0], "to": sorted(codes)}]
    far["exceptions"] = []
    signed_by(Agency.objects.filter(sector__in=["SC", "PO", "HE"]), now=timezone.now(), content=far)
    sign_in(client, town.ros)
    assert "No agreement covers your agency" in client.get("/agreements/").content.decode()
    theirs, absent = client.get(PAGE), client.get("/agreements/NO-SUCH/1/")
    assert theirs.status_code == absent.status_code == 404
    for path in (
        f"{PAGE}edit/",
        f"{PAGE}sign/",
        f"{PAGE}end/",
        f"{PAGE}file/json/",
        f"{PAGE}compared-with/1/",
    ):
        assert client.get(path).status_code in (403, 404), path


def test_only_those_who_write_agreements_begin_one(client: Client, town: Town, writer: Actor) -> None:
    form = {"name": EVIL, "identifier": "OUR-CSA", "begin": "template"}
    for actor in (town.amina, town.grace, town.ade, town.mary):
        sign_in(client, actor)
        assert client.post("/agreements/new/", form).status_code == 403
        assert client.get("/agreements/import/").status_code == 403
    sign_in(client, writer)
    form["token"] = str(client.get("/agreements/new/").context["token"])
    for _press in range(2):
        assert client.post("/agreements/new/", form)["Location"] == "/agreements/OUR-CSA/1/edit/"
    row = AgreementVersion.objects.get()
    assert (row.state, row.content["name"]) == ("draft", EVIL)
    page = client.get("/agreements/OUR-CSA/1/edit/").content.decode()
    assert "things to put right before it can be signed" in page and "<script>alert" not in page
    again = client.post("/agreements/new/", {**form, "token": ""})
    assert again.status_code == 400 and "being written or signed" in again.content.decode()
    taken = client.post("/agreements/new/", {**form, "token": "", "identifier": "import"})
    assert taken.status_code == 400


def test_the_form_keeps_every_part_of_an_agreement(client: Client, town: Town, writer: Actor) -> None:
    sign_in(client, writer)
    begin = {"name": SHARETOWN["name"], "identifier": "SHARETOWN-CSA", "begin": "sharetown"}
    client.post("/agreements/new/", begin)
    page = client.get(f"{PAGE}edit/")
    sent = {**fields(page), "do": "read"}
    assert client.post(f"{PAGE}edit/", sent)["Location"] == PAGE
    row = AgreementVersion.objects.get()
    assert row.content == SHARETOWN, "sent back unchanged, it says the same"
    changed = {**fields(client.get(f"{PAGE}edit/")), "name": EVIL, "clauses-1-effect": "review"}
    assert client.post(f"{PAGE}edit/", changed).status_code == 302
    row.refresh_from_db()
    assert (row.content["name"], row.content["defaults"][1]["effect"]) == (EVIL, "review")
    unfinished = client.get(PAGE).content.decode()
    assert "$.defaults[1].reviewRole" in unfinished and "Nobody is named who decides" in unfinished
    assert "Send for signing" not in unfinished
    assert client.post(PAGE, {"do": "send"}).status_code == 400


def test_a_day_that_is_none_is_told_and_what_was_typed_stays(
    client: Client, town: Town, writer: Actor
) -> None:
    sign_in(client, writer)
    client.post("/agreements/new/", {"name": "A", "identifier": "SHARETOWN-CSA", "begin": "sharetown"})
    sent = fields(client.get(f"{PAGE}edit/")) | {"start-day": "31", "start-month": "2", "about": EVIL * 9}
    answer = client.post(f"{PAGE}edit/", sent)
    assert answer.status_code == 400 and "🦊" in answer.content.decode()
    assert AgreementVersion.objects.get().content["startDate"] == SHARETOWN["startDate"]
    assert "We kept what you had filled in" in client.get(f"{PAGE}edit/").content.decode()
    more = client.post(f"{PAGE}edit/", {**sent, "add": "clauses"})
    assert more["Location"].endswith("#clauses")
    shown = client.get(f"{PAGE}edit/").context["clauses"]
    assert len(shown.forms) == len(SHARETOWN["defaults"]) + len(SHARETOWN["exceptions"]) + 1


def test_it_is_sent_signed_by_each_and_then_in_force(client: Client, town: Town, writer: Actor) -> None:
    sign_in(client, writer)
    client.post("/agreements/new/", {"name": "A", "identifier": "SHARETOWN-CSA", "begin": "sharetown"})
    assert client.post(PAGE, {"do": "send"}).status_code == 302
    assert client.get(f"{PAGE}edit/").status_code == 302, "its words stand"
    for where in (town.front_door, town.police, town.health, town.school, town.housing, town.charity):
        sign_in(client, someone(town, "agency_signatory", where))
        page = client.get(f"{PAGE}sign/")
        assert f"Sign for {where.name}" in page.content.decode()
        token = str(page.context["token"])
        assert [client.post(f"{PAGE}sign/", {"token": token}).status_code for _press in range(2)] == [
            302,
            302,
        ]
    assert AgreementSignature.objects.count() == 6
    assert "In force" in client.get(PAGE).content.decode()
    sign_in(client, town.amina)
    assert client.post(f"{PAGE}sign/").status_code == 403
    sign_in(client, writer)
    end = client.post(f"{PAGE}end/", {"why": " "})
    assert end.status_code == 400
    assert client.post(f"{PAGE}end/", {"why": EVIL}).status_code == 302
    ended = client.get(PAGE).content.decode()
    assert "Ended early" in ended and "<script>alert" not in ended


def test_two_versions_are_compared_in_words(
    client: Client, town: Town, writer: Actor, signed: AgreementVersion
) -> None:
    sign_in(client, writer)
    assert client.post(PAGE, {"do": "next"})["Location"] == "/agreements/SHARETOWN-CSA/2/edit/"
    path = "/agreements/SHARETOWN-CSA/2/"
    sent = fields(client.get(f"{path}edit/"))
    sent["clauses-2-effect"], sent["clauses-2-role"] = "review", "caldicott_guardian"
    client.post(f"{path}edit/", sent)
    page = client.get(f"{path}compared-with/1/").content.decode()
    assert (
        "Stricter:" in page
        and "allowed → the Caldicott Guardian decides" in page
        and "Clause 1.3 was" in page
    )
    sign_in(client, town.amina)
    assert client.get(f"{path}compared-with/1/").status_code == 404, "a draft is for those who write it"
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"", "empty"),
        (b"\xff\xfe\x00", "not a text in UTF-8"),
        (b'{"a": ', "This is not JSON: look at line 1"),
        (b"[" * 20000, "This is not JSON"),
        (b"[]", "one JSON object"),
        (b'{"identifier": {"value": "X Y"}}', "$.party"),
        (json.dumps(document(version=7)).encode(), "The next version of this agreement is number 1"),
        (json.dumps({**SHARETOWN, "unknownKey": EVIL}, ensure_ascii=False).encode(), "unknownKey"),
    ],
)
def test_bad_files_are_told_and_lose_nothing(
    client: Client, town: Town, writer: Actor, said: bytes, words: str
) -> None:
    sign_in(client, writer)
    answer = client.post("/agreements/import/", {"file": SimpleUploadedFile("a.json", said), "do": "check"})
    page = answer.content.decode()
    assert answer.status_code == 400 and words in page
    assert "<script>alert" not in page
    assert not AgreementVersion.objects.exists()
    if said.startswith(b'{"format"'):
        assert "SHARETOWN-CSA" in page, "what was brought stands there to be put right"


def test_a_good_file_becomes_a_draft_and_a_bad_one_can_be_kept(
    client: Client, town: Town, writer: Actor
) -> None:
    sign_in(client, writer)
    good = SimpleUploadedFile("a.json", json.dumps(SHARETOWN).encode())
    assert client.post("/agreements/import/", {"file": good, "do": "check"}).status_code == 302
    assert AgreementVersion.objects.get().content == SHARETOWN
    unfinished = json.dumps({"identifier": {"value": "OTHER"}, "name": "Ours", "party": "nobody"})
    kept = client.post("/agreements/import/", {"text": unfinished, "do": "keep"})
    assert kept["Location"] == "/agreements/OTHER/1/edit/"
    assert client.get(kept["Location"]).status_code == 200
    client.post("/agreements/OTHER/1/", {"do": "throw_away"})
    assert AgreementVersion.objects.count() == 1
