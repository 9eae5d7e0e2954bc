"""“Do you know this child?” between hubs that tell each other nothing else.

Pure: no Django, no database, no clock, no network. Read in this order:

- `combinations`: what of a person is asked about: combinations of normalised identifiers, each of a kind;
- `masking`: how a combination becomes a token that takes the keys of both hubs to make;
- `answers`: yes, no or ask a person, by how many kinds of combination agree.

Why two keys, and what remains possible all the same: `docs/explanation/asking-another-area.md`.
"""

from jigsaw.record_linkage.private_question.answers import Answer, Thresholds, answer, known_by
from jigsaw.record_linkage.private_question.combinations import (
    KINDS,
    MOST_ASKED,
    MOST_FILED,
    STRONG,
    Combination,
    to_ask,
    to_file,
)
from jigsaw.record_linkage.private_question.masking import (
    POINT_BYTES,
    BadPoint,
    Context,
    MaskingKey,
    padding_point,
    point_of,
    token,
)

__all__ = [
    "KINDS",
    "MOST_ASKED",
    "MOST_FILED",
    "POINT_BYTES",
    "STRONG",
    "Answer",
    "BadPoint",
    "Combination",
    "Context",
    "MaskingKey",
    "Thresholds",
    "answer",
    "known_by",
    "padding_point",
    "point_of",
    "to_ask",
    "to_file",
    "token",
]
