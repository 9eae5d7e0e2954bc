from jigsaw.sharing_rules.proposed import Party

CODE = "recipient-has-a-part"
HOUSING = Party("Sharetown Homes", "HO")


def test_whoever_asked_has_a_part(ask):
    assert ask(CODE, recipient=HOUSING).answer == "PERMIT"


def test_a_safeguarding_partner_has_a_part_though_it_did_not_ask(ask):
    assert ask(CODE, request=None).answer == "PERMIT"


def test_a_landlord_who_did_not_ask_goes_to_a_person(ask):
    assert ask(CODE, recipient=HOUSING, request=None).answer == "REVIEW"


def test_a_landlord_who_asked_somebody_else_goes_to_a_person(ask):
    assert ask(CODE, recipient=HOUSING, request={"asked_of_holder": False}).answer == "REVIEW"


def test_a_practitioner_related_to_the_family_must_not_receive_it(ask):
    cousin = Party(
        "Sharetown Children's Services", "SC", frozenset({"safeguarding_partner", "related_to_subject"})
    )
    finding = ask(CODE, recipient=cousin)
    assert finding.answer == "DENY"
    assert "colleague" in finding.next_step


def test_a_neighbour_must_not_receive_it(ask):
    neighbour = Party("", "VC", frozenset({"member_of_public"}))
    assert ask(CODE, recipient=neighbour).answer == "DENY"
