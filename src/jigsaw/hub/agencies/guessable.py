"""Is a password made of what anybody would try first, or known already?"""

from __future__ import annotations

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import guessing, queries

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


class SoonGuessed:
    """Refuses a password that is found after few guesses: common words and names, dates, keys beside each other."""

    def validate(self, password: str, user: object = None) -> None:
        partnership = queries.partnership()
        about = " ".join([partnership.name if partnership else "", *_of(user)])
        known = {*WORDS.split(), *re.split(r"\W+", about.lower())}
        if guessing.guesses(password, known=known) < guessing.FEW:
            raise ValidationError(self.get_help_text(), code="soon_guessed")

    def get_help_text(self) -> str:
        return str(
            _(
                "The password would soon be guessed: it is made of common words or names, dates, or keys beside each "
                "other. Three words that do not belong together are hard to guess and easy to remember."
            )
        )


def _of(user: object) -> list[str]:
    return [str(getattr(user, name, "")) for name in ("email", "name")]


class Leaked:
    """Refuses a password that stands in the hub's file of leaked ones, if it was given one."""

    def validate(self, password: str, user: object = None) -> None:
        file = settings.LEAKED_PASSWORDS
        if file is not None and guessing.was_leaked(password, file):
            raise ValidationError(self.get_help_text(), code="leaked")

    def get_help_text(self) -> str:
        return str(
            _(
                "The password was leaked elsewhere, and is tried by those who break in. Choose another, which you use nowhere else."
            )
        )


def left(password: str, *, place: str) -> str:
    """What of a password is left without the words of the work and of this place, longest first, whatever their case."""
    words = sorted({*WORDS.split(), *place.lower().split()}, key=len, reverse=True)
    known = "|".join(re.escape(word) for word in words if len(word) > 2)
    return re.sub(rf"{known}|\s", "", password.lower())
