"""Whose session is this?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.backends import BaseBackend

from jigsaw.hub.agencies import queries as agencies

if TYPE_CHECKING:
    from jigsaw.hub.agencies.models import Practitioner


class PractitionerBackend(BaseBackend):
    """Sessions of active practitioners.

    It authenticates nobody: passwords are tried in `agencies.operations.sign_in`, where every try is counted
    and written down, and nowhere else.
    """

    def get_user(self, user_id: object) -> Practitioner | None:  # type: ignore[override]
        """The practitioner of a session, while active: who leaves loses access at the next request."""
        return agencies.active_practitioner(user_id)
