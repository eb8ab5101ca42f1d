"""What a report for everybody leaves out of the records before it is drafted or checked: names of persons.

Whose names they are is decided as for exports (`tocsin.export.withheld`): from all claims of the articles that the
report may stand on, and from their headlines. People are told by what they are in any case, and nobody is quoted; what
is left are places ("the house of Ana Korvin"), outlets and addresses that spell a name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from tocsin.desk.export_names import load_lexicon
from tocsin.errors import RecordError
from tocsin.export import NameIndex, coarsen_article, find_withheld_names, share_names
from tocsin.export.withheld import WithheldNames
from tocsin.ports import Store
from tocsin.records import Claim, Incident, Place, Tension
from tocsin.report import Difference, Picture, PlaceTension, Telling, Version


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

    def place(told: Place | None) -> Place | None:
        return told and replace(told, name=held.mask(told.name), label=told.label and held.mask(told.label))

    def incident(told: Incident) -> Incident:
        return replace(told, place=place(told.place))

    def version(told: Version) -> Version:
        claims = tuple(replace(claim, place=place(claim.place)) for claim in told.claims)
        return replace(told, claims=claims, outlet_name=told.outlet_name and held.mask(told.outlet_name))

    def difference(told: Difference) -> Difference:
        if told.kind != "place":
            return told
        return replace(told, values=tuple((held.mask(value), says) for value, says in told.values))

    def telling(told: Telling) -> Telling:
        return Telling(
            incident(told.incident), tuple(map(version, told.versions)), tuple(map(difference, told.differences))
        )

    def tension(told: Tension) -> Tension:
        return replace(told, place_name=held.mask(told.place_name))

    return replace(
        picture,
        incidents=tuple(map(incident, picture.incidents)),
        late=tuple(map(incident, picture.late)),
        faint=tuple(map(incident, picture.faint)),
        quiet=tuple(map(incident, picture.quiet)),
        behind=tuple(map(incident, picture.behind)),
        tellings={id_: telling(told) for id_, told in picture.tellings.items()},
        articles={id_: coarsen_article(article, held) for id_, article in picture.articles.items()},
        outlets={id_: replace(outlet, name=held.mask(outlet.name)) for id_, outlet in picture.outlets.items()},
        tensions=tuple(
            PlaceTension(tension(p.last), tension(p.before) if p.before else None) for p in picture.tensions
        ),
        alerts=tuple(replace(alert, place_name=held.mask(alert.place_name)) for alert in picture.alerts),
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
