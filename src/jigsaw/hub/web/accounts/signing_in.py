"""Is this the practitioner they say they are?"""

from __future__ import annotations

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from jigsaw.hub.agencies import queries as agencies


class PractitionerBackend(BaseBackend):
    """Accounts of active practitioners, by e-mail address and password (argon2)."""

    def authenticate(
        self, request: HttpRequest | None, username: str = "", password: str = "", **other: object
    ):  # type: ignore[no-untyped-def]
        """The active practitioner with this address and password, or None; the time taken tells nothing."""
        return agencies.practitioner_with_password(username, password)

    def get_user(self, user_id: object):  # type: ignore[no-untyped-def]
        """The practitioner of a session, while active: who leaves loses access at the next request."""
        return agencies.active_practitioner(user_id)
