"""Who may read an answer?

The agency that asked, through those who lead enquiries; and the agency that answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jigsaw.hub.information_requests import access as request_access
from jigsaw.hub.kit.actor import Actor

if TYPE_CHECKING:
    from jigsaw.hub.information_requests.models import Recipient


def check_can_read(actor: Actor, recipient: Recipient) -> None:
    request_access.check_can_read(actor, recipient)


def can_read(actor: Actor, recipient: Recipient) -> bool:
    """Is it their agency's answer, given or asked for? Being too close to somebody in it is a matter apart."""
    return request_access.can_answer(actor, recipient) or request_access.can_follow(actor, recipient)


def is_asker(actor: Actor, recipient: Recipient) -> bool:
    return request_access.can_follow(actor, recipient)
