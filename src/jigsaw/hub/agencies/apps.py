from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    name = "jigsaw.hub.agencies"
    label = "agencies"
