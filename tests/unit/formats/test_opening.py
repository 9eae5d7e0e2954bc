"""A file is what its bytes say, whatever its name."""

import io
import time

import pytest

from jigsaw.formats import READERS, Unreadable, sniff
from jigsaw.formats.mapping import Mapping

MAPPING = Mapping(columns={"family_name": "Surname"})


def refusal(reader, source):
    known = {"mapping": MAPPING} if reader == "table" else {}
    with pytest.raises(Unreadable) as refused:
        list(READERS[reader](source, **known))
    return refused.value.message


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "empty"),
        (b" \r\n\t\x00\xef\xbb\xbf", "empty"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "pdf"),
        (b"\n%PDF-1.4", "pdf"),
        (b"PK\x03\x04 something", "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
        (b"<?xml version='1.0'?><a/>", "xml"),
        ("<a/>".encode("utf-16"), "xml"),
        (b"<!DOCTYPE html><html>", "html"),
        (b"a,b\n1,2\n", "csv"),
        ("a,b\n1,2\n".encode("utf-16"), "csv"),
        ("a,b\n1,2\n".encode("utf-16-le"), "csv"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary"),
        (bytes(range(1, 32)), "binary"),
    ],
)
def test_kinds(content, kind):
    stream = io.BytesIO(content)
    assert sniff(stream) == kind
    assert stream.tell() == 0


def test_workbooks_are_told_from_other_archives(xlsx, ods):
    assert sniff(io.BytesIO(xlsx([["a"]]))) == "xlsx"
    assert sniff(io.BytesIO(ods([["a"]]))) == "ods"


@pytest.mark.parametrize("reader", list(READERS))
def test_a_pdf_that_is_called_csv_is_refused(tmp_path, reader):
    path = tmp_path / "children.csv"
    path.write_bytes(b"%PDF-1.7\n1 0 obj\n" + b"x" * 1000)
    assert "PDF" in refusal(reader, path)


@pytest.mark.parametrize("reader", list(READERS))
@pytest.mark.parametrize("blank", [b"\x00", b" ", b"\r\n"])
def test_fifty_megabytes_of_nothing_are_refused_at_once(tmp_path, reader, blank):
    path = tmp_path / "children.csv"
    with path.open("wb") as file:
        if blank == b"\x00":
            file.truncate(50_000_000)
        else:
            file.write(blank * (50_000_000 // len(blank)))
    began = time.monotonic()
    assert refusal(reader, path) in (
        "Choose a file",
        "This is an empty file. Choose a CSV or Excel file.",
        "This is an empty file. Choose the XML file of a children in need census return.",
    )
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("reader", list(READERS))
def test_a_folder_is_refused(tmp_path, reader):
    assert "cannot be opened" in refusal(reader, tmp_path)


def test_a_stream_that_cannot_be_rewound_is_read_all_the_same():
    class OneWay(io.RawIOBase):
        def __init__(self, data):
            self.data = data

        def readable(self):
            return True

        def seekable(self):
            return False

        def readall(self):
            return self.data

    [person] = READERS["table"](OneWay(b"Surname\nMarsh\n"), mapping=MAPPING)
    assert person.names[0].family == "Marsh"
