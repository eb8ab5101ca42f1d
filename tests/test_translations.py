"""The catalogues of the interface: whole, up to date, and safe to put into a page."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from jinja2 import Environment
from scripts.translations import (
    LOCALES,
    WEB,
    bring_up_to_date,
    find_faults,
    find_untranslated,
    gather_strings,
    main,
)

from tocsin.web.language import LANGUAGES, speak
from tocsin.web.script_words import SCRIPT_COUNTS, SCRIPT_WORDS, write_script_words

SCRIPTS = WEB.parents[2] / "web/src"
#: Names, markings and formats: they are the same in every language.
UNTRANSLATED = re.compile(
    r"Tocsin|EXERCISE|API|page--[a-z]+|href=|data-narrow|Apache-2\.0|SHA-256|JSON|CSV|Atom|RSS|tocsin( [a-z]+)+|docs/[a-z]+\.md|XKX|https://…|&(amp|gt|lt);"
)
#: What a page shows or reads out of a tag.
SHOWN = re.compile(r"\b(?:aria-label|title|placeholder|alt|data-confirm|data-said|data-label)=\"([^\"]*)\"")


def test_every_string_is_translated_and_the_files_are_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    """Fails after a string was changed: translate it, then run python scripts/translations.py."""
    assert main(["--check"]) == 0, capsys.readouterr().err


def test_every_language_has_its_catalogue() -> None:
    assert {locale.replace("_", "-") for locale in LOCALES} == set(LANGUAGES) - {"en"}


def test_a_new_string_is_missed(tmp_path: Path) -> None:
    template = gather_strings()
    template.add("A string that nobody has translated")
    held = WEB / "translations/sq/LC_MESSAGES/tocsin.po"
    missing = list(find_untranslated(bring_up_to_date(held, "sq", template)))
    assert missing == ["A string that nobody has translated"]
    assert len(list(find_untranslated(bring_up_to_date(tmp_path / "none.po", "sq", template)))) == len(template)


@pytest.mark.parametrize(
    ("english", "translation"),
    [
        ("Taken from %(place)s", "Marrë nga %(vend)s"),
        ("Taken from %(place)s", "Marrë"),
        ("Open <a href=\"%(address)s\">it</a>", "Hape"),
        ("Open it", "<script>alert(1)</script>"),
        ("Open it", "Hape \"tani\""),
        ("Open it", "Hape &amp; lexoje"),
    ],
)  # fmt: skip
def test_a_translation_that_would_break_a_page_is_found(english: str, translation: str) -> None:
    catalogue = Catalog(locale="sq")
    catalogue.add(english, translation)
    assert list(find_faults(catalogue))


def test_serbian_counts_by_its_three_forms() -> None:
    from tocsin.web.counting import count_things

    with speak("sr-Latn"):
        told = [count_things(n, "incident") for n in (1, 2, 5, 11, 12, 21, 104, 1000)]
    assert told == [
        "1 incident", "2 incidenta", "5 incidenata", "11 incidenata", "12 incidenata", "21 incident", "104 incidenta",
        "1\u202f000 incidenata",
    ]  # fmt: skip


@pytest.mark.parametrize("file", sorted((WEB / "templates").glob("*.html")), ids=lambda file: file.stem)
def test_a_template_shows_no_words_that_are_not_marked(file: Path) -> None:
    assert list(find_unmarked(file.read_text("utf-8"))) == []


def test_words_that_are_not_marked_are_found() -> None:
    marked = '<p title="{{ _("why") }}">{{ _("Words") }} {% trans %}More <b>words</b>{% endtrans %}</p>'
    assert list(find_unmarked(marked)) == []
    assert list(find_unmarked('<p title="why">Words {{ count }}</p>')) == ["why", "Words \ufffc"]


def find_unmarked(template: str) -> list[str]:
    """Texts between tags, and those in attributes that people read, which do not go through gettext."""
    held, is_trans, kept = [], False, []
    for _line, kind, text in Environment(extensions=["jinja2.ext.i18n"]).lex(template):
        kept.append(text)
        if kind in ("block_end", "variable_end", "comment_end"):
            whole = "".join(kept)
            is_trans = ("trans" in whole.split()) if kind == "block_end" and "trans" in whole else is_trans
            if "endtrans" in whole:
                is_trans = False
            kept = []
            held.append("\ufffc")
        elif kind == "data":
            kept = []
            held.append("\ufffc" if is_trans else text)
    whole = "".join(held)
    texts = [found for tag in re.findall(r"<[^<>]*>", whole) for found in SHOWN.findall(tag)]
    texts += re.split(r"<[^<>]*>", whole)
    return [" ".join(text.split()) for text in texts if re.search(r"[A-Za-z]{2}", UNTRANSLATED.sub("", text))]


@pytest.mark.parametrize("file", sorted(WEB.rglob("*.py")), ids=lambda file: str(file.relative_to(WEB)))
def test_nothing_is_translated_while_a_module_is_imported(file: Path) -> None:
    """It would be in the language of whoever came first: what stands in a table is marked with N_ or NN_."""
    assert list_early_calls(ast.parse(file.read_text("utf-8"))) == []


def list_early_calls(tree: ast.AST) -> list[int]:
    """The lines where a translation is asked for outside of a function."""
    found: list[int] = []
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found += [node.lineno] if node.func.id in ("_", "gettext", "ngettext", "pgettext") else []
        found += list_early_calls(node)
    return found


def test_scripts_have_the_same_words_as_their_translators() -> None:
    source = (SCRIPTS / "words.ts").read_text("utf-8")
    words, counts = (
        re.search(rf"const {name} = {{\n(.*?)\n}} as const", source, re.DOTALL) for name in ("WORDS", "COUNTS")
    )
    assert words, "web/src/words.ts has no table of words"
    assert counts, "web/src/words.ts has no table of counts"
    assert read_table(words[1]) == SCRIPT_WORDS
    assert {key: tuple(forms) for key, forms in read_table(counts[1]).items()} == SCRIPT_COUNTS


def read_table(rows: str) -> dict[str, object]:
    """The rows of an object in TypeScript whose values are JSON."""
    found = re.findall(r"^  (?:\"([^\"]+)\"|(\w+)): (.*),$", rows, re.MULTILINE)
    return {quoted or plain: json.loads(value) for quoted, plain, value in found}


def test_scripts_are_handed_their_words_in_other_languages_alone() -> None:
    assert write_script_words() is None
    with speak("sr-Latn"):
        told = json.loads(write_script_words() or "")
    assert told["words"]["legend"] == "Legenda"
    assert told["counts"]["incident"] == ["%(num)s incident", "%(num)s incidenta", "%(num)s incidenata"]
    assert (set(told["words"]), set(told["counts"])) == (set(SCRIPT_WORDS), set(SCRIPT_COUNTS))
