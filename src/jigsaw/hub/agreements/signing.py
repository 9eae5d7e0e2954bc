"""Write an agreement, have it signed, review it and end it. What was signed is never changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agreements import access, agreed, queries
from jigsaw.hub.agreements.models import AgreementSignature, AgreementVersion, SharingAgreement
from jigsaw.hub.agreements.states import MOVES, VersionState
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import outbox
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, Refused
from jigsaw.sharing_rules.agreements import Problem

IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,59}")
# Pages of their own beside those of each agreement.
TAKEN = {"new", "import"}
LOOKED_AT_AFTER = timedelta(days=365)


@dataclass(frozen=True)
class Wrong:
    """One thing wrong with a document, as a field of an `Invalid`: its words, and what would put it right."""

    problem: Problem

    def __str__(self) -> str:
        return f"{self.problem.words} {self.problem.next_step}"


@transaction.atomic
def start(*, actor: Actor, document: Mapping[str, Any], now: datetime) -> AgreementVersion:
    """Begin an agreement, or the next version of one, from a document; it may be unfinished.

    Raises Refused; Invalid without an identifier that an address can hold, or with a version that is not the next;
    AlreadyDone while another version of it is being written or signed.
    """
    access.check_can_draft(actor)
    identifier = str((document.get("identifier") or {}).get("value", "")).strip()
    if not IDENTIFIER.fullmatch(identifier) or identifier.lower() in TAKEN:
        raise Invalid(
            _("The agreement needs a short identifier."),
            {
                "identifier": _(
                    "Use 2 to 60 letters, digits, dots, dashes or underscores, such as OURTOWN-CSA."
                )
            },
        )
    agreement, _new = SharingAgreement.objects.select_for_update().get_or_create(
        identifier=identifier, defaults={"made_by_id": actor.practitioner_id, "made_at": now}
    )
    before = agreement.versions.order_by("-version").first()
    if before and before.state in agreed.IN_HAND:
        raise AlreadyDone(
            _("Version %(number)d of this agreement is being written or signed.")
            % {"number": before.version},
            _("Go on with that one, or throw its draft away first."),
        )
    number = before.version + 1 if before else 1
    if document.get("version") not in (number, None):
        raise Invalid(
            _("The version is not the next one."),
            {"version": _("The next version of this agreement is number %(number)d.") % {"number": number}},
        )
    row = AgreementVersion(agreement=agreement, version=number, state=VersionState.DRAFT)
    _fill(row, actor, document, now)
    row.save(force_insert=True)
    _written_down(actor, row, "agreement.started", now)
    return row


@transaction.atomic
def next_version(*, actor: Actor, version: AgreementVersion, now: datetime) -> AgreementVersion:
    """Begin the next version with the words of this one. Raises as `start`."""
    return start(actor=actor, document={**version.content, "version": None}, now=now)


@transaction.atomic
def change(
    *,
    actor: Actor,
    version: AgreementVersion,
    document: Mapping[str, Any],
    now: datetime,
    review_on: date | None = None,
) -> AgreementVersion:
    """Put another text into a draft; it may be unfinished. Its identifier and number stay. Raises WrongState."""
    access.check_can_draft(actor)
    row = _locked(version)
    MOVES.after("change", row.state)
    row.review_on = review_on
    _fill(row, actor, document, now)
    row.save()
    _written_down(actor, row, "agreement.changed", now)
    return row


def _fill(row: AgreementVersion, actor: Actor, document: Mapping[str, Any], now: datetime) -> None:
    said = document.get("identifier")
    identifier = {**(said if isinstance(said, dict) else {}), "value": row.agreement.identifier}
    row.content = {**document, "identifier": identifier, "version": row.version}
    agreement, _problems = agreed.understood(row.content)
    row.starts_on = agreement.start if agreement else None
    row.ends_on = agreement.end if agreement else None
    row.written_by_id, row.written_at = actor.practitioner_id, now


@transaction.atomic
def throw_away(*, actor: Actor, version: AgreementVersion, now: datetime) -> None:
    """Forget a draft. Raises WrongState once it was sent for signing."""
    access.check_can_draft(actor)
    row = _locked(version)
    MOVES.after("throw_away", row.state)
    _written_down(actor, row, "agreement.thrown_away", now)
    agreement = row.agreement
    row.delete()
    if not agreement.versions.exists():
        agreement.delete()


@transaction.atomic
def send(*, actor: Actor, version: AgreementVersion, now: datetime) -> AgreementVersion:
    """Send a draft for signing: from here on its words stand. Those who sign for a party are told.

    Raises Invalid naming each problem by its path while it cannot be read, is over already, or contradicts the
    agreements there are.
    """
    access.check_can_draft(actor)
    row = _locked(version)
    after = MOVES.after("send", row.state)
    agreement, problems = agreed.understood(row.content)
    problems = problems or agreed.problems_among_others(row)
    if problems:
        raise Invalid(
            _("The agreement cannot be signed yet: some of it needs another look."),
            {problem.path: Wrong(problem) for problem in problems},
        )
    assert agreement is not None
    if agreement.end < queries.local_day(now):
        raise Invalid(_("The agreement is over already."), {"$.endDate": _("Give a last day from today on.")})
    row.state, row.sent_at = after, now
    begins = max(agreement.start, queries.local_day(now))
    row.review_on = row.review_on or min(begins + LOOKED_AT_AFTER, agreement.end)
    row.save()
    _written_down(actor, row, "agreement.sent", now)
    outbox.put(topic="agreement.to_sign", payload={"version": str(row.pk)}, now=now)
    return row


@transaction.atomic
def take_back(*, actor: Actor, version: AgreementVersion, now: datetime) -> AgreementVersion:
    """Back to the draft, as long as nobody has signed. Raises WrongState, Refused."""
    access.check_can_draft(actor)
    row = _locked(version)
    after = MOVES.after("take_back", row.state)
    if row.signatures.exists():
        raise Refused(
            _("Somebody has signed these words already."),
            _("Ask them, then let it be signed, and write the next version at once."),
        )
    row.state, row.sent_at = after, None
    row.save()
    _written_down(actor, row, "agreement.taken_back", now)
    return row


@transaction.atomic
def sign(*, actor: Actor, version: AgreementVersion, now: datetime) -> AgreementVersion:
    """Sign for the actor's agency. Once every party has signed, the agreement holds from its first day on.

    It covers the agencies that have signed; others of a party may join later. Raises Refused to those who do not sign
    for an agency that is a party, AlreadyDone if it has signed, WrongState.
    """
    access.check_may_sign(actor)
    row = _locked(version)
    agreement, _problems = agreed.understood(row.content)
    mine = agencies.placed([actor.agency_id]).get(actor.agency_id) if actor.agency_id else None
    parties = agreed.parties_of(agreement, mine) if agreement and mine else []
    if row.state == VersionState.DRAFT or not parties:
        raise access.not_here()
    MOVES.after("sign", row.state)
    if row.signatures.filter(agency=actor.agency_id).exists():
        raise AlreadyDone(
            _("Your agency has signed this already."),
            _("You see who signed and when on the agreement’s page."),
        )
    AgreementSignature.objects.create(
        version=row,
        agency_id=actor.agency_id,
        agency_code=mine.code if mine else "",
        parties=parties,
        signed_by_id=actor.practitioner_id,
        name=actor.name,
        job_title=actor.job_title,
        signed_at=now,
    )
    _written_down(actor, row, "agreement.signed", now)
    if row.state == VersionState.IN_REVIEW and agreement and _all_parties_signed(row, agreement.parties):
        _begin(actor, row, now)
    return row


def _all_parties_signed(row: AgreementVersion, parties: Any) -> bool:
    signed = {code for each in row.signatures.all() for code in each.parties}
    return all(party.code in signed for party in parties)


def _begin(actor: Actor, row: AgreementVersion, now: datetime) -> None:
    row.state, row.signed_at = MOVES.after("begin", row.state), now
    row.save()
    _written_down(actor, row, "agreement.in_force", now)
    outbox.put(topic="agreement.in_force", payload={"version": str(row.pk)}, now=now)


@transaction.atomic
def reviewed(
    *, actor: Actor, version: AgreementVersion, look_again_on: date, now: datetime
) -> AgreementVersion:
    """It was looked at again and stands; the next time is on `look_again_on`. Raises Invalid, WrongState."""
    access.check_can_draft(actor)
    row = _locked(version)
    MOVES.after("review", row.state)
    if look_again_on <= queries.local_day(now):
        raise Invalid(_("This needs another look."), {"look_again_on": _("Choose a day to come.")})
    row.review_on, row.reminded_at = look_again_on, None
    row.save()
    _written_down(actor, row, "agreement.reviewed", now)
    return row


@transaction.atomic
def end(*, actor: Actor, version: AgreementVersion, why: str, now: datetime) -> AgreementVersion:
    """End it today, before its last day: from now on it covers nothing. Raises Invalid without a reason."""
    access.check_can_draft(actor)
    row = _locked(version)
    after = MOVES.after("end", row.state)
    if not why.strip():
        raise Invalid(_("Say why it ends."), {"why": _("Say who decided it, and why.")})
    row.state, row.ended_from = after, queries.local_day(now)
    row.ended_by_id, row.ended_why = actor.practitioner_id, why.strip()
    row.save()
    _written_down(actor, row, "agreement.ended", now, words=row.ended_why)
    outbox.put(topic="agreement.ended", payload={"version": str(row.pk)}, now=now)
    return row


@transaction.atomic
def remind_to_review(*, now: datetime) -> int:
    """On the day that was set, tell those who write agreements to look at it again; how many. Once for each."""
    rows = list(agreed.to_review(on=queries.local_day(now)).select_for_update(skip_locked=True))
    for row in rows:
        row.reminded_at = now
        row.save()
        _written_down(SYSTEM, row, "agreement.review_due", now)
        outbox.put(topic="agreement.review_due", payload={"version": str(row.pk)}, now=now)
    return len(rows)


def _locked(version: AgreementVersion) -> AgreementVersion:
    """The version as it stands now, held until this act is done."""
    rows = AgreementVersion.objects.select_for_update(of=("self",)).select_related("agreement")
    found = rows.filter(pk=version.pk).first()
    if found is None:
        raise access.not_here()
    return found


def _written_down(actor: Actor, row: AgreementVersion, action: str, now: datetime, words: str = "") -> None:
    thing = f"agreement {row.agreement.identifier} v{row.version}"
    audit.record(actor=actor, action=action, thing=thing, words=words, now=now)
