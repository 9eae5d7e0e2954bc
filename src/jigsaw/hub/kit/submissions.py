"""Was this button already pressed? A double submit or the back button has one effect."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from jigsaw.hub.kit.models import Submission


def spend(*, token: UUID | None, owner: UUID, now: datetime) -> str | None:
    """Spend a form's token inside the act's transaction.

    Returns None the first time (go on, then call `outcome_is`); the earlier outcome (a path to
    show) every later time. A form without a token is always fresh. A second press that arrives
    while the first is still running waits for it, because both insert the same key.
    """
    if token is None:
        return None
    try:
        with transaction.atomic():
            Submission.objects.create(token=token, owner=owner, outcome="", at=now)
    except IntegrityError:
        return Submission.objects.get(token=token).outcome
    return None


def outcome_is(*, token: UUID | None, outcome: str) -> None:
    """Remember where the act of this token led, for whoever presses again."""
    if token is not None:
        Submission.objects.filter(token=token).update(outcome=outcome)
