"""To whose front door does a concern go? To that of where the child lives, as far as anybody can know."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.agencies import queries
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.kit.errors import Invalid, Refused
from jigsaw.hub.people.records import At
from jigsaw.hub.referrals import operations as referrals
from jigsaw.hub.referrals.models import Referral
from people_in_tests import KATIE, MONDAY, Town, concern


@pytest.fixture
def mapped(town: Town) -> Town:
    """Sharetown is ST but for one sector, Northvale is NV and that sector; health works in both."""
    for authority, postcodes in ((town.sharetown, ["st"]), (town.northvale, ["NV", "ST1  9"])):
        agencies.set_postcodes(actor=SYSTEM, authority=authority, postcodes=postcodes, now=MONDAY)
    town.health.authorities.add(town.northvale)
    return town


def raised(town: Town, who: str, *postcodes: str, **changes: object) -> Referral:
    """A concern about a child at these addresses."""
    child, parent = concern().persons
    at = tuple(At(line="12 Harbour Lane", postcode=postcode) for postcode in postcodes)
    persons = (replace(child, facts=replace(KATIE, addresses=at)), parent)
    return referrals.make(actor=getattr(town, who), concern=concern(persons=persons, **changes), now=MONDAY)


@pytest.mark.parametrize(
    ("postcode", "where"),
    [("ST1 4QZ", "Sharetown"), ("nv23kc", "Northvale"), ("ST1 9AB", "Northvale"), ("ST19 1AB", "Sharetown")],
)
@pytest.mark.parametrize("who", ["amina", "ros", "nia"])
def test_it_goes_where_the_child_lives_whoever_raises_it(
    mapped: Town, who: str, postcode: str, where: str
) -> None:
    made = raised(mapped, who, postcode)
    assert made.authority.name == where
    assert made.to_agency == queries.front_door(made.authority)


def test_without_a_known_address_it_goes_to_the_sender_s_own(mapped: Town) -> None:
    assert raised(mapped, "ros").authority == mapped.sharetown
    assert raised(mapped, "nia", "ZZ9 9ZZ").authority == mapped.northvale


@pytest.mark.parametrize("postcodes", [(), ("ZZ9 9ZZ",)])
def test_an_agency_of_several_authorities_is_asked(mapped: Town, postcodes: tuple[str, ...]) -> None:
    with pytest.raises(Invalid) as refused:
        raised(mapped, "amina", *postcodes)
    assert list(refused.value.fields) == ["authority"]
    assert Referral.objects.count() == 0


def test_what_the_sender_says_goes_before_the_address(mapped: Town) -> None:
    made = raised(mapped, "amina", "ST1 4QZ", authority=mapped.northvale.pk)
    assert made.authority == mapped.northvale
    with pytest.raises(Invalid):
        raised(mapped, "ros", "ST1 4QZ", authority=mapped.northvale.pk)


def test_a_postcode_that_two_authorities_name_tells_nothing(mapped: Town) -> None:
    agencies.set_postcodes(actor=SYSTEM, authority=mapped.northvale, postcodes=["ST"], now=MONDAY)
    assert queries.authority_at("ST1 4QZ") is None
    assert queries.authority_at("") is None


def test_only_an_administrator_says_so_and_only_of_postcodes(mapped: Town) -> None:
    given = {"authority": mapped.sharetown, "now": MONDAY}
    with pytest.raises(Refused):
        agencies.set_postcodes(actor=mapped.grace, postcodes=["ST2"], **given)
    for wrong in ("Sharetown", "12", "ST1 4Q Z", ""):
        with pytest.raises(Invalid, match="postcode"):
            agencies.set_postcodes(actor=mapped.ade, postcodes=["ST1", wrong], **given)
