"""How is the listener's line encrypted, and must whoever calls show a certificate of their own?"""

from __future__ import annotations

import logging
import ssl
import threading
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from jigsaw.hub.kit.errors import Invalid

log = logging.getLogger("jigsaw.listen")
HANDSHAKE_SECONDS = 20


def context(*, certificate: Path | None, key: Path | None, clients: Path | None) -> ssl.SSLContext | None:
    """TLS 1.2 or later with this certificate (PEM, with what stands between it and its authority) and its key.

    `clients`: certificates of authorities; only who shows a certificate that one of them signed is heard. None without
    a certificate: nothing is encrypted. Raises Invalid for files that do not fit together, and for either without
    the other: nobody is to believe that a line is closed which is not.
    """
    if certificate is None:
        if key or clients:
            raise Invalid(_("Name the certificate as well: --certificate. Without it nothing is encrypted."))
        return None
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # A key that asks for a passphrase would ask it of a terminal that nobody sits at.
        made.load_cert_chain(certificate, key, password=lambda: "")
        if clients:
            made.load_verify_locations(clients)
            made.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ValueError) as error:
        raise Invalid(
            _("The certificate, its key and the authorities of clients could not be used together."),
            next_step=_(
                "Check that each is a PEM file that can be read, that the key is the certificate’s own, and that it "
                "has no passphrase."
            ),
        ) from error
    return made


class Renewing:
    """How the next line is encrypted: as `context`, and again whenever one of the files has changed.

    Whoever renews a certificate puts its files in place and stops nothing; lines that are open go on. Files that do not
    fit together (yet) change nothing: what fitted last is used, and the log says so. Raises as `context` at the start.
    """

    def __init__(self, *, certificate: Path | None, key: Path | None, clients: Path | None) -> None:
        self._files = {"certificate": certificate, "key": key, "clients": clients}
        self._guard = threading.Lock()
        self._as_they_are = self._look()
        self._made = context(**self._files)

    def __call__(self) -> ssl.SSLContext | None:
        with self._guard:
            now = self._look()
            if now != self._as_they_are:
                # Before they are read: a file that changes meanwhile is read again.
                self._as_they_are = now
                self._renew()
            return self._made

    def _renew(self) -> None:
        try:
            self._made = context(**self._files)
        except Invalid:
            log.error("the new certificate, its key or the clients' authorities cannot be used; the last are")
        else:
            log.info("lines are encrypted with the new certificate from now on")

    def _look(self) -> list[tuple[int, int, int] | None]:
        return [_stamp(file) for file in self._files.values() if file]


def _stamp(file: Path) -> tuple[int, int, int] | None:
    """What tells one file at this place from another; None where there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
