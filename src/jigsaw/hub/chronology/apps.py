from django.apps import AppConfig


class ChronologyConfig(AppConfig):
    name = "jigsaw.hub.chronology"
    label = "chronology"
