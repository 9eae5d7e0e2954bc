from django.apps import AppConfig


class PartnerHubsConfig(AppConfig):
    name = "jigsaw.hub.partner_hubs"
    label = "partner_hubs"
