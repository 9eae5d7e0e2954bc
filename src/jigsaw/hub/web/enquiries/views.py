"""Lead an enquiry: who knows, ask, read, decide, close."""

from __future__ import annotations

from django.http import HttpResponse

from jigsaw.hub.web.door import Visit, practitioner_page


@practitioner_page
def start(visit: Visit) -> HttpResponse:
    return HttpResponse("")
