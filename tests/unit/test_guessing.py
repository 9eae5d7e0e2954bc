"""What people use is found after few guesses; three unrelated words are not. And what was leaked is found in its file."""

from __future__ import annotations

import hashlib
import random
import time
from pathlib import Path

import pytest

from jigsaw.hub.agencies.guessing import FEW, guesses, was_leaked


@pytest.mark.parametrize(
    "password",
    [
        *("qwertyuiop123", "1q2w3e4r5t6y", "zaq12wsxcde3", "asdfghjkl;'#", "qwerty123456"),  # keys beside each other
        *("aaaaaaaaaaaaa", "abcabcabcabc", "123123123123", "123456789012", "abcdefghijklm"),  # runs and repeats
        *("password1234", "P4ssw0rd2026", "drowssap1234", "iloveyou1234", "superman2026", "manchester1!"),
        *("31/12/1984aaa", "jennifer1985", "liverpoolfc1", "Christopher12", "sunshine!!!!", "passwordpassword"),
    ],
)  # fmt: skip
def test_what_people_use_is_found_after_few_guesses(password: str) -> None:
    assert len(password) >= 12 and guesses(password) < FEW


@pytest.mark.parametrize(
    "password",
    [
        *("paper boats in the harbour", "kettle sofa rain", "orange kettle window", "green summer rain"),
        *("k3x9w-7mqpd-2vhrn-t5bzc", "Vq8#rT2!mZp4", "три слова не вместе", "jhs kdf qpw vbn"),
    ],
)
def test_three_words_that_do_not_belong_together_hold_and_so_does_what_was_made_up(password: str) -> None:
    assert guesses(password) >= FEW


def test_the_words_that_are_known_of_somebody_count_as_common_ones() -> None:
    password = "zebedeequux2026"
    assert guesses(password) > 1000 * guesses(password, known=["Zebedee", "Quux"])
    assert guesses(password, known=["Zebedee", "Quux"]) < FEW
    assert guesses(password) > FEW, "and are forgotten again: another practitioner is judged without them"


def test_nobody_makes_the_service_work_for_long_with_a_password() -> None:
    begun = time.process_time()
    guesses("4@8({[<369#!1|0$5+7%2" * 200)
    assert time.process_time() - begun < 4  # under one second where nothing else runs


def test_what_was_leaked_is_found_wherever_it_stands_in_its_file(tmp_path: Path) -> None:
    words, file = [f"word {n}" for n in range(200)], tmp_path / "leaked.txt"
    hashes = {word: hashlib.sha1(word.encode(), usedforsecurity=False).hexdigest().upper() for word in words}
    dice = random.Random(1)
    for many in (0, 1, 2, 3, 200):
        lines = sorted(f"{hashes[word]}:{10 ** dice.randrange(8)}" for word in words[:many])
        for end in ("\n", "\r\n"):
            file.write_bytes("".join(line + end for line in lines).encode())
            assert [word for word in words if was_leaked(word, file)] == words[:many]
