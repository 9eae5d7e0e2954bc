"""What becomes of a file that somebody sends: looked at by the scanner, if there is one, then made anew, or refused."""

from __future__ import annotations

from jigsaw.papers import sniffing
from jigsaw.papers.apart import clean_apart
from jigsaw.papers.outcome import Clean, Refusal
from jigsaw.papers.scanning import Scanner, Silent


def receive(data: bytes, scanner: Scanner | None) -> Clean | Refusal:
    """A clean copy, or a refusal in words, whatever the bytes are.

    A scanner that is set up and silent is a refusal, never an all-clear. It sees the file as it came.
    """
    try:
        sniffing.kind_of(data)
        found = scanner.finds(data) if scanner else ""
    except Refusal as refusal:
        return refusal
    except Silent:
        return Refusal(
            "scanner_silent",
            "The virus scanner does not answer, so this file was not taken.",
            "Try again in a few minutes. If it stays so, tell whoever runs the hub.",
        )
    if found:
        return Refusal(
            "infected",
            "The virus scanner takes this file for harmful.",
            "Do not open it or pass it on. Tell whoever looks after your agency’s computers, and ask for another copy.",
        )
    return clean_apart(data)
