"""How does a document that is sent arrive? In memory alone, and never more of it than is taken.

Nothing of it is written to a disk, as larger uploads otherwise are. The rest of a file that is too large is read and thrown
away, so that the page can say so in words; whoever sends a flood is cut off.
"""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from jigsaw.papers import LARGEST

PAGES = {"document-add", "request"}
"""Names of the pages that take documents; every other page takes files as Django does."""
FLOOD = 5 * LARGEST


class InMemory(FileUploadHandler):
    """Keeps up to one byte more than LARGEST, so that who reads it sees that there was more."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        match = self.request.resolver_match if self.request else None
        self.activated = match is not None and match.url_name in PAGES
        self.flood = content_length > FLOOD

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.activated and self.flood:
            raise StopUpload(connection_reset=True)
        self.kept = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if not self.activated:
            return raw_data
        self.kept.write(raw_data[: max(0, LARGEST + 1 - self.kept.tell())])
        return None

    def file_complete(self, file_size: int) -> InMemoryUploadedFile | None:
        if not self.activated:
            return None
        self.kept.seek(0)
        size = len(self.kept.getbuffer())
        return InMemoryUploadedFile(
            self.kept, self.field_name, self.file_name, self.content_type, size, self.charset
        )
