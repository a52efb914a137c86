"""Text: from any characters to what is safe everywhere, and on to index tokens.

The same functions serve entries and queries, whatever the engine. What a single word comes to is
`db.words`, which loads its dictionaries when the first word is asked for.
"""

import re
import unicodedata
from dataclasses import dataclass

# What XML 1.0 (production 2, Char) forbids, and what only looks like nothing: soft hyphen,
# zero-width characters and marks of direction. U+FFFE is what a PDF reader leaves for a line-end
# hyphen. U+0085, U+2028 and U+2029 are line ends that mail headers refuse.
_LINE_END = re.compile("\r\n?|[\u0085\u2028\u2029\v\f]")
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069"
    "\ufeff\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U0001fffe\U0001ffff\U0002fffe\U0002ffff"
    "\U0003fffe\U0003ffff\U0004fffe\U0004ffff\U0005fffe\U0005ffff\U0006fffe\U0006ffff"
    "\U0007fffe\U0007ffff\U0008fffe\U0008ffff\U0009fffe\U0009ffff\U000afffe\U000affff"
    "\U000bfffe\U000bffff\U000cfffe\U000cffff\U000dfffe\U000dffff\U000efffe\U000effff"
    "\U000ffffe\U000fffff\U0010fffe\U0010ffff]"
)
_WORD = re.compile(r"[^\W_]+")
# inte-\ngrering, but not bosettings-\nog integreringspris
_LINE_END_HYPHEN = re.compile(
    r"-(?<=[^\W\d_]-)[ \t]*\n[ \t]*(?=(?!og\b|eller\b|and\b|or\b)[a-zæøå])"
)
#: the directorate's full name holds two of its subjects, so that every text would be about them
DIRECTORATE = re.compile(
    r"\bintegrerings-\s*og\s+mangf[oa]ldsdirektorat(?:et)?s?\b"
    r"|\b(?:norwegian\s+)?directorate\s+of\s+integration\s+and\s+diversity\b",
    re.I,
)
# what no form of its name is without, in letters that no other letter stands for
_DIRECTORATE_PARTS = ("mangf", "torate")
#: 15 400, 15.400 and the English 15,400, but no date, decimal or row of numbers
GROUPED_NUMBER = re.compile(
    r"[1-9](?<![\d.,]\d)\d{0,2}(?:[ .,\u00a0\u2009\u202f]\d{3})+(?![\d.,]?\d)"
)


def clean(text: str) -> str:
    r"""Remove what no reader sees and XML, JSON or mail cannot carry; compose to NFC.

    Line ends of every kind become `\n`; tabs and ordinary spaces stay.
    """
    if not text.replace("\n", "").isprintable():
        # most texts are; and what is to be removed never is
        text = _FORBIDDEN.sub("", _LINE_END.sub("\n", text))
    return unicodedata.normalize("NFC", text)


def one_line(text: str) -> str:
    """Clean a text and fold all white space to single spaces, as titles and headers need it."""
    return " ".join(clean(text).split())


def words(text: str) -> list[str]:
    """Give the words of a text as they are written, in lower case; numbers joined."""
    return _WORD.findall(_joined(text).lower())


def tokens(text: str) -> list[str]:
    """Give the index tokens of a text, in order: a key a word.

    A key is the same for every inflection, in bokmål and nynorsk (`db.words`).
    """
    from db.words import analyse

    return [analyse(word).key for word in _telling_words(_joined(text))]


def parts(text: str) -> list[str]:
    """Give the keys of what the compounds of a text are put together from, in order."""
    from db.words import analyse

    return [part for word in _telling_words(_joined(text)) for part in analyse(word).parts]


@dataclass(frozen=True, slots=True)
class Terms:
    """What an index holds of a text: `tokens`, `parts` and `words` of it."""

    tokens: list[str]
    parts: list[str]
    words: list[str]


def terms_of(text: str) -> Terms:
    """Give what an index holds of a text, reading it once."""
    from db.words import analyse

    joined = _joined(text)
    lower = joined.lower()
    written = _WORD.findall(lower)
    # mostly the same words, and known already by how they stand in lower case; not so where a
    # capital is two small letters, or another one at the end of a word
    whole = len(lower) == len(joined) and "Σ" not in joined
    same = whole and not any(part in lower for part in _DIRECTORATE_PARTS)
    analysed = [analyse(word) for word in (written if same else _telling_words(joined))]
    return Terms(
        tokens=[word.key for word in analysed],
        parts=[part for word in analysed for part in word.parts],
        words=written,
    )


def join_numbers(text: str) -> str:
    """Write 15 400, 15.400 and 15,400 as 15400; dates and decimals stay."""
    return GROUPED_NUMBER.sub(lambda found: re.sub(r"\D", "", found[0]), text)


def _telling_words(joined: str) -> list[str]:
    return _WORD.findall(DIRECTORATE.sub("IMDi", joined))


def _joined(text: str) -> str:
    return _LINE_END_HYPHEN.sub("", join_numbers(clean(text)))
