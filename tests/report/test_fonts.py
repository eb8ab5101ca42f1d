"""Letters of other scripts in the PDF: a font that has them, or a word that boxes stand for them."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pypdfium2
import pytest

from tests.report.pictures import NOW, PICTURE, REQUEST
from tocsin.report import draft_report
from tocsin.report.fonts import BODY, LAST, choose_families, find_lacks, find_unset, open_fonts
from tocsin.report.pdf import make_pdf

#: A script that few machines have letters of, and the families that have it.
AHOM, AHOM_FAMILIES = "\U00011700\U00011701", {"Noto Serif Ahom", "Noto Sans Ahom", "Unifont Upper"}


def read_pdf(title: str) -> str:
    document = pypdfium2.PdfDocument(BytesIO(make_pdf(draft_report(replace(REQUEST, title=title), PICTURE, now=NOW))))
    return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())


@pytest.mark.parametrize("text", ["Đorđević, Gjirokastër", "Полиция", "Αθήνα", "משטרה שָׁלוֹם", "“1-2” … → ≥"])
def test_what_the_carried_fonts_have_asks_for_no_other(text: str) -> None:
    assert choose_families(text) == [BODY, LAST]
    assert find_unset(text) == []


def test_arabic_is_set_in_a_font_of_several_widths_where_there_is_one() -> None:
    """The carried one of one width comes last, and is what is left where the machine has no other."""
    chosen, known = choose_families("the market of السوق"), open_fonts(with_system=True).families()
    assert (chosen[0], chosen[-1]) == (BODY, LAST)
    assert set(chosen) <= set(known)
    assert ("DejaVu Sans" in chosen) == ("DejaVu Sans" in known)
    assert find_unset("السوق") == [], "it is never boxes"
    assert (len(chosen) == 2) == any(lack.startswith("Arabic") for lack in find_lacks())


@pytest.mark.skipif(
    not AHOM_FAMILIES.isdisjoint(open_fonts(with_system=True).families()), reason="this machine has Ahom letters"
)
def test_a_report_says_that_boxes_stand_for_letters_and_in_which_script() -> None:
    assert find_unset(f"police {AHOM} said") == ["Ahom"]
    assert "no font for stand as boxes (Ahom). The HTML and the DOCX of this report hold them." in read_pdf(AHOM)


def test_a_report_that_all_fonts_have_says_nothing_of_boxes() -> None:
    assert "boxes" not in read_pdf("Situation in السوق and בית")
