"""From bytes to text: which encoding, and whether it is text at all."""

from __future__ import annotations

import codecs
import re
import unicodedata

from tocsin.errors import IntakeError
from tocsin.intake.language import score_language

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# First bytes of the files that people hand in by mistake (after the list of signatures of file(1)).
_SIGNATURES = (
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "ZIP, DOCX or ODT"),
    (b"PK\x05\x06", "ZIP"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Word or Excel, or a DOCX with a password"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG\r\n", "PNG image"),
    (b"\xff\xd8\xff", "JPEG image"),
    (b"GIF8", "GIF image"),
    (b"RIFF", "WebP image, WAV or AVI"),
    (b"II*\x00", "TIFF image"),
    (b"MM\x00*", "TIFF image"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"SQLite format 3\x00", "SQLite"),
    (b"PAR1", "Parquet"),
    (b"\x7fELF", "program"),
    (b"MZ\x90", "program"),
    (b"ID3", "MP3"),
    (b"OggS", "Ogg"),
    (b"\x1aE\xdf\xa3", "Matroska or WebM video"),
)
READ_KINDS = "text, HTML, Markdown, PDF and DOCX"
_META_CHARSET = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
# As the WHATWG Encoding Standard has it: who says Latin-1 or ASCII writes Windows-1252.
_BROWSERS_READ = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "tis-620": "cp874"}
# The legacy encodings of the WHATWG Encoding Standard: others are not met on the web, but fit anything.
_DETECTED_CODES = [
    "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp866", "cp874",
    "iso8859_2", "iso8859_4", "iso8859_5", "iso8859_6", "iso8859_7", "iso8859_8", "iso8859_13", "iso8859_15",
    "koi8_r", "koi8_u", "mac_cyrillic", "gb18030", "big5", "euc_jp", "cp932", "iso2022_jp", "euc_kr", "cp949",
    "utf_16_le", "utf_16_be",
]  # fmt: skip
_NO_CHARSETS = frozenset(("idna", "punycode", "unicode-escape", "raw-unicode-escape", "utf-7", "undefined", "charmap"))
_MIN_LANGUAGE_SCORE = 0.3
_LATIN_CODES = ("cp1252", "cp1250", "iso8859-2", "cp1254", "cp1257")
_SIGN_IN_WORD = re.compile(r"(?<=[^\W\d_])[^\w\s\x00-\x7f\u2010-\u2026\u00a0\u00bb\u00ab](?=\w|\s)")
_C1_CONTROLS = re.compile("[\x7f-\x9f]")
_UTF_WIDE = ("utf-16", "utf-32")
_SAMPLE_BYTES = 50_000
_MAX_DAMAGE = 0.005
# Control characters that no text holds (line ends, tab and escape may occur).
_ODD_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def refuse_binary(body: bytes, name: str, content_type: str | None = None) -> None:
    """Raise IntakeError naming what `body` looks like, if it is no text."""
    looks = next((looks for start, looks in _SIGNATURES if body.startswith(start)), None)
    if looks is None and body[4:8] == b"ftyp":
        looks = "MP4 or HEIC"
    if looks is None and b"\x00" in body[:_SAMPLE_BYTES] and not _is_wide(body, content_type):
        looks = "data"
    if looks is not None:
        why = "is binary" if looks == "data" else f"is binary (looks like {looks})"
        raise IntakeError("file", name, f"{why}: {READ_KINDS} are read")


def decode_bytes(body: bytes, name: str, content_type: str | None = None) -> str:
    """The text in `body`: by its byte order mark, by the charset it declares, as UTF-8, or else as detected.

    Declared is in the content type, in an XML declaration or in a meta tag of the first 4096 bytes. A declared charset
    in which the bytes make no sense is not believed. Raises IntakeError where no encoding fits.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark) and (text := _try_decode(body, encoding)) is not None:
            return text
    declared = _declared(body, content_type)
    # Latin-1 is often declared by habit; what is valid UTF-8 is not Latin-1.
    charsets = ["utf-8", *declared] if declared == ["cp1252"] else [*declared, "utf-8"]
    for charset in charsets:
        if (text := _try_decode(body, charset)) is not None:
            return text
    text = _decode_damaged(body) or _decode_detected(body)
    if text is None:
        raise IntakeError("file", name, "is in an encoding that cannot be told: save it as UTF-8")
    return text


def _declared(body: bytes, content_type: str | None) -> list[str]:
    head = body[:4096]
    found = []
    if match := _HEADER_CHARSET.search(content_type or ""):
        found.append(match[1])
    if in_head := (_XML_ENCODING.search(head) or _META_CHARSET.search(head)):
        # What can be read as ASCII is not UTF-16, whatever it declares: browsers, too, take UTF-8 then.
        charset = in_head[1].decode("ascii")
        found.append("utf-8" if charset.lower().startswith(_UTF_WIDE) else charset)
    return [_BROWSERS_READ.get(known, known) for charset in found if (known := _known_codec(charset))]


def _known_codec(charset: str) -> str | None:
    try:
        codec = codecs.lookup(charset)
    except (LookupError, ValueError):
        return None
    # Python also registers codecs that are no character sets (zip, hex, rot13), and some that are not for the web.
    is_text = getattr(codec, "_is_text_encoding", False)
    return codec.name if is_text and codec.name.replace("_", "-") not in _NO_CHARSETS else None


def _try_decode(body: bytes, encoding: str) -> str | None:
    try:
        text = body.decode(encoding)
    except UnicodeError:
        return None
    return None if _ODD_CONTROLS.search(text[:_SAMPLE_BYTES]) else text


def _decode_damaged(body: bytes) -> str | None:
    """UTF-8 with a few broken bytes, each shown as U+FFFD: better than other letters throughout."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(not char.isascii() for char in text) - broken
    return text if broken <= max(1, int(_MAX_DAMAGE * len(text))) and whole >= 4 * broken else None


def _decode_detected(body: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(body[:_SAMPLE_BYTES], cp_isolation=_DETECTED_CODES).best()
    # What reads like no language at all is noise, whatever code it happens to fit.
    if best is None or score_language(str(best)) < _MIN_LANGUAGE_SCORE:
        return None
    # It tells scripts apart well, but not the codes for the Latin one: there the language decides.
    foreign = [char for char in str(best) if not char.isascii() and char.isalpha()]
    is_latin = sum(unicodedata.name(char, "").startswith("LATIN") for char in foreign) * 2 > len(foreign)
    candidates = _rank_latin(body) if is_latin or not foreign else []
    return next(filter(None, (_try_decode(body, code) for code in (*candidates, best.encoding))), None)


def _rank_latin(body: bytes) -> list[str]:
    """The codes for Latin letters in which `body` is text, the one that reads most like a language first."""
    ranked: list[tuple[float, str]] = []
    for code in _LATIN_CODES:
        text = _try_decode(body[:_SAMPLE_BYTES], code)
        if text is None or _C1_CONTROLS.search(text):
            continue
        # "bram\u00b1" is a word in the wrong code: a sign within or at the end of a word counts against it.
        signs = len(_SIGN_IN_WORD.findall(text)) / (1 + sum(not char.isascii() for char in text))
        ranked.append((score_language(text) - signs, code))
    # Python's sort is stable: between equals the commoner code, which is named first, wins.
    return [code for _, code in sorted(ranked, key=lambda pair: -round(pair[0], 3))]


def _is_wide(body: bytes, content_type: str | None) -> bool:
    """Whether zero bytes are to be expected: UTF-16 or UTF-32 by mark or by declaration."""
    match = _HEADER_CHARSET.search(content_type or "")
    marked = any(body.startswith(mark) for mark, encoding in _BOMS if encoding in _UTF_WIDE)
    return marked or bool(match and match[1].lower().startswith(_UTF_WIDE))
