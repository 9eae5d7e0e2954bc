from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "jigsaw.hub.web"
    label = "web"
