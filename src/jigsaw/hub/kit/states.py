"""A change of state as a table: which act, from which states, to which one, and why not otherwise."""

from collections.abc import Mapping, Set
from typing import Any

from jigsaw.hub.kit.errors import WrongState


class Moves:
    """`moves` maps an act to (states it may start from, state it leads to or None to stay).

    `refused` maps (act, state) to the words for each pair that is not allowed; a pair with
    neither a move nor words is a mistake in the table and fails at import.
    """

    def __init__(
        self, moves: Mapping[str, tuple[Set[Any], Any]], refused: Mapping[tuple[str, Any], object]
    ) -> None:
        self.moves = moves
        self.refused = refused
        states = type(next(iter(next(iter(moves.values()))[0])))
        missing = [
            (act, state)
            for act, (starts, _) in moves.items()
            for state in states
            if (state in starts) == ((act, state) in refused)
        ]
        if missing:
            raise ValueError(f"The table of moves allows and refuses, or does neither: {missing}")

    def after(self, act: str, state: Any) -> Any:
        """The state after `act`; raises WrongState in words if it cannot be done from `state`."""
        starts, leads_to = self.moves[act]
        if state not in starts:
            raise WrongState(self.refused[(act, state)])
        return state if leads_to is None else leads_to

    def allows(self, act: str, state: Any) -> bool:
        """Can `act` be done from `state`?"""
        return state in self.moves[act][0]
