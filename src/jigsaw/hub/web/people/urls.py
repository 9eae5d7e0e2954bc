"""Addresses of finding people, a child's page, and what hangs on it."""

from django.urls import path

from jigsaw.hub.web.people import (
    corrections,
    documents,
    emergencies,
    entries,
    finding,
    pairs,
    records,
    relinking,
    views,
)

urlpatterns = [
    path("find/", finding.find, name="find"),
    path("find/answers/", finding.answers, name="find-answers"),
    path("find/none/", finding.none_of_these, name="find-none"),
    path("people/pairs/", pairs.listed, name="pairs"),
    path("people/pairs/<uuid:pair>/", pairs.one, name="pair"),
    path("people/relinking/", relinking.start, name="relinking"),
    path("people/corrections/<str:reference>/", corrections.one, name="correction"),
    path("people/pairs/<uuid:pair>/next/", pairs.following, name="pair-next"),
    path("children/<uuid:person>/", views.child, name="child"),
    path("children/<uuid:person>/record.pdf", views.child_pdf, name="child-pdf"),
    path("children/<uuid:person>/looked/", views.looked, name="child-looked"),
    path("children/<uuid:person>/add/", entries.add, name="child-add"),
    path("children/<uuid:person>/entries/<uuid:entry>/", entries.one, name="entry"),
    path("children/<uuid:person>/entries/<uuid:entry>/correct/", entries.correct, name="entry-correct"),
    path("children/<uuid:person>/entries/<uuid:entry>/documents/add/", documents.add, name="document-add"),
    path("children/<uuid:person>/documents/<uuid:document>/", documents.one, name="document"),
    path(
        "children/<uuid:person>/documents/<uuid:document>/take-off/",
        documents.take_off,
        name="document-take-off",
    ),
    path("children/<uuid:person>/emergency/", emergencies.open_page, name="emergency"),
    path("emergencies/", emergencies.listed, name="emergencies"),
    path("children/<uuid:person>/records/", records.start, name="child-records"),
]
