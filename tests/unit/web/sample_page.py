"""Sample data for the gallery of shared parts: invented people, used by tests that look at the whole look."""

import datetime as dt
from types import SimpleNamespace as Thing
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.paginator import Paginator
from django.test import RequestFactory
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.web import forms as look
from jigsaw.hub.web.drawing.charts import Bar, Line, Point, Series, Stacked
from jigsaw.hub.web.drawing.family import Family, ParentOf, Partners, Person
from jigsaw.hub.web.drawing.year import Agency, Event, Overview

NOW = dt.datetime(2026, 11, 20, 12, 24, tzinfo=ZoneInfo("Europe/London"))


class ReasonsForm(look.Form):
    why = forms.MultipleChoiceField(
        label="Why is this the right decision?",
        help_text="Tick all that apply.",
        choices=[
            ("harm", look.Choice("A child may be at risk of harm", "Rules 1 and 3", {"covers": "1 3"})),
            ("role", look.Choice("They need it to do their safeguarding job", "Rule 6", {"covers": "6"})),
        ],
        widget=look.Checkboxes(layout="small"),
    )
    told = forms.ChoiceField(
        label="Have you told the child or their carer?",
        choices=[("yes", "Yes"), ("later", look.Choice("Not yet", "We will remind you in 3 days"))],
        widget=look.Radios(layout="small"),
    )
    born = look.PartialDateField(label="Date of birth", help_text="As much as you know, like 27 3 2012")
    note = forms.CharField(
        label="Anything to add", required=False, max_length=500, widget=look.CharacterCount(rows=3)
    )
    name = forms.CharField(label="Name", help_text="As they use it", widget=look.TextInput(width=20))
    agency = forms.ChoiceField(
        label="Agency", choices=[("", "Choose one"), ("PO", "Police")], widget=look.Select
    )
    sure = forms.BooleanField(label="I have read the question", widget=look.Tick)


class PersonForm(look.Form):
    name = forms.CharField(label="Name", widget=look.TextInput)
    relation = forms.ChoiceField(
        label="Who are they to the child?",
        choices=[("parent", "Parent"), ("other", "Someone else")],
        widget=look.Radios(layout="inline"),
    )


class PeopleFormSet(forms.BaseFormSet):
    item_words = _("Person %(number)d")


PeopleForms = forms.formset_factory(PersonForm, formset=PeopleFormSet, extra=1, max_num=5, can_delete=True)

FAMILY = Family(
    people=(
        Person("katie", "Katie Walsh", "F", "14", dt.date(2012, 3, 3), at_home=True),
        Person("jayden", "Jayden Walsh", "M", "9", dt.date(2017, 5, 1), at_home=True),
        Person("poppy", "Poppy Walsh", "F", "2", dt.date(2024, 8, 1), at_home=True),
        Person("donna", "Donna Walsh", "F", "38", dt.date(1988, 1, 1), at_home=True),
        Person("sean", "Sean Walsh", "M", "41", dt.date(1985, 1, 1)),
        Person("lee", "Lee Marsden", "M", "35", dt.date(1991, 1, 1), at_home=True, note="moved in Feb 2026"),
        Person("patrick", "Patrick Doyle", "M", "died 2015", dt.date(1950, 1, 1), died=True),
        Person("maureen", "Maureen Doyle", "F", "61", dt.date(1965, 1, 1)),
    ),
    parent_of=(
        ParentOf("donna", "katie"),
        ParentOf("sean", "katie"),
        ParentOf("donna", "jayden"),
        ParentOf("sean", "jayden"),
        ParentOf("donna", "poppy"),
        ParentOf("patrick", "donna"),
        ParentOf("maureen", "donna"),
    ),
    partners=(
        Partners("donna", "sean", "ended", "separated 2022"),
        Partners("donna", "lee", "current", "since February 2026"),
        Partners("patrick", "maureen"),
    ),
    address="12 Harbour Lane",
)

OVERVIEW = Overview(
    events=(
        Event("e2", dt.date(2026, 1, 14), "ed", "fact", "Attendance falls to 82%"),
        Event("e3", dt.date(2026, 2, 19), "ho", "reported", "New partner moves in"),
        Event("e4", dt.date(2026, 3, 11), "po", "fact", "Police attend argument at home"),
        Event("e5", dt.date(2026, 3, 18), "ed", "child", "Katie talks to pastoral lead"),
        Event("e6", dt.date(2026, 5, 8), "sc", "fact", "Early help offered"),
        Event("e7", dt.date(2026, 6, 5), "he", "reported", "Neighbour worried"),
        Event("e8", dt.date(2026, 9, 14), "ed", "opinion", "Katie seems withdrawn"),
        Event("e9", dt.date(2026, 10, 14), "he", "fact", "Poppy at A&E", key=True),
        Event("e1", dt.date(2026, 11, 12), "ed", "child", "Katie talks to counsellor", key=True),
        Event("e10", dt.date(2026, 11, 19), "po", "fact", "Arrest at the address", key=True),
    ),
    agencies=(
        Agency("sc", "SC", "Social care"),
        Agency("po", "PO", "Police"),
        Agency("he", "HE", "Health"),
        Agency("ed", "ED", "Education"),
        Agency("ho", "HO", "Housing"),
    ),
    start=dt.date(2026, 1, 1),
    end=dt.date(2026, 11, 20),
)


def _request(rating: str, name: str, minutes: int, code: str, agency: str, owner: str) -> Thing:
    due = NOW + dt.timedelta(minutes=minutes)
    return Thing(
        rating=rating,
        name=name,
        born="born 8 Jan 2018",
        headline="Missed reviews and school absence",
        code=code,
        agency=agency,
        asker="Ros Okafor",
        purpose="Strategy discussion, today 15:00",
        due=due,
        late=minutes < 0,
        used=0.8 if minutes < 300 else 0.3,
        owner=owner,
    )


def _item(number: int, title: str, kind: str, flag: str) -> Thing:
    choices = [("share", "Share"), ("part", "Share part"), ("withhold", "Withhold")]
    pick = look.Pick(choices=choices).render(f"item-{number}", None, attrs={"id": f"item-{number}"})
    reasons = [("relevant", "Not relevant to this request"), ("harm", "Sharing it could cause harm")]
    quick = look.Quick(choices=reasons).render(f"reason-{number}", None, attrs={"id": f"reason-{number}"})
    text = "3 cm bruise, left forearm. No fracture. Donna said Poppy fell from the sofa."
    return Thing(title=title, kind=kind, source="A&E letter", text=text, flag=flag, pick=pick, quick=quick)


def context(*, bound: bool) -> dict[str, Any]:
    """Everything that gallery.html shows; `bound` adds the errors of an empty form."""
    data = {
        "people-TOTAL_FORMS": "1",
        "people-INITIAL_FORMS": "0",
        "born-day": "31",
        "born-month": "6",
        "born-year": "2012",
    }
    data |= {"people-0-relation": "parent"}
    return {
        "partnership_name": "Sharetown Safeguarding Children Partnership",
        "demonstration": True,
        "front_door_phone": "01632 960 000",
        "now": NOW,
        "today": NOW.date(),
        "user": Thing(is_authenticated=True, pk="7"),
        "signed_in": Thing(
            name="Amina Yusuf", job_title="Health visitor", agency="Sharetown 0–19 Health Service"
        ),
        "nav_items": [
            Thing(url="#", text="Requests", badge=7, current=True),
            *(
                Thing(url="#", text=text, badge=0)
                for text in ("Children", "Referrals", "Oversight", "Practise")
            ),
        ],
        "request": RequestFactory().get("/?show=mine"),
        "form": ReasonsForm(data) if bound else ReasonsForm(),
        "people": PeopleForms(data, prefix="people") if bound else PeopleForms(prefix="people"),
        "problems": [("Choose share, share part or withhold: Poppy: bruise", "item-1_0")] if bound else [],
        "tile_items": [
            Thing(figure=1, text="late", tone="late"),
            Thing(figure=2, text="due in 2 hours", tone="soon"),
            Thing(figure=4, text="due later", tone="", url="#"),
            Thing(figure="92%", text="on time this month", tone="good"),
        ],
        "segment_items": [
            Thing(url="#", text="Whole team", current=True, count=7),
            Thing(url="#", text="Mine", count=2),
            Thing(url="#", text="No one yet", count=0),
        ],
        "requests": [
            _request("A", "Ayaan Malik", -74, "ED", "Education", "Tom Baptiste"),
            _request("R", "Katie Walsh", 48, "PO", "Police", "You"),
            _request("G", "Unborn baby Reid", 1616, "SC", "Social care", "No one yet"),
            _request("B", "Isla Fenwick", 6996, "VC", "Charity", "No one yet"),
        ],
        "page": Paginator(range(95), 10).page(4),
        "statuses": [
            "draft",
            "sent",
            "opened",
            "claimed",
            "waiting",
            "review",
            "answered",
            "overdue",
            "closed",
        ],
        "items": [
            _item(1, "Poppy: bruise to left forearm, A&E", "fact", ""),
            _item(
                2, "Neighbour worried about shouting", "reported", "names a person who asked not to be named"
            ),
        ],
        "flag_items": [
            Thing(figure=3, text="health appointments missed for Poppy since April", url="#"),
            Thing(figure=101, text="days in summer with nothing recorded by anyone"),
        ],
        "overview": OVERVIEW,
        "family": FAMILY,
        "evidence": [
            Thing(
                field="Name", left="Katie Walsh", right="Katy Walsh", outcome="close", words="sounds alike"
            ),
            Thing(field="Date of birth", left="3 Mar 2012", right="3 Mar 2012", outcome="agrees", words=""),
            Thing(field="Postcode", left="ST1 4QZ", right="ST2 1AA", outcome="differs", words=""),
            Thing(field="NHS number", left="999 012 3456", right="", outcome="missing", words=""),
        ],
        "steps": [
            Thing(what="Request sent", when=NOW, who="DC Hannah Ortiz, Police", text="", state="done"),
            Thing(what="Opened", when=NOW, who="Amina Yusuf", text="Two items found.", state="done"),
            Thing(what="Answer due", when=NOW + dt.timedelta(hours=4), who="", text="", state="next"),
        ],
        "rows": [
            Thing(key="Name", value="Katie Walsh", url="#", link="Change"),
            Thing(key="Address", value="12 Harbour Lane\nSharetown", url="", link=""),
        ],
        "bars": Stacked(
            label="Answers by agency",
            row_word="Agency",
            series=(Series("on", "On time"), Series("late", "Late"), Series("none", "Never answered")),
            rows=(
                Bar("Social care", (48, 4, 1)),
                Bar("Police", (61, 9, 6)),
                Bar("Health", (57, 5, 2)),
                Bar("Housing", (17, 6, 8)),
                Bar("Charities", (0, 0, 0)),
            ),
        ),
        "trend": Line(
            label="Hours to answer a Red request",
            point_word="Month",
            value_word="Hours",
            unit="h",
            target=4,
            points=tuple(
                Point(name, value)
                for name, value in zip(
                    ("Jun", "Jul", "Aug", "Sep", "Oct", "Nov"), (6.1, 5.4, 5.9, None, 3.6, 2.8), strict=True
                )
            ),
        ),
    }
