from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "jigsaw.hub.decisions"
    label = "decisions"
