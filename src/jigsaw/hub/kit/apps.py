from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "jigsaw.hub.kit"
    label = "kit"
