"""Under which name is a clean copy handed out? One that no system takes for anything but a plain file."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

ENDINGS: Final = {"pdf": ".pdf", "jpeg": ".jpg", "png": ".png", "text": ".txt"}
LONGEST: Final = 80
# Separators of paths and streams, wildcards, quotes and what shells read.
_NOT_IN_NAMES: Final = re.compile(r"[/\\:*?\"<>|;&$`'%\[\]{}=~^]")
# Names that Windows keeps for devices, whatever their ending.
_DEVICES: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


def file_name(title: str, kind: str) -> str:
    """The title as a name of a file, with the ending of what it is; `document` where nothing is left of it.

    No path, no control or direction-turning sign, no dot or blank at either end, no device of Windows, at most
    LONGEST signs before the ending.
    """
    told = "".join(
        " " if unicodedata.category(sign) in ("Zl", "Zp", "Zs") else sign
        for sign in title
        if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    told = " ".join(_NOT_IN_NAMES.sub(" ", told).split())[:LONGEST].strip(". -")
    if not told or _DEVICES.match(told):
        told = f"document {told}".strip()
    return told + ENDINGS[kind]
