"""Names that stay: which group keeps which incident's identifier, and the links that say so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING

from tocsin.incidents.compare import explain_parts, to_score
from tocsin.incidents.decisions import is_persons
from tocsin.incidents.facts import Facts
from tocsin.incidents.grouping import PairScores
from tocsin.records import Link, Reason, incident_id, make_id

if TYPE_CHECKING:
    from tocsin.knowledge.weights import MergeWeights

#: From a claim to the one that stands for it.
FirstOf = Callable[[str], str | None]
#: A claim is explained by its likeness to at most so many of its group.
_MOST_COMPARED = 8
_Explained = tuple[float, tuple[Reason, ...]]


class LinkMemory:
    """How claims were explained by the first of their group: while those stay, who joins the group changes nothing."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[Sequence[Facts], _Explained]] = {}

    def find(self, compared: Sequence[Facts]) -> _Explained | None:
        """How the first of some claims was explained by the others, if it was by those same."""
        held = self._held.get(compared[0].claim.id)
        if held is None or len(held[0]) != len(compared):
            return None
        before, explained = held
        return explained if all(a is b for a, b in zip(before, compared, strict=True)) else None

    def hold(self, compared: Sequence[Facts], explained: _Explained) -> None:
        """Remember it, in place of what was before."""
        self._held[compared[0].claim.id] = compared, explained

    def forget(self, claim_id: str) -> None:
        """Let a claim go."""
        self._held.pop(claim_id, None)


def name_groups(groups: Sequence[Sequence[Facts]], held: Mapping[str, Link], in_use: Container[str] = ()) -> list[str]:
    """An incident identifier for each group, in the order given; none of those `in_use` by other groups.

    A group with claims that a person has placed is called as the person said. Otherwise it keeps the identifier under
    which most of its claims are already held (ties: the smallest); where a group has split, the part with most of the
    claims keeps it. Every other group is named after its earliest claim.
    """
    wishes = []
    for at, group in enumerate(groups):
        links = [held[f.claim.id] for f in group if f.claim.id in held]
        placed = {link.incident_id for link in links if is_persons(link)}
        counts = Counter(link.incident_id for link in links)
        wishes += [(id_ not in placed, -number, id_, group[0].order, at) for id_, number in counts.items()]
    names: dict[int, str] = {}
    taken: set[str] = set()
    for _, _, id_, _, at in sorted(wishes):
        if at not in names and id_ not in taken and id_ not in in_use:
            names[at] = id_
            taken.add(id_)
    # identifiers that some group kept, though their founding claim has since moved to another group, are not free
    for at, group in enumerate(groups):
        if at not in names:
            names[at] = next(id_ for id_ in _own_names(group) if id_ not in taken and id_ not in in_use)
            taken.add(names[at])
    return [names[at] for at in range(len(groups))]


def order_claims(group: Sequence[Facts], id_: str) -> list[Facts]:
    """The founding claim first, the others in order of publication."""
    founder = next((f for f in group if incident_id(f.claim.id) == id_), None)
    return [*([founder] if founder else []), *(f for f in group if f is not founder)]


def link_claims(
    group: Sequence[Facts],
    id_: str,
    weights: MergeWeights,
    held: Mapping[str, Link],
    first_of: FirstOf,
    memory: LinkMemory,
    *,
    now: datetime,
) -> list[Link]:
    """One link for each claim of an incident; a link that holds already is given back as it is.

    first_of  the claim that a claim repeats in a copy; itself, where it repeats none
    memory    how links were explained before
    """
    made_by = f"rule:{weights.version}"
    scores = PairScores(group, weights)
    links = []
    for at, one in enumerate(group):
        before = held.get(one.claim.id)
        if before and before.incident_id == id_ and is_persons(before):
            links.append(before)
            continue
        score, reasons = _explain_link(at, group, scores, first_of, weights, memory, before)
        if before and (before.incident_id, before.made_by, before.score, before.reasons) == (
            id_, made_by, score, reasons,
        ):  # fmt: skip
            links.append(before)
            continue
        link_id = make_id("lnk", one.claim.id, id_, made_by, now.isoformat())
        links.append(Link(link_id, one.claim.id, id_, score, made_by, now, reasons))
    return links


def _explain_link(
    at: int,
    group: Sequence[Facts],
    scores: PairScores,
    first_of: FirstOf,
    weights: MergeWeights,
    memory: LinkMemory,
    before: Link | None,
) -> _Explained:
    if at == 0:
        return 1.0, (Reason("founder", "the first claim of this incident", None, weights.version),)
    one = group[at]
    if (first := first_of(one.claim.id)) != one.claim.id:
        return 1.0, (Reason("copy", f"as claim {first} has it, in a copy", None, weights.version),)
    others = [i for i in range(min(len(group), _MOST_COMPARED)) if i != at]
    compared = (one, *(group[i] for i in others))
    if (known := memory.find(compared)) is not None:
        return known
    closest = min(others, key=lambda i: (-scores.score(at, i), i))
    nearest = group[closest]
    mean = scores.mean([at], others)
    head = Reason("closest-claim", f"most like {nearest.claim.id}", None, weights.version)
    explained = to_score(mean), (head, *explain_parts(nearest, one, weights))
    if before and (before.score, before.reasons) == explained:
        explained = before.score, before.reasons  # equal ones are in memory once
    memory.hold(compared, explained)
    return explained


def _own_names(group: Sequence[Facts]) -> Iterator[str]:
    """Names after each claim, then, should all be taken, further names after the earliest."""
    yield from (incident_id(f.claim.id) for f in group)
    yield from (incident_id(f"{group[0].claim.id}~{nth}") for nth in count(2))
