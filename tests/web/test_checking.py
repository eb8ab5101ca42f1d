"""The checks of pages can fail."""

from __future__ import annotations

import pytest

from tests.web.checking import find_faults

SOUND = "<!doctype html><html lang='en'><head><title>T</title></head><body><main><h1>H</h1>{}</main></body></html>"


def test_a_sound_page_has_no_fault() -> None:
    assert not list(find_faults(SOUND.format("<p>words</p>")))


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        ("<script>x</script>", "inline script"),
        ("<style>p{}</style>", "inline style"),
        ("<p style='color:red'>a</p>", "<p style>"),
        ("<p onclick='x'>a</p>", "<p onclick>"),
        ("<script src='https://cdn.example/x.js'></script>", "loads from elsewhere"),
        ("<img src='//cdn.example/x.png'>", "loads from elsewhere"),
        ("<a href='https://x.example'>a</a>", "without rel"),
        ("<a href='javascript:x'>a</a>", "runs a script"),
        ("<a href='/x'></a>", "empty link"),
        ("<a href='#gone'>a</a>", "to nowhere"),
        ("<p id='a'></p><p id='a'></p>", "id stands twice"),
        ("<h1>again</h1>", "main headings"),
        ("<h3>deep</h3>", "heading 3 after 1"),
        ("<input name='q'>", "control without label"),
        ("<label for='q'>Q</label><input id='z' name='q'>", "names no element"),
        ("<form method='post'><button>b</button></form>", "form without token"),
        ("<table><tr><td>1</td></tr></table>", "table without head"),
        ("<p></b></p>", "line 1"),
    ],
)
def test_each_fault_is_found(bad: str, fault: str) -> None:
    assert any(fault in found for found in find_faults(SOUND.format(bad)))
