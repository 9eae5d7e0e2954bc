"""What do the pages of this PDF show, without anything else that a PDF can hold or do?

A new PDF is made, and each page is put into it with nothing but its size, what is drawn on it, and what that needs:
no action, script, form, link, attachment, layer, bookmark or note of who made it has a place there. What was filled into a form
or marked on a page is drawn onto it first. The result is opened once more and looked through before it is handed back.

The parts of a PDF and what they are called: ISO 32000-2:2020, tables 29 (catalogue), 31 (page), 87 (image), 93 (form),
199 (kinds of actions).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, StreamDecodeLevel

from jigsaw.papers.outcome import (
    GOES_THROUGH,
    MOST_OBJECTS,
    MOST_PAGES,
    MOST_PIXELS,
    MOST_UNPACKED,
    PDF,
    Clean,
    Refusal,
    made,
)
from jigsaw.papers.sniffing import AS_PDF

OF_A_PAGE: Final = {
    "/Type",
    "/MediaBox",
    "/CropBox",
    "/Rotate",
    "/UserUnit",
    "/Resources",
    "/Contents",
    "/Group",
}
OF_RESOURCES: Final = {"/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/ProcSet"}
_OF_A_STREAM: Final = {"/Length", "/Filter", "/DecodeParms"}
OF_AN_IMAGE: Final = _OF_A_STREAM | {
    "/Type", "/Subtype", "/Width", "/Height", "/ColorSpace", "/BitsPerComponent", "/Intent", "/ImageMask", "/Mask",
    "/Decode", "/Interpolate", "/SMask", "/SMaskInData", "/Matte",
}  # fmt: skip
OF_A_DRAWING: Final = _OF_A_STREAM | {
    "/Type", "/Subtype", "/FormType", "/BBox", "/Matrix", "/Resources", "/Group",
}  # fmt: skip
# Wherever they stand but in a table of names: what tells of the maker, points outside the file, or acts.
NOWHERE: Final = {
    "/A", "/AA", "/AF", "/Alternates", "/EF", "/F", "/FDecodeParms", "/FFilter", "/JS", "/LastModified",
    "/Measure", "/Metadata", "/OC", "/OPI", "/OpenAction", "/PieceInfo", "/PtData", "/Ref", "/RichMedia", "/URI",
}  # fmt: skip
ACTIONS: Final = {
    "/JavaScript": "scripts", "/Rendition": "media", "/Sound": "media", "/Movie": "media", "/RichMediaExecute": "media",
    "/GoTo3DView": "media", "/Launch": "programs", "/GoToR": "links", "/GoToE": "files", "/GoToDp": "links",
    "/URI": "links", "/Thread": "links", "/SubmitForm": "sending", "/ImportData": "sending", "/ResetForm": "sending",
    "/Hide": "scripts", "/Named": "links", "/SetOCGState": "layers", "/Trans": "links",
}  # fmt: skip
KINDS: Final = {
    "/EmbeddedFile": "files", "/Filespec": "files", "/Metadata": "about", "/Sig": "signature", "/Annot": "notes",
    "/Action": "links", "/OCG": "layers", "/OCMD": "layers",
}  # fmt: skip
MARKS: Final = {
    "/Link": "links", "/FileAttachment": "files", "/RichMedia": "media", "/Movie": "media", "/Sound": "media",
    "/Screen": "media", "/3D": "media", "/Widget": "form", "/Popup": "notes", "/Text": "notes",
}  # fmt: skip
UNPACKED: Final = {
    "/FlateDecode", "/LZWDecode", "/ASCIIHexDecode", "/ASCII85Decode", "/RunLengthDecode", "/Fl", "/LZW", "/AHx", "/A85", "/RL",
}  # fmt: skip
OF_PICTURES: Final = {"/DCTDecode", "/DCT", "/CCITTFaxDecode", "/CCF", "/JPXDecode", "/JBIG2Decode"}


def clean(data: bytes) -> Clean:
    """The PDF with its pages and nothing else. Raises Refusal for one that is locked, damaged, too large or odd."""
    try:
        with Pdf.open(io.BytesIO(data), attempt_recovery=False) as source:
            return _clean(source, data)
    except pikepdf.PasswordError:
        raise _locked() from None
    except GOES_THROUGH:
        raise
    except Exception as error:  # a library that reads what others made raises whatever it likes
        raise _damaged() from error


def _clean(source: Pdf, data: bytes) -> Clean:
    if source.is_encrypted:
        raise _locked()
    pages = len(source.pages)
    if not pages:
        raise _damaged()
    if pages > MOST_PAGES or len(source.objects) > MOST_OBJECTS:
        raise Refusal(
            "too_long",
            f"This PDF has too many pages or parts: at most {MOST_PAGES} pages fit.",
            "Save it in parts.",
        )
    taken_out = frozenset(_there(source))
    _draw_marks(source)
    with Pdf.new() as new:
        for page in source.pages:
            _strip(page.obj, OF_A_PAGE)
            new.pages.append(page)
        _Scrubbed(new).all_pages()
        if "/Info" in new.trailer:
            del new.trailer["/Info"]
        out = io.BytesIO()
        new.save(
            out,
            compress_streams=True,
            recompress_flate=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            deterministic_id=True,
            fix_metadata_version=False,
        )
    _look_through(out.getvalue(), pages)
    return made(PDF, out.getvalue(), original=data, pages=pages, taken_out=taken_out)


def _strip(of: Object, allowed: set[str]) -> None:
    for key in list(of.keys()):
        if key not in allowed:
            del of[key]


# --- what there was ----------------------------------------------------------------------------------------


def _there(source: Pdf) -> Iterator[str]:
    """Codes of what the file has and its copy will not have."""
    root = source.Root
    if "/AcroForm" in root:
        yield "form"
        if "/XFA" in root.AcroForm and root.get("/NeedsRendering", False):
            raise Refusal(
                "only_a_form",
                "This form shows itself in one program alone; printed, it would be empty.",
                "Open it in that program, print it as PDF, and choose that.",
            )
    names = root.get("/Names", Dictionary())
    of_root = {
        "/Outlines": "bookmarks", "/OCProperties": "layers", "/StructTreeRoot": "reading_order", "/Metadata": "about",
    }  # fmt: skip
    yield from (code for key, code in of_root.items() if key in root)
    yield from (
        code for key, code in {"/JavaScript": "scripts", "/EmbeddedFiles": "files"}.items() if key in names
    )
    if "/Info" in source.trailer and len(source.trailer.Info.keys()):
        yield "about"
    for thing in source.objects:
        yield from _told_by(thing)


def _told_by(thing: Any) -> Iterator[str]:
    """Of one object and what stands directly in it."""
    waiting = [thing]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Array):
            waiting.extend(part for part in one if _is_direct(part))
        elif isinstance(one, Dictionary | pikepdf.Stream):
            yield from filter(None, (_kind(one), ACTIONS.get(_named(one, "/S"))))
            if _named(one, "/Subtype") in MARKS and "/Rect" in one:
                yield MARKS[_named(one, "/Subtype")]
            if "/JS" in one and "/S" in one:
                yield "scripts"
            waiting.extend(part for key in list(one.keys()) if _is_direct(part := one.get(key)))


def _kind(one: Object) -> str | None:
    kind = _named(one, "/Type")
    return None if kind in ("/Annot", "/Action") else KINDS.get(kind)


def _named(one: Object, key: str) -> str:
    value = one.get(key)
    return str(value) if isinstance(value, Name) else ""


def _is_direct(part: Any) -> bool:
    return isinstance(part, Dictionary | Array | pikepdf.Stream) and not part.is_indirect


def _draw_marks(source: Pdf) -> None:
    """What was filled in, stamped or marked becomes part of the page that it stands on."""
    if source.Root.get("/AcroForm", Dictionary()).get("/NeedAppearances", False):
        source.generate_appearance_streams()
    source.flatten_annotations("all")


# --- what there is to be -----------------------------------------------------------------------------------


class _Scrubbed:
    """The new PDF, gone through from its pages on: each part keeps what such a part may have."""

    def __init__(self, new: Pdf) -> None:
        self.new = new
        self.seen: set[tuple[int, int]] = set()
        self.unpacked = 0
        self.waiting: list[Object] = []

    def all_pages(self) -> None:
        for page in self.new.pages:
            page.obj.Resources = page.obj.get("/Resources", Dictionary())
            self._take(page.obj.get("/Contents"))
            self._resources(page.obj.Resources)
            self._take(page.obj.get("/Group"))
        while self.waiting:
            self._scrub(self.waiting.pop())

    def _take(self, part: Any) -> None:
        """Have a part gone through, once however often it is pointed at."""
        if not isinstance(part, Dictionary | Array | pikepdf.Stream):
            return
        if part.is_indirect:
            if part.objgen in self.seen:
                return
            self.seen.add(part.objgen)
        self.waiting.append(part)

    def _resources(self, resources: Object) -> None:
        """Tables of names, each for one kind of thing: the names are free, the things are not."""
        if not isinstance(resources, Dictionary):
            raise ValueError("resources are a dictionary")
        if resources.is_indirect:
            if resources.objgen in self.seen:
                return
            self.seen.add(resources.objgen)
        _strip(resources, OF_RESOURCES)
        for kind in set(resources.keys()) - {"/ProcSet"}:
            named = resources[kind]
            for name in list(named.keys()):
                if _acts(named[name]) or (kind == "/XObject" and not _is_drawn(named[name])):
                    del named[name]
                else:
                    self._take(named[name])

    def _scrub(self, part: Object) -> None:
        if isinstance(part, Array):
            for place, one in enumerate(part):
                if _acts(one):
                    part[place] = None
                else:
                    self._take(one)
            return
        if isinstance(part, pikepdf.Stream):
            self._stream(part)
        for key in list(part.keys()):
            if key in NOWHERE or _acts(part.get(key)):
                del part[key]
            elif key == "/Resources":
                self._resources(part[key])
            elif key != "/CharProcs":
                self._take(part.get(key))
            else:
                for name in list(part[key].keys()):
                    self._take(part[key][name])

    def _stream(self, part: Object) -> None:
        subtype = _named(part, "/Subtype")
        if subtype == "/Image":
            _strip(part, OF_AN_IMAGE)
            if int(part.get("/Width", 0)) * int(part.get("/Height", 0)) > MOST_PIXELS:
                raise _too_much()
        elif subtype == "/Form":
            _strip(part, OF_A_DRAWING)
        filters = _filters(part)
        if not set(filters) <= UNPACKED | OF_PICTURES:
            raise ValueError("packed in a way that no page needs")
        if set(filters) <= UNPACKED:
            self.unpacked += len(part.read_bytes(StreamDecodeLevel.generalized))
        if self.unpacked > MOST_UNPACKED:
            raise _too_much()


def _filters(part: Object) -> list[str]:
    told = part.get("/Filter")
    if told is None:
        return []
    return [str(one) for one in told] if isinstance(told, Array) else [str(told)]


def _acts(part: Any) -> bool:
    """Is it something that does something, or has no place on a page?"""
    if not isinstance(part, Dictionary | pikepdf.Stream):
        return False
    return _named(part, "/S") in ACTIONS or _named(part, "/Type") in KINDS


def _is_drawn(part: Any) -> bool:
    return isinstance(part, pikepdf.Stream) and _named(part, "/Subtype") in ("/Image", "/Form")


def _look_through(content: bytes, pages: int) -> None:
    """Once more, by another way: every object there is, as whoever opens the copy will find it."""
    with Pdf.open(io.BytesIO(content), attempt_recovery=False) as copy:
        odd = set(copy.Root.keys()) - {"/Type", "/Pages", "/Version", "/Extensions"}
        odd |= {key for page in copy.pages for key in set(page.obj.keys()) - OF_A_PAGE - {"/Parent"}}
        odd |= {code for thing in copy.objects for code in _told_by(thing)}
        if odd or len(copy.pages) != pages:
            raise Refusal(
                "not_safe",
                "This PDF holds parts that cannot be taken out of it.",
                "Print it as PDF, and choose that.",
            )


def _locked() -> Refusal:
    return Refusal(
        "locked",
        "This PDF is protected by a password or restrictions, so it cannot be checked.",
        "Open it with its password, print it as PDF without one, and choose that.",
    )


def _damaged() -> Refusal:
    return Refusal("damaged", "This PDF is damaged: it cannot be read whole.", AS_PDF)


def _too_much() -> Refusal:
    return Refusal(
        "too_much",
        "What is packed in this PDF is too large to be opened safely.",
        "Print it as PDF, and choose that.",
    )
