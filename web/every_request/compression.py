"""Content codings (RFC 9110, 8.4): which one a client takes, and bytes in it.

Equal bytes give equal bytes: nothing here reads the clock.
"""

import gzip
from collections.abc import Callable, Mapping
from typing import Final

import brotli  # type: ignore[import-untyped]  # it ships no types
import zstandard
from werkzeug.datastructures import Accept

#: shorter answers fit one packet as they are
LEAST_BYTES: Final = 1_000
# one step more takes twice the time for 2 to 3 % of the bytes
_GZIP_LEVEL: Final = 5
_BROTLI_QUALITY: Final = 5
_ZSTD_LEVEL: Final = 5


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, _GZIP_LEVEL, mtime=0)


def _brotli(data: bytes) -> bytes:
    coded: bytes = brotli.compress(data, mode=brotli.MODE_TEXT, quality=_BROTLI_QUALITY)
    return coded


def _zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(data)


#: by name, the one that makes feeds smallest first
CODINGS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "br": _brotli,
    "zstd": _zstd,
    "gzip": _gzip,
}


def coding_for(accepted: Accept) -> str:
    """Choose what `Accept-Encoding` likes best; empty for the bytes as they are.

    Where nothing we have is acceptable, neither as it is, the bytes are sent as they are
    (RFC 9110, 12.5.3).
    """
    as_it_is = _quality(accepted, "identity")
    best = max(CODINGS, key=lambda coding: _quality(accepted, coding) or 0.0)
    liked = _quality(accepted, best) or 0.0
    # what is not named is acceptable, but never asked for
    return best if liked > 0 and liked >= (as_it_is or 0.0) else ""


def compress(data: bytes, coding: str) -> bytes:
    """Put bytes into a coding; an empty one leaves them as they are."""
    return CODINGS[coding](data) if coding else data


def _quality(accepted: Accept, coding: str) -> float | None:
    """Give the weight of a coding, by its name or else by `*`; None where neither is there."""
    weights = {name.lower(): weight for name, weight in accepted}
    return weights.get(coding, weights.get("x-gzip" if coding == "gzip" else "", weights.get("*")))
