"""The secret that a webhook is signed with, and keeping secrets out of what is said."""

from __future__ import annotations

import base64
import binascii

from tocsin.errors import SettingError
from tocsin.settings import Secret

#: Standard Webhooks: what follows is base64 of the key.
PREFIX = "whsec_"
LEAST_KEY_BYTES = 24
_STARS = "****"


def read_key(secret: Secret) -> bytes:
    """The bytes that sign: those that `whsec_<base64>` stands for, or the word itself as UTF-8."""
    word = secret.reveal()
    if not word.startswith(PREFIX):
        return word.encode("utf-8")
    return base64.b64decode(word.removeprefix(PREFIX), validate=True)


def check_webhook_secret(where: str, secret: Secret) -> None:
    """Refuse a secret that cannot be read or is too short to keep anybody out; it is not shown."""
    try:
        length = len(read_key(secret))
    except (binascii.Error, ValueError):
        raise SettingError("secret", where, f"begins with {PREFIX} and must then be base64") from None
    if length < LEAST_KEY_BYTES:
        reason = f"has {length} bytes and must have at least {LEAST_KEY_BYTES}: openssl rand -base64 32 makes one"
        raise SettingError("secret", where, reason)


def hide_secret(text: str, *secrets: Secret | None) -> str:
    """The text with each secret that may stand in it made stars: another side's answer may repeat what it was sent."""
    for secret in secrets:
        if secret is not None and secret.reveal():
            text = text.replace(secret.reveal(), _STARS)
    return text
