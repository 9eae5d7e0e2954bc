"""Addresses of what families ask, and of what they are told."""

from django.urls import path

from jigsaw.hub.web.rights import copies, saying, views

urlpatterns = [
    path("rights/", views.listed, name="rights"),
    path("children/<uuid:person>/rights/", views.new, name="rights-new"),
    path("children/<uuid:person>/family-says/", saying.new, name="rights-says"),
    path("rights/<str:reference>/", views.one, name="rights-one"),
    path("rights/<str:reference>/leave-out/", copies.leave_out, name="rights-leave-out"),
    path("rights/<str:reference>/make/", copies.make, name="rights-make"),
    path("rights/<str:reference>/more-time/", views.more_time, name="rights-more-time"),
    path("rights/<str:reference>/answer.pdf", views.answer_pdf, name="rights-pdf"),
    path("rights/<str:reference>/answer.json", views.answer_json, name="rights-json"),
]
