import pytest

CODE = "identities-protected"


def released(text, *identities):
    return {"released_text": text, "identities_to_protect": identities}


@pytest.mark.parametrize(
    "text",
    [
        "Her aunt Alma Dray told us.",
        "ALMA   DRAY told us.",
        "Told by Dray, Alma.",
        "alma-dray's house",
        "Álma Dray",
        "A\u200blma Dray",
        "AlmaDray told us.",
    ],
)
def test_a_protected_name_must_not_go_however_it_is_written(ask, text):
    finding = ask(CODE, item=released(text, "Alma Dray"))
    assert finding.answer == "DENY"
    assert "“Alma Dray”" in finding.next_step


def test_a_telephone_number_must_not_go_however_it_is_spaced(ask):
    assert ask(CODE, item=released("Ring 07700-900 123.", "07700 900123")).answer == "DENY"


def test_an_address_must_not_go(ask):
    assert ask(CODE, item=released("They live at 12, Mill Lane.", "12 Mill Lane")).answer == "DENY"


def test_a_first_name_alone_goes_to_a_person(ask):
    finding = ask(CODE, item=released("Alma told us.", "Alma Dray"))
    assert (finding.answer, finding.review_role) == ("REVIEW", "named_safeguarding_lead")


@pytest.mark.parametrize(
    "text", ["The almanac is on the desk.", "They live in a lane by the road.", "Attendance 61%."]
)
def test_other_words_may_go(ask, text):
    assert ask(CODE, item=released(text, "Alma Dray", "12 Mill Lane")).answer == "PERMIT"


def test_the_next_step_names_what_to_take_out_and_nothing_else(ask):
    finding = ask(CODE, item=released("Alma Dray told us.", "Alma Dray", "Bo Finch"))
    assert "Alma Dray" in finding.next_step
    assert "Finch" not in finding.next_step


def test_the_words_themselves_name_nobody(ask):
    assert "Alma" not in ask(CODE, item=released("Alma Dray told us.", "Alma Dray")).words


def test_a_blank_identity_hides_nothing(ask):
    assert ask(CODE, item=released("Attendance 61%.", "", " - ")).answer == "PERMIT"
