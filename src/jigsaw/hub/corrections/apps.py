from django.apps import AppConfig


class CorrectionsConfig(AppConfig):
    name = "jigsaw.hub.corrections"
    label = "corrections"
