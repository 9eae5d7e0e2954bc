from django.apps import AppConfig


class UnscheduledCareConfig(AppConfig):
    name = "jigsaw.hub.unscheduled_care"
    label = "unscheduled_care"
