"""One file, from bytes to a clean copy, in this process. Whoever does not trust the file asks `apart` instead."""

from __future__ import annotations

from jigsaw.papers import pdf, pictures, text
from jigsaw.papers.outcome import PDF, TEXT, Clean
from jigsaw.papers.sniffing import kind_of


def clean(data: bytes) -> Clean:
    """The clean copy; raises Refusal in words about what the file is."""
    kind = kind_of(data)
    if kind == PDF:
        return pdf.clean(data)
    return text.clean(data) if kind == TEXT else pictures.clean(data, kind)
