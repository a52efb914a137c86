"""Word lists in a file: the same answers as the library's own, whole or made anew."""

import os
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simplemma.strategies.dictionaries import DefaultDictionaryFactory

from db.words.wordlist import WordList, pack, word_list

words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=300)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("CACHE_DIRECTORY", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "imdifeed"


@given(st.dictionaries(words, words), st.lists(words))
def test_what_was_packed_is_found_and_nothing_else(
    listed: dict[str, str], others: list[str]
) -> None:
    short = {form: base for form, base in listed.items() if max(map(_size, (form, base))) < 256}
    pairs = [(form.encode(), base.encode()) for form, base in listed.items()]
    packed = WordList(pack(pairs, len(pairs)))
    for form, base in short.items():
        assert packed.get(form) == base
    for form in others:
        assert form in listed or packed.get(form) is None


def _size(word: str) -> int:
    return len(word.encode())


@pytest.mark.parametrize("language", ["nb", "nn", "en", "se"])
def test_the_answers_are_those_of_the_library(language: str) -> None:
    listed = DefaultDictionaryFactory().get_dictionary(language)
    packed = word_list(language)
    assert len(listed) > 100_000
    for form, base in islice(listed.items(), 0, None, 17):
        assert packed.get(form) == base
        assert packed.get(f"{form}q") == listed.get(f"{form}q")


def test_a_list_is_packed_once(cache: Path) -> None:
    assert word_list("se").get("giella") == "giella"
    (path,) = cache.iterdir()
    made = path.stat().st_mtime_ns
    assert word_list("se").get("giella") == "giella"
    assert (
        [path.stat().st_mtime_ns] == [one.stat().st_mtime_ns for one in cache.iterdir()] == [made]
    )


def test_a_list_has_its_name_only_once_it_is_on_the_disk(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[int, list[str]]] = []
    monkeypatch.setattr(
        os, "fsync", lambda file: synced.append((os.fstat(file).st_size, os.listdir(cache)))
    )
    word_list("se")
    (path,) = cache.iterdir()
    ((size, names),) = synced
    assert size == path.stat().st_size
    assert path.name not in names


@pytest.mark.parametrize("content", [b"", b"wordlist", b"x" * 100_000])
def test_a_damaged_file_is_made_anew(cache: Path, content: bytes) -> None:
    word_list("se")
    (path,) = cache.iterdir()
    whole = path.read_bytes()
    path.write_bytes(content or whole[:-1])
    assert word_list("se").get("giella") == "giella"
    assert path.read_bytes() == whole


def test_without_a_folder_the_list_is_held_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("CACHE_DIRECTORY", str(blocked))
    assert word_list("se").get("giella") == "giella"
    for name in ("CACHE_DIRECTORY", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    assert word_list("se").get("giella") == "giella"
    assert os.listdir(tmp_path) == ["file"]
