"""The page of NHS numbers to trace: opened by who may, files out and in, decisions, and nothing lost or computed."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.people import numbers, reported
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.models import Trace
from jigsaw.hub.people.national_register.setting_up import Register
from jigsaw.hub.people.records import Facts
from jigsaw.hub.people.tracing import deciding
from jigsaw.hub.web.numbers import forms
from people_in_tests import KATIE as WHOLE
from people_in_tests import Town
from unit.people.register_in_tests import Reply, bundle, example, serving

NUMBER, OTHER = "9990000018", "9990000026"
KATIE = replace(WHOLE, identifiers=())
SCRIPT = "<script>alert(1)</script>"
TOKEN = "01a20000-0000-7000-8000-00000000000"


def as_(client: Client, actor: Actor) -> Client:
    client.force_login(agencies.active_practitioner(actor.practitioner_id))
    return client


def hold(actor: Actor, facts: Facts = KATIE, key: str = "1") -> Any:
    record, _outcome = people.hold(
        actor=actor, agency=actor.agency_id, system="test", source_key=key, facts=facts, now=timezone.now()
    )
    return record


def questions(client: Client, **sent: Any) -> list[dict[str, str]]:
    response = client.post("/numbers/questions.csv", {"what": ["missing"], "shape": "plain", **sent})
    assert response.status_code == 200, response.content.decode()
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"] and response["Cache-Control"] == "no-store"
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode(), newline="")))


def upload(client: Client, text: str | bytes, name: str = "answers.csv") -> Any:
    data = text if isinstance(text, bytes) else text.encode()
    return client.post("/numbers/", {"do": "answers", "answers": SimpleUploadedFile(name, data)})


def answered(row: dict[str, str], status: str, score: str = "-", number: str = "-") -> str:
    out = io.StringIO(newline="")
    whole = {**row, "SUI_Status": status, "SUI_Score": score, "SUI_NHSNo": number}
    writer = csv.DictWriter(out, fieldnames=list(whole))
    writer.writeheader()
    writer.writerow(whole)
    return out.getvalue()


def standing(record: Any) -> list[tuple[str, str]]:
    return [(n.value, n.standing) for n in numbers.numbers_of([record.pk]).get(record.pk, ())]


def test_it_opens_for_those_who_trace_and_nobody_else(client: Client, town: Town) -> None:
    hold(town.grace)
    assert "Katie Walsh" in as_(client, town.grace).get("/numbers/").content.decode()
    for actor in (town.amina, town.tom, town.hannah, town.mary, town.ade):
        visitor = as_(Client(), actor)
        assert visitor.get("/numbers/").status_code == 403
        assert upload(visitor, "SourceID,SUI_Status\n1,Match\n").status_code == 403
        assert (
            visitor.post("/numbers/questions.csv", {"what": "missing", "shape": "plain"}).status_code == 403
        )
        assert "/numbers/" not in visitor.get("/notices/").content.decode()


def test_questions_go_out_and_answers_come_back(client: Client, town: Town) -> None:
    record = hold(town.grace)
    as_(client, town.grace)
    [row] = questions(client)
    assert row["GivenName"] == "Katie"
    page = upload(client, answered(row, "Match", "0.99", NUMBER)).content.decode()
    assert "1 brought or confirmed a number" in page
    assert standing(record) == [(NUMBER, "verified")]
    again = upload(client, answered(row, "Match", "0.99", NUMBER)).content.decode()
    assert "1 taken before" in again


def test_nothing_to_ask_says_so(client: Client, town: Town) -> None:
    response = as_(client, town.grace).post("/numbers/questions.csv", {"what": ["missing"], "shape": "plain"})
    assert response.status_code == 400 and "There is no record to ask about" in response.content.decode()
    response = client.post("/numbers/questions.csv", {"shape": "plain"})
    assert response.status_code == 400 and "Choose which children to ask about" in response.content.decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"a,b\n1,2\n", "There is no column SourceID"),
        (b"%PDF-1.4", "a PDF document"),
        (b'SourceID,SUI_Status\n"x', "never closed"),
        (b"PK\x03\x04", "zip archive"),
    ],
)
def test_a_file_that_is_no_answer_is_refused_in_words(
    client: Client, town: Town, content: bytes, words: str
) -> None:
    response = upload(as_(client, town.grace), content)
    assert response.status_code == 400 and words in response.content.decode()


def test_a_file_that_is_too_large_is_refused_before_it_is_read(
    client: Client, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "LARGEST_UPLOAD", 10)
    response = upload(as_(client, town.grace), b"SourceID,SUI_Status\n1,Match\n")
    assert response.status_code == 400 and "larger than" in response.content.decode()


def test_rows_that_are_left_out_are_told_with_their_row_and_shown_as_text(client: Client, town: Town) -> None:
    text = f"SourceID,SUI_Status,{SCRIPT}\nstrange,Match,x\n"
    page = upload(as_(client, town.grace), text, name=f"{SCRIPT}.csv").content.decode()
    assert SCRIPT not in page and "1 left out" in page and "gives no number" in page


def test_a_script_in_a_name_is_shown_as_text_and_rtl_and_emoji_survive(client: Client, town: Town) -> None:
    hold(town.grace, replace(KATIE, given=SCRIPT, family="مريم 🐢"))
    page = as_(client, town.grace).get("/numbers/").content.decode()
    assert SCRIPT not in page and "مريم 🐢" in page


def test_a_decision_needs_a_choice_and_a_reason_and_keeps_what_was_typed(client: Client, town: Town) -> None:
    record = hold(town.grace)
    as_(client, town.grace)
    [row] = questions(client)
    upload(client, answered(row, "PotentialMatch", "0.9", NUMBER))
    page = client.get("/numbers/").content.decode()
    assert "The register found" in page and "999 000 0018" in page and "not certain enough" in page
    trace = str(Trace.objects.get().pk)
    sent = {"do": "decide", "trace": trace, "show": "decide", "token": TOKEN + "1"}
    response = client.post("/numbers/", {**sent, "reason": "Her red book says so."})
    assert response.status_code == 400 and "Her red book says so." in response.content.decode()
    for _press in range(2):
        response = client.post("/numbers/", {**sent, "verdict": "accept", "reason": "Her red book."})
        assert response.status_code == 302 and response["Location"] == "/numbers/?show=decide"
    assert standing(record) == [(NUMBER, "verified")]


def test_a_colleague_who_was_first_is_told(client: Client, town: Town) -> None:
    hold(town.grace)
    as_(client, town.grace)
    [row] = questions(client)
    upload(client, answered(row, "PotentialMatch", "0.9", NUMBER))
    sent = {"do": "decide", "trace": str(Trace.objects.get().pk), "reason": "So.", "verdict": "reject"}
    assert client.post("/numbers/", {**sent, "token": TOKEN + "1"}).status_code == 302
    assert client.post("/numbers/", {**sent, "token": TOKEN + "2"}).status_code == 409


def test_one_number_on_two_children_is_told_in_words_and_marked(client: Client, town: Town) -> None:
    both = (("nhs_number", NUMBER),)
    hold(town.amina, replace(KATIE, identifiers=both))
    jade = hold(town.hannah, Facts(given="Jade", family="Brennan", born=date(2015, 5, 5), identifiers=both))
    page = as_(client, town.grace).get("/numbers/?show=shared").content.decode()
    assert "999 000 0018 is on records of 2 people" in page and "Jade Brennan" in page
    sent = {"do": "question", "record": str(jade.pk), "value": NUMBER, "disputed": "1", "show": "shared"}
    assert client.post("/numbers/", {**sent, "reason": ""}).status_code == 400
    assert (
        client.post("/numbers/", {**sent, "reason": "It is Katie’s.", "token": TOKEN + "3"}).status_code
        == 302
    )
    assert standing(jade) == [(NUMBER, "disputed")]
    page = client.get(f"/children/{jade.person_id}/records/").content.decode()
    assert "In doubt" in page and "It is Katie’s." in page and "Grace Lindqvist" in page


def test_two_numbers_on_one_child_are_told_in_words(client: Client, town: Town) -> None:
    one = hold(town.amina, replace(KATIE, identifiers=(("nhs_number", NUMBER),)))
    two = hold(town.hannah, replace(KATIE, identifiers=(("nhs_number", OTHER),)))
    people.link(actor=town.grace, record=one, person=two.person_id, reason="Same.", now=timezone.now())
    page = as_(client, town.grace).get("/numbers/?show=two").content.decode()
    assert "Katie Walsh has 2 numbers in use" in page


def test_the_childs_page_says_how_a_number_stands(client: Client, town: Town) -> None:
    record = hold(town.grace)
    as_(client, town.grace)
    [row] = questions(client)
    upload(client, answered(row, "Match", "0.99", NUMBER))
    page = client.get(f"/children/{record.person_id}/").content.decode()
    assert "999 000 0018" in page and "Verified by a national register" in page


def test_unless_it_is_configured_the_page_says_what_is_needed_and_asks_nobody(
    client: Client, town: Town
) -> None:
    record = hold(town.grace)
    page = as_(client, town.grace).get("/numbers/").content.decode()
    assert "does not ask the NHS Personal Demographics Service itself" in page
    assert 'value="ask"' not in page
    response = client.post("/numbers/", {"do": "ask", "record": str(record.pk)})
    assert (
        response.status_code == 400
        and "does not ask the national register itself" in response.content.decode()
    )


def test_when_it_is_configured_a_child_is_asked_about_from_the_page(
    client: Client, town: Town, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    record = hold(town.grace, replace(KATIE, given="Jane", family="Smith", born=date(2010, 10, 22)))
    with serving() as (url, server):
        alive = {name: value for name, value in example("Patient").items() if name != "deceasedDateTime"}
        server.on("/Patient", Reply(bundle((alive, 1.0))))
        settings.NATIONAL_REGISTER = Register(url=url)
        page = as_(client, town.grace).get("/numbers/?show=missing").content.decode()
        assert "Ask the national register" in page
        sent = {"do": "ask", "record": str(record.pk), "show": "missing", "token": TOKEN + "4"}
        for _press in range(2):
            with django_capture_on_commit_callbacks(execute=True):
                to = client.post("/numbers/", sent)
            assert to.status_code == 302
        assert len(server.calls) == 1, "pressed twice, asked once"
    words = "The register is certain: the number is on the record now."
    assert words in client.get(to["Location"]).content.decode()
    officer = replace(town.ros, permissions=frozenset())
    assert words not in as_(Client(), officer).get(to["Location"]).content.decode()
    assert standing(record) == [("9000000009", "verified")]


def test_an_address_that_is_nonsense_changes_nothing(client: Client, town: Town) -> None:
    as_(client, town.grace)
    assert client.get("/numbers/?show=nothing&page=-1").status_code == 200
    assert client.get("/numbers/?page=99999").status_code == 200
    assert client.post("/numbers/", {"do": "nothing"}).status_code == 302
    assert client.post("/numbers/", {"do": "decide", "trace": "x"}).status_code == 404
    assert client.get("/numbers/questions.csv").status_code == 302


def settled(client: Client, record: Any, **sent: str) -> Any:
    told = {
        "do": "settle",
        "show": "inactive",
        "record": str(record.pk),
        "value": NUMBER,
        "token": TOKEN + "7",
    }
    return client.post("/numbers/", {**told, "reason": "Rang the surgery.", **sent})


def test_a_number_that_is_said_to_be_no_longer_theirs_waits_until_somebody_says_whose_it_is(
    client: Client, town: Town
) -> None:
    record = hold(town.grace, WHOLE)
    browser = as_(client, town.grace)
    assert not numbers.counts(town.grace, now=timezone.now())["inactive"]
    deciding.question(
        actor=town.grace, record=record.pk, value=NUMBER, disputed=True, reason="Told so.", now=timezone.now()
    )
    page = browser.get("/numbers/?show=inactive").content.decode()
    assert "Katie Walsh" in page and "In doubt" in page and "take them apart" in page
    for sent in (
        {},
        {"verdict": "superseded"},
        {"verdict": "superseded", "instead": NUMBER},
        {"verdict": "x"},
    ):
        assert settled(browser, record, **sent).status_code == 400
    assert "Rang the surgery." in settled(browser, record, verdict="superseded").content.decode()
    assert settled(as_(Client(), town.amina), record, verdict="anothers").status_code == 403
    for _again in range(2):
        answer = settled(browser, record, verdict="superseded", instead="999 000 0026")
        assert answer.status_code == 302
    assert standing(record) == [(NUMBER, "superseded")]
    [number] = numbers.numbers_of([record.pk])[record.pk]
    assert [(word.standing, word.superseded_by, word.by_person) for word in number.history] == [
        ("superseded", OTHER, True),
        ("disputed", "", True),
    ]
    assert not numbers.counts(town.grace, now=timezone.now())["inactive"]


def test_whoever_decides_on_links_decides_about_every_agencys_numbers_and_others_about_their_own(
    client: Client, town: Town
) -> None:
    record = hold(town.amina, WHOLE)
    with transaction.atomic():
        told = {"persons": [record.person_id], "value": NUMBER, "instead": OTHER, "by": "A hospital"}
        assert reported.report(actor=SYSTEM, now=timezone.now(), **told) == 1
    tracer = replace(town.grace, permissions=frozenset({"numbers.trace"}))
    assert numbers.counts(tracer, now=timezone.now())["inactive"] == 0
    browser = as_(client, town.grace)
    assert "A hospital said" in browser.get("/numbers/?show=inactive").content.decode()
    assert settled(browser, record, verdict="anothers").status_code == 302
    assert standing(record) == [(NUMBER, "invalid")]


def test_what_a_hospital_says_of_a_number_changes_nothing_until_somebody_decides(
    client: Client, town: Town
) -> None:
    record = hold(town.grace, WHOLE)
    told = {"persons": [record.person_id], "value": NUMBER, "instead": OTHER, "by": SCRIPT}
    with transaction.atomic():
        reports = [reported.report(actor=SYSTEM, now=timezone.now(), **told) for _again in range(2)]
    assert (reports, standing(record)) == ([1, 0], [(NUMBER, "given")])
    page = as_(client, town.grace).get("/numbers/?show=inactive").content.decode()
    assert "has become 999 000 0026" in page and SCRIPT not in page
    assert settled(client, record, verdict="theirs").status_code == 302
    assert not numbers.counts(town.grace, now=timezone.now())["inactive"]
    with transaction.atomic():
        assert reported.report(actor=SYSTEM, now=timezone.now(), **told) == 0, "it was decided"
