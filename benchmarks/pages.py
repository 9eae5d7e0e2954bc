"""How long do the four busiest pages take in a large authority?

The child's page, the inbox, finding someone (three ways) and deciding on a request: asked of the real addresses by
Django's test client, signed in, in this process, on a database of its own. That is server time: middleware,
authorisation, statements, audit, drawing and template, without the network.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmarks import filling, measuring
from benchmarks.filling import Filled
from benchmarks.measuring import Page
from jigsaw.hub.config import web_server
from jigsaw.hub.kit import prepare
from jigsaw.hub.kit.actor import Actor
from jigsaw.record_linkage.invented.slips import misspelt

SUBJECTS = 600


def run(
    *,
    persons: int,
    entries: int,
    samples: int = 200,
    repeats: int = 3,
    progress: Callable[[str], None] = lambda words: None,
) -> dict[str, object]:
    """Fill a database of its own, measure each page, and drop the database again.

    The answer has what the database holds and, per page, `median`, `p95` (milliseconds), `ratio` and what it is
    a ratio to.
    """
    prepare.static_files()
    with prepare.fresh_database(f"jigsaw_bench_{os.getpid()}"):
        filled = filling.fill(persons=persons, entries=entries, now=timezone.now(), progress=progress)
        return measure(filled, samples=samples, repeats=repeats, progress=progress)


def measure(
    filled: Filled, *, samples: int, repeats: int, progress: Callable[[str], None]
) -> dict[str, object]:
    """Measure each page on the filled database that Django is connected to."""
    results = {}
    web_server.settle()  # as the server does
    for page in pages(filled, random.Random(2)):
        progress(f"Measuring {page.name} …")
        results[page.name] = measuring.measured(page, samples=samples, repeats=repeats)
    return {
        "name": "pages",
        **filled.counts,
        "unit": "ms",
        "target_p95": measuring.TARGET_MS,
        "pages": results,
    }


def pages(filled: Filled, dice: random.Random) -> list[Page]:
    """What is measured, by whom, and against what."""
    worker, visitor = filled.social_worker, filled.health_visitor
    by_worker, by_visitor = browser(worker), browser(visitor)
    most, some = children(worker, dice)
    names = _names(dice)
    return [
        _child("child", by_worker, some),
        _child("child, the most written about", by_worker, most),
        Page(
            "inbox",
            list(range(1, len(_waiting(visitor, 2000)) // 25 + 1)),
            lambda number: get(by_visitor, f"{reverse('inbox')}?page={number}"),
            lambda number: _rows(INBOX_ROWS, {"agency": visitor.agency_id, "skip": (number - 1) * 25}),
            "the bare statement for the same 25 requests and whom they are about, without counts, access rules, "
            "audit and page",
        ),
        _find("find misspelt name and birthday", by_worker, names, _misspelt_with_birthday(names, dice)),
        _find("find name only", by_worker, names, [f"{given} {family}" for given, family, *_ in names]),
        _find("find NHS number", by_worker, names, [nhs for *_, nhs in names]),
        Page(
            "decide",
            _waiting(visitor, SUBJECTS),
            lambda reference: get(by_visitor, reverse("request", args=[reference])),
            lambda reference: _rows(DECIDE_ROWS, {"reference": reference}),
            "the bare statement for the entries to decide on, without access rules, audit and page",
        ),
    ]


def _child(name: str, browser: Client, children: Sequence[Any]) -> Page:
    return Page(
        name,
        children,
        lambda person: get(browser, reverse("child", args=[person])),
        lambda person: [_rows(statement, {"person": person}) for statement in CHILD_ROWS],
        "the bare statements for the person's records, numbers, addresses, services and newest 100 entries, "
        "without access rules, audit and page",
    )


def _find(name: str, browser: Client, names: Sequence[tuple[str, ...]], texts: Sequence[str]) -> Page:
    return Page(
        name,
        list(zip(texts, names, strict=True)),
        lambda asked: looked_for(browser, asked[0]),
        lambda asked: _rows(SCAN, {"given": f"%{asked[1][0]}%", "family": f"%{asked[1][1]}%"}),
        "a plain ILIKE scan of all records for the person's names spelt rightly",
    )


def browser(actor: Actor) -> Client:
    # A benchmark asks faster than anybody reads (people.pace).
    settings.MOST_A_MINUTE = settings.MOST_AN_HOUR = 10**9
    client = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    client.force_login(get_user_model().objects.get(pk=actor.practitioner_id))
    return client


def get(browser: Client, address: str) -> bytes:
    response = browser.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}, so its time would mean nothing.")
    return bytes(response.content)


def looked_for(browser: Client, text: str) -> bytes:
    """What is found, with both of the requests that it takes: what was typed is kept, and then looked for."""
    led_on = browser.post(reverse("find"), {"do": "look", "q": text})
    return get(browser, led_on["Location"])


def _rows(statement: str, values: dict[str, object]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


# --- Whom and what the pages are asked about -------------------------------------------------------


def children(actor: Actor, dice: random.Random) -> tuple[list[Any], list[Any]]:
    """Of the children whose page the actor may open: the hundredth most written about, and any, in no order."""
    found = [person for (person,) in _rows(CHILDREN, {"agency": actor.agency_id})]
    most = found[: max(len(found) // 100, 20)]
    dice.shuffle(most)
    return most[:SUBJECTS], dice.sample(found, min(len(found), SUBJECTS))


def _names(dice: random.Random) -> list[tuple[str, ...]]:
    found = [row for row in _rows(NAMES, {"many": SUBJECTS}) if len(row[0]) > 3 and len(row[1]) > 3]
    dice.shuffle(found)
    return found


def _misspelt_with_birthday(names: Sequence[tuple[str, ...]], dice: random.Random) -> list[str]:
    return [f"{misspelt(given, dice)} {misspelt(family, dice)} {born}" for given, family, born, _nhs in names]


def _waiting(actor: Actor, many: int) -> list[str]:
    return [reference for (reference,) in _rows(WAITING, {"agency": actor.agency_id, "many": many})]


CHILDREN = """
    SELECT person_id FROM people_personrecord AS r
    LEFT JOIN chronology_entrysubject AS s ON s.record_id = r.id
    WHERE person_id IN (
        SELECT person_id FROM people_personrecord WHERE agency_id = %(agency)s AND born > now() - interval '18 years'
    )
    GROUP BY person_id ORDER BY count(s.entry_id) DESC, person_id
"""
NAMES = """
    SELECT split_part(given, ' ', 1), family, to_char(born, 'DD/MM/YYYY'), value
    FROM people_personrecord AS r JOIN people_identifier AS i ON i.record_id = r.id AND i.kind = 'nhs_number'
    WHERE system = 'case-system' AND born IS NOT NULL ORDER BY r.id LIMIT %(many)s
"""
WAITING = """
    SELECT reference FROM information_requests_recipient
    WHERE agency_id = %(agency)s AND state IN ('sent', 'opened', 'claimed') ORDER BY id LIMIT %(many)s
"""

# --- References: the rows themselves, asked for plainly --------------------------------------------

CHILD_ROWS = (
    """
    SELECT r.*, a.name FROM people_personrecord AS r JOIN agencies_agency AS a ON a.id = r.agency_id
    WHERE r.person_id = %(person)s
    """,
    """
    SELECT i.kind, i.value FROM people_identifier AS i JOIN people_personrecord AS r ON r.id = i.record_id
    WHERE r.person_id = %(person)s
    """,
    """
    SELECT h.* FROM people_address AS h JOIN people_personrecord AS r ON r.id = h.record_id
    WHERE r.person_id = %(person)s
    """,
    """
    SELECT v.* FROM people_involvement AS v JOIN people_personrecord AS r ON r.id = v.record_id
    WHERE r.person_id = %(person)s
    """,
    """
    SELECT DISTINCT e.* FROM chronology_entrysubject AS s JOIN people_personrecord AS r ON r.id = s.record_id
    JOIN chronology_entry AS e ON e.id = s.entry_id
    WHERE r.person_id = %(person)s ORDER BY e.happened_on DESC, e.id DESC LIMIT 100
    """,
)
INBOX_ROWS = """
    SELECT q.*, i.*, p.* FROM information_requests_recipient AS q
    JOIN information_requests_informationrequest AS i ON i.id = q.request_id
    JOIN information_requests_requestsubject AS s ON s.request_id = i.id
    JOIN people_personrecord AS p ON p.id = s.record_id
    WHERE q.agency_id = %(agency)s AND q.state IN ('sent', 'opened', 'claimed')
    ORDER BY q.due_at, q.id LIMIT 25 OFFSET %(skip)s
"""
DECIDE_ROWS = """
    SELECT DISTINCT e.* FROM information_requests_recipient AS q
    JOIN information_requests_requestsubject AS s ON s.request_id = q.request_id
    JOIN people_personrecord AS meant ON meant.id = s.record_id
    JOIN people_personrecord AS own ON own.person_id = meant.person_id AND own.agency_id = q.agency_id
    JOIN chronology_entrysubject AS about ON about.record_id = own.id
    JOIN chronology_entry AS e ON e.id = about.entry_id AND e.agency_id = q.agency_id
    WHERE q.reference = %(reference)s ORDER BY e.happened_on DESC
"""
SCAN = """
    SELECT id, given, family, born FROM people_personrecord
    WHERE given ILIKE %(given)s AND family ILIKE %(family)s
"""
