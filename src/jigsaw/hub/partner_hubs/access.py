"""Who may ask another hub, and who looks after the partner hubs?"""

from jigsaw.hub.agencies import access as agencies
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.partner_hubs.errors import may_not_ask


def can_ask(actor: Actor) -> bool:
    """Those who may find anyone in the index: the front door."""
    return actor.practitioner_id is not None and actor.may("people.find_any")


def check_can_ask(actor: Actor) -> None:
    if not can_ask(actor):
        raise may_not_ask()


def check_can_manage(actor: Actor) -> None:
    """Administrators, and the hub itself when it is set up."""
    agencies.check_can_manage(actor)
