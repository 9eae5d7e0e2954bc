"""Who may see and add entries?

An agency sees its own entries, and what others released to it for a purpose that is still live.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.chronology.models import Release
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Refused


def seen_by(actor: Actor, now: datetime) -> Q:
    """Which entries the actor's agency may see now, as a condition on `Entry`."""
    return Q(agency=actor.agency_id) | Q(Exists(live_releases(actor, now).filter(entry=OuterRef("pk"))))


def live_releases(actor: Actor, now: datetime) -> QuerySet[Release]:
    """Releases to the actor's agency that have begun and not ended (end exclusive)."""
    live = Release.objects.filter(to_agency=actor.agency_id, released_at__lte=now)
    return live.filter(Q(ends_at=None) | Q(ends_at__gt=now))


def check_can_add(actor: Actor) -> None:
    if not actor.may("chronology.add"):
        raise Refused(
            _("Your role does not include adding entries to your agency’s records."),
            _("Ask your safeguarding lead to add it, or to change your role."),
        )
