"""`tocsin sitrep` as a person and a script meet it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.notify.servers import run_mailboxes
from tests.web.test_report_mails import CHANNEL
from tests.web.worlds import World, fill, open_empty
from tocsin.cli import channels, report
from tocsin.errors import RecordError, StoreError, UnknownIdError
from tocsin.records import Filter
from tocsin.reporting.kept import finalize_report

WEEK = ["--from", "2026-03-08", "--to", "2026-03-14", "--no-exercise"]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_empty(tmp_path) as desk:
        yield fill(desk)


def run(world: World, *words: str, catch: bool = False) -> str:
    assert world.desk.settings.home
    done = CliRunner().invoke(
        report.app, [*WEEK, "--home", str(world.desk.settings.home), *words], catch_exceptions=catch
    )
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.parametrize(
    ("name", "head"), [("a.pdf", b"%PDF"), ("a.docx", b"PK"), ("a.htm", b"<!doc"), ("a.md", b"**TLP")]
)
def test_the_files_name_says_the_format(world: World, tmp_path: Path, name: str, head: bytes) -> None:
    out = tmp_path / name
    told = run(world, "--area", "Orle bridge", "--out", str(out), "--author", "Night watch")
    assert out.read_bytes().startswith(head)
    assert told.startswith(f"{out}: TLP:AMBER, ")
    assert "1 of 1 incidents told" in told


def test_a_report_of_days_without_reports_says_which_have_some(world: World, tmp_path: Path) -> None:
    out = ["--out", str(tmp_path / "week.pdf")]
    assert "newest report" not in run(world, *out)
    told = run(world, "--from", "2031-01-01", "--to", "2031-01-07", *out)
    newest = max(i.reported_at for i in world.desk.store.incidents(Filter(realm="real", limit=0))).date()
    assert told.splitlines()[1].endswith(f"the newest report is of {newest}: --to {newest}.")


def test_json_alone_writes_no_file(world: World, tmp_path: Path) -> None:
    told = json.loads(run(world, "--json", "--tlp", "tlp:red"))
    assert told["report"]["tlp"] == "TLP:RED"
    assert told["problems"] == {}
    assert list(tmp_path.glob("sitrep*")) == []


@pytest.mark.parametrize(
    ("words", "kind", "why"),
    [
        (["--format", "odt"], StoreError, "pdf, docx, html, md"),
        (["--out", "report.odt"], StoreError, "pdf, docx, html, md"),
        (["--from", "monday"], RecordError, "2026-03-08"),
        (["--to", "0001-01-02"], RecordError, "from 1900 to 2200"),
        (["--from", "9999-12-31", "--to", "9999-12-31"], RecordError, "from 1900 to 2200"),
        (["--tlp", "secret"], RecordError, "TLP:CLEAR"),
        (["--pages", "0"], RecordError, "1 to 20"),
        (["--out", "/nowhere/at/all.pdf"], StoreError, "cannot be written"),
    ],
)
def test_what_cannot_be_is_one_line_why(world: World, words: list[str], kind: type[Exception], why: str) -> None:
    with pytest.raises(kind, match=why):
        run(world, *words)


def kept(world: World, *words: str) -> str:
    """What a command about kept reports prints."""
    done = CliRunner().invoke(
        report.app, [*words, "--home", str(world.desk.settings.home)], catch_exceptions=False
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_draft_is_kept_listed_shown_and_exported(world: World, tmp_path: Path) -> None:
    assert "no report is kept yet" in kept(world, "list")
    told = run(world, "--keep", "--author", "Night watch", "--out", str(tmp_path / "a.md"))
    id_ = told.splitlines()[-1].split()[2].rstrip(":")
    (line,) = kept(world, "list").splitlines()
    assert line == f"{id_}  draft, TLP:AMBER  Everywhere, 2026-03-08 to 2026-03-14, by Night watch"
    shown = kept(world, "show", id_)
    assert shown.startswith(line)
    assert "Draft, not final." in shown
    assert "## Summary" in shown
    out = tmp_path / "kept.pdf"
    assert kept(world, "export", id_, "--out", str(out)).startswith(f"{out}: {id_}")
    assert out.read_bytes().startswith(b"%PDF")


def test_a_kept_report_is_not_written_over_another_version_of_it(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    id_ = run(world, "--keep", "--out", "a.md").splitlines()[-1].split()[2].rstrip(":")
    kept(world, "export", id_, "--format", "md")
    finalize_report(world.desk, id_, by="ana", seen=0)
    kept(world, "export", id_, "--format", "md")
    names = {path.name for path in tmp_path.glob("sitrep-*")}
    assert names == {f"sitrep-everywhere-2026-03-08-2026-03-14-{version}.md" for version in ("draft", "v1")}


def test_a_laxer_marking_than_the_desks_takes_a_reason_that_is_shown(world: World, tmp_path: Path) -> None:
    lax = ("--keep", "--tlp", "tlp:green", "--out", str(tmp_path / "a.md"))
    with pytest.raises(RecordError, match="as the desk is set, or stricter; or say why"):
        run(world, *lax)
    assert not (tmp_path / "a.md").exists()
    id_ = run(world, *lax, "--laxer-because", "the  mission agreed").splitlines()[-1].split()[2].rstrip(":")
    assert "marked more laxly than the desk is set: the mission agreed" in kept(world, "show", id_)
    assert json.loads(kept(world, "show", id_, "--json"))["laxer_because"] == "the mission agreed"
    assert "mission agreed" not in (tmp_path / "a.md").read_text(), "no file bears it"


def test_kept_reports_as_json(world: World, tmp_path: Path) -> None:
    run(world, "--keep", "--json")
    (line,) = kept(world, "list", "--json").splitlines()
    head = json.loads(line)
    assert (head["state"], head["made_by"], head["number"]) == ("draft", "command line", None)
    told = json.loads(kept(world, "show", head["id"], "--json"))
    assert told["kept"] == head
    assert told["problems"] == {}
    assert told["report"]["sections"][0]["key"] == "summary"
    out = tmp_path / "a.docx"
    assert json.loads(kept(world, "export", head["id"], "--out", str(out), "--json"))["bytes"] == out.stat().st_size


def test_a_report_that_is_not_kept_is_said_to_be_unknown(world: World) -> None:
    with pytest.raises(UnknownIdError, match="rep_nowhere"):
        kept(world, "show", "rep_nowhere")


def test_a_report_is_sent_and_the_outbox_says_what_waits(world: World) -> None:
    home = world.desk.settings.home
    assert home
    run(world, "--keep", "--out", str(home / "a.md"))
    (kept,) = world.desk.store.reports()
    with run_mailboxes() as run_mail:
        box = run_mail()
        box.rcpt["ben@orle.example.org"] = "450 later"
        assert "no e-mail channel is set up" in str(send(world, kept.id, "--to", "anna@orle.example.org").exception)
        (home / "channels.toml").write_text(CHANNEL.format(port=box.port), "utf-8")
        words = ["--to", "anna@orle.example.org", "--to", "ben@orle.example.org", "--format", "md", "--by", "ana"]
        told = json.loads(send(world, kept.id, *words, "--json").stdout)
        assert box.recipients == [["anna@orle.example.org"]]
        assert {copy["recipient"]: copy["state"] for copy in told["copies"]} == {
            "anna@orle.example.org": "sent", "ben@orle.example.org": "waiting",
        }  # fmt: skip
        assert told["mail"]["made_by"] == "ana"
        assert "taken" not in send(world, kept.id, "--to", "ben@orle.example.org").stdout
        outbox = CliRunner().invoke(channels.app, ["outbox", "--home", str(home)]).stdout
        assert outbox.count("to ben@orle.example.org over watch-room, waiting after 1 attempt") == 2
        again = CliRunner().invoke(channels.app, ["outbox", "--home", str(home), "--retry", "watch-room"]).stdout
        assert again.startswith("2 to be tried again over watch-room")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--to", "nobody"], "must be an address"),
        (["--to", "a@b.example", "--channel", "elsewhere"], "must be one of watch-room"),
        (["--to", "a@b.example", "--format", "odt"], "must be one of pdf, docx, html, md"),
    ],
)
def test_what_cannot_be_sent_says_why(world: World, words: list[str], why: str) -> None:
    home = world.desk.settings.home
    assert home
    (home / "channels.toml").write_text(CHANNEL.format(port=9), "utf-8")
    run(world, "--keep", "--out", str(home / "a.md"))
    (kept,) = world.desk.store.reports()
    assert why in str(send(world, kept.id, *words).exception)


def test_tlp_red_asks_for_a_word_more(world: World) -> None:
    home = world.desk.settings.home
    assert home
    run(world, "--keep", "--tlp", "tlp:red", "--out", str(home / "a.md"))
    (kept,) = world.desk.store.reports()
    with run_mailboxes() as run_mail:
        box = run_mail()
        (home / "channels.toml").write_text(CHANNEL.format(port=box.port), "utf-8")
        assert "confirm that it may go" in str(send(world, kept.id, "--to", "a@b.example").exception)
        assert "a@b.example: sent" in send(world, kept.id, "--to", "a@b.example", "--confirm-red").stdout
        assert "[TLP:RED]" in box.took[0]["Subject"]


def send(world: World, *words: str) -> Result:
    return CliRunner().invoke(report.app, ["send", *words, "--home", str(world.desk.settings.home)])
