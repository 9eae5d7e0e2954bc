"""Is a password made of the words that anybody would try first who knows where it is used?"""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import queries

# What this is called, what is done with it, and where: tried first by whoever knows what the password opens.
WORDS = (
    "jigsaw hub safeguarding safeguard children child family families social worker work care police school nursery "
    "hospital health visitor council county borough city mash front door nhs password passphrase welcome "
    "letmein login signin admin changeme summer autumn winter spring"
)
LEFT_AT_LEAST = 8
"""Characters that must be left without those words and blanks."""


class WordsOfTheWork:
    """Refuses a password of which little is left without the words of this work and of this partnership."""

    def validate(self, password: str, user: object = None) -> None:
        partnership = queries.partnership()
        if len(left(password, place=partnership.name if partnership else "")) < LEFT_AT_LEAST:
            raise ValidationError(self.get_help_text(), code="words_of_the_work")

    def get_help_text(self) -> str:
        return str(
            _(
                "The password is made of words that anybody would try here first. Use three other words as well."
            )
        )


def left(password: str, *, place: str) -> str:
    """What of a password is left without the words of the work and of this place, longest first, whatever their case."""
    words = sorted({*WORDS.split(), *place.lower().split()}, key=len, reverse=True)
    known = "|".join(re.escape(word) for word in words if len(word) > 2)
    return re.sub(rf"{known}|\s", "", password.lower())
