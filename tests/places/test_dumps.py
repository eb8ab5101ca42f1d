from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.places.dumping import write_table
from tocsin.errors import KnowledgeError
from tocsin.places import dumps
from tocsin.places.dumps import check_zip, digest_file, read_lines


@pytest.mark.parametrize("suffix", [".txt", ".zip"])
def test_lines_come_without_their_ends_and_progress_is_told(tmp_path: Path, suffix: str) -> None:
    path = write_table(tmp_path / f"XK{suffix}", "Zvečan\tЩит", "b", "c")
    told: list[tuple[int, int]] = []
    assert list(read_lines(path, told=lambda *step: told.append(step))) == ["Zvečan\tЩит", "b", "c"]
    assert told[-1][0] == told[-1][1] > 0


@given(
    st.lists(st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=30), max_size=30),
    st.integers(1, 40),
)
@settings(deadline=None, max_examples=60)
def test_lines_are_whole_however_the_pieces_fall(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], piece: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "pieces.txt"
    path.write_bytes("".join(f"{line}\n" for line in lines).encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dumps, "_PIECE", piece)
        assert list(read_lines(path)) == lines


def test_a_zip_file_cut_short_or_damaged_is_named(tmp_path: Path) -> None:
    path = write_table(tmp_path / "XK.zip", *(f"{n}\tname {n * 7919}" for n in range(5_000)))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(KnowledgeError, match=r"XK\.zip.*cut short or damaged"):
        list(read_lines(path))
    path.write_bytes(whole[:3000] + bytes([whole[3000] ^ 255]) + whole[3001:])
    with pytest.raises(KnowledgeError, match=r"XK\.zip.*damaged"):
        check_zip(path)
    path.write_bytes(whole)
    check_zip(path)
    assert digest_file(path) == hashlib.sha256(whole).hexdigest()


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "XK.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("XK.txt", b"\n" * 50_000_000)
    with pytest.raises(KnowledgeError, match=r"unpacks from .* to 50,000,000 bytes"):
        next(iter(read_lines(path)))
    plain = tmp_path / "XK.txt"
    plain.write_bytes(b"abc\n" * 100)
    with pytest.raises(KnowledgeError, match="larger than 20 bytes"):
        list(read_lines(plain, max_bytes=20))


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "XK.txt"
    path.write_bytes(b"first\n" + b"x" * 3_000_000)
    with pytest.raises(KnowledgeError, match="more than 1,048,576 bytes after line 1"):
        list(read_lines(path))


def test_bytes_that_are_no_utf8_are_told_by_line(tmp_path: Path) -> None:
    path = tmp_path / "XK.txt"
    path.write_bytes("one\ntwo\nZvečan\n".encode("iso8859-2"))
    with pytest.raises(KnowledgeError, match=r"XK\.txt, line 3'?: must be UTF-8"):
        list(read_lines(path))


def test_a_zip_file_without_the_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "XK.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("readme.txt", "words")
        packed.writestr("picture.png", b"\x89PNG")
    with pytest.raises(KnowledgeError, match=r"must hold one table, XK\.txt"):
        list(read_lines(path))
    with pytest.raises(KnowledgeError, match="cannot be read"):
        list(read_lines(tmp_path / "gone.zip"))
    with pytest.raises(KnowledgeError, match="cannot be read"):
        digest_file(tmp_path / "gone.zip")
