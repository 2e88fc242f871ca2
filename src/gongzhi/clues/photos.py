"""Photos of a clue: redrawn so that they say nothing but what they show, kept as files below the home folder.

A phone writes into a photo where and when it was taken, with which phone, sometimes by whom. Decoding and drawing it
anew leaves all of that behind; cutting out known fields would leave the unknown ones.
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from PIL import Image, ImageOps, UnidentifiedImageError

from gongzhi.clues.models import Photo
from gongzhi.flow.moment import Moment
from gongzhi.home import current_home
from gongzhi.org.acting import Acting

MOST_BYTES = 12 * 1024 * 1024
"""As much as a phone's photo may have; more is refused before it is read."""
MOST_PIXELS = 60_000_000
"""A small file may unfold into a picture that fills the memory."""
LONGEST_SIDE = 1600
MOST_PHOTOS = 12
"""Photos that one clue may have for one purpose."""
PURPOSES = ("found", "corrected", "handled", "objection", "revisit")
TOO_LARGE = "照片像素过大，请缩小后再传"
_FORMATS = ("JPEG", "PNG", "WEBP")


class PhotoRefusedError(ValueError):
    """A file is no photo that can be kept; the message says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A photo drawn anew: JPEG bytes and their size in pixels."""

    jpeg: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, by which the file is named."""
        return hashlib.sha256(self.jpeg).hexdigest()


def redrawn(data: bytes) -> Drawn:
    """A photo as JPEG, upright, at most `LONGEST_SIDE` pixels a side, without any metadata.

    Raises PhotoRefusedError for what is too large, no picture, or damaged.
    """
    if len(data) > MOST_BYTES:
        raise PhotoRefusedError(f"照片超过 {MOST_BYTES // 1024 // 1024} MB，请压缩后再传")
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise PhotoRefusedError(TOO_LARGE)  # noqa: TRY301  the size is known only once it is open
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(image).convert("RGB")
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            # A fresh canvas: what the decoder kept beside the pixels stays with the old image.
            canvas = Image.new("RGB", upright.size)
            canvas.paste(upright)
    except PhotoRefusedError:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PhotoRefusedError("文件不是可识别的照片（JPEG、PNG、WebP）") from error
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=82, optimize=True)
    return Drawn(out.getvalue(), canvas.width, canvas.height)


def keep_photo(case_id: int, data: bytes, *, purpose: str, acting: Acting, moment: Moment) -> Photo:
    """Redraw a photo and put it into a clue's file, inside the caller's transaction; the same one again is one.

    Raises PhotoRefusedError, and ValueError for an unknown purpose.
    """
    if purpose not in PURPOSES:
        raise ValueError(f"{purpose!r} is no purpose of a photo")
    if Photo.objects.filter(clue_id=case_id, purpose=purpose).count() >= MOST_PHOTOS:
        raise PhotoRefusedError(f"每个环节最多 {MOST_PHOTOS} 张照片")
    drawn = redrawn(data)
    _store(drawn)
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO clues_photo (clue_id, digest, purpose, width, height, size, "by", added_at)'
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (clue_id, digest) DO NOTHING",
            [
                case_id,
                drawn.digest,
                purpose,
                drawn.width,
                drawn.height,
                len(drawn.jpeg),
                " ".join(filter(None, (acting.title, acting.name)))[:160],
                moment.at,
            ],
        )
    return Photo.objects.get(clue_id=case_id, digest=drawn.digest)


def photo_path(digest: str) -> Path:
    """Where the photo of this digest lies. Only for rows that the post sees (`queries.photo`)."""
    return current_home().path / "photos" / digest[:2] / f"{digest}.jpg"


def _store(drawn: Drawn) -> None:
    path = photo_path(drawn.digest)
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(drawn.jpeg)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
