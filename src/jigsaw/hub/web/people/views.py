"""Find a child; the picture of a child."""

from __future__ import annotations

from django.http import HttpResponse

from jigsaw.hub.web.door import Visit, practitioner_page


@practitioner_page
def start(visit: Visit) -> HttpResponse:
    return HttpResponse("")
