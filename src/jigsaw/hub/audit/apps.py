from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "jigsaw.hub.audit"
    label = "audit"
