from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "jigsaw.hub.alerts"
    label = "alerts"
