"""Where one is among what is due, the holds, the register and the schedule."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _


def places(current: str) -> list[dict[str, object]]:
    """For the segments at the top of each; `current`: the name of the route that is shown."""
    named = {
        "retention": _("To be decided"),
        "retention-asked": _("Asked to be erased"),
        "retention-holds": _("Legal holds"),
        "retention-register": _("Disposal register"),
        "retention-schedule": _("Schedule"),
    }
    return [{"url": reverse(name), "text": text, "current": name == current} for name, text in named.items()]
