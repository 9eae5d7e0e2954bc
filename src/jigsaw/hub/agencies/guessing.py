"""After how many guesses is a password found by whoever tries first what people use? In what was leaked already, is it?

Neither asks anything of a network: common words, names, dates and keyboard walks come with the zxcvbn library, and what was
leaked is a file of the hub's own.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

FEW = 10**10
"""Fewer guesses than this are few: zxcvbn's own border between what holds against a stolen table of hashes and what does not."""
JUDGED_BY = 40
"""Characters from the beginning; the work grows with their square, and more of them never makes a password worse."""


def guesses(password: str, *, known: Iterable[str] = ()) -> int:
    """How many guesses find it, by zxcvbn's reckoning; `known` are words that are tried first because of whose it is.

    Common passwords and words, forwards, backwards and with the usual exchanges (p4ssw0rd), names, dates, neighbouring
    keys, runs and repeats; the cheapest way to put it together counts.
    """
    # Only here: the library reads its lists when it is imported, and most commands need none of them.
    from zxcvbn import matching, scoring

    begins = password[:JUDGED_BY]
    ours = matching.build_ranked_dict(sorted({word.lower() for word in known if len(word) > 2}))
    lists = {
        **matching.RANKED_DICTIONARIES,
        "user_inputs": ours,
    }  # a copy: other threads ask at the same time
    found = scoring.most_guessable_match_sequence(begins, matching.omnimatch(begins, lists))
    return int(found["guesses"])


def was_leaked(password: str, file: Path) -> bool:
    """Does a file of leaked passwords hold it?

    The file is as Have I Been Pwned hands it out: a line for each, the SHA-1 in capitals and what else after a colon, in
    the order of the hashes. It is never read as a whole: whoever has all of them has forty gigabytes.
    """
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with file.open("rb") as lines:
        first, last = 0, lines.seek(0, os.SEEK_END)
        while (
            first < last
        ):  # the line that begins at or after the middle; `first` and `last` are places in the file
            middle = (first + last) // 2
            lines.seek(max(middle - 1, 0))
            if middle:
                lines.readline()
            here = lines.readline()
            if here[:40] == wanted:
                return True
            if here and here[:40] < wanted:
                first = lines.tell()
            else:
                last = middle
    return False
