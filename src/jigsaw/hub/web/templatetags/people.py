"""Tags for pages about people. Load with `{% load people %}`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.template.defaultfilters import filesizeformat
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from jigsaw.hub.chronology.attached import Attached
from jigsaw.hub.chronology.kinds import TakenOffBecause
from jigsaw.hub.web.people import words
from jigsaw.hub.web.rights import words as rights_words
from jigsaw.hub.web.templatetags import jigsaw

if TYPE_CHECKING:
    from jigsaw.hub.chronology.beside import Said

register = template.Library()


@register.simple_tag
def family_heading(said: Said) -> str:
    """{% family_heading said %}: who of the family says what of an entry."""
    return rights_words.heading(said.kind, said.said_as)


@register.simple_tag
def family_standing(said: Said) -> str:
    """{% family_standing said %}: what its agency decided on it, if it has."""
    return rights_words.standing(said.state, said.agency_name, said.decided_on)


@register.simple_tag
def sector_tag(code: str, name: str = "") -> SafeString:
    """{% sector_tag line.sector line.agency_name %}: the sector's colour and letters, and a name for it."""
    return jigsaw.agency_tag(code, name or str(words.SECTORS.get(code, code)))


@register.filter
def paper_words(paper: Attached) -> str:
    """What a document is and how large: “PDF, 2 pages, 31 KB”."""
    told = [str(words.PAPERS[paper.kind]), filesizeformat(paper.size)]
    if paper.kind == "pdf":
        told.insert(1, ngettext("%(n)d page", "%(n)d pages", paper.pages) % {"n": paper.pages})
    return ", ".join(told)


@register.filter
def taken_off_words(paper: Attached) -> str:
    """Why a document was taken off."""
    return str(TakenOffBecause(paper.taken_off_because).label)
