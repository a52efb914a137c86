"""Tokens in mailed links: secret in the mail, hashed in the store."""

import hashlib
import secrets


def new_token() -> str:
    """Make a token for one link: 128 random bits, 22 characters that need no quoting."""
    return secrets.token_urlsafe(16)


def hash_token(token: str) -> str:
    """Give what the store keeps of a token: SHA-256, in hex.

    A plain hash is enough: the token is random, so there is no guessing it from its hash.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
