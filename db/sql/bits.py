"""Sets of entries as whole numbers, with a bit for each entry by its number.

What filters choose of a search is `&`, and how many that are `bit_count`: a thousand entries cost
what a few do, and no numbers are made of those that nobody looks at.
"""

import re
from collections.abc import Collection

# digits are made and read in time that grows with their number where the base is a power of two
_AS_DIGITS = b"0" + b"1" * 255
_AS_MARKS = bytes(255 * (character == ord("1")) for character in range(256))
_SET = re.compile("1")


def bits_of(marks: bytes) -> int:
    """Give the set of the numbers at which bytes are not 0."""
    return int(marks[::-1].translate(_AS_DIGITS) or b"0", 2)


def bits_at(numbers: Collection[int]) -> int:
    """Give the set of some numbers."""
    packed = bytearray(max(numbers, default=0) // 8 + 1)
    for number in numbers:
        packed[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(packed, "little")


def masked(marks: bytes, bits: int) -> bytes:
    """Give bytes as they are at the numbers of a set, and 0 elsewhere."""
    size = len(marks)
    kept = f"{bits:0{size}b}".encode()[::-1].translate(_AS_MARKS)
    both = int.from_bytes(marks, "little") & int.from_bytes(kept, "little")
    return both.to_bytes(size, "little")


def numbers_in(bits: int) -> list[int]:
    """Give the numbers of a set, lowest first."""
    return [one.start() for one in _SET.finditer(f"{bits:b}"[::-1])]
