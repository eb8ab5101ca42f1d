"""What a report for everybody leaves out of the records before it is drafted or checked: names of persons, own sectors.

Whose names they are is decided as for exports (`tocsin.export.withheld`): from all claims of the articles that the
report may stand on, and from their headlines. People are told by what they are in any case, and nobody is quoted; what
is left are places ("the house of Ana Korvin"), outlets and addresses that spell a name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from tocsin.desk import Desk
from tocsin.desk.export_names import load_lexicon, make_finder
from tocsin.errors import RecordError
from tocsin.export import NameIndex, coarsen_article, find_withheld_names, is_drawn, share_names
from tocsin.export.withheld import WithheldNames
from tocsin.ports import Store
from tocsin.records import Claim, Place
from tocsin.report import Picture
from tocsin.reporting.renaming import Renaming, rename_picture


def find_withheld(store: Store, picture: Picture) -> WithheldNames:
    """The people whom a sentence of a report for everybody may not name, by a part of their names neither."""
    found = list(_find_each(store, picture))
    names = NameIndex(name for held in found for name in held.own.names)
    return WithheldNames(names, frozenset(word for held in found for word in held.words))


def withhold_names(store: Store, picture: Picture) -> Picture:
    """The picture without the names of persons in its places, outlets and addresses of articles.

    A surname that is also the name of a place in it is left to the place.
    """
    held = WithheldNames(share_names(_find_each(store, picture)))

    def mask(place: Place) -> Place:
        return replace(place, name=held.mask(place.name), label=place.label and held.mask(place.label))

    how = Renaming(mask, lambda _, name: held.mask(name), held.mask, lambda article: coarsen_article(article, held))
    return rename_picture(picture, how)


def leave_out_drawn(desk: Desk, picture: Picture) -> Picture:
    """The picture without the place-days and alerts of sectors that the desk has drawn, which are not for others."""
    find_area = make_finder(desk)
    return replace(
        picture,
        tensions=tuple(place for place in picture.tensions if not is_drawn(place.last.place_id, find_area)),
        alerts=tuple(alert for alert in picture.alerts if not is_drawn(alert.place_id, find_area)),
    )


def refuse_names(store: Store, picture: Picture, words: str, what: str) -> None:
    """Raises RecordError where what a person wrote over a report for everybody names somebody."""
    masked = find_withheld(store, picture).mask(words)
    if masked != words:
        raise RecordError(what, masked[:120], "must name nobody, as everybody may read this report: say what they are")


def _find_each(store: Store, picture: Picture) -> Iterator[WithheldNames]:
    """The names in each article of the picture, and those of the parties of its incidents."""
    claims: dict[str, list[Claim]] = defaultdict(list)
    for claim in store.claims_of_articles(picture.articles, with_rejected=True):
        claims[claim.article_id].append(claim)
    for id_, article in picture.articles.items():
        headlines = [article.title] if article.title else []
        lexicon = load_lexicon(article.is_exercise)
        yield find_withheld_names(claims[id_], headlines=headlines, lexicon=lexicon)
    for incident in picture.known_incidents.values():
        yield find_withheld_names((), [incident], lexicon=load_lexicon(incident.is_exercise))
