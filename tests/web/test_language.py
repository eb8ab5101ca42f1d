"""The language of the pages: how it is chosen, kept and never leads elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from tocsin.records.inbox import Change
from tocsin.web.inboxing import tell_change
from tocsin.web.language import LANGUAGES, _, choose_language, current_language, speak
from tocsin.web.phrases import name_maker, say_point


@pytest.mark.parametrize(
    ("chosen", "accepted", "default", "wanted"),
    [
        (None, None, "auto", "en"),
        (None, "sq-XK,sq;q=0.9,en;q=0.8", "auto", "sq"),
        (None, "de, sr-Cyrl-RS;q=0.8, en;q=0.5", "auto", "sr-Latn"),
        (None, "en;q=0.3, sq;q=0.7", "auto", "sq"),
        (None, "sq;q=0, en", "auto", "en"),
        (None, "sq;q=much, en;q=0.1", "auto", "en"),
        (None, "sq", "sr-Latn", "sr-Latn"),
        ("sq", "en", "sr-Latn", "sq"),
        ("klingon", "sq", "auto", "sq"),
    ],
)
def test_what_a_person_chose_comes_first_then_the_setting_then_the_browser(
    chosen: str | None, accepted: str | None, default: str, wanted: str
) -> None:
    assert choose_language(chosen, accepted, default) == wanted


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_header_and_any_cookie_give_a_language_of_ours(chosen: str, accepted: str) -> None:
    assert choose_language(chosen, accepted) in LANGUAGES


def test_a_language_is_spoken_within_its_block_alone() -> None:
    with speak("sq"):
        assert current_language() == "sq"
        with speak("no language"):
            assert current_language() == "en"
    assert current_language() == "en"
    assert _("") == ""


def token_of(client: TestClient) -> str:
    client.get("/")
    return str(client.cookies["tocsin_token"])


def test_the_choice_is_kept_and_leads_back(empty: TestClient) -> None:
    assert '<html lang="en">' in empty.get("/about").text
    form = {"token": token_of(empty), "language": "sq", "next": "/incidents?type=ASSAULT"}
    answer = empty.post("/language", data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/incidents?type=ASSAULT")
    assert '<html lang="sq">' in empty.get("/about").text


@pytest.mark.parametrize(
    "way", ["//elsewhere.example", "https://elsewhere.example/", "/\\elsewhere.example", "a\nb", ""]
)
def test_it_leads_nowhere_else(empty: TestClient, way: str) -> None:
    form = {"token": token_of(empty), "language": "sq", "next": way}
    assert empty.post("/language", data=form, follow_redirects=False).headers["location"] == "/"


def test_a_language_that_is_none_is_refused(client: TestClient) -> None:
    answer = client.post("/language", data={"token": token_of(client), "language": "tlh"})
    assert answer.status_code in (400, 403, 422)
    assert "en, sr-Latn, sq" in answer.text
    assert client.post("/language", data={"language": "sq"}).status_code == 403


@pytest.mark.parametrize(
    ("kind", "value", "wanted"),
    [
        ("killed", "at least 300", "najmanje 300"),
        ("killed", "2 to 9", "2 do 9"),
        ("injured", "14", "14"),
        ("act", "it happened", "dogodilo se"),
        ("actor", "at least 300", "at least 300"),
    ],
)
def test_what_speakers_differ_on_is_said_in_the_language_spoken(kind: str, value: str, wanted: str) -> None:
    with speak("sr-Latn"):
        assert say_point(kind, value) == wanted


def test_changed_counts_are_said_in_the_language_spoken() -> None:
    with speak("sr-Latn"):
        (told,) = tell_change(Change("toll", "2 to 9", "at least 300", "killed"))
    assert "najmanje 300" in told
    assert "2 do 9" in told


@pytest.mark.parametrize(
    ("made_by", "wanted"),
    [
        ("rule:merge/4", "the rules (merge/4)"),
        ("person:desk", "somebody at this desk"),
        ("person:ana", "ana"),
        ("person:ana: b", "ana: b"),
        ("desk", "desk"),
    ],
)
def test_who_decided_is_no_code(made_by: str, wanted: str) -> None:
    assert name_maker(made_by) == wanted


def test_a_template_says_words_as_jinja_does(empty: TestClient) -> None:
    """In the language of the moment, with what is put in escaped, and a doubled percent sign as one."""
    environment: Any = empty.app.state.templates  # type: ignore[attr-defined]
    template = environment.from_string(
        "{{ _('Incidents') }} {{ _('100%% sure') }} {{ _('%(name)s, 5%%', name=given) }}"
        "{% trans n=given %} and {{ n }}{% endtrans %} {{ _('') }}"
    )
    told = "100% sure &lt;b&gt;, 5% and &lt;b&gt; "
    for code, word in (("en", "Incidents"), ("sr-Latn", "Incidenti"), ("en", "Incidents")):
        with speak(code):
            assert template.render(given="<b>") == f"{word} {told}"
