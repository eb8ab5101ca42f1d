"""The inbox, and one article with its evidence."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from tocsin.desk.reviewing import review_claims
from tocsin.desk.views import ArticleView, list_articles, show_article
from tocsin.errors import UnknownIdError
from tocsin.ports import Store
from tocsin.records import Article, Outlet, Span
from tocsin.records.marking import Marking
from tocsin.web.asking import AskedHere
from tocsin.web.correcting import find_notice, list_tellers
from tocsin.web.forms import CheckedForm, read_why
from tocsin.web.highlighting import Stretch, cut_stretches
from tocsin.web.naming import list_footnotes
from tocsin.web.pages.listing import lead_to_last, make_choices, make_exports, make_paging
from tocsin.web.persons import WhoHere
from tocsin.web.reaching import DeskHere
from tocsin.web.rendering import render

router = APIRouter()


@router.get("/articles")
def list_inbox(request: Request, desk: DeskHere, asked: AskedHere) -> Response:
    """All articles, newest first."""
    rows = list_articles(desk.store, asked.wanted)
    total = desk.store.count_articles(asked.wanted)
    if (last := lead_to_last(request, partial(asked.link, "/articles"), asked.wanted, total)) is not None:
        return last
    return render(
        request,
        "articles.html",
        asked=asked,
        rows=rows,
        total=total,
        paging=make_paging("/articles", asked, len(rows), total),
        exports=make_exports(desk, asked, "articles"),
        choices=make_choices(desk, asked),
    )


@router.get("/articles/{article_id}")
def show(request: Request, desk: DeskHere, article_id: str) -> Response:
    """One article: its text with every claim's evidence, and the claims' fields beside it."""
    view = show_article(desk.store, article_id)
    headline, body = split_headline(view)
    reviews = review_claims(desk.store, view.claims)
    return render(
        request,
        "article.html",
        view=view,
        headline=headline,
        body=body,
        original=find_original(desk.store, view),
        footnotes=list_footnotes(desk, (claim.place for claim in view.claims)),
        outlets={o.id: o for o in desk.store.outlets()},
        reviews=reviews,
        rejected={id_ for id_, review in reviews.items() if review.is_rejected},
        markings=desk.store.marking_history(article_id),
        outlet_marking=find_outlet_marking(desk.store, view.article),
        notice=find_notice(request),
        **list_tellers(),
    )


def find_outlet_marking(store: Store, article: Article) -> Marking | None:
    """The mark that an article bears through its outlet, or None."""
    return store.markings([article.outlet_id]).get(article.outlet_id) if article.outlet_id else None


@router.post("/articles/{article_id}/retract")
def retract(desk: DeskHere, article_id: str, form: CheckedForm, who: WhoHere) -> Response:
    """Let an article speak for no incident any more."""
    desk.retract_article(article_id, why=read_why(form), who=who)
    return RedirectResponse(f"/articles/{article_id}?notice=retracted", 303)


@router.post("/articles/{article_id}/reinstate")
def reinstate(desk: DeskHere, article_id: str, form: CheckedForm, who: WhoHere) -> Response:
    """Let a withdrawn article speak again."""
    desk.reinstate_article(article_id, why=read_why(form), who=who)
    return RedirectResponse(f"/articles/{article_id}?notice=reinstated", 303)


@router.get("/claims")
def list_claims(request: Request, desk: DeskHere, asked: AskedHere) -> Response:
    """Claims that meet the filter, newest first, a page at a time: what a figure of the desk counts."""
    claims = desk.store.claims(asked.wanted)
    total = desk.store.count_claims(asked.wanted)
    if (last := lead_to_last(request, partial(asked.link, "/claims"), asked.wanted, total)) is not None:
        return last
    return render(
        request,
        "claims.html",
        asked=asked,
        claims=claims,
        footnotes=list_footnotes(desk, (claim.place for claim in claims)),
        articles=desk.store.articles_by_id({c.article_id for c in claims}),
        incident_of=desk.store.incidents_of_claims([c.id for c in claims]),
        total=total,
        paging=make_paging("/claims", asked, len(claims), total),
        exports=make_exports(desk, asked, "claims"),
        choices=make_choices(desk, asked),
    )


@router.get("/claims/{claim_id}")
def open_claim(desk: DeskHere, claim_id: str) -> Response:
    """The sentence that a claim came from."""
    claim = desk.store.claim(claim_id)
    return RedirectResponse(f"/articles/{claim.article_id}#e-{claim.id}", 302)


def split_headline(view: ArticleView) -> tuple[list[Stretch], list[Stretch]]:
    """The headline's stretches and those of the text below it; an article without a headline has none."""
    text, title = view.article.text, view.article.title
    end = text.find("\n") if title and text.startswith(title) else 0
    end = len(text) if end < 0 else end
    headline = cut_stretches(text, view.claims, Span(0, end)) if end else []
    opened = {c.id for stretch in headline for c in stretch.opens}
    start = end + len(text[end:]) - len(text[end:].lstrip("\n"))
    body = cut_stretches(text, view.claims, Span(start, len(text)))
    # A passage that runs on from the headline has its anchor there already: an id stands once on a page.
    return headline, [Stretch(s.text, s.claims, tuple(c for c in s.opens if c.id not in opened)) for s in body]


def find_original(store: Store, view: ArticleView) -> tuple[Article, Outlet | None] | None:
    """The article that this one copies, with its outlet; None for an original, or where the copy's begin is gone."""
    if view.origin_id in (None, view.article.id):
        return None
    try:
        original = store.article(str(view.origin_id))
    except UnknownIdError:
        return None
    return original, store.outlet(original.outlet_id) if original.outlet_id else None
