"""How does one see what kind of thing this is? Marks for how something is known, and the due clock.

Fact: full circle. Professional opinion: diamond. Reported by others: open circle. Child's own
words: quotation mark.
"""

import math

from django.utils.html import format_html
from django.utils.safestring import SafeString

from jigsaw.hub.web.drawing import svg

SECTORS = frozenset(("SC", "PO", "HE", "ED", "HO", "VC", "XX"))


def sector(code: str) -> str:
    """The code itself if it has a colour, else XX."""
    return code if code in SECTORS else "XX"


def ring(*, fraction: float, rating: str) -> SafeString:
    """A clock that fills: the share (0 to 1) of the allowed time already used."""
    round_it = 2 * math.pi * 15
    used = round_it * max(0.0, min(1.0, fraction))
    return format_html(
        '<svg class="hub-ring hub-ring--{}" viewBox="0 0 40 40" width="40" height="40" aria-hidden="true" '
        'focusable="false"><circle cx="20" cy="20" r="15" class="hub-ring__track"/>'
        '<circle cx="20" cy="20" r="15" class="hub-ring__used" stroke-dasharray="{} {}" '
        'transform="rotate(-90 20 20)"/></svg>',
        rating,
        svg.number(used),
        svg.number(round_it),
    )


def mark(kind: str, x: float, y: float, code: str, *, key: bool = False, radius: float = 7) -> SafeString:
    """One mark in the colour of a sector; `key` draws a halo around it."""
    halo = svg.circle(x, y, radius + 5, "hub-mark__halo") if key else SafeString("")
    return svg.join((halo, _shape(kind, x, y, sector(code), radius)))


def _shape(kind: str, x: float, y: float, code: str, radius: float) -> SafeString:
    n = svg.number
    if kind == "fact":
        return svg.circle(x, y, radius, f"hub-mark hub-f-{code}")
    if kind == "opinion":
        r = n(radius + 2)
        d = f"M{n(x)} {n(y - radius - 2)}l{r} {r} -{r} {r} -{r} -{r}z"
        return svg.path(d, f"hub-mark hub-f-{code}")
    if kind == "child":
        return svg.path(_quotes(x, y, radius), f"hub-mark hub-mark--voice hub-f-{code}")
    return svg.circle(x, y, radius - 1, f"hub-mark hub-mark--open hub-s-{code}")


def _quotes(x: float, y: float, radius: float) -> str:
    """Two opening quotation marks that fill a square of 2 x radius."""
    n, w, h = svg.number, radius * 0.95, radius * 1.9
    one = "M{x} {y}v-{down}q0 -{up} {w} -{up}v{lip}q-{in_} 0 -{in_} {rise}h{in_}v{foot}z"
    return "".join(
        one.format(
            x=n(left), y=n(y + h / 2), down=n(h * 0.5), up=n(h * 0.5), w=n(w), lip=n(h * 0.2),
            in_=n(w * 0.45), rise=n(h * 0.3), foot=n(h * 0.5),
        )
        for left in (x - radius, x + radius * 0.1)
    )  # fmt: skip


def key_mark(kind: str, *, key: bool = False) -> SafeString:
    """The mark alone, for legends and labels."""
    return format_html(
        '<svg viewBox="0 0 {0} {0}" width="{1}" height="{1}" aria-hidden="true" focusable="false" '
        'class="hub-keymark">{2}</svg>',
        30 if key else 22,
        20 if key else 18,
        mark(kind, 15, 15, "XX", key=True) if key else mark(kind, 11, 11, "XX"),
    )
