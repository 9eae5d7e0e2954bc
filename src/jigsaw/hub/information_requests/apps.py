from django.apps import AppConfig


class InformationRequestsConfig(AppConfig):
    name = "jigsaw.hub.information_requests"
    label = "information_requests"
