from django.apps import AppConfig


class PatternsConfig(AppConfig):
    name = "jigsaw.hub.patterns"
    label = "patterns"
