"""What was known when: an incident as its reports came out, each with what it added to those before.

The incident is composed anew of what had been published by then: by the rules of today, from the claims as people have
put them right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from tocsin.desk.views import IncidentView
from tocsin.incidents.compose import compose_incident
from tocsin.incidents.facts import prepare_facts
from tocsin.incidents.identity import order_claims
from tocsin.knowledge.weights import MergeWeights, load_merge_weights
from tocsin.ports import Store
from tocsin.records import Article, Claim, Incident
from tocsin.records.inbox import Change, Look, compare_looks, make_look
from tocsin.web.inboxing import tell_change
from tocsin.web.language import _

#: Reports that are laid out; an incident that more tell of has said what it is by then.
MOST_STAGES = 40
_MOST_NAMED = 3
#: What follows from the number of reports, or only says that there is one more.
_UNTOLD = frozenset({"joined", "left", "credibility"})


@dataclass(frozen=True, slots=True)
class Stage:
    """One report, and what the incident came to with it.

    claims   what the report says of it, in the order of its text
    known    the incident as of then; its grades and links are not told
    changes  what differs from the stage before; of the first: nothing
    named    parties that no report before had named
    repeats  later reports that say the same word for word
    """

    article: Article
    claims: tuple[Claim, ...]
    known: Incident
    changes: tuple[Change, ...] = ()
    named: tuple[str, ...] = ()
    repeats: tuple[Article, ...] = ()

    @property
    def speakers(self) -> tuple[str | None, ...]:
        """Who says it in this report; None is the outlet's own voice."""
        return tuple(dict.fromkeys(claim.speaker for claim in self.claims))

    @property
    def deniers(self) -> tuple[str | None, ...]:
        """Those of them who deny it."""
        return tuple(dict.fromkeys(c.speaker for c in self.claims if c.modality == "negated"))


@dataclass(frozen=True, slots=True)
class Unfolding:
    """The stages, oldest first, and how many later reports were left out."""

    stages: tuple[Stage, ...]
    left_out: int = 0


def unfold_incident(store: Store, view: IncidentView) -> Unfolding:
    """The reports of an incident in the order in which they came out."""
    claims = [claim for version in view.versions for claim in version.claims if claim.article_id in view.articles]
    told: dict[str, list[Claim]] = defaultdict(list)
    for claim in sorted(claims, key=lambda claim: (claim.evidence.start, claim.id)):
        told[claim.article_id].append(claim)
    articles = sorted((view.articles[id_] for id_ in told), key=lambda article: (article.shown_at, article.id))
    firsts, repeats = _part_repeats(articles, told)
    origins = store.origins([article.id for article in firsts[:MOST_STAGES]])
    stages = _compose_stages(view, [(a, tuple(told[a.id])) for a in firsts[:MOST_STAGES]], origins)
    return Unfolding(
        tuple(replace(s, repeats=tuple(repeats.get(s.article.id, ()))) for s in stages),
        len(firsts[MOST_STAGES:]),
    )


def _part_repeats(
    articles: Sequence[Article], told: Mapping[str, Sequence[Claim]]
) -> tuple[list[Article], dict[str, list[Article]]]:
    """The reports with a wording of their own, and those that repeat one, by the one that each repeats."""
    said_in: dict[tuple[str, str, str], str] = {}
    firsts: list[Article] = []
    repeats: dict[str, list[Article]] = defaultdict(list)
    for article in articles:
        wordings = [(" ".join(c.evidence.text.casefold().split()), c.type, c.modality) for c in told[article.id]]
        if all(wording in said_in for wording in wordings):
            repeats[said_in[wordings[0]]].append(article)
            continue
        firsts.append(article)
        for wording in wordings:
            said_in.setdefault(wording, article.id)
    return firsts, repeats


def _compose_stages(
    view: IncidentView, reports: Sequence[tuple[Article, tuple[Claim, ...]]], origins: Mapping[str, str]
) -> list[Stage]:
    weights, id_ = _load_weights(), view.incident.id
    facts, stages, before = [], list[Stage](), None
    for article, claims in reports:
        outlet = view.outlets.get(article.outlet_id or "")
        facts += [prepare_facts(c, article, outlet, origins.get(article.id, article.id), weights) for c in claims]
        known = compose_incident(order_claims(facts, id_), id_, weights)
        look = make_look(known)
        stages.append(Stage(article, claims, known, *(() if before is None else _compare(before, look))))
        before = look
    return stages


def _compare(before: Look, after: Look) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    changes = tuple(change for change in compare_looks(before, after) if change.kind not in _UNTOLD)
    return changes, tuple(party for party in after.parties if party not in before.parties)


@lru_cache(maxsize=1)
def _load_weights() -> MergeWeights:
    return load_merge_weights()


def tell_stage(stage: Stage) -> list[str]:
    """What a later report added, in short sentences without full stops; nothing where it added nothing."""
    unnamed = stage.article.outlet_name or _("an unnamed voice")
    told = [_("denied by %(name)s") % {"name": name or unnamed} for name in stage.deniers]
    for change in stage.changes:
        told += tell_change(change)
    if stage.named:
        names = ", ".join(stage.named[:_MOST_NAMED]) + ("…" if stage.named[_MOST_NAMED:] else "")
        told.append(_("first to name %(names)s") % {"names": names})
    return told
