"""Which letters and pictures hang on entries of Sharetown?

On what the health visitor wrote of Poppy's bruise: the hospital's letter, and the body map that was drawn of it. Both are
made here, and come in by the same way as anybody's.
"""

from __future__ import annotations

import io
from datetime import datetime, timedelta

from pikepdf import Dictionary, Name, Pdf
from PIL import Image, ImageDraw

from jigsaw.hub.chronology import documents
from jigsaw.hub.chronology import queries as chronology
from jigsaw.hub.training.sharetown.walsh import POPPY
from jigsaw.hub.training.sharetown.writing import Step, Writer
from jigsaw.papers import Clean, clean_apart

BY, AT, ABOUT = "amina", "HV", "Poppy at A&E with bruised forearm"
LETTER = (
    "Sharetown General, emergency department",
    "",
    "To the 0-19 health service",
    "Poppy Walsh was seen with a bruise of 3 cm on her left forearm.",
    "X-ray: no fracture. Her mother said that she fell from the sofa.",
    "A man who was with them answered when her mother was asked.",
    "Please see the family at home.",
    "",
    "Dr M Iyer",
)
SIZE = (360, 480)


def steps(writer: Writer) -> list[Step]:
    """By the health visitor, a few days ago, when all about the bruise is written."""
    return [Step(writer.calendar.now - timedelta(days=5), 9, lambda at: _attached(writer, at))]


def _attached(writer: Writer, at: datetime) -> None:
    actor, record = writer.actor(BY), writer.record(AT, POPPY)
    record.refresh_from_db(fields=["person"])
    seen = chronology.picture(actor, record.person_id, purpose="own record", now=at)
    entry = next(line.id for line in seen.lines if line.own and line.title == ABOUT)
    for title, data in (("Letter of the emergency department", letter()), ("Body map, left arm", body_map())):
        paper = clean_apart(data)
        assert isinstance(paper, Clean), paper
        documents.attach(actor=actor, entry=entry, title=title, paper=paper, scanned=False, now=at)


def letter() -> bytes:
    """A page of plain lines, as PDF."""
    with Pdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        page.obj.Resources = Dictionary(Font=Dictionary(Text=font))
        lines = " ".join(f"({line}) Tj T*" for line in LETTER)
        page.obj.Contents = pdf.make_stream(f"BT /Text 12 Tf 18 TL 72 760 Td {lines} ET".encode())
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


def body_map() -> bytes:
    """A figure of a child in outline, with a mark on the left forearm, as JPEG."""
    picture = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((145, 30, 215, 100), outline="black", width=3)
    draw.rounded_rectangle((135, 105, 225, 260), radius=20, outline="black", width=3)
    for arm in ((125, 115, 70, 250), (235, 115, 290, 250), (160, 262, 150, 440), (200, 262, 210, 440)):
        draw.line(arm, fill="black", width=14)
    draw.ellipse((258, 190, 284, 216), fill=(120, 60, 130))
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()
