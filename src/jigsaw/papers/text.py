"""Is this plain text, and nothing but?"""

from __future__ import annotations

import unicodedata
from typing import Final

from jigsaw.papers.outcome import LARGEST_TEXT, TEXT, Clean, Refusal, made
from jigsaw.papers.sniffing import ANOTHER

# Signs that turn the direction of reading, so that a text does not say what it seems to (Unicode TR36).
TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(data: bytes) -> Clean:
    """The text in UTF-8 with lines ended as on the web. Raises Refusal for what is none, or is too long."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _not_known() from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if any(unicodedata.category(sign) == "Cc" and sign not in "\n\t\f" for sign in text):
        raise _not_known()
    if len(data) > LARGEST_TEXT:
        raise Refusal(
            "too_big",
            f"A text may have {LARGEST_TEXT // 1024 // 1024} MB at most.",
            "Save it as PDF, or in parts.",
        )
    kept = "".join(sign for sign in text if sign not in TURNING).replace("\n", "\r\n")
    return made(TEXT, kept.encode(), original=data)


def _not_known() -> Refusal:
    return Refusal("unknown", "This is no kind of file that can be kept here.", ANOTHER)
