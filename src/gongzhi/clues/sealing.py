"""Keeps what identifies a person unreadable without this installation's keys, and finds the same person again.

AES-256-GCM (NIST SP 800-38D) with a fresh nonce each time; what a sealed value belongs to is bound in, so that a
value moved to another row does not open. The keys lie in one file, apart from the database and its backups.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gongzhi.home import current_home

OPERATORS, REPORTERS, MARKS = "operators", "reporters", "marks"
_NONCE = 12
_KEYS = "clue-keys"


class SealBrokenError(ValueError):
    """A sealed value does not open: it was changed, belongs elsewhere, or another installation sealed it."""


def seal(values: Mapping[str, str], *, key: str, belongs_to: str) -> bytes:
    """These values as bytes that only `opened` with the same key and owner reads."""
    nonce = secrets.token_bytes(_NONCE)
    plain = json.dumps(dict(values), ensure_ascii=False).encode()
    return nonce + AESGCM(_key(key)).encrypt(nonce, plain, belongs_to.encode())


def opened(sealed: bytes, *, key: str, belongs_to: str) -> dict[str, str]:
    """The values that were sealed. Raises SealBrokenError."""
    sealed = bytes(sealed)
    try:
        plain = AESGCM(_key(key)).decrypt(sealed[:_NONCE], sealed[_NONCE:], belongs_to.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError("a sealed value does not open") from error
    found: Any = json.loads(plain)
    return {str(name): str(value) for name, value in found.items()}


def mark(text: str, *, of: str) -> str:
    """A digest of a text by which the same text is found again, and nothing else; empty for an empty text."""
    folded = "".join(text.split()).lower()
    if not folded:
        return ""
    return hmac.new(_key(MARKS), f"{of}:{folded}".encode(), hashlib.sha256).hexdigest()[:32]


def masked_name(name: str) -> str:
    """A name as a page shows it: the first character, then stars."""
    name = name.strip()
    return name[:1] + "*" * max(1, len(name) - 1) if name else ""


def masked_phone(phone: str) -> str:
    """A telephone number as a page shows it: three digits, stars, and the last two."""
    digits = "".join(c for c in phone if c.isdigit())
    return f"{digits[:3]}****{digits[-2:]}" if len(digits) >= 7 else "*" * len(digits)


def _key(name: str) -> bytes:
    return bytes.fromhex(_keys(_file())[name])


def _file() -> Path:
    stated = os.environ.get("GONGZHI_CLUE_KEYS")
    return Path(stated) if stated else current_home().path / _KEYS


@cache
def _keys(file: Path) -> dict[str, str]:
    if not file.exists():
        made = json.dumps({name: secrets.token_hex(32) for name in (OPERATORS, REPORTERS, MARKS)})
        draft = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(made)
        try:
            # Two processes may be first at once; whoever links first has made the keys.
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    keys: dict[str, str] = json.loads(file.read_text())
    return keys
