"""What do we say to whoever was not let in?"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as say

from jigsaw.hub.agencies.operations import SignIn
from jigsaw.hub.agencies.second_factors import Code, PasskeyAnswer
from jigsaw.hub.kit.clock import ENGLAND


def why_not(tried: SignIn) -> str:
    """The same words whether there is such an account or not; more only to whoever typed the right password."""
    if tried.first_is_over:
        return say(
            "This password was given to you for a few days, and they are over. Ask whoever gave it, or an "
            "administrator of this hub, for a new one."
        )
    if tried.waits_until is None:
        return say("The email address or password is not right.")
    return say("There were too many wrong tries with this address. Wait until %(time)s, then try again.") % {
        "time": _minute(tried.waits_until)
    }


def why_not_second(tried: SignIn, proof: Code | PasskeyAnswer) -> str:
    """Why a second factor did not do."""
    if tried.waits_until is not None:
        return say("There were too many wrong codes. Wait until %(time)s, then sign in again.") % {
            "time": _minute(tried.waits_until)
        }
    if isinstance(proof, PasskeyAnswer):
        return say("The passkey did not work. Try it once more, or type a code.")
    return say("The code is not right, or was used already. Wait for the app’s next code, and type that.")


def _minute(until: datetime) -> str:
    """To the next minute, so that whoever waits until then is let in."""
    return f"{(until + timedelta(seconds=59)).astimezone(ENGLAND):%H:%M}"
