"""Large files from a TLS server on this machine that hangs up, changes its mind and lies about sizes."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from tests.intake.conftest import SETTINGS
from tocsin.errors import FetchError
from tocsin.intake.downloading import Downloader, Version, read_version

BODY = bytes(range(256)) * 2_000


@dataclass
class Archive:
    """What the server has and how it behaves.

    cuts      after how many bytes of an answer it hangs up, one number an answer; then it behaves
    claims    the length it claims in place of the true one
    """

    body: bytes = BODY
    etag: str = '"v1"'
    ranges: bool = True
    cuts: list[int] = field(default_factory=list)
    claims: int | None = None
    status: int = 200
    location: str | None = None
    asked: list[dict[str, str]] = field(default_factory=list)
    address: str = ""


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def archive(authority: trustme.CA) -> Iterator[Archive]:
    """A server of one file at dumps.example."""
    held = Archive()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = {name.lower(): value for name, value in self.headers.items()}
            held.asked.append(asked)
            if asked.get("if-none-match") == held.etag:
                self.send_response(304)
                self.end_headers()
                return
            start = 0
            is_same = asked.get("if-range") == held.etag
            if held.ranges and is_same and "range" in asked:
                start = int(asked["range"].removeprefix("bytes=").rstrip("-"))
                self.send_response(206 if start < len(held.body) else 416)
                self.send_header("Content-Range", f"bytes {start}-{len(held.body) - 1}/{len(held.body)}")
            else:
                self.send_response(held.status)
            if held.location:
                self.send_header("Location", held.location)
            self.send_header("ETag", held.etag)
            self.send_header("Last-Modified", "Tue, 24 Nov 2026 03:00:00 GMT")
            self.send_header("Content-Length", str(held.claims or max(0, len(held.body) - start)))
            self.end_headers()
            rest = held.body[start:]
            self.wfile.write(rest[: held.cuts.pop(0)] if held.cuts else rest)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("dumps.example").configure_cert(context)
    running = Quiet(("127.0.0.1", 0), Handler)
    running.socket = context.wrap_socket(running.socket, server_side=True)
    held.address = f"https://dumps.example:{running.server_port}/XK.zip"
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield held
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def downloader(authority: trustme.CA) -> Downloader:
    return make_downloader(authority)


def make_downloader(authority: trustme.CA, *, max_bytes: int = 1 << 20, private: bool = True) -> Downloader:
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    settings = replace(SETTINGS, fetch_private=private)
    return Downloader(settings, resolver=lambda *_: ["127.0.0.1"], ssl_context=trusting, max_bytes=max_bytes)


def test_a_file_comes_whole_with_progress_and_its_version(
    archive: Archive, downloader: Downloader, tmp_path: Path
) -> None:
    told: list[tuple[int, int | None]] = []
    target = tmp_path / "geonames" / "XK.zip"
    version = downloader.download(archive.address, target, lambda *step: told.append(step))
    assert target.read_bytes() == BODY
    assert version == Version('"v1"', "Tue, 24 Nov 2026 03:00:00 GMT", len(BODY)) == read_version(target)
    assert told[-1] == (len(BODY), len(BODY))
    assert sorted(path.name for path in target.parent.iterdir()) == ["XK.zip", "XK.zip.json"]


def test_an_unchanged_file_is_not_fetched_again_and_a_changed_one_is(
    archive: Archive, downloader: Downloader, tmp_path: Path
) -> None:
    target = tmp_path / "XK.zip"
    downloader.download(archive.address, target)
    assert downloader.download(archive.address, target).etag == '"v1"'
    assert archive.asked[1]["if-none-match"] == '"v1"'
    archive.body, archive.etag = b"newer", '"v2"'
    assert downloader.download(archive.address, target).etag == '"v2"'
    assert target.read_bytes() == b"newer"


def test_a_connection_cut_again_and_again_is_resumed_within_one_call(
    archive: Archive, downloader: Downloader, tmp_path: Path
) -> None:
    archive.cuts = [100_000, 50_000, 200_000]
    downloader.download(archive.address, tmp_path / "XK.zip")
    assert (tmp_path / "XK.zip").read_bytes() == BODY
    assert [asked.get("range") for asked in archive.asked] == [
        None, "bytes=100000-", "bytes=150000-", "bytes=350000-",
    ]  # fmt: skip


def test_what_has_come_serves_the_next_call(archive: Archive, downloader: Downloader, tmp_path: Path) -> None:
    archive.cuts = [100_000, 0]
    target = tmp_path / "XK.zip"
    with pytest.raises(FetchError, match=r"dumps\.example.*broke off"):
        downloader.download(archive.address, target)
    assert (tmp_path / "XK.zip.part").stat().st_size == 100_000
    assert not target.exists()
    downloader.download(archive.address, target)
    assert target.read_bytes() == BODY
    assert archive.asked[-1]["range"] == "bytes=100000-"


def test_a_file_that_changed_in_between_begins_anew(archive: Archive, downloader: Downloader, tmp_path: Path) -> None:
    archive.cuts = [100_000, 0]
    target = tmp_path / "XK.zip"
    with pytest.raises(FetchError, match="broke off"):
        downloader.download(archive.address, target)
    archive.body, archive.etag = BODY[::-1], '"v2"'
    downloader.download(archive.address, target)
    assert target.read_bytes() == BODY[::-1]


def test_a_part_longer_than_the_file_begins_anew(archive: Archive, downloader: Downloader, tmp_path: Path) -> None:
    part = tmp_path / "XK.zip.part"
    part.write_bytes(b"x" * (len(BODY) + 5))
    part.with_name("XK.zip.part.json").write_text(json.dumps({"etag": '"v1"', "bytes": len(BODY)}))
    downloader.download(archive.address, tmp_path / "XK.zip")
    assert (tmp_path / "XK.zip").read_bytes() == BODY


def test_a_whole_part_is_taken_without_asking(archive: Archive, downloader: Downloader, tmp_path: Path) -> None:
    (tmp_path / "XK.zip.part").write_bytes(BODY)
    (tmp_path / "XK.zip.part.json").write_text(json.dumps({"etag": '"v1"', "bytes": len(BODY)}))
    downloader.download(archive.address, tmp_path / "XK.zip")
    assert (tmp_path / "XK.zip").read_bytes() == BODY
    assert archive.asked == []


def test_a_size_that_is_wrong_is_never_taken_for_whole(
    archive: Archive, downloader: Downloader, tmp_path: Path
) -> None:
    archive.claims, archive.ranges = len(BODY) + 10, False
    with pytest.raises(FetchError, match="broke off"):
        downloader.download(archive.address, tmp_path / "XK.zip")
    assert not (tmp_path / "XK.zip").exists()


def test_a_file_that_is_too_large_is_refused(archive: Archive, authority: trustme.CA, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="larger than 1,000 bytes"):
        make_downloader(authority, max_bytes=1_000).download(archive.address, tmp_path / "XK.zip")
    assert archive.asked != []


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_refusal_is_told(archive: Archive, downloader: Downloader, tmp_path: Path, status: int) -> None:
    archive.status = status
    with pytest.raises(FetchError, match=f"answers with status {status}"):
        downloader.download(archive.address, tmp_path / "XK.zip")
    assert not (tmp_path / "XK.zip").exists()


def test_only_https_and_only_public_addresses(
    archive: Archive, downloader: Downloader, authority: trustme.CA, tmp_path: Path
) -> None:
    with pytest.raises(FetchError, match="must begin with https"):
        downloader.download(archive.address.replace("https", "http"), tmp_path / "XK.zip")
    with pytest.raises(FetchError, match=r"127\.0\.0\.1.*is a loopback address"):
        make_downloader(authority, private=False).download(archive.address, tmp_path / "XK.zip")
    archive.status, archive.location = 302, "http://dumps.example/XK.zip"
    with pytest.raises(FetchError, match="redirects to an address that is not https"):
        downloader.download(archive.address, tmp_path / "XK.zip")
    archive.location = archive.address
    with pytest.raises(FetchError, match="redirects more than 5 times"):
        downloader.download(archive.address, tmp_path / "XK.zip")


def test_a_certificate_that_nobody_vouches_for_and_a_dead_machine_are_told(
    archive: Archive, authority: trustme.CA, tmp_path: Path
) -> None:
    stranger = Downloader(SETTINGS, resolver=lambda *_: ["127.0.0.1"])
    with pytest.raises(FetchError, match="certificate is not valid"):
        stranger.download(archive.address, tmp_path / "XK.zip")
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with pytest.raises(FetchError, match="cannot be reached"):
        make_downloader(authority).download(f"https://dumps.example:{port}/XK.zip", tmp_path / "XK.zip")


def test_a_server_that_falls_silent_is_left(authority: trustme.CA, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = replace(SETTINGS, fetch_timeout_seconds=1.0)
        patient = Downloader(settings, resolver=lambda *_: ["127.0.0.1"])
        with pytest.raises(FetchError, match="sent nothing, or too little, within 1 s"):
            patient.download(f"https://dumps.example:{silent.getsockname()[1]}/XK.zip", tmp_path / "XK.zip")


def test_a_folder_that_cannot_be_written_is_named(downloader: Downloader, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FetchError, match="cannot be written"):
        downloader.download("https://dumps.example/XK.zip", tmp_path / "file" / "XK.zip")


@pytest.mark.parametrize("note", ["", "[]", '{"strange": 1}', "\x00"])
def test_a_note_that_cannot_be_read_is_no_note(tmp_path: Path, note: str) -> None:
    (tmp_path / "XK.zip.json").write_text(note)
    assert read_version(tmp_path / "XK.zip") == Version()
