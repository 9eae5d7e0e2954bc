"""How do standings, answers and doubts about NHS numbers read in words?"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.people.numbers import Answered, Clash, Number, Report, Word
from jigsaw.hub.web.people import words

STANDINGS = {
    "given": _("Not verified"),
    "verified": _("Verified"),
    "superseded": _("Superseded"),
    "invalid": _("Not a valid number"),
    "disputed": _("In doubt"),
    "unverified": _("Not verified"),
}
# Which look of a state fits.
TONES = {
    "given": "draft",
    "unverified": "draft",
    "verified": "done",
    "superseded": "closed",
    "invalid": "late",
    "disputed": "review",
}
SERVICES = {
    "sui_matcher": _("the national matcher"),
    "pds": _("the national register (PDS)"),
}
# In the national matcher's own terms, and what they mean.
STATES = {
    "asked": _("Asked, no answer yet"),
    "match": _("Match"),
    "potential_match": _("Potential match"),
    "low_confidence_match": _("Low confidence match"),
    "many_match": _("Many match: more than one child fits"),
    "no_match": _("No match: nobody fits"),
    "error": _("Error: no answer that can be used"),
}
DOUBTS = {
    "not_certain": _("The register is not certain enough to use it without a person."),
    "details_changed": _("The record has changed since the question was asked."),
    "other_details": _(
        "The answer has another name or date of birth beside it than the record: rows may have been mixed."
    ),
    "differs": _("The record has another number."),
    "shared": _("Somebody else here has this number."),
    "rejected_before": _("A person decided before that this number is not theirs."),
    "older_answer": _("A later question has been answered already."),
    "register_details": _("The register has another date of birth for this number."),
    "register_unsure": _("The register does not vouch for this number itself."),
    "died": _("The register says that this person has died."),
    "number_of_another": _("The number on the record belongs to somebody else, the register says."),
    "busy": _("The register asked to wait."),
    "unreachable": _("The register could not be reached."),
    "unreadable": _("The register’s answer could not be read."),
    "refused": _("The register did not let this hub in."),
    "asked_wrongly": _("The register could not make sense of the question."),
}
LACKS = {
    "given": _("a first name"),
    "family": _("a family name"),
    "born": _("a whole date of birth"),
}
KINDS = {
    "decide": _("To decide"),
    "inactive": _("In question"),
    "missing": _("Missing"),
    "check": _("Not verified"),
    "details": _("Need details"),
    "asked": _("Asked"),
    "shared": _("One number, several people"),
    "two": _("Several numbers, one person"),
}
EXPLAINED = {
    "decide": _("The register answered, and something speaks against using the answer without a person."),
    "inactive": _(
        "A register, a colleague or a hospital’s system says that the number is superseded, wrong or another person’s. What a hospital says changes nothing until you decide."
    ),
    "missing": _("Children with no NHS number that can be used, and enough known to ask for one."),
    "check": _(
        "The number came from the agency’s own system. No register has said that it is this child’s, or only for other details or more than a year ago."
    ),
    "details": _(
        "Nobody can be found in a register with what these records say. Ask whoever works with the child."
    ),
    "asked": _("Asked about, and not to be asked again yet."),
    "shared": _(
        "At least one of these records has the wrong number, or the records speak of one person and are not linked."
    ),
    "two": _(
        "One of the numbers may be superseded or mistaken, or the records speak of two people and are linked."
    ),
}


SETTLED = {
    "theirs": _("The number is in use again. It waits to be verified."),
    "superseded": _("The number is not used any more; what took its place stands beside it."),
    "anothers": _("The number is not used for them any more."),
}


def service(code: str) -> str:
    return str(SERVICES.get(code, code))


def day(at: dt.datetime | dt.date) -> str:
    """ "22 November 2026", in England."""
    local = timezone.localtime(at) if isinstance(at, dt.datetime) else at
    return formats.date_format(local, "j F Y")


def number(found: Number) -> dict[str, Any]:
    """An NHS number as a page shows it: value, how it stands, who says so, and what was said before."""
    return {
        "value": words.nhs(found.value),
        "raw": found.value,
        "standing": str(STANDINGS.get(found.standing, found.standing)),
        "tone": TONES.get(found.standing, "draft"),
        "in_doubt": found.standing == "disputed",
        "traced": found.traced,
        "said": [*(reported(one) for one in found.reports), *(said(word) for word in found.history)],
    }


def reported(one: Report) -> str:
    """What another system says, as a sentence."""
    parts = {"by": one.by, "day": day(one.at), "number": words.nhs(one.instead)}
    return say("%(by)s said on %(day)s that it has become %(number)s. Nobody has decided yet.") % parts


def said(word: Word) -> str:
    """One word about a number as a sentence."""
    parts = {
        "by": service(word.by),
        "day": day(word.at),
        "number": words.nhs(word.superseded_by),
        "why": word.reason,
    }
    if word.standing == "verified":
        return say("Verified by %(by)s on %(day)s.") % parts
    if word.standing == "superseded":
        return say("Superseded by %(number)s, %(by)s said on %(day)s.") % parts
    if word.standing == "invalid":
        return say("Not in use, %(by)s said on %(day)s.") % parts
    if word.standing == "disputed" and word.reason:
        return say("In doubt, %(by)s said on %(day)s: %(why)s") % parts
    if word.standing == "disputed":
        return say("Another person’s or not agreed, %(by)s said on %(day)s.") % parts
    return say("No longer in doubt, %(by)s said on %(day)s: %(why)s") % parts


def answer(last: Answered) -> str:
    """The last answer as a sentence."""
    parts = {"by": service(last.service), "day": day(last.answered_at or last.asked_at)}
    if last.state == "asked":
        return say("Asked of %(by)s on %(day)s; no answer yet.") % parts
    found = STATES.get(last.state, last.state)
    told = say("%(state)s, %(by)s answered on %(day)s.") % {**parts, "state": found}
    if last.try_again_on:
        told += " " + say("To be asked again from %(day)s.") % {"day": day(last.try_again_on)}
    return told


def doubts(last: Answered) -> list[str]:
    return [str(DOUBTS.get(code, code)) for code in last.doubts]


def score(last: Answered) -> str:
    """ "97%", or '' if none was given."""
    return "" if last.score is None else f"{last.score:.0%}"


def clash(found: Clash) -> str:
    """What contradicts, as a heading."""
    people = len({row.card.person for row in found.rows})
    if found.number:
        return say("%(number)s is on records of %(n)d people") % {
            "number": words.nhs(found.number),
            "n": people,
        }
    values = {
        n.value
        for row in found.rows
        for n in row.numbers
        if n.standing not in ("superseded", "invalid", "disputed")
    }
    return say("%(name)s has %(n)d numbers in use") % {
        "name": words.name(found.rows[0].card),
        "n": len(values),
    }
