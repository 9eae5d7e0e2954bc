from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "jigsaw.hub.agreements"
    label = "agreements"
