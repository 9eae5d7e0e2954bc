"""Which practitioner is it that another place vouches for? An administrator said so beforehand; nobody is made up."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import access, queries
from jigsaw.hub.agencies.models import OutsideIdentity, Practitioner
from jigsaw.hub.agencies.operations import SignIn
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid


@transaction.atomic
def known_as(*, actor: Actor, practitioner: Practitioner, provider: str, subject: str, now: datetime) -> None:
    """Say what a provider calls a practitioner, in place of what was said before; "" to say nothing any more.

    Raises Refused; Invalid for a subject that is somebody else's already.
    """
    access.check_can_manage(actor)
    subject = subject.strip()
    theirs = OutsideIdentity.objects.filter(provider=provider, subject=subject).exclude(
        practitioner=practitioner
    )
    if subject and theirs.exists():
        raise Invalid(
            _("The account was not changed."),
            {"subject": _("Another account is known by this already. Take it from that account first.")},
        )
    OutsideIdentity.objects.filter(provider=provider, practitioner=practitioner).delete()
    if subject:
        OutsideIdentity.objects.create(provider=provider, practitioner=practitioner, subject=subject)
    audit.record(
        actor=actor,
        action="practitioner.known_as" if subject else "practitioner.known_no_more",
        thing=f"practitioner {practitioner.pk}",
        detail={"provider": provider},
        now=now,
    )


@transaction.atomic
def sign_in(*, actor: Actor, provider: str, subject: str, level: str, now: datetime) -> SignIn:
    """Let in whom a provider vouches for, if an active practitioner is known by that; written down either way.

    `actor` is the hub itself. The caller has verified all that the provider said.
    """
    known = OutsideIdentity.objects.filter(provider=provider, subject=subject).first()
    found = queries.active_practitioner(known.practitioner_id) if known else None
    if found is None:
        refused(actor=actor, provider=provider, why="unknown", now=now, subject=subject)
        return SignIn()
    audit.record(
        actor=queries.actor_for(found),
        action="practitioner.signed_in",
        thing=f"practitioner {found.pk}",
        detail={"by": "single sign-on", "provider": provider, "level": level[:60]},
        now=now,
    )
    return SignIn(practitioner=found)


@transaction.atomic
def refused(*, actor: Actor, provider: str, why: str, now: datetime, subject: str = "") -> None:
    """Write down that a provider’s answer let nobody in, and why; what it calls them stands beside it."""
    audit.record(
        actor=actor,
        action="sign_in.refused",
        detail={"why": why, "provider": provider},
        words=subject,
        now=now,
    )
