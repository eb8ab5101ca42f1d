"""The fonts of the PDF: those that Typst carries, and the machine's own where a script needs more.

Libertinus Serif has Latin, Greek, Cyrillic and Hebrew letters. Arabic ones are carried in one width only, and Chinese,
Japanese and Korean ones not at all: for those the machine's fonts are asked, the families below first. Nothing is
fetched, and a machine without them still gives its PDF.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

BODY, LAST = "Libertinus Serif", "DejaVu Sans Mono"
#: What the carried fonts set well: Latin, Greek, Cyrillic, Hebrew, marks and signs.
_WELL_SET = re.compile(r"[\u0000-\u052f\u0590-\u05ff\u1e00-\u1fff\u2000-\u22ff\ufb00-\ufb4f]+")
_ARABIC = re.compile(r"[\u0600-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]")
_CJK = re.compile(r"[\u3000-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")
#: Families by how well they stand beside the serif, as Debian, macOS and Windows have them.
_ARABIC_FAMILIES = (
    "Noto Naskh Arabic", "Amiri", "Scheherazade New", "Noto Sans Arabic", "DejaVu Sans", "Geeza Pro",
    "Traditional Arabic", "Times New Roman", "Arial",
)  # fmt: skip
_CJK_FAMILIES = (
    "Noto Serif CJK SC", "Source Han Serif SC", "Noto Sans CJK SC", "Source Han Sans SC", "Droid Sans Fallback",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Songti SC", "PingFang SC", "SimSun", "Microsoft YaHei",
)  # fmt: skip
#: A letter each of scripts that none of the carried fonts has.
_SAMPLES = "字か한"
#: No font has a letter here, so this is drawn as what no font has.
_NOBODYS = "\U0010fffd"
#: Kinds of letters looked for in one report; nobody writes in more.
_MOST_LETTERS = 2000


def choose_families(text: str) -> list[str]:
    """The families to set a text in, the first that has a letter first."""
    asked = [*(_ARABIC_FAMILIES if _ARABIC.search(text) else ()), *(_CJK_FAMILIES if _CJK.search(text) else ())]
    known = frozenset(open_fonts(with_system=True).families()) if asked else frozenset()
    return [BODY, *(family for family in asked if family in known), LAST]


def choose_fonts(text: str) -> Any:
    """The fonts for a text: the machine's own are read only where the carried ones do not do."""
    return open_fonts(with_system=bool(_WELL_SET.sub("", text)))


@cache
def open_fonts(*, with_system: bool) -> Any:
    """Typst's fonts, with or without those of the machine."""
    import typst

    return typst.Fonts(include_system_fonts=with_system)


def find_unset(text: str) -> list[str]:
    """The scripts of a text that no font here has ("Chinese", "Hangul", "Khmer"): boxes stand for their letters."""
    letters = tuple(sorted({letter for letter in _WELL_SET.sub("", text) if letter.isalpha()})[:_MOST_LETTERS])
    if not letters or not _has_boxes(letters):
        return []
    by_script: dict[str, list[str]] = {}
    for letter in letters:
        by_script.setdefault(_name_script(letter), []).append(letter)
    return [script for script, its in by_script.items() if _has_boxes(tuple(its))]


def _name_script(letter: str) -> str:
    """The first word of the letter's name in Unicode, where scripts have theirs: "HANGUL SYLLABLE HAN"."""
    name = re.split(r"[\s-]", unicodedata.name(letter, "OTHER"))[0]
    return "Chinese" if name == "CJK" else name.capitalize()


def find_lacks() -> dict[str, str]:
    """What this machine cannot set well, each with the Debian package that mends it; empty where it can."""
    lacks = {}
    if choose_families("ش") == [BODY, LAST]:
        lacks["Arabic letters only in a font of one width"] = "fonts-noto-core"
    if unset := find_unset(_SAMPLES):
        lacks[f"boxes for {', '.join(unset)} letters"] = "fonts-noto-cjk"
    return lacks


@lru_cache(maxsize=256)
def _has_boxes(letters: tuple[str, ...]) -> bool:
    """Whether any is drawn as what no font has: asked of Typst, as no list of fonts says which letters they have.

    Each stands on a line of its own, so that none is joined to another or turned round with it.
    """
    return not _draw(letters).isdisjoint(_draw([_NOBODYS]))


def _draw(letters: Iterable[str]) -> frozenset[str]:
    """The glyphs that letters are drawn with, by Typst's names of their outlines."""
    import typst

    text = "\n".join(letters)
    families = json.dumps(choose_families(text))
    source = (
        "#set page(width: auto, height: auto)\n#set text(font: json(bytes(sys.inputs.fonts)))\n"
        '#for letter in sys.inputs.letters.split("\\n") { letter; linebreak() }'
    )
    svg = typst.compile(
        source.encode(),
        format="svg",
        font_paths=open_fonts(with_system=True),
        sys_inputs={"fonts": families, "letters": text},
    )
    return frozenset(re.findall(r'xlink:href="#(g\w+)"', svg.decode()))
