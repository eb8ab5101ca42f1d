"""Every setting: name, type, default, help. The environment is read here and nowhere else.

Each field of `Settings` may be given in the environment as TOCSIN_<FIELD IN CAPITALS>. The help stands
beside the type; `list_settings` gives the table that docs/settings.md repeats (a test compares them).
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, get_args, get_type_hints
from urllib.parse import urlsplit

from tocsin.errors import SettingError


class Secret:
    """A word that nobody may see: it prints as stars, and only `reveal` gives it away."""

    __slots__ = ("_word",)

    def __init__(self, word: str) -> None:
        self._word = word

    def reveal(self) -> str:
        """The word itself, for the one who must send it."""
        return self._word

    def __repr__(self) -> str:
        return "****"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._word == self._word

    def __hash__(self) -> int:
        return hash((Secret, self._word))


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their defaults; `load_settings` overlays the environment."""

    home: Annotated[Path | None, "folder of the desk's files; the default is the platform's user data folder"] = None
    database: Annotated[
        str | None, "a file, or a team's postgresql://user@host/database; the default is desk.sqlite in home"
    ] = field(default=None, repr=False)  # an address may hold a password
    host: Annotated[str, "address the desk listens on; leave it on loopback"] = "127.0.0.1"
    port: Annotated[int, "port the desk listens on"] = 8765
    reader_threads: Annotated[int, "threads the reader may use"] = 1
    worker: Annotated[
        bool, "let tocsin serve read and derive in a process of its own, so that pages stay fast while news pours in"
    ] = True
    reader_apart: Annotated[
        bool, "let the worker have articles read in one more process, so that they come in while it groups and warns"
    ] = True
    decoded_bytes: Annotated[
        int, "memory in which each process that opens the database keeps records decoded, for whoever asks again"
    ] = 48_000_000
    model: Annotated[Path | None, "another model file for the reader than the bundled one"] = None
    reader: Annotated[
        str, "what reads articles: encoder (on this machine) or endpoint (a language model at an address you name)"
    ] = "encoder"
    endpoint_address: Annotated[
        str | None, "OpenAI-compatible address of the endpoint, as http://127.0.0.1:11434/v1; articles are sent there"
    ] = None
    endpoint_model: Annotated[str | None, "name of the model that the endpoint is asked for"] = None
    endpoint_key: Annotated[Secret | None, "key of the endpoint, if it wants one; shown as **** everywhere"] = None
    endpoint_key_file: Annotated[Path | None, "file that holds the key, in place of endpoint_key"] = None
    endpoint_timeout_seconds: Annotated[float, "longest wait for one answer of the endpoint"] = 120.0
    endpoint_attempts: Annotated[int, "how often one question is put where the endpoint is busy, fails or is slow"] = 3
    endpoint_max_words: Annotated[
        int, "most words of an article in one question; a longer one is cut at paragraphs"
    ] = 900
    endpoint_max_parts: Annotated[int, "most questions about one article; a longer article is refused by name"] = 40
    endpoint_max_bytes: Annotated[int, "largest answer that is taken from the endpoint"] = 1_000_000
    max_text_chars: Annotated[int, "longest article text that is read; a longer one is refused by name"] = 1_500_000
    max_file_bytes: Annotated[int, "largest file that is opened"] = 64_000_000
    unpack_max_bytes: Annotated[
        int, "most bytes that a packed file, a DOCX or a Parquet table may unpack to in memory"
    ] = 100_000_000
    archive_max_bytes: Annotated[
        int, "most bytes unpacked of one archive that is read as a stream (WARC, .jsonl.gz, .csv.gz)"
    ] = 2_000_000_000
    archive_max_records: Annotated[int, "most articles taken from one file of many; the rest is left out"] = 100_000
    document_max_pages: Annotated[int, "most pages of a PDF; a longer one is refused by name"] = 1_000
    document_timeout_seconds: Annotated[float, "longest time that one PDF, DOCX or Parquet table may take to read"] = (
        30.0
    )
    document_memory_bytes: Annotated[
        int, "most memory that the process may take which reads one PDF, DOCX or Parquet table; not held to on macOS"
    ] = 1_000_000_000
    upload_max_bytes: Annotated[int, "largest body that the web desk accepts"] = 20_000_000
    request_timeout_seconds: Annotated[
        float, "longest wait for the first lines of a request, and for each 64 kilobytes of its body"
    ] = 60.0
    rate_writes_per_minute: Annotated[
        int, "most writing requests a minute from one address, 20 times as many from this machine; 0 sets no limit"
    ] = 120
    rate_dear_per_minute: Annotated[
        int, "most searches and exports a minute from one address, 20 times as many from this machine; 0: no limit"
    ] = 60
    fetch_max_bytes: Annotated[int, "most bytes taken from one address"] = 10_000_000
    fetch_timeout_seconds: Annotated[float, "longest wait for one address"] = 20.0
    fetch_private: Annotated[bool, "allow private and loopback addresses to be fetched (for tests on one machine)"] = (
        False
    )
    poll_minutes: Annotated[int, "minutes between two fetches of a feed, at least 15"] = 15
    feed_max_entries: Annotated[int, "newest entries taken from one fetch of a feed"] = 200
    poll_workers: Annotated[int, "feeds fetched side by side; where some are slow, up to four times as many"] = 8
    tiles: Annotated[Path | None, "a .pmtiles file on this machine with streets for the map"] = None
    gazetteer_address: Annotated[
        str, "https address of the folder that gazetteer build --download takes GeoNames' files from"
    ] = "https://download.geonames.org/export/dump/"
    place_layers: Annotated[
        tuple[Path, ...],
        "your own places as CSV or GeoJSON files, parted as PATH is; those in HOME/places come by themselves",
    ] = ()
    channels: Annotated[
        Path | None, "file that says whom notices go to, and how; the default is channels.toml in home, if it is there"
    ] = None
    public_address: Annotated[
        str | None, "address under which people reach the desk, as https://desk.example.org; links in notices begin so"
    ] = None
    proxies: Annotated[
        tuple[str, ...],
        "proxies on other machines that say whom they ask for (X-Forwarded-For, -Proto): addresses or networks, parted "
        "by commas, as 10.88.0.0/16; those on this machine are believed anyway",
    ] = ()
    alert_rules: Annotated[Path | None, "your own table of alert rules in place of the bundled one"] = None
    alert_policy: Annotated[Path | None, "your own table of how alerts become notices, in place of the bundled one"] = (
        None
    )
    rule_sets: Annotated[tuple[str, ...], "whose alert rules ring: peacekeeping, ngo-security, parted by commas"] = (
        "peacekeeping",
        "ngo-security",
    )
    language: Annotated[
        str, "of the pages: en, sr-Latn or sq; auto asks the browser. What a person chooses on a page comes first"
    ] = "auto"
    naming_policy: Annotated[str, "names of disputed places: un, local or as-reported"] = "un"
    log_format: Annotated[str, "how log lines look: text (for people) or json (one object a line)"] = "text"
    log_level: Annotated[str, "the least grave lines that are logged: debug, info, warning or error"] = "info"
    log_requests: Annotated[bool, "log a line for each request; never its query, cookies or tokens"] = False
    log_file: Annotated[
        Path | None, "file that log lines go to as well; one for each program, since each renames its own"
    ] = None
    log_file_bytes: Annotated[int, "size at which the log file is begun anew"] = 10_000_000
    log_files: Annotated[int, "earlier log files that are kept"] = 5
    metrics_token: Annotated[
        Secret | None, "token that /metrics asks for, as Bearer; needed where the desk is reached from elsewhere"
    ] = None
    metrics_token_file: Annotated[Path | None, "file that holds the token, in place of metrics_token"] = None
    health_port: Annotated[
        int, "port on which tocsin watch answers /health, /ready and /metrics, on the setting host; 0: none"
    ] = 0
    stop_seconds: Annotated[float, "longest time that a stop may take; what is then still at work is cut off"] = 60.0
    intake_waiting: Annotated[
        int, "reports that may be handed in side by side; one more is answered 503 and told when to come again"
    ] = 16
    retain_days: Annotated[
        int, "days after which articles that no kept incident stands on are removed; 0: never; see docs/operations.md"
    ] = 0
    fault_days: Annotated[int, "days for which is kept what could not be taken in"] = 90
    delivery_days: Annotated[
        int, "days for which is kept how far a notice got on each channel, once its chain has ended; 0: for ever"
    ] = 0
    backup_warn_days: Annotated[int, "days after the last backup from which tocsin doctor asks for one"] = 7
    least_free_bytes: Annotated[int, "free space on the database's disk below which tocsin doctor warns"] = (
        1_000_000_000
    )
    tlp: Annotated[
        str, "Traffic Light Protocol marking of exports that carry no other; a report laxer than it needs a reason"
    ] = "TLP:AMBER"
    notice_feed_tlp: Annotated[
        str, "strictest marking whose words the feeds of notices and the CAP addresses give; stricter: a bare call"
    ] = "TLP:AMBER"
    accounts: Annotated[
        str,
        "who must sign in: auto (nobody on loopback while no account exists, else everybody), required (everybody) or "
        "off (nobody; on loopback alone)",
    ] = "auto"
    session_idle_minutes: Annotated[int, "minutes without a request after which a signed-in browser is signed out"] = (
        720
    )
    session_hours: Annotated[int, "hours after which a signed-in browser is signed out, however busy"] = 168
    setup_hours: Annotated[int, "hours for which a set-up link may be used"] = 72
    sign_in_log_days: Annotated[int, "days for which the log of sign-ins is kept"] = 180
    oidc_issuer: Annotated[
        str | None, "issuer of your organisation's accounts (OpenID Connect), as https://id.example.org; none: no such"
    ] = None
    oidc_client_id: Annotated[str | None, "client id under which the issuer knows this desk"] = None
    oidc_client_secret: Annotated[
        Secret | None, "client secret at the issuer, if it wants one; shown as **** everywhere"
    ] = None
    oidc_client_secret_file: Annotated[Path | None, "file that holds the secret, in place of oidc_client_secret"] = None
    oidc_role_claim: Annotated[
        str | None, "claim of the issuer's tokens that says the role, as groups; none: roles are given on the desk"
    ] = None
    oidc_roles: Annotated[
        str | None, "which value of that claim is which role, as desk-admins=admin,watch-room=analyst"
    ] = None
    oidc_default_role: Annotated[
        str, "role of who signs in through the issuer and has no other: invited (an invitation is needed) or a role"
    ] = "invited"


def list_settings() -> list[tuple[str, str, Any, str]]:
    """Name, type, default and help of every setting, in order."""
    hints = get_type_hints(Settings, include_extras=True)
    table = []
    for f in fields(Settings):
        kind, help_ = get_args(hints[f.name])
        table.append((f.name, getattr(kind, "__name__", str(kind)), f.default, help_))
    return table


#: As `records.marking` has them, which is not for this module to import.
_MARKINGS = ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED")
CHOICES = {
    "reader": ("encoder", "endpoint"),
    "language": ("auto", "en", "sr-Latn", "sq"),
    "naming_policy": ("un", "local", "as-reported"),
    "accounts": ("auto", "required", "off"),
    "oidc_default_role": ("invited", "viewer", "analyst", "editor", "admin"),
    "log_format": ("text", "json"),
    "log_level": ("debug", "info", "warning", "error"),
    "tlp": _MARKINGS,
    "notice_feed_tlp": _MARKINGS,
}
LEAST = {
    "poll_minutes": 15,
    "port": 0,
    "reader_threads": 1,
    "feed_max_entries": 1,
    "endpoint_timeout_seconds": 1,
    "endpoint_attempts": 1,
    "endpoint_max_words": 50,
    "endpoint_max_parts": 1,
    "endpoint_max_bytes": 1000,
    "rate_writes_per_minute": 0,
    "rate_dear_per_minute": 0,
    "unpack_max_bytes": 1000,
    "archive_max_bytes": 1000,
    "archive_max_records": 1,
    "document_max_pages": 1,
    "document_timeout_seconds": 1,
    "document_memory_bytes": 200_000_000,
    "session_idle_minutes": 5,
    "session_hours": 1,
    "setup_hours": 1,
    "sign_in_log_days": 1,
    "poll_workers": 1,
    "log_file_bytes": 10_000,
    "log_files": 1,
    "health_port": 0,
    "stop_seconds": 1,
    "intake_waiting": 1,
    "decoded_bytes": 1_000_000,
    "retain_days": 0,
    "fault_days": 1,
    "delivery_days": 0,
    "backup_warn_days": 1,
    "least_free_bytes": 0,
    "max_text_chars": 1,
    "max_file_bytes": 1,
    "upload_max_bytes": 1,
    "fetch_max_bytes": 1,
    "fetch_timeout_seconds": 1,
    "request_timeout_seconds": 1,
}
#: Beyond these a port is none, a wait is for ever, and a day reckoned back or ahead leaves the calendar.
MOST = {
    **dict.fromkeys(("port", "health_port"), 65_535),
    **dict.fromkeys(("reader_threads", "poll_workers"), 256),
    **dict.fromkeys(("retain_days", "fault_days", "delivery_days", "backup_warn_days", "sign_in_log_days"), 36_500),
    **dict.fromkeys(("session_hours", "setup_hours"), 87_600),
    **dict.fromkeys(("poll_minutes", "session_idle_minutes"), 525_600),
    **dict.fromkeys(
        (
            "endpoint_timeout_seconds",
            "document_timeout_seconds",
            "fetch_timeout_seconds",
            "stop_seconds",
            "request_timeout_seconds",
        ),
        86_400,
    ),
}
#: Either nothing is ever removed (0), or what alerts and tension are made of stays: half a year at least.
LEAST_OR_NEVER = {"retain_days": 183, "delivery_days": 30}
#: Lists of files, parted as the system parts the folders of PATH.
PATH_LISTS = frozenset({"place_layers"})
#: Lists of IP addresses and networks, parted by commas.
NETWORK_LISTS = frozenset({"proxies"})
#: Settings whose default is None tell no type by it.
PATHS = frozenset({
    "model", "home", "endpoint_key_file", "oidc_client_secret_file", "tiles", "channels", "alert_rules", "alert_policy",
    "log_file", "metrics_token_file",
})  # fmt: skip
#: Lists of words, parted by commas, each of which must be among these.
WORD_LISTS = {"rule_sets": ("peacekeeping", "ngo-security")}
SECRETS = frozenset({"endpoint_key", "oidc_client_secret", "metrics_token"})
#: Addresses that others are shown.
ADDRESSES = frozenset({"public_address", "oidc_issuer"})
_MAX_SECRET_BYTES = 10_000
_SECRET_NAME = re.compile(r"SECRET|TOKEN|PASS|CREDENTIAL|(^|_)KEY$|_API_KEY")


def load_settings(environ: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """Defaults, overlaid by the environment, overlaid by `given` (None there means: not given)."""
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for f in fields(Settings):
        raw = environ.get(f"TOCSIN_{f.name.upper()}")
        if given.get(f.name) is not None:
            values[f.name] = given[f.name]
        elif raw:
            values[f.name] = _convert(f.name, f.default, raw)
    for name, value in values.items():
        _check(name, value)
    return Settings(**values)


def find_strange_names(environ: Mapping[str, str] | None = None) -> dict[str, str | None]:
    """Names in the environment that look like settings and are none, each with the setting it is most like, if any."""
    environ = os.environ if environ is None else environ
    known = [f"TOCSIN_{f.name.upper()}" for f in fields(Settings)]
    strange = sorted(name for name in environ if name.upper().startswith("TOCSIN_") and name not in known)
    return {name: next(iter(get_close_matches(name.upper(), known, n=1, cutoff=0.8)), None) for name in strange}


def _convert(name: str, default: Any, raw: str) -> Any:
    kind = type(default)
    try:
        if kind is bool:
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[raw.lower()]
        if kind in (int, float):
            return kind(raw)
        if name in PATH_LISTS:
            return tuple(Path(part).expanduser() for part in raw.split(os.pathsep) if part.strip())
        if name in WORD_LISTS or name in NETWORK_LISTS:
            return tuple(part.strip() for part in raw.split(",") if part.strip())
        if name in SECRETS:
            return Secret(raw)
        return Path(raw).expanduser() if name in PATHS else raw
    except (KeyError, ValueError) as why:
        raise SettingError(f"setting TOCSIN_{name.upper()}", raw, f"must be of type {kind.__name__}") from why


def _check(name: str, value: Any) -> None:
    if name in CHOICES and value not in CHOICES[name]:
        raise SettingError(f"setting {name}", value, f"must be one of {', '.join(CHOICES[name])}")
    if name in WORD_LISTS and (not value or set(value) - set(WORD_LISTS[name])):
        raise SettingError(f"setting {name}", ",".join(value), f"must be among {', '.join(WORD_LISTS[name])}")
    if name in NETWORK_LISTS:
        _check_networks(name, value)
    if name in LEAST and not value >= LEAST[name]:  # nan is neither more nor less than anything
        raise SettingError(f"setting {name}", value, f"must be at least {LEAST[name]}")
    if name in MOST and value > MOST[name]:
        raise SettingError(f"setting {name}", value, f"must be at most {MOST[name]}")
    if name in LEAST_OR_NEVER and 0 < value < LEAST_OR_NEVER[name]:
        raise SettingError(f"setting {name}", value, f"must be 0 (never) or at least {LEAST_OR_NEVER[name]}")
    if name in ADDRESSES and not _is_plain_address(value):
        reason = "must be an http or https address with a host and without login, query or fragment"
        raise SettingError(f"setting {name}", "(not shown)" if "@" in value else value, reason)
    if name == "oidc_issuer" and not (value.startswith("https://") or is_loopback(urlsplit(value).hostname)):
        raise SettingError(f"setting {name}", value, "must be an https address; plain http is for loopback alone")


def _check_networks(name: str, given: Iterable[str]) -> None:
    for one in given:
        try:
            ipaddress.ip_network(one)
        except ValueError as why:
            told = "must be IP addresses or networks parted by commas, as 10.88.0.0/16: not all, and no names"
            raise SettingError(f"setting {name}", one, told) from why


def list_secret_words(environ: Mapping[str, str] | None = None) -> list[str]:
    """The values of all environment variables that by their names are secrets, so that logs can leave them out."""
    environ = os.environ if environ is None else environ
    return [value for name, value in environ.items() if _SECRET_NAME.search(name.upper()) and len(value) >= 6]


def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine alone, by its name or address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _is_plain_address(address: str) -> bool:
    try:
        pieces = urlsplit(address)
        is_whole = pieces.scheme in ("http", "https") and bool(pieces.hostname) and pieces.port != 0
    except ValueError:
        return False
    has_more = "@" in pieces.netloc or pieces.query or pieces.fragment
    return is_whole and not has_more and address.isprintable() and " " not in address


def read_secret(
    where: str, *, variable: str | None = None, path: Path | None = None, environ: Mapping[str, str] | None = None
) -> Secret:
    """The secret that an environment variable or a file holds; raises SettingError, which never shows it.

    where  what asks for it, for the error: "channels.toml: channel desk: secret_env"
    """
    if variable is not None:
        word = (os.environ if environ is None else environ).get(variable, "").strip()
        if not word:
            raise SettingError("secret", f"{where} = {variable!r}", "is not set in the environment, or is empty")
        return Secret(word)
    if path is None:
        raise SettingError("secret", where, "is given neither by a variable nor by a file")
    try:
        with path.open("rb") as file:
            word = file.read(_MAX_SECRET_BYTES).decode("utf-8").strip()
    except (OSError, ValueError) as why:  # a path with a null character, or no text
        reason = getattr(why, "strerror", None) or "it is no text"
        raise SettingError("secret", f"{where} = {str(path)!r}", f"cannot be read ({reason})") from None
    if not word:
        raise SettingError("secret", f"{where} = {str(path)!r}", "is empty")
    return Secret(word)
