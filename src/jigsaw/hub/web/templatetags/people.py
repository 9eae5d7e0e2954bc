"""Tags for pages about people. Load with `{% load people %}`."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from jigsaw.hub.web.people import words
from jigsaw.hub.web.templatetags import jigsaw

register = template.Library()


@register.simple_tag
def sector_tag(code: str, name: str = "") -> SafeString:
    """{% sector_tag line.sector line.agency_name %}: the sector's colour and letters, and a name for it."""
    return jigsaw.agency_tag(code, name or str(words.SECTORS.get(code, code)))
