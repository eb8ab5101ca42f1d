"""Gathers the strings of the interface and compiles their translations: `python scripts/translations.py [--check]`.

Strings come from the templates, from `_`, `ngettext`, `N_` and `NN_` in the web part, from the table of plain words
that titles of incidents are made of, and from the bundled rules. New ones are added to each
`translations/…/tocsin.po`, gone ones taken out, and the `.mo` files beside them made anew. A string whose English has
changed loses its translation: a stale one would say something else. With `--check` nothing is written, and the exit
status tells whether anything would be, or is not translated.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "src/tocsin/web"
FOLDER = WEB / "translations"
LOCALES = ("sr_Latn", "sq")
_METHODS = [("static/**", "ignore"), ("templates/**.html", "jinja2"), ("**.py", "python")]
_OPTIONS = {"templates/**.html": {"extensions": "jinja2.ext.loopcontrols", "trimmed": "true", "silent": "false"}}
_KEYWORDS = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2), "NN_": (1, 2), "pgettext": ((1, "c"), 2)}
#: Titles of incidents and names of rules are made of these words; alerts speak with those of their rule.
KNOWLEDGE = ROOT / "src/tocsin/knowledge"

_HEADER = "# Tocsin's pages. Written by hand, kept in order by scripts/translations.py."
#: Fields of the header that are kept: the others differ from run to run, or say nothing.
_HEADER_FIELDS = ("MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Language", "Plural-Forms")


class BareCatalog(Catalog):
    """A catalogue whose files are the same for the same strings, whenever and with whatever Babel they are written."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """The fields of the header."""
        return [(name, value) for name, value in super().mime_headers if name in _HEADER_FIELDS]


def main(arguments: Sequence[str] = ()) -> int:
    """Bring the catalogues up to date, or check that they are; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 where something is missing")
    is_check = parser.parse_args(list(arguments)).check
    template = gather_strings()
    problems: list[str] = []
    for locale in LOCALES:
        path = FOLDER / locale / "LC_MESSAGES" / "tocsin.po"
        catalogue = bring_up_to_date(path, locale, template)
        problems += [f"{locale}: {message!r} is not translated" for message in find_untranslated(catalogue)]
        problems += [f"{locale}: {message!r}: {why}" for message, why in find_faults(catalogue)]
        for file, content in ((path, to_po(catalogue)), (path.with_suffix(".mo"), to_mo(catalogue))):
            if is_check and (not file.is_file() or file.read_bytes() != content):
                problems.append(f"{file.relative_to(ROOT)}: is not up to date; run: python scripts/translations.py")
            elif not is_check:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
    print(f"{len(template)} strings in {len(LOCALES)} languages, {len(problems)} problems")
    for problem in problems[:40]:
        print(f"  {problem}", file=sys.stderr)
    return 1 if problems and is_check else 0


def gather_strings() -> Catalog:
    """All strings of the web part, in the order of their text, without line numbers: those would change daily."""
    template = Catalog(fuzzy=False)
    found = extract_from_dir(
        WEB, _METHODS, _OPTIONS, _KEYWORDS, comment_tags=("for translators:",), strip_comment_tags=True
    )
    for file, _, message, comments, context in sorted(found, key=lambda row: (row[0], str(row[2]))):
        if message:
            template.add(message, locations=[(file, 0)], auto_comments=comments, context=context)
    for name, messages in (("wording.toml", list_wording()), ("alert_rules.toml", list_rule_texts())):
        for message in messages:
            template.add(message, locations=[(f"../knowledge/{name}", 0)])
    return template


def list_wording() -> Iterator[str]:
    """The plain words of acts, modalities and rules."""
    for table in tomllib.loads((KNOWLEDGE / "wording.toml").read_text("utf-8")).values():
        yield from table.values()


def list_rule_texts() -> Iterator[str]:
    """What the bundled rules say of their alerts."""
    for rule in tomllib.loads((KNOWLEDGE / "alert_rules.toml").read_text("utf-8"))["rule"]:
        yield from (rule["title"], rule["hypothesis"], rule["cleared_by"])


def bring_up_to_date(path: Path, locale: str, template: Catalog) -> Catalog:
    """The catalogue of a language with just the strings that there are now."""
    held: Catalog = Catalog(locale=locale, fuzzy=False)
    if path.is_file():
        with path.open("rb") as file:
            held = read_po(file, locale=locale)
    held.update(template, no_fuzzy_matching=True)
    held.obsolete.clear()
    fresh = BareCatalog(locale=locale, fuzzy=False, header_comment=_HEADER)
    for message in sorted((m for m in held if m.id), key=lambda m: str(m.id)):
        fresh.add(
            message.id, message.string, locations=message.locations, auto_comments=message.auto_comments,
            user_comments=message.user_comments, flags=message.flags - {"fuzzy"}, context=message.context,
        )  # fmt: skip
    return fresh


def find_untranslated(catalogue: Catalog) -> Iterator[str]:
    """The strings without a translation, or without one of its plural forms."""
    for message in catalogue:
        if message.id and not all(list_forms(message.string)):
            yield list_forms(message.id)[0]


def find_faults(catalogue: Catalog) -> Iterator[tuple[str, str]]:
    """Translations that would fail when they are used: a placeholder is missing, or there is other markup."""
    for message, errors in catalogue.check():
        if all(list_forms(message.string)):
            yield list_forms(message.id)[0], "; ".join(str(e) for e in errors)
    for message in catalogue:
        if not message.id:
            continue
        asked = list_forms(message.id)
        allowed = [(find_markup(text), find_holders(text)) for text in asked]
        for text in filter(None, list_forms(message.string)):
            markup, holders = find_markup(text), find_holders(text)
            if markup not in [one for one, _ in allowed]:
                yield asked[0], f"{text!r} has other tags, quotation marks or signs of markup than the English"
            if not any(holders == one for _, one in allowed):
                yield asked[0], f"{text!r} has other placeholders than the English"


def list_forms(text: object) -> list[str]:
    """The one form of a string, or the singular and plural ones of a counted string."""
    return [str(form or "") for form in text] if isinstance(text, (tuple, list)) else [str(text or "")]


def find_markup(text: str) -> Counter[str]:
    """What a page would take for markup: strings are put into it as they are, into attributes as well."""
    return Counter(re.findall(r"<[^>]*>|[<>\"&]", text))


def find_holders(text: str) -> set[str]:
    """The placeholders, and signs of per cent that would be taken for one."""
    return set(re.findall(r"%(?:\(\w+\)s|%)?", text))


def to_po(catalogue: Catalog) -> bytes:
    """The text form, the same for the same strings."""
    buffer = BytesIO()
    write_po(buffer, catalogue, width=120, omit_header=False, sort_output=True, include_lineno=False)
    return buffer.getvalue()


def to_mo(catalogue: Catalog) -> bytes:
    """The form that is read at run time."""
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
