"""The Sharetown agreement signed by the agencies of a test's town, and small changes to its text."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from typing import Any

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agencies.models import Agency, Practitioner
from jigsaw.hub.agreements import agreed
from jigsaw.hub.agreements.models import AgreementSignature, AgreementVersion, SharingAgreement
from jigsaw.hub.kit.actor import Actor
from jigsaw.sharing_rules import agreements as sharing_agreements

SHARETOWN = sharing_agreements.sharetown()


def document(**changes: Any) -> dict[str, Any]:
    """The Sharetown agreement with these parts changed."""
    whole = {**deepcopy(SHARETOWN), **changes}
    # Of how long something is kept, what is about data that it still speaks of.
    kept = [each for each in whole["retention"] if set(each["data"]) <= set(whole["data"])]
    return {**whole, "retention": kept}


def writer(actor: Actor) -> Actor:
    """The same practitioner, with the right to write agreements."""
    return replace(actor, permissions=actor.permissions | {"agreement.draft"})


def signer(actor: Actor) -> Actor:
    """The same practitioner, with the right to sign for their agency."""
    return replace(actor, permissions=actor.permissions | {"agreement.sign"})


def signed_by(
    agencies_signing: Iterable[Agency], *, now: datetime, content: dict[str, Any] | None = None
) -> AgreementVersion:
    """A signed version at once, without its history: for tests that are about something else."""
    content = content or document()
    agreement, _problems = agreed.understood(content)
    assert agreement, "a text that can be read"
    made, _new = SharingAgreement.objects.get_or_create(
        identifier=agreement.identifier.value, defaults={"made_at": now}
    )
    row = AgreementVersion.objects.create(
        agreement=made,
        version=agreement.version,
        state="signed",
        content=content,
        starts_on=agreement.start,
        ends_on=agreement.end,
        review_on=agreement.end,
        written_at=now,
        signed_at=now,
    )
    placed = agencies.placed([agency.pk for agency in agencies_signing])
    who = dict(Practitioner.objects.filter(agency__in=placed).values_list("agency", "pk"))
    AgreementSignature.objects.bulk_create(
        AgreementSignature(
            version=row,
            agency_id=each.pk,
            agency_code=each.code,
            parties=agreed.parties_of(agreement, each),
            signed_by_id=who[each.pk],
            name="Somebody",
            job_title="Chief officer",
            signed_at=now,
        )
        for each in placed.values()
        if each.pk in who
    )
    return row
