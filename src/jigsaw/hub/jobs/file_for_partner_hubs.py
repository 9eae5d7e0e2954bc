"""File the children we know for each partner hub that may ask, a few parts at a time, and change old keys."""

from datetime import datetime

from jigsaw.hub.partner_hubs import operations as partner_hubs

# A part is some 200 children and takes seconds; other jobs wait meanwhile, and the next turn goes on.
PARTS_A_TURN = 3


def run(now: datetime) -> int:
    return partner_hubs.file_what_is_due(now=now, parts=PARTS_A_TURN)
