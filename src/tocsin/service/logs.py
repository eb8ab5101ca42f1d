"""Log lines: for people on a terminal, as JSON for machines, in a file that never outgrows its bound. No secrets.

A line may carry fields: ``log.info("answered", extra={"fields": {"status": 200}})``.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from tocsin.errors import SettingError
from tocsin.settings import SECRETS, Secret, Settings, list_secret_words

if TYPE_CHECKING:
    from io import TextIOWrapper

STARS = "****"
#: A line longer than this is cut: what strangers send must not fill the disk in one go.
LONGEST_LINE = 20_000
#: What looks like a secret, whoever's it is, with what stands for it.
_PATTERNS = (
    # a password before the host of any address
    (re.compile(r"(://[^\s/?#@:]*):[^\s/?#]*@"), rf"\1:{STARS}@"),
    # headers that let somebody in, to the end of the line, of the quoted word or of the next header
    (
        re.compile(
            r"\b((?:proxy-)?authorization|set-cookie|cookie|x-api-key)(['\"]?\s*[:=,]\s*['\"]?)[^\r\n'\"]+",
            re.IGNORECASE,
        ),
        rf"\1\2{STARS}",
    ),
    (re.compile(r"\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE), rf"\1 {STARS}"),
    # name=value and "name": "value"
    (
        re.compile(
            r"\b(\w*(?:password|passwd|secret|token|api_?key|private_?key|credential)s?)(['\"]?\s*[:=]\s*['\"]?)"
            r"(?!\*\*\*\*)[^\s'\"&,;)}]+",
            re.IGNORECASE,
        ),
        rf"\1\2{STARS}",
    ),
    (re.compile(r"([?&](?:key|code|state|sig|signature)=)[^\s&'\"]+", re.IGNORECASE), rf"\1{STARS}"),
    # the address of a saved filter's feed lets whoever has it read: /feeds/filters/{filter_id}/{secret}.atom
    (
        re.compile(r"(/feeds/filters/[^/\s'\"]+/)(?!\*\*\*\*)[^/\s'\"?#]+?(?=(?:\.\w+)?(?:[\s:?#'\",;)]|$))"),
        rf"\1{STARS}",
    ),
    # a token for programs begins so, see accounts.py
    (re.compile(r"\btocsin_[A-Za-z0-9_-]{20,}"), STARS),
)  # fmt: skip
#: What ends a line, what a terminal obeys, and what turns the direction of the words beside it.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


class Redactor:
    """Takes secrets out of a text: those that it was told of, and all that look like one."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        known = {form for word in words if len(word) >= 4 for form in _list_forms(word)}
        longest_first = sorted(known, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def clean(self, text: str) -> str:
        """The text with stars in place of every secret."""
        if self._known is not None:
            text = self._known.sub(STARS, text)
        for pattern, stars in _PATTERNS:
            text = pattern.sub(stars, text)
        return text


def _list_forms(word: str) -> tuple[str, ...]:
    """The word, and as errors and addresses show it: in quotation marks, as JSON, with percent signs."""
    in_address = (quote(word, safe="", errors="replace"), quote_plus(word, errors="replace"))
    return word, repr(word)[1:-1], json.dumps(word)[1:-1], *in_address


class _Lines(logging.Formatter):
    """What both forms share: the moment, the message on one line, and what went wrong, all without secrets."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def _tell(self, record: logging.LogRecord) -> tuple[str, str, str, dict[str, Any]]:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        message = self._clean(record.getMessage())
        # a line of the other process brings its traceback as a text
        fault = self.formatException(record.exc_info) if record.exc_info else record.exc_text or ""
        fields = {name: self._clean_field(value) for name, value in getattr(record, "fields", {}).items()}
        return at, message, self._redactor.clean(fault)[:LONGEST_LINE], fields

    def _clean_field(self, value: object) -> object:
        return value if value is None or isinstance(value, bool | int | float) else self._clean(str(value))

    def _clean(self, text: str) -> str:
        return self._redactor.clean(text)[:LONGEST_LINE]


class TextLines(_Lines):
    """`2026-03-20T12:00:00.000+00:00 WARNING tocsin.watch: round failed status=503`, a traceback indented below."""

    def format(self, record: logging.LogRecord) -> str:
        """See the class; nothing from outside can begin a line of its own."""
        at, message, fault, fields = self._tell(record)
        told = " ".join([_escape(message), *(f"{name}={_escape(str(value))}" for name, value in fields.items())])
        lines = [f"{at} {record.levelname} {record.name}: {told}"]
        lines += [f"    {_escape(line)}" for line in fault.splitlines()]
        return "\n".join(lines)


class JsonLines(_Lines):
    """One object a line: at, level, logger, message, the line's fields, and `exception` where there was one."""

    def format(self, record: logging.LogRecord) -> str:
        """See the class."""
        at, message, fault, fields = self._tell(record)
        row: dict[str, Any] = {"at": at, "level": record.levelname.lower(), "logger": record.name, "message": message}
        row |= {name: value for name, value in fields.items() if name not in row}
        if fault:
            row["exception"] = fault
        return json.dumps(row)  # in ASCII: some letters end a line for some readers


def _escape(text: str) -> str:
    return _CONTROLS.sub(lambda match: repr(match.group())[1:-1], text)


class _PrivateFile(RotatingFileHandler):
    """A rotating file that its owner alone may read."""

    def _open(self) -> TextIOWrapper:
        opened: IO[str] = open(  # noqa: SIM115 - the handler closes it
            self.baseFilename, self.mode, encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)
        )
        return cast("TextIOWrapper", opened)


def start_logging(settings: Settings, *, stream: IO[str] | None = None, format_: str | None = None) -> None:
    """Let all log lines go to standard error (or `stream`), and to the settings' file; what was set up before goes.

    Raises SettingError where the file cannot be written.
    """
    lines = {"text": TextLines, "json": JsonLines}[format_ or settings.log_format](Redactor(list_known(settings)))
    handlers: list[logging.Handler] = [logging.StreamHandler(stream or sys.stderr)]
    if settings.log_file is not None:
        handlers.append(_open_file(settings.log_file, settings))
    root = logging.getLogger()
    for old in [h for h in root.handlers if getattr(h, "is_tocsins", False)]:
        root.removeHandler(old)
        old.close()
    for handler in handlers:
        handler.setFormatter(lines)
        handler.is_tocsins = True  # type: ignore[attr-defined] # so that a second start finds its own
        root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("tocsin").setLevel(settings.log_level.upper())


def _open_file(path: Path, settings: Settings) -> logging.Handler:
    try:
        return _PrivateFile(path, maxBytes=settings.log_file_bytes, backupCount=settings.log_files, encoding="utf-8")
    except (OSError, ValueError) as why:
        reason = getattr(why, "strerror", None) or why
        told = f"cannot be written ({reason}); its folder must be there and writable"
        raise SettingError("setting log_file", path, told) from why


def list_known(settings: Settings, environ: Mapping[str, str] | None = None) -> list[str]:
    """The secrets that the settings and the environment hold: whatever form they appear in, no line shows them."""
    words = list_secret_words(environ)
    for name in SECRETS:
        value = getattr(settings, name)
        words += [value.reveal()] if isinstance(value, Secret) else []
    if settings.database and "://" in settings.database:
        try:
            pieces = urlsplit(settings.database)
            held = [pieces.password] if pieces.password else []
            words += [value for name, value in parse_qsl(pieces.query) if name in ("password", "sslpassword")]
        except ValueError:
            held = []
        words += [form for word in held for form in (word, unquote(word))]
    return words
