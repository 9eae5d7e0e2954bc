"""Is it still they? Asked again before an act that must not be done on somebody else's open session.

Today the password again, counted and written down as at signing in. A second factor, once there is one, is asked
for here too: this is the one place that says whether somebody has signed in afresh.
"""

from __future__ import annotations

from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.web.accounts.views import why_not
from jigsaw.hub.web.door import Visit


def signed_in_again(visit: Visit, password: str) -> str:
    """Empty if it is they; else why not, in words."""
    tried = agencies.sign_in(actor=SYSTEM, email=visit.request.user.email, password=password, now=visit.now)
    if tried.practitioner is not None and tried.practitioner.pk == visit.actor.practitioner_id:
        return ""
    return why_not(tried)
