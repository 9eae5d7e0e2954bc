from django.apps import AppConfig


class RightsConfig(AppConfig):
    name = "jigsaw.hub.rights"
    label = "rights"
