"""Every state can be reached, and every refusal is explained."""

from __future__ import annotations

import pytest

from jigsaw.hub.enquiries.states import MOVES as ENQUIRY
from jigsaw.hub.enquiries.states import EnquiryState
from jigsaw.hub.information_requests.states import MOVES as RECIPIENT
from jigsaw.hub.information_requests.states import RecipientState
from jigsaw.hub.kit.errors import WrongState
from jigsaw.hub.kit.states import Moves
from jigsaw.hub.referrals.states import MOVES as REFERRAL
from jigsaw.hub.referrals.states import ReferralState
from jigsaw.hub.unscheduled_care.states import MOVES as ALERT
from jigsaw.hub.unscheduled_care.states import AlertState

MACHINES = [
    (REFERRAL, ReferralState, ReferralState.RECEIVED),
    (ENQUIRY, EnquiryState, EnquiryState.OPEN),
    (RECIPIENT, RecipientState, RecipientState.SENT),
    (ALERT, AlertState, AlertState.SENT),
]


@pytest.mark.parametrize(("moves", "states", "first"), MACHINES)
def test_every_state_is_reachable(moves: Moves, states: type, first: object) -> None:
    reached, fresh = {first}, {first}
    while fresh:
        fresh = {moves.after(act, s) for act in moves.moves for s in fresh if moves.allows(act, s)} - reached
        reached |= fresh
    assert reached == set(states)


@pytest.mark.parametrize(("moves", "states", "first"), MACHINES)
def test_every_refusal_says_what_to_do(moves: Moves, states: type, first: object) -> None:
    for act in moves.moves:
        for state in states:  # type: ignore[attr-defined]
            if not moves.allows(act, state):
                with pytest.raises(WrongState) as refused:
                    moves.after(act, state)
                assert len(str(refused.value.words)) > 15


def test_a_table_with_a_hole_is_refused() -> None:
    with pytest.raises(ValueError, match="does neither"):
        Moves({"close": ({EnquiryState.OPEN}, EnquiryState.CLOSED)}, refused={})
