"""Web pages: what they say of themselves, and nothing that they do not say."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.intake.conftest import NOW, PARAGRAPHS, SETTINGS, make_page
from tocsin.errors import IntakeError
from tocsin.intake import Options, read_bytes
from tocsin.records import Article

EXACT = datetime(2031, 5, 13, 16, 5, tzinfo=UTC)
MIDNIGHT = datetime(2031, 5, 13, tzinfo=UTC)


def read(html: str, options: Options | None = None, name: str = "page.html") -> Article:
    return read_bytes(
        html.encode(),
        name=name,
        content_type="text/html",
        options=options or Options(),
        taken_at=NOW,
        settings=SETTINGS,
    )


def meta(name: str, content: str, attribute: str = "property") -> str:
    return f'<meta {attribute}="{name}" content="{content}">'


def ld(**node: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def test_the_article_is_taken_and_the_menus_are_not() -> None:
    article = read(make_page())
    assert article.title == "Dockers walk out in Port Vell"
    assert article.text == "\n\n".join((article.title, *PARAGRAPHS))
    assert article.language == "en"


def test_a_date_that_only_stands_around_is_no_time_of_publication() -> None:
    body = "".join(f"<p>{p}</p>" for p in (*PARAGRAPHS, "The last strike here was on 3 March 2029, the union said."))
    page = make_page(body, head='<link rel="canonical" href="https://courier.example/2030/01/02/strike">')
    options = Options(url="https://courier.example/2030/01/02/strike")
    assert read(page, options).published_at is None


@pytest.mark.parametrize(
    ("head", "when"),
    [
        (meta("article:published_time", "2031-05-13T18:05:00+02:00"), EXACT),
        (meta("DC.date.issued", "2031-05-13", "name"), MIDNIGHT),
        (meta("datePublished", "2031-05-13T16:05:00Z", "itemprop"), EXACT),
        (ld(**{"@type": "NewsArticle", "datePublished": "2031-05-13T16:05:00Z"}), EXACT),
        (ld(**{"@graph": [{"@type": "WebSite"}, {"@type": ["Article"], "datePublished": "2031-05-13"}]}), MIDNIGHT),
        (ld(**{"@type": "NewsArticle", "datePublished": "2031-05-13"})
         + meta("article:published_time", "2031-05-13T16:05:00Z"), EXACT),
        (ld(**{"@type": "NewsArticle", "datePublished": "2031-05-13"})
         + meta("date", "2031-01-02T16:05:00Z", "name"), MIDNIGHT),
        (meta("article:modified_time", "2031-05-13T16:05:00Z"), None),
        (ld(**{"@type": "NewsArticle", "dateModified": "2031-05-13T16:05:00Z"}), None),
        (ld(**{"@type": "ItemList", "itemListElement": [{"@type": "Article", "datePublished": "2031-05-13"}]}), None),
        ('<script type="application/ld+json">{"@type": "NewsArticle", "datePub</script>', None),
        ('<script type="application/ld+json">' + "[" * 50_000 + "</script>", None),
        (meta("article:published_time", "13/05/2031"), None),
    ],
)  # fmt: skip
def test_only_statements_of_publication_count(head: str, when: datetime | None) -> None:
    assert read(make_page(head=head)).published_at == when


@pytest.mark.parametrize(
    ("times", "when"),
    [
        ('<time datetime="2031-05-13T16:05:00Z">13 May</time>', EXACT),
        (
            '<time datetime="2031-05-01">1 May</time><time itemprop="datePublished" datetime="2031-05-13">x</time>',
            MIDNIGHT,
        ),
        ('<time datetime="2031-05-13T16:05:00Z">x</time><time class="updated" datetime="2031-05-14">x</time>', EXACT),
        ('<time datetime="2031-05-01">1 May</time><time datetime="2031-05-13">13 May</time>', None),
        ("<time>13 May 2031</time>", None),
    ],
)
def test_time_elements_count_where_they_are_not_in_doubt(times: str, when: datetime | None) -> None:
    body = f"<p>{times}</p>" + "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    assert read(make_page(body)).published_at == when


def test_the_outlet_is_the_one_that_the_page_names() -> None:
    page = make_page(head=meta("og:site_name", "Vell Courier"), title="Dockers walk out | Vell Courier")
    assert (read(page).outlet_name, read(page).title) == ("Vell Courier", "Dockers walk out")
    graph = [
        {"@type": "NewsArticle", "headline": "Gate closed", "publisher": {"@id": "#us"}},
        {"@type": "Organization", "@id": "#us", "name": "Sarn Radio"},
    ]
    article = read(make_page(head=ld(**{"@graph": graph})))
    assert (article.outlet_name, article.title) == ("Sarn Radio", "Gate closed")


def test_a_page_without_a_name_was_published_by_its_machine_and_a_file_by_nobody_known() -> None:
    assert read(make_page(), Options(url="https://www.courier.example/a")).outlet_name == "courier.example"
    assert read(make_page(), name="https://courier.example/a").url == "https://courier.example/a"
    assert read(make_page(), Options(url="http://192.0.2.7/a")).outlet_name is None
    assert read(make_page()).outlet_name is None


def test_what_the_person_says_outranks_the_page() -> None:
    page = make_page(head=meta("og:site_name", "Vell Courier") + meta("article:published_time", "2031-05-01"))
    said = Options("Walkout", "Harbour FM", EXACT, "https://fm.example/1")
    article = read(page, said)
    assert (article.title, article.outlet_name, article.published_at, article.url) == (
        "Walkout", "Harbour FM", EXACT, "https://fm.example/1",
    )  # fmt: skip
    assert article.text.startswith("Walkout\n\n")


@pytest.mark.parametrize(
    "html",
    [
        "<html><body><nav><a href='/'>Home</a> <a href='/sport'>Sport</a></nav><p>Log in</p></body></html>",
        "<!doctype html><html><head><title>Gone</title></head><body></body></html>",
        "<html>",
        "<!doctype html><!-- " + "x" * 5_000 + " -->",
        "<html><body><script>" + "var a = 'text of a script that is long enough';" * 50 + "</script></body></html>",
    ],
)
def test_a_page_without_an_article_is_refused(html: str) -> None:
    with pytest.raises(IntakeError, match=r"'page\.html': has no article text"):
        read(html)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<div>" * 200_000 + "text " * 50, "has no article text"),
        ("<b><i><table><tr><td>" * 50_000 + "text " * 50, "has no article text"),
        ("<p>word" * 70_000, "has too many elements: 70,"),
        ("<p>" + "word and more words. " * 5_000, "is too long: 1"),
        ("<p " + "a='b' " * 100_000 + ">", "has a tag of more than 1,000 attributes"),
    ],
)
def test_pages_made_to_exhaust_end_soon_and_clearly(body: str, reason: str) -> None:
    with pytest.raises(IntakeError, match=reason):
        read(f"<html><body><article>{body}</article></body></html>")
