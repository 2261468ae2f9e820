"""The second factor: codes of an authenticator (TOTP, RFC 6238) and recovery codes on paper."""

import hashlib
import re
import secrets
from datetime import datetime
from io import BytesIO

import pyotp
import segno

ISSUER = "Jigi"
RECOVERY_CODES = 10
_STEP_SECONDS = 30
_STEPS_AROUND = (0, -1, 1)  # phones' clocks go wrong
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_RECOVERY_LENGTH = 16


def new_secret() -> str:
    """Return a new secret, to be shown once as a QR code and kept sealed."""
    return pyotp.random_base32()


def address_of(secret: str, email: str) -> str:
    """Return the address that authenticators read from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def drawn(address: str) -> str:
    """Return the QR code of an address as an SVG element, without any style of its own."""
    out = BytesIO()
    segno.make_qr(address, error="m").save(
        out, kind="svg", xmldecl=False, scale=4, border=4, light="#fff", title="Code QR", nl=False
    )
    return out.getvalue().decode()


def step_of(secret: str, code: str, now: datetime, after: int) -> int | None:
    """Return the time step of a code that is right and later than `after`, or `None`."""
    digits = "".join(code.split())
    if not re.fullmatch(r"\d{6}", digits, re.ASCII):
        return None
    current = int(now.timestamp()) // _STEP_SECONDS
    totp = pyotp.TOTP(secret)
    for around in _STEPS_AROUND:
        step = current + around
        right = secrets.compare_digest(totp.at(step * _STEP_SECONDS), digits)
        if right and step > after:
            return step
    return None


def new_recovery_code() -> str:
    """Return a code to be written down, such as `abcd-efgh-2345-6789`: 79 random bits."""
    signs = "".join(secrets.choice(_ALPHABET) for _ in range(_RECOVERY_LENGTH))
    return "-".join(signs[at : at + 4] for at in range(0, _RECOVERY_LENGTH, 4))


def recovery_hash(code: str) -> str | None:
    """Return what is kept of a recovery code, however it is typed; `None` if it can't be one."""
    signs = re.sub(r"[\s-]", "", code.casefold())
    if len(signs) != _RECOVERY_LENGTH:
        return None
    return token_hash(signs)


def token_hash(token: str) -> str:
    """Return what is kept of a long random token; it needs neither key nor salt."""
    return hashlib.sha256(token.encode()).hexdigest()
