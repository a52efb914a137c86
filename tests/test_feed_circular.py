"""A mail that is filled in for its reader is the mail that would be rendered for them alone."""

import email
import email.policy
import re
from base64 import urlsafe_b64encode
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.models import Language, put_together
from db.models.outbox import BETWEEN
from feed.circular import OWN_CHARACTERS, circular
from feed.mail import MOST_HEADING_BYTES, MOST_LINE_CHARACTERS, compose_heading, compose_rest
from feed_samples import at

#: 128 bits as links carry them
WORDS = st.binary(min_size=16, max_size=16).map(
    lambda some: urlsafe_b64encode(some).rstrip(b"=").decode()
)
#: what a text may hold around a reader's links, with all that quoted-printable must escape
AROUND = st.text(
    st.sampled_from("abcæøå =.\t-–«»<>&\"'\n\u00a0😀_0ZzFrom"), max_size=3 * MOST_LINE_CHARACTERS
)


def rendered(texts: list[str], words: list[str]) -> bytes:
    between = "".join(
        f"{text}https://nytt.example/unsubscribe/{words[number % len(words)]}"
        for number, text in enumerate(texts)
    )
    return compose_rest(
        sender="IMDi-nytt <nytt@imdifeed.example>",
        subject="3 nye saker: Årets tolker",
        text=between,
        html=f"<p>{between}</p>",
        date=at("2026-11-23T06:00:00"),
        language=Language.BOKMAL,
    )


@given(
    texts=st.lists(AROUND, min_size=1, max_size=6),
    words=st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=4, unique_by=lambda two: two[0]),
)
def test_filled_in_is_what_rendering_alone_gives(
    texts: list[str], words: list[tuple[str, str]]
) -> None:
    stand_ins, own = [one for one, _ in words], [one for _, one in words]
    heading = compose_heading("kari@kommune.example", "<a@imdifeed.example>", "https://x.example")
    shared = circular(rendered(texts, stand_ins), stand_ins)
    whole = put_together(shared.own(heading, own), shared.letter.data)
    assert whole == heading + rendered(texts, own)
    assert not any(word.encode() in shared.letter.data for word in stand_ins)
    assert max(map(len, whole.split(b"\r\n"))) <= MOST_LINE_CHARACTERS
    message = email.message_from_bytes(whole, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    for part in message.iter_parts():
        assert not part.defects
        content = part.get_content()
        for number in range(len(texts)):
            assert own[number % len(own)] in content


def test_a_word_stands_whole_wherever_its_line_ends() -> None:
    # one of the places where a line may end after another, within the word too
    word, own = "A" * OWN_CHARACTERS, "b-_9" * 5 + "Zz"
    broken = 0
    for before in range(2 * MOST_LINE_CHARACTERS):
        text = ["x" * before]
        shared = circular(rendered(text, [word]), [word])
        broken += any(slot.start for slot in shared.slots)
        whole = put_together(shared.own(b"", [own]), shared.letter.data)
        assert whole == rendered(text, [own])
    assert broken > OWN_CHARACTERS


def test_nobody_else_can_write_a_stand_in_into_a_mail() -> None:
    # what a publisher writes may look like any word of ours but the ones nobody can guess
    hostile = rendered([f"{'A' * OWN_CHARACTERS} \0 =00 =\r\n"], ["B" * OWN_CHARACTERS])
    shared = circular(hostile, ["C" * OWN_CHARACTERS])
    assert (shared.letter.data, shared.slots) == (hostile, ())
    assert BETWEEN not in hostile


@pytest.mark.parametrize(
    "word", ["", "A" * 21, "A" * 23, "æ" * 22, "A" * 21 + "=", "A" * 21 + "\n"]
)
def test_only_words_that_any_line_can_carry(word: str) -> None:
    right = "A" * OWN_CHARACTERS
    with pytest.raises(ValueError, match="letters that any line can carry"):
        circular(b"", [word])
    with pytest.raises(ValueError, match="letters that any line can carry"):
        circular(right.encode(), [right]).own(b"", [word])
    with pytest.raises(ValueError, match="of its own"):
        circular(b"", [right, right])


def test_pieces_that_do_not_fit_are_no_mail() -> None:
    with pytest.raises(ValueError, match="zip"):
        put_together(b"a\0b", b"c")


def test_a_heading_stays_within_its_room() -> None:
    longest = f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.no"
    heading = compose_heading(
        longest, f"<{'e' * 32}@{'f' * 60}.no>", "https://x.example/" + "g" * 90
    )
    assert len(heading) <= MOST_HEADING_BYTES
    assert re.fullmatch(rb"(?:[A-Za-z-]+: [!-~ ]+\r\n)+", heading)
