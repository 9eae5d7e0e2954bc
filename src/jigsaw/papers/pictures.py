"""What does this picture show, without anything else that its file carries?

The picture is decoded and encoded anew: what is written is made of its pixels alone. It is turned as the camera held it,
and its colours are brought to sRGB first, because a bruise must not change its colour with the program that shows it.
"""

from __future__ import annotations

import io
import warnings
from typing import Final

from PIL import ExifTags, Image, ImageCms, ImageOps

from jigsaw.papers.outcome import GOES_THROUGH, JPEG, MOST_PIXELS, PNG, Clean, Refusal, made

FORMATS: Final = {"jpeg": ("JPEG",), "png": ("PNG",), "webp": ("WEBP",)}
QUALITY: Final = 92


def clean(data: bytes, kind: str) -> Clean:
    """The picture as JPEG, or as PNG if it came as PNG or is see-through. `kind`: jpeg, png or webp. Raises Refusal."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS[kind]) as picture:
                return _clean(picture, data, kind)
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            raise _too_large() from None
        except GOES_THROUGH:
            raise
        except Exception as error:  # a library that reads what others made raises whatever it likes
            raise _damaged() from error


def _clean(picture: Image.Image, data: bytes, kind: str) -> Clean:
    if picture.width * picture.height > MOST_PIXELS:
        raise _too_large()
    taken_out = _taken_out(picture)
    picture.load()
    upright = ImageOps.exif_transpose(picture)
    plain = _in_srgb(upright)
    out = io.BytesIO()
    if kind == "png" or plain.mode in ("RGBA", "LA"):
        _bare(plain).save(out, "PNG")
        return made(PNG, out.getvalue(), original=data, taken_out=taken_out)
    _bare(plain).save(out, "JPEG", quality=QUALITY, subsampling=0)
    return made(JPEG, out.getvalue(), original=data, taken_out=taken_out)


def _taken_out(picture: Image.Image) -> frozenset[str]:
    """Codes of what its file tells besides the picture."""
    told = set()
    exif = picture.getexif()
    if exif.get_ifd(ExifTags.IFD.GPSInfo):
        told.add("place")
    if len(exif):
        told.add("camera")
    if {"comment", "xmp", "photoshop", "Description", "Author", "Software", "Comment"} & set(picture.info):
        told.add("about")
    if getattr(picture, "text", None):
        told.add("about")
    if picture.info.get("icc_profile"):
        told.add("colours")
    if getattr(picture, "n_frames", 1) > 1:
        told.add("further_pictures")
    return frozenset(told)


def _in_srgb(picture: Image.Image) -> Image.Image:
    """In grey, colours, or either with transparency; the colours as the profile meant them, where it can be read."""
    seen_through = "A" in picture.getbands() or "transparency" in picture.info
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            adjusted = ImageCms.profileToProfile(
                picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            return adjusted or picture.convert("RGB")
        except (ImageCms.PyCMSError, OSError):
            return picture.convert("RGB")
    if seen_through:
        return picture.convert("LA" if picture.mode == "LA" else "RGBA")
    return picture.convert("L" if picture.mode in ("1", "L") else "RGB")


def _bare(picture: Image.Image) -> Image.Image:
    """A new picture of the same pixels, which knows nothing of the file they came from."""
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    return bare


def _too_large() -> Refusal:
    return Refusal(
        "too_big",
        f"This picture has more than {MOST_PIXELS // 1_000_000} million dots.",
        "Save it smaller, and choose that.",
    )


def _damaged() -> Refusal:
    return Refusal(
        "damaged",
        "This picture is damaged: it cannot be read whole.",
        "Open it, save it again as JPEG or PNG, and choose that.",
    )
