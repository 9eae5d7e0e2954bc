"""A QR code is drawn as what the library works out: finder patterns where cameras look for them, and a quiet border."""

from __future__ import annotations

import re

from jigsaw.hub.web.drawing.square_code import drawn

# The seven by seven that stands in three corners of every QR code (ISO/IEC 18004).
FINDER = ["#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######"]


def test_the_three_corners_and_the_border_are_as_cameras_look_for_them() -> None:
    side, path = drawn("otpauth://totp/Jigsaw:amina%40hv.example?secret=ABCDEFGH")
    dark = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", path)}
    assert re.fullmatch(r"(M\d+ \d+h1v1h-1z)+", path)

    def seen_at(left: int, top: int) -> list[str]:
        return ["".join(".#"[(left + x, top + y) in dark] for x in range(7)) for y in range(7)]

    far = side - 4 - 7
    assert seen_at(4, 4) == seen_at(far, 4) == seen_at(4, far) == FINDER
    assert seen_at(far, far) != FINDER
    edges = range(4, side - 4)
    assert all(x in edges and y in edges for x, y in dark), "four units all round stay light"


def test_another_address_is_another_picture() -> None:
    assert drawn("otpauth://totp/a").path != drawn("otpauth://totp/b").path
