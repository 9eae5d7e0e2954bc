"""Remove drafts whose time is over."""

from datetime import datetime

from jigsaw.hub.kit import drafts


def run(now: datetime) -> int:
    return drafts.discard_expired(now=now)
