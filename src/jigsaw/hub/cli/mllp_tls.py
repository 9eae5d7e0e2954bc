"""How is the listener's line encrypted, and must whoever calls show a certificate of their own?"""

from __future__ import annotations

import ssl
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from jigsaw.hub.kit.errors import Invalid

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
