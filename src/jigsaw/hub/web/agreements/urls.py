"""Addresses: sharing agreements."""

from django.urls import path

from jigsaw.hub.web.agreements import views, writing

ONE = "<str:identifier>/<int:number>/"

urlpatterns = [
    path("", views.start, name="agreements"),
    path("new/", writing.new, name="agreement-new"),
    path("import/", writing.import_, name="agreement-import"),
    path("<str:identifier>/", views.newest, name="agreement"),
    path(ONE, views.version, name="agreement-version"),
    path(f"{ONE}edit/", writing.edit, name="agreement-edit"),
    path(f"{ONE}sign/", views.sign, name="agreement-sign"),
    path(f"{ONE}end/", views.end, name="agreement-end"),
    path(f"{ONE}compared-with/<int:other>/", views.compare, name="agreement-compare"),
    path(f"{ONE}file/<str:form>/", views.file, name="agreement-file"),
]
