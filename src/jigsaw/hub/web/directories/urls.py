"""SCIM 2.0, for an agency's own directory of staff."""

from django.urls import path

from jigsaw.hub.web.directories import views

urlpatterns = [
    path("Users", views.users, name="scim-users"),
    path("Users/<uuid:pk>", views.user, name="scim-user"),
    path("ServiceProviderConfig", views.configuration, name="scim-configuration"),
    path("ResourceTypes", views.resource_types, name="scim-resource-types"),
]
