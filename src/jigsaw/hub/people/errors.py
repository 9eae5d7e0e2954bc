"""What can go wrong with people and their records, in words."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from jigsaw.hub.kit.errors import NotHere, Refused

NEXT_STEP = _(
    "If you have a concern about a child, raise it: the front door will bring in whoever needs to be. "
    "If you were asked about this child, open the request in your inbox."
)


def not_here() -> NotHere:
    """The same words whether there is no such person or the agency has no live purpose."""
    return NotHere(_("There is nothing here that your agency has a purpose to see now."), NEXT_STEP)


def no_such_record() -> NotHere:
    """Nobody's, or of an agency whose numbers the actor may not trace: the same words."""
    return NotHere(_("There is no such record of your agency."), _("Go back to the numbers to trace."))


def too_close(person: UUID) -> Refused:
    """A practitioner related to someone never opens their record, whatever the agency may."""
    return Refused(
        _("You are recorded as too close to this person to see their information."),
        _("Ask a colleague to take this on. That you asked has been written down."),
        concerning=person,
    )


def may_not(words: object) -> Refused:
    return Refused(
        words, _("Ask your safeguarding lead or administrator if you think your role should allow it.")
    )
