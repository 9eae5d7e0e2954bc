from django.apps import AppConfig


class EnquiriesConfig(AppConfig):
    name = "jigsaw.hub.enquiries"
    label = "enquiries"
