"""A document comes in clean or not at all, hangs on its entry, and opens to those alone who may see it there."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from clamd_in_tests import fake_clamd
from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.alerts.models import Notice
from jigsaw.hub.audit.models import Entry as AuditEntry
from jigsaw.hub.chronology import documents, renewing
from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.chronology.models import Document, Entry, ReleasedDocument
from jigsaw.hub.disclosures.judging import Choice
from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.jobs import deliver_notices
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, NotHere, Refused, WrongState
from jigsaw.hub.people import operations as people
from jigsaw.hub.web import uploads
from jigsaw.papers import Scanner, cleaning
from jigsaw.papers.outcome import LARGEST
from papers_in_tests import EICAR, a_docx, a_pdf, a_photograph
from people_in_tests import Town
from practice_in_tests import ADVISED, Practice, part, piece, share, withhold

NOW = timezone.now()
SECRET = "Dear Amina, the scar is two centimetres long."


@pytest.fixture
def practice(town: Town) -> Practice:
    return Practice(town, now=NOW)


@pytest.fixture
def entry(practice: Practice) -> Entry:
    return practice.write(practice.town.amina, practice.hold(practice.town.amina))


def person_of(entry: Entry) -> UUID:
    return entry.subjects.get().record.person_id


def as_(client: Client, actor: Actor) -> Client:
    client.force_login(agencies.active_practitioner(actor.practitioner_id))
    return client


def page_of(entry: Entry) -> str:
    return f"/children/{person_of(entry)}/entries/{entry.pk}/documents/add/"


def send(client: Client, entry: Entry, data: bytes, *, name: str = "letter.pdf", **fields: Any) -> Any:
    file = SimpleUploadedFile(name, data, content_type="text/html")
    return client.post(page_of(entry), {"title": "Letter from Dr Hall", "file": file, **fields})


def attach(practice: Practice, entry: Entry, data: bytes = SECRET.encode(), **changes: Any) -> Document:
    whole = {"actor": practice.town.amina, "entry": entry.pk, "title": "Letter", "scanned": False}
    return documents.attach(**whole | changes, paper=cleaning.clean(data), now=practice.now)


def sending(entry: Entry, document: Document) -> Choice:
    return replace(share(entry), documents=(document.pk,))


def address(entry: Entry, document: Document) -> str:
    return f"/children/{person_of(entry)}/documents/{document.pk}/"


# --- coming in -------------------------------------------------------------------------------------


def test_a_letter_is_attached_and_handed_out_clean(client: Client, town: Town, entry: Entry) -> None:
    as_(client, town.amina)
    sent = send(client, entry, a_pdf("Dear Amina", harm="a script on opening"))
    child = f"/children/{person_of(entry)}/"
    assert (sent.status_code, sent["Location"]) == (302, f"{child}#e-{entry.pk}")
    page = client.get(child).content.decode()
    assert "Letter from Dr Hall" in page and "PDF, 1 page" in page and "Taken out: scripts." in page
    [document] = Document.objects.all()
    got = client.get(address(entry, document))
    assert got["Content-Disposition"] == 'attachment; filename="Letter from Dr Hall.pdf"'
    assert (got["Content-Type"], got["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert (
        "sandbox" in got["Content-Security-Policy"] and "default-src 'none'" in got["Content-Security-Policy"]
    )
    assert got["Cache-Control"] == "no-store"
    assert got.content.startswith(b"%PDF-") and b"alert" not in got.content
    actions = AuditEntry.objects.filter(action__startswith="document.").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == ["document.attached", "document.opened"]


def test_a_name_is_encoded_whatever_the_title_says(client: Client, practice: Practice, entry: Entry) -> None:
    """ASVS 5.4.2."""
    as_(client, practice.town.amina)
    for title, name in (
        ('a"; filename="b.exe', 'attachment; filename="a filename b.exe.txt"'),
        ("Brief – März\r\nSet-Cookie: x=1", "attachment; filename*=utf-8''Brief%20%E2%80%93%20M%C3%A4rzSet-Cookie%20x%201.txt"),
        ("../../etc/passwd", 'attachment; filename="etc passwd.txt"'),
    ):  # fmt: skip
        got = client.get(address(entry, attach(practice, entry, title=title)))
        assert got["Content-Disposition"] == name and "Set-Cookie" not in got


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (a_docx(), "document of an office program"),
        (a_pdf(password="x"), "protected by a password"),
        (b"<html><script>alert(1)</script>", "web page or drawing"),
        (b"x" * (LARGEST + 1), "larger than 10 MB"),
        (b"", "nothing in this file"),
    ],
)
def test_what_is_refused_is_refused_beside_the_field_and_nothing_typed_is_lost(
    client: Client, town: Town, entry: Entry, data: bytes, words: str
) -> None:
    sent = send(as_(client, town.amina), entry, data, draft=f"people:document:{entry.pk}")
    page = sent.content.decode()
    assert sent.status_code == 400 and words in page and "govuk-error-summary" in page
    assert 'value="Letter from Dr Hall"' in page and not Document.objects.exists()
    assert 'value="Letter from Dr Hall"' in client.get(page_of(entry)).content.decode(), "kept as a draft"


def test_a_form_without_a_file_or_a_title_asks_for_them(client: Client, town: Town, entry: Entry) -> None:
    page = as_(client, town.amina).post(page_of(entry), {"title": ""}).content.decode()
    assert "Choose a file" in page and "Say what it is" in page


def test_pressed_twice_it_is_attached_once(client: Client, town: Town, entry: Entry) -> None:
    as_(client, town.amina)
    token = re.search(r'name="token" value="([^"]+)"', client.get(page_of(entry)).content.decode())
    assert token
    for _time in range(2):
        assert send(client, entry, b"Dear Amina", token=token[1]).status_code == 302
    assert Document.objects.count() == 1


def test_a_flood_is_cut_off(
    client: Client, town: Town, entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "FLOOD", 5000)
    sent = send(as_(client, town.amina), entry, b"Dear Amina " * 1000)
    assert sent.status_code == 400 and "Choose a file" in sent.content.decode()


def test_a_scanner_is_asked_where_there_is_one(
    client: Client, town: Town, entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_(client, town.amina)
    with fake_clamd() as clamd:
        monkeypatch.setattr(settings, "VIRUS_SCANNER", Scanner(clamd.address, patience=5))
        assert "takes this file for harmful" in send(client, entry, EICAR).content.decode()
        assert AuditEntry.objects.filter(action="document.infected").count() == 1
        assert send(client, entry, b"Dear Amina").status_code == 302
    assert Document.objects.get().scanned
    monkeypatch.setattr(settings, "VIRUS_SCANNER", Scanner(clamd.address, patience=1))
    assert "does not answer" in send(client, entry, b"Dear Amina").content.decode()
    assert Document.objects.count() == 1


# --- who may -----------------------------------------------------------------------------------------


def test_only_those_of_the_agency_who_add_to_its_records_attach(
    client: Client, practice: Practice, entry: Entry
) -> None:
    town = practice.town
    assert send(as_(client, town.hannah), entry, b"Dear Amina").status_code == 404
    reader = practice.someone("Rita Book", town.health, "agreements_manager")
    assert send(as_(client, reader), entry, b"Dear Amina").status_code in (403, 404)
    assert not Document.objects.exists()


def test_it_opens_to_its_own_agency_and_to_nobody_else(
    client: Client, practice: Practice, entry: Entry
) -> None:
    document, town = attach(practice, entry), practice.town
    assert as_(client, town.amina).get(address(entry, document)).content.decode() == SECRET
    for other in (town.hannah, town.grace, town.nia):
        assert as_(client, other).get(address(entry, document)).status_code == 404
        with context.acting(other, door="web", now=NOW):
            assert not Document.objects.filter(pk=document.pk).exists(), "nor to a query that forgets to ask"


def test_whoever_is_too_close_opens_nothing(practice: Practice, entry: Entry) -> None:
    document, amina = attach(practice, entry), practice.town.amina
    people.declare_conflict(
        actor=SYSTEM, practitioner=amina.practitioner_id, person=person_of(entry), why="Aunt", now=NOW
    )
    with pytest.raises((NotHere, Refused)):
        documents.read(amina, person_of(entry), document.pk, now=NOW)
    with context.acting(amina, door="web", now=NOW):
        assert not Document.objects.exists()


def test_it_leaves_with_a_release_that_takes_it_along_and_no_longer(practice: Practice, entry: Entry) -> None:
    town = practice.town
    letter, picture = attach(practice, entry), attach(practice, entry, a_photograph(), title="Body map")
    release = {"to_agency": town.front_door.pk, "reference": "E-1", "title": "T", "text": "", "child_words": "",
               "in_part": False, "now": NOW}  # fmt: skip

    def sees() -> set[UUID]:
        with context.acting(town.grace, door="web", now=NOW + timedelta(seconds=1)):
            return set(Document.objects.values_list("pk", flat=True))

    chronology.release(entry=entry, documents=[letter.pk], **release)
    assert sees() == {letter.pk}
    newer = correct(practice, entry)
    chronology.release(entry=newer, documents=[picture.pk], **release)
    assert sees() == {picture.pk}, "a later decision takes the place of an earlier one"
    chronology.end_releases(reference="E-1", now=NOW)
    assert sees() == set()


def test_no_document_of_another_entry_leaves_with_a_release(practice: Practice, entry: Entry) -> None:
    other = practice.write(practice.town.amina, entry.subjects.get().record, title="Another")
    letter = attach(practice, other)
    with pytest.raises(NotHere):
        chronology.release(
            entry=entry, documents=[letter.pk], to_agency=practice.town.front_door.pk, reference="E-1",
            title="T", text="", child_words="", in_part=False, now=NOW,
        )  # fmt: skip


def test_it_leaves_with_an_answer_only_if_whoever_answers_ticks_it(
    client: Client, practice: Practice, entry: Entry
) -> None:
    town, note = practice.town, practice.raised()
    letter, picture = attach(practice, entry), attach(practice, entry, a_photograph(), title="Body map")
    recipient = practice.asked(practice.enquiry(note))
    page = as_(client, town.amina).get(f"/requests/{recipient.reference}/").content.decode()
    assert f'name="along-{entry.pk}" value="{letter.pk}"' in page and "Body map (picture" in page
    assert not re.search(r'name="along-[^>]*checked', page), "nothing goes along unless somebody says so"
    with pytest.raises(Invalid) as refused:
        practice.answer(recipient, replace(part(entry, "Seen."), documents=(letter.pk,)))
    assert "whole entry only" in str(refused.value.fields[f"item-{entry.pk}"])
    practice.answer(recipient, sending(entry, letter))
    as_(client, town.grace)
    told = client.get(
        f"/enquiries/{recipient.request.enquiry.reference}/answers/{recipient.reference}/"
    ).content.decode()
    assert "Documents sent along" in told and f"/documents/{letter.pk}/" in told and "Body map" not in told
    [link] = re.findall(rf'href="(/children/[^"]+/documents/{letter.pk}/)"', told)
    assert client.get(link).content.decode() == SECRET
    assert client.get(link.replace(str(letter.pk), str(picture.pk))).status_code == 404
    requests.look_again(actor=town.amina, recipient=recipient, now=NOW)
    page = as_(client, town.amina).get(f"/requests/{recipient.reference}/").content.decode()
    assert re.search(rf'value="{letter.pk}"[^>]*checked', page), "asked again, what was sent stands"


def test_a_name_that_must_not_leave_does_not_leave_in_a_letter(practice: Practice, entry: Entry) -> None:
    told = practice.write(
        practice.town.amina, entry.subjects.get().record, protect=("Alma Dray",), title="Told"
    )
    plain = attach(practice, told, b"Alma Dray told me.")
    scan = attach(practice, told, a_pdf("Alma Dray told me"), title="Scan")
    recipient = practice.asked()
    others = (withhold(entry),)
    with pytest.raises(Invalid) as refused:
        practice.answer(recipient, *others, sending(told, plain))
    assert "Take out “Alma Dray”" in str(refused.value.fields[f"item-{told.pk}"]), "the text was read"
    with pytest.raises(Invalid) as refused:
        practice.answer(recipient, *others, sending(told, scan))
    assert "Read every page" in str(refused.value.fields[f"item-{told.pk}"])
    made = practice.answer(recipient, *others, sending(told, scan), grounds=ADVISED)
    assert made.items.get(entry=told).release.documents.count() == 1


# --- with its entry -----------------------------------------------------------------------------------


def correct(practice: Practice, entry: Entry) -> Entry:
    about = [person_of(entry)]
    actor, changed = practice.town.amina, piece(title="Put right")
    return chronology.correct(
        actor=actor, entry=entry.pk, piece=changed, persons=about, reason="Wrong.", now=NOW
    )


def test_it_goes_with_every_version_and_leaves_the_page_when_the_entry_is_withdrawn(
    client: Client, practice: Practice, entry: Entry
) -> None:
    letter = attach(practice, entry, title="Letter one")
    newer = correct(practice, entry)
    attach(practice, newer, title="Letter two")
    as_(client, practice.town.amina)
    child = f"/children/{person_of(entry)}/"
    page = client.get(child).content.decode()
    assert page.index("Put right") < page.index("Letter one") < page.index("Letter two")
    gone = chronology.withdraw(actor=practice.town.amina, entry=newer.pk, reason="Wrong child.", now=NOW)
    assert "Letter one" not in client.get(child).content.decode()
    assert "Letter one" in client.get(f"{child}entries/{gone.pk}/").content.decode(), (
        "as its versions stay readable"
    )
    assert client.get(address(entry, letter)).status_code == 200
    with pytest.raises(WrongState):
        attach(practice, gone)


def test_taken_off_it_is_seen_by_its_own_agency_alone_with_the_reason(
    client: Client, practice: Practice, entry: Entry
) -> None:
    town, letter = practice.town, attach(practice, entry)
    chronology.release(
        entry=entry, documents=[letter.pk], to_agency=town.front_door.pk, reference="E-1",
        title="T", text="", child_words="", in_part=False, now=NOW,
    )  # fmt: skip
    as_(client, town.amina)
    where = f"{address(entry, letter)}take-off/"
    assert f'href="{where}"' in client.get(f"/children/{person_of(entry)}/").content.decode()
    assert client.post(where, {}).status_code == 400
    assert client.post(where, {"because": "wrong_file"}).status_code == 302
    assert "Letter" not in re.sub(
        r"(?s)<head>.*?</head>", "", client.get(f"/children/{person_of(entry)}/").content.decode()
    )
    shown = client.get(f"/children/{person_of(entry)}/entries/{entry.pk}/").content.decode()
    assert "Taken off: It is the wrong file" in shown
    with context.acting(town.grace, door="web", now=timezone.now()):
        assert not Document.objects.exists()
    with pytest.raises(AlreadyDone):
        documents.take_off(actor=town.amina, document=letter.pk, because="wrong_file", now=NOW)
    assert not ReleasedDocument.objects.filter(ends_at=None).exists()


def test_whoever_it_was_shared_with_hears_that_it_was_taken_off_also_when_the_enquiry_is_over(
    practice: Practice, entry: Entry
) -> None:
    town, letter = practice.town, attach(practice, entry)
    unsent = attach(practice, entry, title="Stays here")
    recipient = practice.asked()
    practice.answer(recipient, sending(entry, letter))
    practice.closed(recipient.request.enquiry)

    def heard() -> list[str]:
        deliver_notices.run(timezone.now())
        rows = Notice.objects.filter(to_practitioner=town.grace.practitioner_id, topic="document.taken_off")
        return list(rows.values_list("reference", flat=True))

    documents.take_off(actor=town.amina, document=unsent.pk, because="wrong_file", now=timezone.now())
    assert heard() == [], "it went to nobody"
    documents.take_off(actor=town.amina, document=letter.pk, because="wrong_child", now=timezone.now())
    assert heard() == [recipient.reference] and heard() == [recipient.reference], "once"
    [notice] = Notice.objects.filter(topic="document.taken_off")
    assert "Letter" not in str(notice.parts), "no word of it"


def test_an_entry_has_room_for_so_many(
    practice: Practice, entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "MOST", 1)
    attach(practice, entry)
    with pytest.raises(WrongState, match="as many documents"):
        attach(practice, entry)
    with pytest.raises(Refused):
        attach(
            practice, entry, actor=practice.someone("Rita Book", practice.town.health, "agreements_manager")
        )


# --- as it is kept -----------------------------------------------------------------------------------


def test_no_byte_or_word_of_it_stands_in_the_table_and_its_key_can_be_renewed(
    practice: Practice, entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [b"k" * 32]
    monkeypatch.setattr(settings, "SEALED_WORDS_KEYS", lambda: list(keys))
    monkeypatch.setattr(settings, "CHANGE_SEALED_WORDS_KEYS", lambda new: keys.__setitem__(slice(None), new))
    letter = attach(practice, entry)
    with connection.cursor() as cursor:
        cursor.execute("SELECT d::text FROM chronology_document AS d WHERE id = %s", [letter.pk])
        held = str(cursor.fetchone())
    for word in (SECRET, "Letter", letter.sha256, letter.original_sha256):
        assert word not in held and word.encode().hex() not in held
    renewing.renew_key(actor=SYSTEM, now=NOW)
    assert keys != [b"k" * 32]
    opened = documents.read(practice.town.amina, person_of(entry), letter.pk, now=NOW)
    assert (opened.content.decode(), opened.title) == (SECRET, "Letter")


def test_without_its_key_all_of_it_is_gone(practice: Practice, entry: Entry) -> None:
    letter = attach(practice, entry)
    Document.objects.filter(pk=letter.pk).update(words_key=None)
    with pytest.raises(NotHere, match="erased"):
        documents.read(practice.town.amina, person_of(entry), letter.pk, now=NOW)
    assert Document.objects.get(pk=letter.pk).title == "These words were erased."


def test_bytes_of_another_row_do_not_open_and_nothing_is_written_over(
    practice: Practice, entry: Entry
) -> None:
    one, other = attach(practice, entry), attach(practice, entry, b"Another letter")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE chronology_document SET content = (SELECT content FROM chronology_document WHERE id = %s)"
            " WHERE id = %s",
            [one.pk, other.pk],
        )
    with pytest.raises(NotHere):
        documents.read(practice.town.amina, person_of(entry), other.pk, now=NOW)
    with pytest.raises(TypeError):
        Document.objects.get(pk=one.pk).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=one.pk).update(title="In plain words")
