"""What does an address look like to a telephone's camera? A QR code as the path of an SVG: no inline style."""

from __future__ import annotations

from typing import NamedTuple


class Drawn(NamedTuple):
    """`side`: units of the view box, the quiet border of four included; `path`: one square a dark unit."""

    side: int
    path: str


def drawn(text: str) -> Drawn:
    """The QR code of `text`, at the lowest level of repair: a screen has no stains, and larger squares are easier to
    take. The library is loaded when one is drawn."""
    import qrcode

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_L, border=4)
    code.add_data(text)
    rows = code.get_matrix()
    squares = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return Drawn(len(rows), "".join(squares))
