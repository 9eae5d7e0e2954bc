"""Before anyone decides, the rules speak; what the partners change counts at once; what was decided stays as it was."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from agreements_in_tests import SHARETOWN, signed_by
from integration.web.journeys import OLD, PLAIN, Asked, ask_health, filled_in, sign_in
from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.agencies import queries as agency_queries
from jigsaw.hub.agencies.models import Agency, Practitioner
from jigsaw.hub.agreements import signing
from jigsaw.hub.agreements.models import AgreementVersion
from jigsaw.hub.alerts.models import Notice
from jigsaw.hub.disclosures.models import AnsweredItem, ReleaseProposal
from jigsaw.hub.jobs import deliver_notices
from jigsaw.hub.kit.actor import SYSTEM, Actor
from people_in_tests import NO_PASSWORD, Town

SEALED = {
    "title": "In the sealed file",
    "text": "The address of the refuge.",
    "happened_on": PLAIN["happened_on"],
    "kind": "other",
    "how_known": "fact",
    "source": "The file",
    "sealed": "sealed",
}
PASSWORD = "a lamp in every window"
EVIL = "<script>alert(1)</script> because her safety needs it 🦊"


def custodian(town: Town) -> Actor:
    account = agencies.Account(
        email="cora@hv.example",
        name="Cora Lane",
        job_title="Custodian",
        agency=town.health,
        roles=("sealed_records_custodian",),
        password=NO_PASSWORD,
    )
    agencies.add_practitioner(actor=SYSTEM, account=account, now=timezone.now())
    return agency_queries.actor_by_email(account.email)


def next_version(effect: str) -> dict[str, Any]:
    """The Sharetown agreement with what is said of a child's health in section 47 changed."""
    content = {**deepcopy(SHARETOWN), "version": 2, "startDate": timezone.localdate().isoformat()}
    content["defaults"][1]["effect"] = effect
    if effect == "review":
        content["defaults"][1]["reviewRole"] = "caldicott_guardian"
    return content


def share_plain(client: Client, asked: Asked) -> Any:
    [plain] = [entry.pk for entry in asked.entries]
    return client.post(asked.page, filled_in(asked, {plain: "share"}))


@pytest.mark.parametrize(
    ("effect", "words", "status"),
    [
        ("permit", "The rules have nothing against sharing it", 302),
        ("review", "Sharing it is for the Caldicott Guardian to decide", 400),
        ("prohibit", "Not to be shared as it stands", 400),
    ],
)
def test_changing_the_agreement_changes_the_verdict_at_once(
    client: Client, town: Town, effect: str, words: str, status: int
) -> None:
    asked = ask_health(town, PLAIN)
    sign_in(client, town.amina)
    assert "The rules have nothing against sharing it" in client.get(asked.page).content.decode()
    everyone = Agency.objects.exclude(sector="XX")
    signed_by(everyone, now=timezone.now(), content=next_version(effect))
    page = client.get(asked.page).content.decode()
    assert words in page and "version 2" in page and "/agreements/SHARETOWN-CSA/2/" in page
    assert share_plain(client, asked).status_code == status


def test_an_earlier_decision_still_shows_what_it_was_made_under(client: Client, town: Town) -> None:
    asked = ask_health(town, PLAIN)
    sign_in(client, town.amina)
    assert share_plain(client, asked).status_code == 302
    item = AnsweredItem.objects.get()
    assert item.verdict["made_under"]["relied_on"] == "SHARETOWN-CSA v1 clause 1.2"
    everyone = Agency.objects.exclude(sector="XX")
    signed_by(everyone, now=timezone.now(), content=next_version("prohibit"))
    why = client.get(f"/why/{item.pk}/").content.decode()
    assert "SHARETOWN-CSA, version 1" in why and "clause 1.2" in why and "law-" in why
    assert "/agreements/SHARETOWN-CSA/1/" in why and "version 2" not in why
    sign_in(client, town.grace)
    answer = client.get(f"/enquiries/{asked.enquiry.reference}/answers/{asked.to_health.reference}/")
    assert "Not to be passed on outside the recipient" in answer.content.decode(), "its terms travel with it"


def test_ended_every_item_goes_to_a_safeguarding_lead(client: Client, town: Town) -> None:
    asked = ask_health(town, PLAIN)
    signing.end(actor=SYSTEM, version=AgreementVersion.objects.get(), why="The board.", now=timezone.now())
    sign_in(client, town.amina)
    page = client.get(asked.page).content.decode()
    assert "Sharing it is for the named or designated safeguarding lead to decide" in page
    assert share_plain(client, asked).status_code == 400
    sign_in(client, town.tom)
    assert share_plain(client, asked).status_code == 302, "who holds the role decides"


def test_what_is_sealed_is_proposed_by_one_and_let_out_by_another(client: Client, town: Town) -> None:
    asked = ask_health(town, SEALED)
    [sealed] = [entry.pk for entry in asked.entries]
    sign_in(client, town.amina)
    page = client.get(asked.page).content.decode()
    assert "Left out of everything" in page and "Propose its release" in page
    assert "Mark 1 as Share" not in page
    path = f"/requests/{asked.to_health.reference}/propose/{sealed}/"
    assert client.post(asked.page, {"do": f"propose-{sealed}"})["Location"] == path
    assert client.post(path, {"reason": "Because"}).status_code == 400
    token = str(client.get(path).context["token"])
    sent = [client.post(path, {"token": token, "reason": EVIL}).status_code for _press in range(2)]
    assert sent == [302, 302]
    proposal = ReleaseProposal.objects.get()
    assert share_plain(client, asked).status_code == 400
    assert client.get("/releases/").status_code == 403
    cora = custodian(town)
    Practitioner.objects.filter(pk=cora.practitioner_id).update(password=make_password(PASSWORD))
    deliver_notices.run(timezone.now())
    sign_in(client, cora)
    listed = client.get("/releases/").content.decode()
    assert "In the sealed file" in listed and Notice.objects.filter(topic="release.proposed").exists()
    one = client.get(f"/releases/{proposal.pk}/").content.decode()
    assert "<script>alert" not in one and "🦊" in one
    assert client.post(f"/releases/{proposal.pk}/", {"release": "yes", "why": ""}).status_code == 400
    decided = {"release": "yes", "why": "Her safety needs it.", "password": PASSWORD}
    unproved = client.post(f"/releases/{proposal.pk}/", {**decided, "password": "guessed"})
    assert unproved.status_code == 400 and ReleaseProposal.objects.get().released is None
    assert client.post(f"/releases/{proposal.pk}/", decided).status_code == 302
    sign_in(client, town.amina)
    assert "Released for this request by Cora Lane" in client.get(asked.page).content.decode()
    assert share_plain(client, asked).status_code == 302
    deliver_notices.run(timezone.now())
    told = Notice.objects.get(topic="release.decided")
    assert told.to_practitioner_id == town.amina.practitioner_id


def test_only_the_role_of_that_agency_other_than_the_proposer_finds_it(client: Client, town: Town) -> None:
    asked = ask_health(town, SEALED, OLD)
    sign_in(client, town.amina)
    sealed = asked.entries[0].pk
    client.post(f"/requests/{asked.to_health.reference}/propose/{sealed}/", {"reason": EVIL})
    proposal = ReleaseProposal.objects.get()
    for actor in (town.tom, town.ros):
        sign_in(client, actor)
        assert "In the sealed file" not in client.get("/releases/").content.decode()
        assert client.get(f"/releases/{proposal.pk}/").status_code == 404
    sign_in(client, town.amina)
    plain = asked.entries[1].pk
    assert client.get(f"/requests/{asked.to_health.reference}/propose/{plain}/").status_code == 404
    sign_in(client, town.hannah)
    assert client.get(f"/requests/{asked.to_health.reference}/propose/{sealed}/").status_code == 404


# --- facts apart -------------------------------------------------------------------------------------------------------


def test_told_agreed_and_objected_are_kept_apart(client: Client, town: Town) -> None:
    asked = ask_health(town, PLAIN)
    [plain] = [entry.pk for entry in asked.entries]
    sign_in(client, town.amina)
    more = {"consent": "refused", "service_consent": "given", "objection_by": "Donna, Katie’s mother"}
    silent = client.post(asked.page, filled_in(asked, {plain: "share"}, **more))
    assert silent.status_code == 400
    assert "Say why it is right for the child to share all the same" in silent.content.decode()
    answered = {**more, "objection_answer": EVIL}
    assert client.post(asked.page, filled_in(asked, {plain: "share"}, **answered)).status_code == 302
    item = AnsweredItem.objects.get()
    decision = item.answer.decision
    assert (decision.consent, decision.service_consent) == ("refused", "given")
    assert (decision.objection_by, decision.objection_answer) == ("Donna, Katie’s mother", EVIL)
    why = client.get(f"/why/{item.pk}/").content.decode()
    assert "Donna, Katie’s mother" in why and "<script>alert" not in why
    sign_in(client, town.grace)
    theirs = client.get(f"/why/{item.pk}/").content.decode()
    assert "Donna, Katie’s mother" not in theirs and "Did the family agree to sharing?" in theirs
