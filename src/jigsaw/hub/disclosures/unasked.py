"""May this leave, though nobody asked? What law and agreements say of a piece that a holder must or may tell unasked.

The same gate as for answers: every verdict is kept with its words by whoever asks for it here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agreements import agreed
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.disclosures.errors import in_words
from jigsaw.hub.disclosures.judging import law_of, party
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid
from jigsaw.sharing_rules import may_share, proposed
from jigsaw.sharing_rules.finding import Answer
from jigsaw.sharing_rules.verdict import Verdict

# Duties that leave the holder nothing to weigh: whom to tell, what and how soon stand in the law itself.
NOTHING_TO_WEIGH = frozenset({"operation_encompass"})


@dataclass(frozen=True, kw_only=True)
class Unasked:
    """What is told to whom, for what purpose, under which law; codes as the sharing rules know them."""

    kind: str
    how_known: str
    source: str
    text: str
    happened_on: date
    of_agency: UUID
    to_agency: UUID
    purpose: str
    gateway: str
    reasons: str
    told_family: str = "not_told"
    told_why: str = ""


def judge(piece: Unasked, *, today: date) -> Verdict:
    """The verdict on telling all of it today; the recipient is taken for its safeguarding lead."""
    placed = agencies.placed([piece.of_agency, piece.to_agency])
    return may_share.may_share(
        proposed.Proposed(
            item=proposed.Item(
                kind=piece.kind,
                how_known=piece.how_known,
                source=piece.source,
                text=piece.text,
                released_text=piece.text,
                happened_on=piece.happened_on,
            ),
            holder=party(placed[piece.of_agency], frozenset()),
            recipient=party(placed[piece.to_agency], frozenset({"designated_safeguarding_lead"})),
            request=None,
            decision=proposed.Grounds(
                lawful_basis="art6_e",
                reasons=piece.reasons,
                gateway=piece.gateway,
                told_family=piece.told_family,
                told_why=piece.told_why,
                purpose=piece.purpose,
            ),
            today=today,
            edition=str(agreements.words("guidance")["current_edition"]),
            register=law_of(today),
            agreements=agreed.in_force(),
        )
    )


def must_go(verdict: Verdict, gateway: str) -> bool:
    """Does the law itself decide, and is an agreement all that is missing? Then nobody is waited for.

    The rules have then said that the duty is in force that day between these two. An agreement that speaks of it,
    to forbid it or leave it to somebody, is not passed over, nor is anything else the rules leave to somebody.
    """
    missing = [finding.check for finding in verdict.reasons] == ["agreement-covers"]
    spoken_of = verdict.made_under is None or bool(verdict.made_under.relied_on)
    return gateway in NOTHING_TO_WEIGH and verdict.answer is Answer.REVIEW and missing and not spoken_of


def check_may_go(verdict: Verdict, *, gateway: str, actor: Actor, advice_from: str, to: str) -> None:
    """Raises Invalid with the words of the rules where they deny it, or leave it to somebody whose role the actor does
    not hold and whose advice was not taken, unless it `must_go`."""
    if verdict.answer is Answer.PERMIT or must_go(verdict, gateway):
        return
    waits = verdict.answer is Answer.REVIEW
    if waits and (verdict.may_be_decided_by(actor.roles) or advice_from.strip()):
        return
    advice = _("If they have decided, write their name under “advice taken”.") if waits else ""
    words = _("This may not go to %(agency)s yet: %(words)s") % {"agency": to, "words": in_words(verdict)}
    raise Invalid(words, {"advice_from": f"{in_words(verdict)} {advice}".strip()})
