"""Which door does an address lead to?"""

from django.urls import include, path

from jigsaw.hub.config import api, health

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("api/openapi.json", api.openapi, name="openapi"),
    path("fhir/R4/", include("jigsaw.hub.fhir.urls")),
    path("", include("jigsaw.hub.web.urls")),
]

handler400 = "jigsaw.hub.web.problems.bad_request"
handler404 = "jigsaw.hub.web.problems.no_such_page"
handler500 = "jigsaw.hub.web.problems.our_fault"
