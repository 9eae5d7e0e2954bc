"""Why is a setting's system not shown what it asked for?"""

from __future__ import annotations

from jigsaw.hub.kit.errors import JigsawError


class TooMany(JigsawError):
    """More looks were asked for one practitioner within an hour than the partnership agreed."""


class Gone(JigsawError):
    """It was there when this practitioner looked, and is to be seen no more."""
