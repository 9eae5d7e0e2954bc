"""On public sets with errors made by a program, without identifiers, trained on the set itself."""

import pytest
from benchmarks import febrl


# The other sets take as long again: `jigsaw bench febrl`.
@pytest.mark.parametrize(("name", "least"), [("FEBRL 3", febrl.TARGETS["FEBRL 3"])])
def test_a_model_trained_on_the_set_finds_its_pairs_at_least_as_well_as_splink_by_default(
    name: str, least: float
) -> None:
    found = febrl.run(names=[name])["sets"][name]["matchers"]
    ours, splink = (found[matcher]["at95"]["f1"] for matcher in (febrl.OURS, febrl.SPLINK))
    assert ours >= least
    assert ours >= splink
