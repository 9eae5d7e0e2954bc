"""What has a practitioner typed but not yet sent?

Drafts live on the server only, because office PCs and phones are shared. They are sealed with
AES-GCM under the hub's draft key, with owner and form as associated data, so that a row moved to
another owner does not open.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from jigsaw.hub.kit import sealing
from jigsaw.hub.kit.models import Draft

KEPT_FOR = timedelta(days=14)


@dataclass(frozen=True)
class SavedDraft:
    """A draft as it was typed: each field's name with all its values."""

    about: str
    fields: dict[str, list[str]]
    saved_at: datetime


def save(*, owner: UUID, about: str, fields: dict[str, list[str]], now: datetime) -> datetime:
    """Keep the form `about` as typed so far; returns when it was saved."""
    sealed = sealing.seal(
        json.dumps(fields).encode(), key=settings.DRAFT_KEY, bound_to=_bound_to(owner, about)
    )
    Draft.objects.update_or_create(
        owner=owner,
        about=about,
        defaults={"sealed": sealed, "saved_at": now, "expires_at": now + KEPT_FOR},
    )
    return now


def load(*, owner: UUID, about: str, now: datetime) -> SavedDraft | None:
    """The draft of this form by this owner, if there is one that has not expired."""
    row = Draft.objects.filter(owner=owner, about=about, expires_at__gt=now).first()
    return _open(row) if row else None


def mine(*, owner: UUID, prefix: str, now: datetime) -> list[SavedDraft]:
    """All live drafts of this owner whose form starts with `prefix`, newest first."""
    rows = Draft.objects.filter(owner=owner, about__startswith=prefix, expires_at__gt=now)
    return [draft for row in rows.order_by("-saved_at") if (draft := _open(row))]


def discard(*, owner: UUID, about: str) -> None:
    """Forget this draft: its words have been sent, or its owner threw it away."""
    Draft.objects.filter(owner=owner, about=about).delete()


def discard_expired(*, now: datetime) -> int:
    """Remove drafts past their date; returns how many. Running it twice changes nothing."""
    return Draft.objects.filter(expires_at__lte=now).delete()[0]


def _open(row: Draft) -> SavedDraft | None:
    bound_to = _bound_to(row.owner, row.about)
    try:
        plain = sealing.unseal(row.sealed, key=settings.DRAFT_KEY, bound_to=bound_to)
    except sealing.DoesNotOpen:
        # A row under a lost key or moved from another owner is unreadable, not an error page.
        return None
    return SavedDraft(row.about, json.loads(plain), row.saved_at)


def _bound_to(owner: UUID, about: str) -> str:
    return f"{owner}|{about}"
