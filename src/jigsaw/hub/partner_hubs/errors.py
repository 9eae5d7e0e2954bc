"""Refusals of this domain, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from jigsaw.hub.kit.errors import Invalid, NotHere, Refused, WrongState

if TYPE_CHECKING:
    from jigsaw.hub.partner_hubs.states import Why


class NotAnswered(Exception):
    """A letter brought no answer; `why` is one of `states.Why`."""

    def __init__(self, why: Why) -> None:
        self.why = why
        super().__init__(why)


class NotAccepted(Exception):
    """A letter that came is not accepted; `why` is one of `states.Why`."""

    def __init__(self, why: Why) -> None:
        self.why = why
        super().__init__(why)


def not_here() -> NotHere:
    return NotHere(
        _("There is no such partner hub."),
        _("See which there are under Settings, or with `jigsaw partner-hub list`."),
    )


def no_such_question() -> NotHere:
    return NotHere(_("There is no such question."), _("Go back to the child you asked about."))


def may_not_ask() -> Refused:
    return Refused(
        _("Your role does not include asking another area whether they know a child."),
        _("Ask your front door to do it."),
    )


def may_not_silence() -> Refused:
    return Refused(
        _("Your role does not include saying that no other area is answered about a child."),
        _("Ask a team manager at your front door to do it. If a child is in danger, ring them now."),
    )


def not_on_the_list() -> NotHere:
    return NotHere(
        _("Other areas are answered about this child: nothing says otherwise."),
        _("Go back to see how it is now."),
    )


def not_a_child() -> Refused:
    return Refused(
        _("Only a child can be asked about, or somebody whose date of birth is not known."),
        _("For an adult, ring the other area’s front door."),
    )


def too_little_known() -> Refused:
    return Refused(
        _(
            "Too little is known of this child to ask with: an NHS number, or a name with a whole date of birth."
        ),
        _("Ring the other area’s front door."),
    )


def too_often(phone: str) -> Refused:
    return Refused(
        _("You have asked this area as often as was agreed for one day."),
        _("Ring their front door: %(phone)s.") % {"phone": phone},
    )


def not_ready(name: str, phone: str) -> WrongState:
    return WrongState(
        _("%(name)s cannot be asked just now.") % {"name": name},
        _("Ring their front door: %(phone)s.") % {"phone": phone},
    )


def not_filed(why: Why) -> WrongState:
    return WrongState(why.label, _("What was filed until now is kept. Try again in a while, or ring them."))


def not_witnessed(why: Why) -> WrongState:
    return WrongState(why.label, _("No head was witnessed. Try again in a while, or exchange files."))


class DoesNotGoOn(WrongState):
    """A partner says that our audit log does not go on from what it saw."""


def does_not_go_on(words: str) -> WrongState:
    return DoesNotGoOn(
        _("They did not sign: %(words)s") % {"words": words},
        _("Ring them. If this database was restored, tell them so; they witness it again by file."),
    )


def no_card_yet() -> WrongState:
    return WrongState(
        _("This hub has no code and address of its own yet."),
        _("Give it some with `jigsaw partner-hub card --code CODE --address ADDRESS`."),
    )


def bad_card(problem: object) -> Invalid:
    return Invalid(
        _("This is not the card of a hub: %(problem)s") % {"problem": problem},
        next_step=_("Ask them to make it again with `jigsaw partner-hub card`."),
    )


def other_card(code: str) -> Invalid:
    return Invalid(
        _("Another hub is already known as %(code)s, with another key.") % {"code": code},
        next_step=_("Ring them. If they have a new key, give `--replace-key`."),
    )
