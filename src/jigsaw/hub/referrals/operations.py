"""What can be done with a concern: it is raised, screened, and those who helped hear back.

Each step has a room of its own; the other domains and the doors come in here.
"""

from jigsaw.hub.referrals.raising import Concern, Said, Someone, make
from jigsaw.hub.referrals.screening import (
    acknowledge,
    add_rating,
    close_with_advice,
    enquiry_opened,
    keep_apart,
    link_person,
    rate,
    route,
    route_again,
)
from jigsaw.hub.referrals.telling import (
    anyone_hears_whether_relevant,
    give_feedback,
    may_be_told,
    owe_feedback,
    read_feedback,
)

__all__ = [
    "Concern",
    "Said",
    "Someone",
    "acknowledge",
    "add_rating",
    "anyone_hears_whether_relevant",
    "close_with_advice",
    "enquiry_opened",
    "give_feedback",
    "keep_apart",
    "link_person",
    "make",
    "may_be_told",
    "owe_feedback",
    "rate",
    "read_feedback",
    "route",
    "route_again",
]
