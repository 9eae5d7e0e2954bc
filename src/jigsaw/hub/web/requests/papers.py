"""Letters and pictures that are chosen while answering, for what is written down there: taken in before anything is sent.

A file is worked on outside any transaction, as on the page for attaching one. It is no part of a draft: whoever has to
look at the answer again chooses it again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from jigsaw.hub.disclosures import operations as disclosures
from jigsaw.hub.information_requests import queries as requests
from jigsaw.hub.web.door import Visit
from jigsaw.papers import Clean, Refusal, receive

MOST = 2
"""Files with one answer, inclusive: a page is not to wait for more."""
OF_A_PIECE = re.compile(r"added-\d{1,2}-file")
Papers = Mapping[str, Clean | Refusal]


def received(visit: Visit, reference: str) -> Papers:
    """By field, the clean copy of each file that was sent with an answer, or why it is refused; none for whoever may not
    write down what goes with it. Raises NotHere and Refused as the page does."""
    sent = {name: file for name, file in visit.request.FILES.items() if OF_A_PIECE.fullmatch(name)}
    if not sent or visit.request.POST.get("do", "send") != "send" or "add" in visit.request.POST:
        return {}
    with transaction.atomic():
        recipient = requests.get(visit.actor, reference)
    if recipient.agency_id != visit.actor.agency_id or not visit.actor.may("chronology.add"):
        return {}
    made = {name: receive(file.read(), settings.VIRUS_SCANNER) for name, file in list(sent.items())[:MOST]}
    if any(isinstance(one, Refusal) and one.code == "infected" for one in made.values()):
        with transaction.atomic():
            disclosures.note_infected(actor=visit.actor, recipient=recipient, now=visit.now)
    return made


def take(blocks: Any, papers: Papers) -> bool:
    """Beside each file that does not come in, say why; are all of them in?"""
    for block in with_file(blocks):
        outcome = papers.get(block.add_prefix("file"))
        if outcome is None:
            block.add_error("file", _("At most %(most)d files go with one answer.") % {"most": MOST})
        elif isinstance(outcome, Refusal):
            block.add_error("file", f"{outcome.words} {outcome.next_step}")
    return not any(block.errors.get("file") for block in blocks)


def choose_again(blocks: Any) -> None:
    """The answer is shown again: no file is kept meanwhile, and whoever chose one is told."""
    for block in with_file(blocks):
        if not block.errors.get("file"):
            block.add_error("file", _("Choose this file again: it is not kept while you change something."))


def with_file(blocks: Any) -> list[Any]:
    """The pieces that a file was chosen for, without those that are left out."""
    return [
        block
        for block in blocks
        if block.is_bound and block.files.get(block.add_prefix("file")) and not _left_out(block)
    ]


def _left_out(block: Any) -> bool:
    return bool(block.data.get(block.add_prefix("DELETE")))
