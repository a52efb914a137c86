"""Tokens in mailed links, secret in the mail and hashed in the store; and keys for addresses."""

import hashlib
import hmac
import secrets


def new_token() -> str:
    """Make a token for one link: 128 random bits, 22 characters that need no quoting."""
    return secrets.token_urlsafe(16)


def hash_token(token: str) -> str:
    """Give what the store keeps of a token: SHA-256, in hex.

    A plain hash is enough: the token is random, so there is no guessing it from its hash.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def address_key(email: str, secret: str) -> str:
    """Give what stands for an address where the address itself is not to be kept.

    Addresses can be guessed, so the hash needs our secret.
    """
    text = f"address:{email.lower()}".encode()
    return hmac.digest(secret.encode(), text, hashlib.sha256).hex()[:32]
