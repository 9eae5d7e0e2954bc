from django.apps import AppConfig


class EncompassConfig(AppConfig):
    name = "jigsaw.hub.encompass"
    label = "encompass"
