from django.apps import AppConfig


class DisclosuresConfig(AppConfig):
    name = "jigsaw.hub.disclosures"
    label = "disclosures"
