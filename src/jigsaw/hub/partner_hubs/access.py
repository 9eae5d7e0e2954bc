"""Who may ask another hub, who says about whom none is answered, and who looks after the partner hubs?"""

from jigsaw.hub.agencies import access as agencies
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.partner_hubs.errors import may_not_ask, may_not_silence


def can_ask(actor: Actor) -> bool:
    """Those who may find anyone in the index: the front door."""
    return actor.practitioner_id is not None and actor.may("people.find_any")


def check_can_ask(actor: Actor) -> None:
    if not can_ask(actor):
        raise may_not_ask()


def can_silence(actor: Actor) -> bool:
    """Those whose role lets them say that no other hub is ever answered about a child; the hub itself may."""
    return actor.may("partner_hubs.silence")


def check_can_silence(actor: Actor) -> None:
    if not can_silence(actor):
        raise may_not_silence()


def check_can_manage(actor: Actor) -> None:
    """Administrators, and the hub itself when it is set up."""
    agencies.check_can_manage(actor)
