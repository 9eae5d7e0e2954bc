"""How does what was decided read to a family? In words that need no knowledge of the service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.forms import Form
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.people import access as people_access
from jigsaw.hub.rights import asked
from jigsaw.hub.rights.asked import Detail
from jigsaw.hub.rights.kinds import (
    ASKED_AS,
    COPY,
    DISAGREE,
    ERASE,
    ERASED,
    ERASURE,
    EXEMPTIONS,
    GROUNDS,
    KINDS,
    LOOKS,
    OBJECTION,
    OUTCOMES,
    REFUSED,
    STANDS,
    STOPPED,
)
from jigsaw.hub.web.people import words

if TYPE_CHECKING:
    from jigsaw.hub.rights.copies import ToDecide
    from jigsaw.hub.rights.models import RightsRequest
    from jigsaw.hub.rights.proposing import Proposal
    from jigsaw.hub.web.door import Visit

# By the first word of an audit purpose.
PURPOSES = {
    "own": _("The agency’s own work with this person"),
    "enquiry": _("To look into whether a child needs help or protection"),
    "referral": _("To deal with a concern that somebody raised"),
    "request": _("To answer a question that another agency asked"),
    "emergency": _("In an emergency, without having been let in before"),
    "feedback": _("To tell somebody who helped what came of it"),
    "alert": _("Because of a visit to unscheduled care, such as an emergency department"),
    "rights": _("To answer what a family asked"),
    "ended": _("Because the reason to see it was over"),
    "corrected": _("To put right a mistake about who is who"),
}
NO_PURPOSE = _("The agency’s own work with this person, or keeping its records")


def purpose(text: str) -> str:
    """Why somebody looked, in plain words."""
    return str(PURPOSES.get(text.split(" ")[0], NO_PURPOSE))


def left_out(counted: Iterable[Mapping[str, Any]]) -> list[str]:
    """How much was left out of an answer, and why: a sentence for each reason."""
    return [
        ngettext("%(n)d thing is left out.", "%(n)d things are left out.", one["lines"]) % {"n": one["lines"]}
        + f" {EXEMPTIONS[one['why']].told} ({EXEMPTIONS[one['why']].source})"
        for one in counted
    ]


def looks(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lines of an answer on who has looked, as a family reads them."""
    return [
        {
            "day": date.fromisoformat(line["day"]),
            "who": ", ".join(
                part for part in (line["name"], line["job_title"], line["agency"]) if part
            ) or say("The service itself, by rule"),
            "did": [words.did(action) for action in line["actions"]],
            "why": purpose(line["purpose"]),
            "emergency": line["emergency"],
        }
        for line in given["lines"]
    ]  # fmt: skip


PARTS = {
    "system": _("Kept in"),
    "given": _("First names"),
    "family": _("Family name"),
    "born": _("Born"),
    "expected_on": _("Expected"),
    "died_on": _("Died"),
    "sex": _("Sex"),
    "ethnicity": _("Ethnicity (code)"),
    "language": _("Language"),
    "religion": _("Religion"),
    "disability": _("Disability"),
    "school": _("School"),
    "gp": _("GP"),
    "address": _("Address"),
    "from_date": _("From"),
    "until_date": _("Until"),
    "name": _("Name"),
    "service": _("Service"),
    "worker": _("Worker"),
    "worker_phone": _("Telephone"),
    "detail": _("What for"),
    "title": _("In a few words"),
    "text": _("The whole of it"),
    "child_words": _("The child’s own words"),
    "source": _("Where it comes from"),
    "pages": _("Pages"),
    "corrected_because": _("Why it was corrected or withdrawn"),
    "reference": _("Reference"),
    "raised_by": _("Raised by"),
    "caller_name": _("Who told it"),
    "caller_contact": _("How to reach whoever told it"),
    "concern": _("The concern"),
    "arose": _("How it came up"),
    "child_now": _("How the child is now"),
    "immediate_action": _("What was done at once"),
    "past_events": _("What was before"),
    "alleged_harm_by": _("Who is said to have done harm"),
    "agencies_involved": _("Agencies that are involved"),
    "strengths": _("What goes well"),
    "parents_know_why": _("Why the parents were or were not told"),
    "advice": _("What was advised"),
    "family_says": _("What was said about it, in the family’s own words"),
}
# One of several, by number.
NUMBERED = {"said_": _("What was said"), "rated_": _("How it was rated, and why")}
DAYS = ("born", "expected_on", "died_on", "from_date", "until_date")
ITEMS = {
    "record": _("Who it is about"),
    "number": _("Number"),
    "address": _("Address"),
    "contact": _("How to reach them"),
    "relationship": _("Family"),
    "service": _("A service that works or worked with them"),
    "concern": _("A concern"),
    "entry": _("What happened"),
    "document": _("A document that belongs to what happened, enclosed with this copy"),
}


def parts(said: Mapping[str, str]) -> list[tuple[str, str]]:
    """The parts of an item with their names in words."""
    kinds = {row["code"]: row["words"] for row in agreements.words("relationship_kinds")["entries"]}
    return [
        (_tie(name), kinds.get(text, text)) if name in ("is", "has") else (_called(name), _day(name, text))
        for name, text in said.items()
    ]


def _tie(name: str) -> str:
    return say("Is the … of whoever is named") if name == "is" else say("Whoever is named is their …")


def _day(name: str, text: str) -> str:
    """A day as people write it; other texts, and what was left out of a day, as they are."""
    try:
        return words.day(date.fromisoformat(text)) if name in DAYS else text
    except ValueError:
        return text


def _called(name: str) -> str:
    for begins, called in NUMBERED.items():
        if name.startswith(begins):
            told = say("Who said it") if name.endswith("_source") else str(called)
            return f"{told} ({name.removeprefix(begins).removesuffix('_source')})"
    return str(PARTS.get(name) or words.IDENTIFIERS.get(name) or name.replace("_", " ").capitalize())


def what_of(one: Proposal) -> str:
    """What is proposed to be left out, in words."""
    if one.words:
        return say("“%(words)s”, wherever it stands in this") % {"words": one.words}
    if one.part:
        return _called(one.part)
    return say("All of it")


def taken_out(found: ToDecide) -> list[str]:
    """How much somebody decided to leave out, for each reason."""
    out = [
        one.exemption
        for going in found.items
        for one, decided in going.proposals
        if decided is not None and decided.take_out
    ]
    return left_out({"why": code, "lines": out.count(code)} for code in EXEMPTIONS if code in out)


def items(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The items of a copy as a family reads them."""
    return [
        {
            "heading": ITEMS[item["kind"]],
            "day": item["day"] and date.fromisoformat(item["day"]),
            "withdrawn": item["withdrawn"],
            "how_known": item["how_known"],
            "parts": parts({part["name"]: part["text"] for part in item["parts"]}),
        }
        for item in given["items"]
    ]


SAID_AS = {
    "child": _("The child or young person"),
    "parent": _("A parent"),
    "adult": _("The adult it is about"),
    "for_them": _("Somebody acting for them"),
}
ERASURES = {
    ERASE: _("We have decided to erase this."),
    ERASED: _("We have erased this. Whoever had been told it has been told that it is erased."),
    REFUSED: _("We have not erased this. Your own words stay beside it, wherever it is read."),
}


def heading(kind: str, said_as: str) -> str:
    """Who says what, above the family's own words."""
    who = {"who": SAID_AS.get(said_as, said_as)}
    if kind == OBJECTION:
        return say("%(who)s objects to this being held or shared") % who
    if kind == ERASURE:
        return say("%(who)s asks for this to be erased") % who
    return say("%(who)s says that this is wrong, or not the whole of it") % who


def standing(state: str, agency: str, on: date | None) -> str:
    """What became of it so far."""
    told = {"agency": agency, "day": words.day(on) if on else ""}
    if state == STANDS:
        return say("%(agency)s looked at it again, and decided on %(day)s to stand by it.") % told
    if state == STOPPED:
        return say("%(agency)s decided on %(day)s not to share this any more.") % told
    return say("%(agency)s has not decided yet what becomes of it. That forbids nothing: weigh it.") % told


def saying(row: RightsRequest) -> dict[str, Any]:
    """What was decided on a family's words, as it reads it."""
    given = row.given or {}
    ground = GROUNDS.get(given.get("ground", ""))
    return {
        "outcome": OUTCOMES[given["outcome"]].told,
        "because": given["because"],
        "ground": ground and ground.told,
        "source": ground and ground.source,
    }


def erasure(row: RightsRequest) -> list[dict[str, Any]]:
    """What was decided on each thing that a family asked to have erased, as it reads it."""
    return [
        {
            "entry": one["entry"],
            "day": date.fromisoformat(one["day"]),
            "outcome": ERASURES[one["outcome"]],
            "waits": one["outcome"] == ERASE,
            "ground": GROUNDS[one["ground"]].told if one["ground"] else "",
            "source": GROUNDS[one["ground"]].source if one["ground"] else "",
            "because": one["because"],
        }
        for one in (row.given or {})["items"]
    ]


def state(row: RightsRequest, today: date) -> tuple[str, str]:
    """Code and words for a status tag."""
    if row.decided_at and not asked.to_be_signed(row):
        return "done", say("Answered")
    if row.due_on < today:
        return "overdue", say("Late")
    return "waiting", say("To be signed") if row.decided_at else say("To answer")


def about(visit: Visit, detail: Detail) -> dict[str, Any]:
    """What every page about one request shows: who asks what of whom, and the clock."""
    row, today = detail.request, visit.now.astimezone(ENGLAND).date()
    return {
        "request_": row,
        "reference": row.reference,
        "name": name(detail),
        "born": words.born(detail.card, today) if detail.card else "",
        "kind": KINDS[row.kind],
        "asked_as": ASKED_AS[row.asked_as],
        "state": state(row, today),
        "may_extend": row.decided_at is None and row.extended_at is None and today <= row.due_on,
        "page_open": bool(people_access.openable(visit.actor, [row.person_id], now=visit.now)),
    }


def told(detail: Detail) -> dict[str, Any]:
    """The answer as it was given, in words."""
    row = detail.request
    given = row.given or {}
    return {
        "given": given,
        "looks": looks(given) if row.kind == LOOKS else [],
        "items": items(given) if row.kind == COPY else [],
        "left_out": left_out(given["left_out"]),
        "decided": saying(row) if row.kind in (OBJECTION, DISAGREE) else None,
        "erasure": erasure(row) if row.kind == ERASURE else None,
        "waits": asked.to_be_signed(row),
    }


def name(detail: Detail) -> str:
    return words.name(detail.card) if detail.card else say("Somebody whom your agency cannot see any more")


def say_wrong(form: Form, problem: Invalid) -> None:
    """The domain's errors beside the fields they belong to."""
    for name, said in problem.fields.items():
        form.add_error(name if name in form.fields else None, str(said))
