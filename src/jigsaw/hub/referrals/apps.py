from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "jigsaw.hub.referrals"
    label = "referrals"
