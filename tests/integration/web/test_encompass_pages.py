"""The pages of notices of domestic abuse: written by the police, read and acknowledged at school."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integration.web.journeys import sign_in
from jigsaw.hub.chronology.models import Entry
from jigsaw.hub.encompass import queries
from jigsaw.hub.people.records import Facts
from people_in_tests import KATIE, Town
from practice_in_tests import Practice


def typed(town: Town, **changes: str) -> dict[str, Any]:
    """The whole form as a constable fills it in."""
    day = timezone.localdate() - timedelta(days=1)
    return {
        "given": "Katie <b>",
        "family": "Walsh",
        "born-day": "3",
        "born-month": "3",
        "born-year": "2012",
        "authority": str(town.sharetown.pk),
        "school": str(town.school.pk),
        "police_reference": "SP-4417",
        "happened_on-day": str(day.day),
        "happened_on-month": str(day.month),
        "happened_on-year": str(day.year),
        "happened_at": "21:40",
        "place": "12 Harbour Lane",
        "present": "saw",
        "child_words": "I hid 🙈",
        "circumstances": "A man was arrested. <script>",
        **changes,
    }


def test_the_police_send_it_once_and_the_school_reads_and_acknowledges_it(client: Client, town: Town) -> None:
    sign_in(client, town.hannah)
    new = reverse("encompass-new")
    token = client.get(new).context["token"]
    sent = [client.post(new, {**typed(town), "token": token})["Location"] for _ in range(2)]
    assert sent[0] == sent[1]
    assert len(queries.listed(town.hannah, now=timezone.now())) == 1
    assert "Sent" in client.get(sent[0]).content.decode()
    sign_in(client, town.ros)
    assert sent[0] in client.get(reverse("encompass")).content.decode()
    page = client.get(sent[0])
    read = page.content.decode()
    assert "Katie &lt;b&gt; Walsh" in read
    assert "A man was arrested. &lt;script&gt;" in read
    assert "I hid 🙈" in read
    answer = {"token": page.context["token"], "what_is_done": "Her tutor meets her."}
    assert client.post(sent[0], answer).status_code == 302
    sign_in(client, town.hannah)
    told = client.get(sent[0]).content.decode()
    assert "Her tutor meets her." in told
    assert "Acknowledged" in told


def test_the_school_writes_it_into_its_own_record_once_somebody_has_read_it_over(
    client: Client, town: Town
) -> None:
    sign_in(client, town.hannah)
    katie = Practice(town).hold(town.ros, replace(KATIE, given="Katie"))
    known = typed(town, given="Katie") | {"postcode": "ST1 4QZ"}
    sent = client.post(reverse("encompass-new"), known)["Location"]
    reference = sent.rstrip("/").rpartition("/")[2]
    address = f"{reverse('child-add', args=[katie.person_id])}?notice={reference}"
    assert "Write this into the record" not in client.get(sent).content.decode(), (
        "it is the police's own notice"
    )
    sign_in(client, town.ros)
    assert address in client.get(sent).content.decode()
    page = client.get(address)
    form = page.context["form"]
    read = page.content.decode()
    assert not Entry.objects.exists(), "nothing is written before it was read over"
    assert (
        "A man was arrested. &lt;script&gt;" in read and "I hid 🙈" in read and f"notice {reference}" in read
    )
    filled = {field.html_name: field.value() for field in form if field.value() not in (None, "", False)}
    told = timezone.localdate() - timedelta(days=1)
    filled |= {f"happened_on-{part}": getattr(told, part) for part in ("day", "month", "year")}
    filled |= {"token": page.context["token"], "happened_at": "21:40"}
    assert client.post(address, filled).status_code == 400, "the kind is theirs to choose"
    assert client.post(address, filled | {"kind": "school_concern"}).status_code == 302
    entry = Entry.objects.get()
    assert (entry.agency, entry.how_known, entry.child_words) == (town.school, "reported", "I hid 🙈")
    other = Practice(town).hold(town.ros, Facts(given="Ben", family="Hall"), key="2")
    assert client.get(f"{reverse('child-add', args=[other.person_id])}?notice={reference}").status_code == 404
    Practice(town).hold(town.tom)
    sign_in(client, town.tom)
    assert client.get(address).status_code == 404, "it went to the school alone"


def test_what_is_missing_is_asked_for_and_what_was_typed_stays(client: Client, town: Town) -> None:
    sign_in(client, town.hannah)
    new = reverse("encompass-new")
    token = client.get(new).context["token"]
    answer = client.post(new, {**typed(town, present="", police_reference=""), "token": token})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "A man was arrested. &lt;script&gt;" in page
    assert "There is a problem" in page
    assert "We kept what you had filled in" in client.get(new).content.decode()


def test_it_begins_from_a_childs_page_with_what_the_police_know(client: Client, town: Town) -> None:
    katie = Practice(town).hold(town.hannah)
    sign_in(client, town.hannah)
    about = reverse("encompass-child", args=[katie.person_id])
    assert about in client.get(reverse("child", args=[katie.person_id])).content.decode()
    page = client.get(about).content.decode()
    assert 'value="Walsh"' in page
    assert 'value="2012"' in page


def test_others_neither_write_nor_read_it(client: Client, town: Town) -> None:
    sign_in(client, town.ros)
    assert client.get(reverse("encompass-new")).status_code == 404
    assert client.get(reverse("encompass-notice", args=["D-0000-0000"])).status_code == 404
    sign_in(client, town.amina)
    assert "No notices yet" in client.get(reverse("encompass")).content.decode()
