"""Every address of the browser's pages, by what they are about."""

from django.urls import include, path

from jigsaw.hub.web import drafting, home
from jigsaw.hub.web.requests import views as requests

urlpatterns = [
    path("", home.home, name="home"),
    path("", include("jigsaw.hub.web.accounts.urls")),
    path("drafts/", drafting.save, name="save-draft"),
    path("our-concerns/", include("jigsaw.hub.web.referrals.urls")),
    path("concerns/", include("jigsaw.hub.web.screening.urls")),
    path("enquiries/", include("jigsaw.hub.web.enquiries.urls")),
    path("requests/", include("jigsaw.hub.web.requests.urls")),
    path("releases/", include("jigsaw.hub.web.releases.urls")),
    path("why/<uuid:item>/", requests.why, name="why"),
    path("", include("jigsaw.hub.web.people.urls")),
    path("", include("jigsaw.hub.web.rights.urls")),
    path("", include("jigsaw.hub.web.another_area.urls")),
    path("", include("jigsaw.hub.web.unscheduled_care.urls")),
    path("domestic-abuse/", include("jigsaw.hub.web.encompass.urls")),
    path("patterns/", include("jigsaw.hub.web.patterns.urls")),
    path("plans/", include("jigsaw.hub.web.plans.urls")),
    path("hub-to-hub/", include("jigsaw.hub.web.hub_to_hub.urls")),
    path("scim/v2/", include("jigsaw.hub.web.directories.urls")),
    path("numbers/", include("jigsaw.hub.web.numbers.urls")),
    path("notices/", include("jigsaw.hub.web.notices.urls")),
    path("feedback/", include("jigsaw.hub.web.feedback.urls")),
    path("oversight/", include("jigsaw.hub.web.oversight.urls")),
    path("agreements/", include("jigsaw.hub.web.agreements.urls")),
    path("law/", include("jigsaw.hub.web.law.urls")),
    path("retention/", include("jigsaw.hub.web.retention.urls")),
    path("settings/", include("jigsaw.hub.web.settings.urls")),
]
