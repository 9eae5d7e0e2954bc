"""Write down a decision with its grounds. The domain that decides audits the act itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from jigsaw.hub.decisions.models import Decision, Participant
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """On what a decision rests. Codes are those of `agreements`; empty means not recorded.

    The lawful basis stands apart from consent, and both from whether the family was told.
    """

    reasons: str
    rules: tuple[str, ...] = ()
    edition: str = ""
    lawful_basis: str = ""
    condition: str = ""
    condition_reason: str = ""
    gateway: str = ""
    consent: str = ""
    """To sharing; `service_consent` is to the service, a fact apart."""
    service_consent: str = ""
    objection_by: str = ""
    objection_answer: str = ""
    """Why it is shared though somebody objects."""
    public_interest: str = ""
    """How the public interest goes before confidence."""
    family_told: str = ""
    family_told_why: str = ""
    advice_from: str = ""


@dataclass(frozen=True, kw_only=True)
class TookPart:
    """Someone who took part; `disagreed_why` is filled only by those who saw it otherwise."""

    name: str
    job_title: str = ""
    agency: str = ""
    disagreed_why: str = ""


def decide(
    *,
    actor: Actor,
    kind: str,
    outcome: str,
    grounds: Grounds,
    now: datetime,
    took_part: Iterable[TookPart] = (),
    supersedes: Decision | None = None,
) -> Decision:
    """Record a decision; raises Invalid if it has no reasons, because both ways need them.

    A line about someone who took part that is left wholly empty is passed over; one without a name is not.
    """
    took_part = [person for person in took_part if any(part.strip() for part in vars(person).values())]
    if any(not person.name.strip() for person in took_part):
        raise Invalid(
            _("Someone who took part has no name yet."),
            {"took_part": _("Write the name of everyone who took part, above all of who saw it otherwise.")},
        )
    if not grounds.reasons.strip():
        raise Invalid(
            _("A decision needs its reasons, whichever way it goes."),
            {"reasons": _("Say why, in your own words.")},
        )
    decision = Decision.objects.create(
        kind=kind,
        outcome=outcome,
        reasons=grounds.reasons.strip(),
        rules=list(grounds.rules),
        edition=grounds.edition,
        lawful_basis=grounds.lawful_basis,
        condition=grounds.condition,
        condition_reason=grounds.condition_reason,
        gateway=grounds.gateway,
        consent=grounds.consent,
        service_consent=grounds.service_consent,
        objection_by=grounds.objection_by.strip(),
        objection_answer=grounds.objection_answer.strip() if grounds.objection_by.strip() else "",
        public_interest=grounds.public_interest.strip(),
        family_told=grounds.family_told,
        family_told_why=grounds.family_told_why,
        advice_from=grounds.advice_from,
        decided_by_id=actor.practitioner_id,
        agency_id=actor.agency_id,
        decided_at=now,
        supersedes=supersedes,
    )
    Participant.objects.bulk_create(
        Participant(
            decision=decision,
            name=person.name,
            job_title=person.job_title,
            agency=person.agency,
            disagreed=bool(person.disagreed_why.strip()),
            disagreed_why=person.disagreed_why.strip(),
        )
        for person in took_part
    )
    return decision
