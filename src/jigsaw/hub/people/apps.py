from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "jigsaw.hub.people"
    label = "people"
