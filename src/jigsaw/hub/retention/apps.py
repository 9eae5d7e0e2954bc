from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "jigsaw.hub.retention"
    label = "retention"
