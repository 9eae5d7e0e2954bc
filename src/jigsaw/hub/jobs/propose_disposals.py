"""Propose once a day what is past its time; dispose of what the schedule says that nobody is asked about."""

from __future__ import annotations

from datetime import datetime

from jigsaw.hub.retention import disposing, finding


def run(now: datetime) -> int:
    """How many were proposed, and disposed of by themselves. Twice changes nothing."""
    return finding.look(now=now) + disposing.by_themselves(now=now)
