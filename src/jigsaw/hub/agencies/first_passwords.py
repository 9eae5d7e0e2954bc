"""How long does a password that somebody else gave let its owner in, and who gives another when it is over?"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import access
from jigsaw.hub.agencies.codes import LETTERS
from jigsaw.hub.agencies.models import Practitioner
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid


def is_over(practitioner: Practitioner, now: datetime) -> bool:
    """Was their password given by somebody else, and FIRST_PASSWORD_DAYS or more ago?"""
    if not practitioner.password_is_first:
        return False
    given = practitioner.password_given_at
    return given is None or now - given >= timedelta(days=settings.FIRST_PASSWORD_DAYS)


@transaction.atomic
def give(*, actor: Actor, practitioner: Practitioner, now: datetime, forgotten: bool = False) -> str:
    """Give somebody a new first password in place of one that they never changed; returned this once.

    `forgotten`: in place of one that they chose themselves as well, and cannot remember. Only the hub itself does that, for
    whoever may run commands on its machine: an administrator who could would get into anybody's account. Their second factor
    stays, and is asked for.

    Raises Refused if the actor may not; Invalid for whoever has chosen a password of their own, which nobody takes
    from them, or has none. Whoever is signed in with the old one is signed out.
    """
    access.check_can_manage(actor)
    theirs = Practitioner.objects.select_for_update().get(pk=practitioner.pk)
    chosen = theirs.has_usable_password() and not theirs.password_is_first
    if not (theirs.password_is_first or (chosen and forgotten and actor.practitioner_id is None)):
        raise Invalid(
            _("They have no first password: they chose their own, or sign in elsewhere."),
            next_step=_(
                "Leave it as it is. If they forgot their own, whoever runs this hub’s machine gives them another:"
                " jigsaw practitioner first-password --forgotten."
            ),
        )
    given = made_up()
    theirs.set_password(given)
    theirs.password_is_first, theirs.password_given_at = True, now
    theirs.save(update_fields=["password", "password_is_first", "password_given_at"])
    audit.record(
        actor=actor,
        action="practitioner.first_password_given",
        thing=f"practitioner {theirs.pk}",
        detail={"forgotten": chosen},
        now=now,
    )
    return given


def made_up() -> str:
    """Four groups of five letters and digits, 100 random bits."""
    return "-".join("".join(secrets.choice(LETTERS.lower()) for _ in range(5)) for _group in range(4))
