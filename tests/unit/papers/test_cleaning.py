"""What comes in is clean, or does not come in: files made to do harm, each with what becomes of it."""

from __future__ import annotations

import io
import re

import pikepdf
import pytest
from PIL import Image

from jigsaw.papers import apart, cleaning, file_name, pdf
from jigsaw.papers.outcome import LARGEST, TAKEN_OUT, Clean, Refusal
from papers_in_tests import HARM, a_docx, a_pdf, a_photograph, a_picture, a_png_bomb, a_zip_bomb

TRACES = re.compile(
    rb"/JavaScript|/JS\b|app\.alert|/OpenAction|/AA\b|/Launch|calc\.exe|/URI|elsewhere|/EmbeddedFile|/Filespec|/EF\b"
    rb"|MZ|/AcroForm|/XFA|/Annots|/SubmitForm|/Metadata|/Info\b|Somebody|secret|/Names\b|/PS\b|/Ref\b|<script|<html"
)


def refusal(data: bytes) -> str:
    with pytest.raises(Refusal) as refused:
        cleaning.clean(data)
    assert refused.value.words and refused.value.next_step
    return refused.value.code


def unpacked(data: bytes) -> bytes:
    """The PDF with nothing packed, so that one can look for words in it."""
    with pikepdf.open(io.BytesIO(data)) as copy:
        out = io.BytesIO()
        copy.save(
            out,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            fix_metadata_version=False,
        )
    return out.getvalue()


@pytest.mark.parametrize(
    ("harm", "taken_out"),
    [
        ("a script on opening", {"scripts"}),
        ("a script by name", {"scripts"}),
        ("a script of a page", {"scripts"}),
        ("a program inside", {"files"}),
        ("a file in a mark", {"files"}),
        ("starts a program", {"programs", "links"}),
        ("a link", {"links"}),
        ("a form", {"form", "scripts", "sending"}),
        ("its maker", {"about"}),
        ("a picture from elsewhere", {"links"}),
    ],
)
def test_a_pdf_keeps_its_pages_and_loses_what_it_could_do(harm: str, taken_out: set[str]) -> None:
    hostile = a_pdf("Dear colleague", "Second page", harm=harm)
    assert TRACES.search(unpacked(hostile)), "the sample is as harmful as it says"
    made = cleaning.clean(hostile)
    assert (made.kind, made.pages) == ("pdf", 2)
    assert set(made.taken_out) == taken_out <= set(TAKEN_OUT)
    assert not TRACES.search(unpacked(made.content))
    assert b"Dear colleague" in unpacked(made.content) and b"Second page" in unpacked(made.content)


def test_what_was_filled_into_a_form_stays_on_the_page() -> None:
    assert b"Filled in" in unpacked(cleaning.clean(a_pdf(harm="a form")).content)


def test_a_plain_pdf_loses_nothing_and_is_the_same_each_time() -> None:
    plain = a_pdf("One")
    made = cleaning.clean(plain)
    assert made.taken_out == () and made == cleaning.clean(plain)
    assert made.original_sha256 != made.sha256
    assert cleaning.clean(made.content).taken_out == ()


def test_what_hides_a_web_page_behind_a_pdf_is_a_pdf_alone() -> None:
    made = cleaning.clean(a_pdf("One") + b"<html><script>alert(1)</script></html>")
    assert b"script" not in made.content and b"script" not in unpacked(made.content)


def test_what_goes_through_unseen_is_refused_by_the_second_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf._Scrubbed, "all_pages", lambda self: None)
    assert refusal(a_pdf(harm="a picture from elsewhere")) == "not_safe"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\0" * 10_000_000, "empty"),
        (b"x" * (LARGEST + 1), "too_big"),
        (a_pdf(password="secret"), "locked"),
        (a_pdf("One")[:-200], "damaged"),
        (b"%PDF-1.7\nnothing that follows", "damaged"),
        (a_pdf(harm="only a form"), "only_a_form"),
        (a_pdf(*["."] * 301), "too_long"),
        (b"<html><body>A letter</body></html>" + a_pdf("One"), "web"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "web"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "web"),
        (a_docx(), "office"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old letter", "office"),
        (rb"{\rtf1 letter}", "office"),
        (a_zip_bomb(), "packed"),
        (b"MZ\x90\x00", "program"),
        (b"#!/bin/sh\nrm -rf /\n", "program"),
        (a_picture("GIF"), "picture"),
        (a_picture("TIFF"), "picture"),
        (b"\x00\x00\x00\x18ftypheic....", "phone"),
        (b"\x00\x00\x00\x18ftypmp42....", "film"),
        (a_picture()[:-300], "damaged"),
        (a_png_bomb(), "too_big"),
        (b"caf\xe9 in Latin-1", "unknown"),
        (b"text with \x1b[2J escapes", "unknown"),
    ],
)  # fmt: skip
def test_what_does_not_come_in_is_refused_in_words(data: bytes, code: str) -> None:
    assert refusal(data) == code


def test_a_photograph_is_turned_as_it_was_held_and_tells_neither_place_nor_camera() -> None:
    made = cleaning.clean(a_photograph())
    assert made.kind == "jpeg" and made.taken_out == ("about", "place", "camera")
    with Image.open(io.BytesIO(made.content)) as picture:
        assert picture.size == (20, 40) and not picture.getexif() and "comment" not in picture.info
        assert sum(picture.getpixel((10, 5))) < 120 < sum(picture.getpixel((10, 35)))
    assert b"Telephone" not in made.content and b"script" not in made.content


@pytest.mark.parametrize(("came", "stays"), [("PNG", "png"), ("WEBP", "jpeg"), ("JPEG", "jpeg")])
def test_a_picture_is_made_of_its_dots_alone(came: str, stays: str) -> None:
    made = cleaning.clean(a_picture(came) + b"<?php system('id') ?>")
    assert made.kind == stays and b"php" not in made.content


def test_a_picture_one_can_see_through_stays_so() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (1, 2, 3, 0)).save(out, "WEBP")
    assert cleaning.clean(out.getvalue()).kind == "png"


def test_text_is_kept_as_it_is_but_for_what_turns_its_direction() -> None:
    made = cleaning.clean("\ufeffDear Ros,\nfive \u202eerolf\u202c 🙂\n".encode())
    assert (made.kind, made.content.decode()) == ("text", "Dear Ros,\r\nfive erolf 🙂\r\n")


# --- in a process of its own ---------------------------------------------------------------------------------


def test_in_a_process_of_its_own_the_outcome_is_the_same() -> None:
    plain, locked = a_pdf("One"), a_pdf(password="secret")
    assert apart.clean_apart(plain) == cleaning.clean(plain)
    refused = apart.clean_apart(locked)
    assert isinstance(refused, Refusal) and refused.code == "locked"


def test_a_bomb_bursts_in_a_process_with_little_memory_and_is_refused() -> None:
    refused = apart.clean_apart(a_pdf(harm="a bomb"))
    assert isinstance(refused, Refusal) and refused.code in ("gave_up", "too_much")


def test_what_hangs_is_ended_and_refused() -> None:
    refused = apart.clean_apart(a_pdf("One"), seconds=0.01)
    assert isinstance(refused, Refusal) and refused.code == "gave_up"


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"{}\n",
        b'{"kind": "html", "pages": 1, "taken_out": []}\n<html>',
        b'{"kind": "pdf", "pages": 1, "taken_out": []}\n<html>',
        b'{"kind": "pdf", "pages": 0, "taken_out": []}\n%PDF-1.7',
        b'{"refused": ["a"]}\n',
    ],
)
def test_a_process_that_was_taken_over_is_not_believed(told: bytes) -> None:
    assert apart._read(told, b"file") == apart._gave_up()


# --- its name -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Letter from Dr Hall", "Letter from Dr Hall.pdf"),
        ("../../etc/passwd", "etc passwd.pdf"),
        ('a"; filename="b.exe', "a filename b.exe.pdf"),
        ("line\r\nSet-Cookie: x", "lineSet-Cookie x.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe.pdf"),
        ("CON", "document CON.pdf"),
        ("  ...  ", "document.pdf"),
        ("Zoë’s Brief – März", "Zoë’s Brief – März.pdf"),
        ("x" * 300, "x" * 80 + ".pdf"),
    ],
)
def test_a_name_that_no_system_takes_for_anything_but_a_file(title: str, name: str) -> None:
    assert file_name(title, "pdf") == name


def test_every_harm_is_tried() -> None:
    assert len(HARM) == 12 and isinstance(cleaning.clean(a_pdf()), Clean)
