"""Names made from titles, as parts of an imported entry's identity."""

import re
import unicodedata

_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "đ": "d", "ŋ": "n", "ŧ": "t", "ß": "ss"})
#: characters; long enough that two titles of one document are not cut to the same
LONGEST = 150


def slug(title: str) -> str:
    """Give a title as lower-case ASCII words joined by hyphens; "uten-tittel" without any."""
    letters = unicodedata.normalize("NFKD", title.lower().translate(_LETTERS))
    plain = letters.encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-") or "uten-tittel"
