from hypothesis import given
from hypothesis import strategies as st

from feed.worddiff import CONTEXT_WORDS, LONGEST, Change, Piece, compare

KEPT, REMOVED, ADDED, SKIPPED = Change.KEPT, Change.REMOVED, Change.ADDED, Change.SKIPPED


def test_equal_texts_have_no_changes() -> None:
    assert compare("a b", "a b") == []


def test_words_that_went_and_came_are_told() -> None:
    assert compare("34 prosent er mye", "26 prosent er mye") == [
        Piece(REMOVED, "34 "),
        Piece(ADDED, "26 "),
        Piece(KEPT, "prosent er mye"),
    ]


def test_a_new_line_is_added_whole() -> None:
    assert compare("En.\nTo.", "En.\nNy.\nTo.") == [
        Piece(KEPT, "En.\n"),
        Piece(ADDED, "Ny.\n"),
        Piece(KEPT, "To."),
    ]


def test_long_stretches_without_changes_are_left_out() -> None:
    words = " ".join(f"ord{number}" for number in range(200))
    pieces = compare(f"{words} slutt", f"{words} ende")
    assert [piece.change for piece in pieces] == [SKIPPED, KEPT, REMOVED, ADDED]
    assert len(pieces[1].text.split()) == CONTEXT_WORDS


def test_huge_texts_are_compared_in_bounds() -> None:
    old = "a b c d e f g " * LONGEST
    new = "g f e d c b a " * LONGEST
    pieces = compare(old, new)
    assert [piece.change for piece in pieces] == [REMOVED, ADDED]
    assert all(len(piece.text) <= LONGEST for piece in pieces)
    lines = compare("\n".join("ab" * LONGEST), "\n".join("ba" * LONGEST))
    assert sum(len(piece.text) for piece in lines) <= 2 * LONGEST


_lines = st.text("ab c\n", max_size=60)


@given(_lines, _lines)
def test_what_is_kept_and_added_is_the_new_text(old: str, new: str) -> None:
    pieces = compare(old, new)
    if any(piece.change is SKIPPED for piece in pieces):
        return
    if old != new:
        now = "".join(piece.text for piece in pieces if piece.change is not REMOVED)
        before = "".join(piece.text for piece in pieces if piece.change is not ADDED)
        assert now.split() == new.split()
        assert before.split() == old.split()
