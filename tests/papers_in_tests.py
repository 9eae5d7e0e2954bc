"""Files as practitioners have them, and as somebody would send them who means harm; all made here."""

from __future__ import annotations

import io
import zipfile
import zlib

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def a_pdf(*pages: str, harm: str = "", password: str = "") -> bytes:
    """A letter, a page for each text; with `harm`, one of HARM, in it."""
    with Pdf.new() as pdf:
        for text in pages or ("Dear colleague",):
            page = pdf.add_blank_page(page_size=(595, 842))
            font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
            page.obj.Resources = Dictionary(Font=Dictionary(F=font))
            page.obj.Contents = pdf.make_stream(f"BT /F 12 Tf 50 780 Td ({text}) Tj ET".encode())
        if harm:
            HARM[harm](pdf)
        out = io.BytesIO()
        lock = pikepdf.Encryption(owner="owner", user=password) if password else None
        pdf.save(out, encryption=lock or False)
        return out.getvalue()


def _action(kind: str, **more: object) -> Dictionary:
    return Dictionary(Type=Name.Action, S=Name(f"/{kind}"), **more)


def _mark(pdf: Pdf, kind: str, **more: object) -> None:
    rect = Array([50, 50, 150, 100])
    mark = Dictionary(Type=Name.Annot, Subtype=Name(f"/{kind}"), Rect=rect, **more)
    marks = pdf.pages[0].obj.get("/Annots", Array())
    marks.append(pdf.make_indirect(mark))
    pdf.pages[0].obj.Annots = marks


def _drawn(pdf: Pdf, text: str) -> Dictionary:
    """How a mark looks: a small drawing with these words."""
    look = pdf.make_stream(f"BT /F 9 Tf 5 5 Td ({text}) Tj ET".encode())
    look.update(Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 100, 50])))
    look.Resources = pdf.pages[0].obj.Resources
    return Dictionary(N=look)


def _script_on_opening(pdf: Pdf) -> None:
    pdf.Root.OpenAction = pdf.make_indirect(_action("JavaScript", JS=String("app.alert(1)")))


def _script_by_name(pdf: Pdf) -> None:
    tree = Dictionary(Names=Array([String("a"), _action("JavaScript", JS=String("app.alert(2)"))]))
    pdf.Root.Names = Dictionary(JavaScript=tree)


def _script_of_a_page(pdf: Pdf) -> None:
    pdf.pages[0].obj.AA = Dictionary(O=_action("JavaScript", JS=String("app.alert(3)")))


def _program_inside(pdf: Pdf) -> None:
    pdf.attachments["run.exe"] = b"MZ" + b"\x90" * 400


def _file_in_a_mark(pdf: Pdf) -> None:
    inner = pdf.make_stream(b"MZ hidden", Type=Name.EmbeddedFile)
    held = Dictionary(Type=Name.Filespec, F=String("x.exe"), EF=Dictionary(F=inner))
    _mark(pdf, "FileAttachment", FS=held)


def _launches(pdf: Pdf) -> None:
    _mark(pdf, "Link", A=_action("Launch", F=String("calc.exe")))


def _links(pdf: Pdf) -> None:
    _mark(pdf, "Link", A=_action("URI", URI=String("https://elsewhere.example/?who")))


def _a_form(pdf: Pdf) -> None:
    field = Dictionary(FT=Name.Tx, T=String("a"), V=String("Filled in"), AP=_drawn(pdf, "Filled in"))
    _mark(
        pdf,
        "Widget",
        AA=Dictionary(K=_action("JavaScript", JS=String("x"))),
        **{k[1:]: v for k, v in field.items()},
    )
    _mark(pdf, "Widget", FT=Name.Btn, A=_action("SubmitForm", F=String("https://elsewhere.example")))
    pdf.Root.AcroForm = Dictionary(Fields=Array(list(pdf.pages[0].obj.Annots)))


def _only_a_form(pdf: Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=pdf.make_stream(b"<xdp/>"))
    pdf.Root.NeedsRendering = True


def _tells_of_its_maker(pdf: Pdf) -> None:
    pdf.docinfo["/Author"] = "Made by Mrs Somebody"
    with pdf.open_metadata() as told:
        told["dc:title"] = "Kept secret"


def _a_picture_from_elsewhere(pdf: Pdf) -> None:
    look = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]))
    look.Ref = Dictionary(F=String("//elsewhere.example/share"), Page=0)
    look.Group = Dictionary(S=Name.Transparency, A=_action("URI", URI=String("https://elsewhere.example")))
    pdf.pages[0].obj.Resources.XObject = Dictionary(X=look, P=pdf.make_stream(b"quit", Subtype=Name.PS))


def _unpacks_to_a_gigabyte(pdf: Pdf) -> None:
    packed = zlib.compress(b" " * 300_000_000, 1)
    pdf.pages[0].obj.Contents = pikepdf.Stream(pdf, packed, Filter=Name.FlateDecode)


HARM = {
    "a script on opening": _script_on_opening,
    "a script by name": _script_by_name,
    "a script of a page": _script_of_a_page,
    "a program inside": _program_inside,
    "a file in a mark": _file_in_a_mark,
    "starts a program": _launches,
    "a link": _links,
    "a form": _a_form,
    "only a form": _only_a_form,
    "its maker": _tells_of_its_maker,
    "a picture from elsewhere": _a_picture_from_elsewhere,
    "a bomb": _unpacks_to_a_gigabyte,
}


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (40, 20), **more: object) -> bytes:
    """Left half dark, right half light, so that one sees how it is turned."""
    picture = Image.new("RGB", size, (200, 40, 40))
    picture.paste((20, 20, 20), (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    picture.save(out, kind, **more)
    return out.getvalue()


def a_photograph() -> bytes:
    """As a telephone makes it: turned by a note beside the pixels, with the place and a comment."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Telephone of Sharetown"
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (53.0, 24.0, 13.0)
    place[3], place[4] = "W", (2.0, 58.0, 45.0)
    return a_picture(exif=exif.tobytes(), comment=b"<script>alert(1)</script>")


def a_png_bomb() -> bytes:
    """50,000 by 50,000 dots in a few kilobytes."""

    def part(name: bytes, content: bytes) -> bytes:
        told = name + content
        return len(content).to_bytes(4, "big") + told + zlib.crc32(told).to_bytes(4, "big")

    head = (50_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    return (
        b"\x89PNG\r\n\x1a\n"
        + part(b"IHDR", head)
        + part(b"IDAT", zlib.compress(b"\0" * 9999))
        + part(b"IEND", b"")
    )


def a_docx() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("word/document.xml", "<w:document/>")
    return out.getvalue()


def a_zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("zeros", b"\0" * 50_000_000)
    return out.getvalue()
