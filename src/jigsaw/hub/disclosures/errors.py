"""What stands in the way of an answer, in words?"""

from django.utils.translation import gettext as _

from jigsaw.hub.kit.errors import AlreadyDone
from jigsaw.sharing_rules.verdict import Verdict


def answered_first(name: str) -> AlreadyDone:
    """Two practitioners answered at once: the second sees the first's answer and keeps their words."""
    return AlreadyDone(
        _("%(name)s has already answered this request.") % {"name": name},
        _(
            "Their answer is below. What you wrote is kept as a draft; add to the answer if something is missing."
        ),
    )


def in_words(verdict: Verdict) -> str:
    """What stops this item, and the next step, for the practitioner who holds it."""
    return " ".join(f"{reason.words} {reason.next_step}" for reason in verdict.reasons)
