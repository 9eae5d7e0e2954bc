"""A letter or a picture goes with what is written down while answering, clean or not at all; no word is lost over it."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from clamd_in_tests import fake_clamd
from integration.web.journeys import PLAIN, Asked, ask_health, filled_in, sign_in
from jigsaw.hub.audit.models import Entry as AuditEntry
from jigsaw.hub.chronology import documents
from jigsaw.hub.chronology.models import Document, Entry, ReleasedDocument
from jigsaw.hub.information_requests import queries as requests
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.web.requests import papers
from jigsaw.papers import Scanner
from papers_in_tests import EICAR, a_docx, a_pdf
from people_in_tests import Town

pytestmark = pytest.mark.usefixtures("for_themselves")
TODAY = timezone.localdate()
TEXT = "She asked to be seen alone. 💬"


@pytest.fixture
def asked(town: Town) -> Asked:
    return ask_health(town, PLAIN)


def send(client: Client, asked: Asked, *files: bytes, actor: Actor | None = None, **changes: Any) -> Any:
    """The answer, with one more piece for each file."""
    sign_in(client, actor or asked.town.amina)
    about = asked.to_health.request.subjects.values_list("record", flat=True)[0]
    form: dict[str, Any] = {"added-TOTAL_FORMS": str(len(files)), "added-INITIAL_FORMS": "0"}
    for place, data in enumerate(files):
        form |= {
            f"added-{place}-kind": "child_account",
            f"added-{place}-title": f"Letter {place} from the clinic",
            f"added-{place}-text": TEXT,
            f"added-{place}-how_known": "child",
            f"added-{place}-source": "Amina Yusuf",
            f"added-{place}-about": [str(about)],
            f"added-{place}-happened_on-day": TODAY.day,
            f"added-{place}-happened_on-month": TODAY.month,
            f"added-{place}-happened_on-year": TODAY.year,
            f"added-{place}-file": SimpleUploadedFile("letter.pdf", data, content_type="text/html"),
        }
    [plain] = asked.entries
    return client.post(asked.page, {**filled_in(asked, {plain.pk: "share"}), **form, **changes})


def test_it_goes_along_clean_and_opens_for_whoever_asked(client: Client, asked: Asked) -> None:
    harmful = a_pdf("Dear Amina", harm="a script on opening")
    sign_in(client, asked.town.amina)
    assert 'enctype="multipart/form-data"' in client.get(asked.page).content.decode()
    assert send(client, asked, harmful).status_code == 302
    letter = Document.objects.get()
    assert (letter.title, letter.kind, letter.scanned) == ("Letter 0 from the clinic", "pdf", False)
    assert "scripts" in letter.taken_out
    assert ReleasedDocument.objects.get().document_id == letter.pk
    entry = Entry.objects.get(pk=letter.entry_id)
    assert (entry.title, entry.text) == ("Letter 0 from the clinic", TEXT)
    person = (
        requests.get(asked.town.grace, asked.to_health.reference).request.subjects.all()[0].record.person_id
    )
    opened = documents.read(asked.town.grace, person, letter.pk, now=timezone.now())
    assert opened.content.startswith(b"%PDF-") and b"JavaScript" not in opened.content
    assert opened.content != harmful


def test_what_does_not_come_in_is_refused_in_words_and_nothing_is_sent(client: Client, asked: Asked) -> None:
    before = Entry.objects.count()
    answer = send(client, asked, a_docx(), a_pdf("Dear Amina"))
    page = answer.content.decode()
    assert answer.status_code == 400 and "as PDF" in page and TEXT in page
    assert "Choose this file again" in page, "the one that was right is not kept either"
    assert not Document.objects.exists() and Entry.objects.count() == before
    many = send(client, asked, *[a_pdf("Dear Amina")] * (papers.MOST + 1))
    assert many.status_code == 400 and "At most 2 files" in many.content.decode()
    missing = send(client, asked, a_pdf("Dear Amina"), own_words="", why=[])
    assert missing.status_code == 400 and "Choose this file again" in missing.content.decode()
    left_out = send(client, asked, a_docx(), **{"added-0-DELETE": "on"})
    assert left_out.status_code == 302 and not Document.objects.exists()


def test_where_names_must_not_leave_somebody_reads_it_first(client: Client, asked: Asked) -> None:
    """No rule can read a letter as it is printed: whoever has the role decides."""
    answer = send(client, asked, a_pdf("Dear Amina"), protect="Mrs Hart")
    assert answer.status_code == 400 and "read" in answer.context["form"].non_field_errors()[0]
    assert not Document.objects.exists()
    assert (
        send(client, asked, a_pdf("Dear Amina"), protect="Mrs Hart", advice_from="Tom Baptiste").status_code
        == 302
    )


def test_no_file_is_opened_for_whoever_may_not_answer(
    client: Client, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[bytes] = []
    monkeypatch.setattr(papers, "receive", lambda data, _scanner: opened.append(data))
    for actor in (asked.town.nia, asked.town.hannah):
        assert send(client, asked, a_pdf("Dear Amina"), actor=actor).status_code == 404
    assert send(client, asked, a_pdf("Dear Amina"), actor=asked.town.grace).status_code == 302, (
        "to her own page"
    )
    assert send(client, asked, a_pdf("Dear Amina"), do="claim").status_code == 302
    assert opened == [] and not Document.objects.exists()


def test_a_scanner_that_takes_it_for_harmful_is_written_down(
    client: Client, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_clamd() as clamd:
        monkeypatch.setattr(settings, "VIRUS_SCANNER", Scanner(clamd.address, patience=5))
        assert "takes this file for harmful" in send(client, asked, EICAR).content.decode()
        [logged] = AuditEntry.objects.filter(action="document.infected")
        assert logged.people and logged.purpose == f"request {asked.to_health.reference}"
        assert send(client, asked, b"Dear Amina").status_code == 302
    assert Document.objects.get().scanned
