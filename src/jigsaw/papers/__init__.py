"""May this document come in, and what is left of it once everything that could do harm is gone?

Pure: bytes in; a clean copy, or a refusal in words, out. Nothing here knows of Django, a database or the hub.

Where is…
- what comes out, and every limit: `outcome.py`
- what a file really is, whatever its name: `sniffing.py`
- a PDF built anew, page by page: `pdf.py`; pictures: `pictures.py`; plain text: `text.py`
- the whole of it in this process: `cleaning.py`; in a process of its own, with limits: `apart.py`, `worker.py`
- the virus scanner, if there is one: `scanning.py`; both, one after the other: `receiving.py`
- the name under which a clean copy is handed out: `names.py`
"""

from jigsaw.papers.apart import clean_apart
from jigsaw.papers.names import file_name
from jigsaw.papers.outcome import LARGEST, Clean, Refusal
from jigsaw.papers.receiving import receive
from jigsaw.papers.scanning import Scanner

__all__ = ["LARGEST", "Clean", "Refusal", "Scanner", "clean_apart", "file_name", "receive"]
