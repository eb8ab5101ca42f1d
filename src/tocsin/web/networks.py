"""Dealings drawn as a network: parties on a circle, an arrow for who does what to whom. The table says the same."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from tocsin.desk.dealings import Dealing, Side
from tocsin.records.filters import Realm
from tocsin.web.language import N_, _

MOST_NODES, MOST_EDGES = 24, 60
WIDTH, HEIGHT = 960, 600
_RADIUS = 225
_SMALLEST, _LARGEST = 5.0, 15.0
_THINNEST, _THICKEST = 1.2, 7.0
#: Room for the head of an arrow.
_HEAD = 9.0
_LONGEST_LABEL = 36

#: What most of the weight of an edge is: two thirds of it, or neither.
Mood = Literal["hostile", "cooperative", "mixed"]
Point = tuple[float, float]
_Key = tuple[Realm, str]


@dataclass(frozen=True, slots=True)
class Node:
    """A party as a disc; `anchor` is where its label begins ("start", "middle", "end"), at `label_at`."""

    side: Side
    realm: Realm
    at: Point
    radius: float
    label: str
    label_at: Point
    anchor: str
    incidents: int


@dataclass(frozen=True, slots=True)
class Edge:
    """A dealing as an arrow: `path` is an SVG path, `head` the points of its head, `width` in units of the drawing."""

    dealing: Dealing
    path: str
    head: str
    width: float
    mood: Mood


@dataclass(frozen=True, slots=True)
class Network:
    """What is drawn, and how many dealings between named parties are not."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    left_out: int


def draw_network(dealings: Sequence[Dealing], name: Callable[[Side], str]) -> Network:
    """The dealings with the most deeds between parties that are named, as many as the drawing holds."""
    able = [d for d in dealings if d.is_between_named and d.incidents]
    chosen, keys = _choose(able)
    order = _order_nodes(chosen, keys)
    sizes = {key: sum(d.incidents for d in chosen if key in _ends(d)) for key in keys}
    sides = {key: side for d in chosen for key, side in zip(_ends(d), (d.actor, d.recipient), strict=True)}
    largest = max(sizes.values(), default=1)
    nodes = {
        key: _make_node(sides[key], key[0], place, len(order), sizes[key], largest, name(sides[key]))
        for place, key in enumerate(order)
    }
    most = max((d.incidents for d in chosen), default=1)
    edges = tuple(_make_edge(d, nodes[_ends(d)[0]], nodes[_ends(d)[1]], most) for d in chosen)
    return Network(tuple(nodes.values()), edges, len(able) - len(chosen))


def find_mood(hostile: float, cooperative: float) -> Mood:
    """What most of a weight is."""
    whole = hostile + cooperative
    if not whole or abs(hostile - cooperative) < whole / 3:
        return "mixed"
    return "hostile" if hostile > cooperative else "cooperative"


def _ends(dealing: Dealing) -> tuple[_Key, _Key]:
    return (dealing.realm, dealing.actor.key), (dealing.realm, dealing.recipient.key)


def _choose(dealings: Iterable[Dealing]) -> tuple[list[Dealing], list[_Key]]:
    chosen: list[Dealing] = []
    keys: dict[_Key, None] = {}
    for dealing in dealings:
        ends = dict.fromkeys(_ends(dealing))
        if len(chosen) < MOST_EDGES and len(keys | ends) <= MOST_NODES:
            chosen.append(dealing)
            keys |= ends
    return chosen, list(keys)


def _order_nodes(dealings: Sequence[Dealing], keys: Sequence[_Key]) -> list[_Key]:
    """Each beside the one that it has most to do with, as far as that goes: fewer arrows cross."""
    ties: dict[tuple[_Key, _Key], int] = {}
    for dealing in dealings:
        one, other = _ends(dealing)
        for pair in {(one, other), (other, one)}:
            ties[pair] = ties.get(pair, 0) + dealing.incidents
    order: list[_Key] = []
    left = list(keys)
    while left:
        nearest = max(left, key=lambda key: (ties.get((order[-1], key), 0) if order else 0, -left.index(key)))
        left.remove(nearest)
        order.append(nearest)
    return order


def _make_node(side: Side, realm: Realm, place: int, number: int, incidents: int, largest: int, name: str) -> Node:
    angle = math.tau * place / number - math.pi / 2
    right, down = math.cos(angle), math.sin(angle)
    radius = _SMALLEST + (_LARGEST - _SMALLEST) * math.sqrt(incidents / largest)
    at = (WIDTH / 2 + _RADIUS * right, HEIGHT / 2 + _RADIUS * down)
    reach = radius + 8
    anchor = "middle" if abs(right) < 0.15 else "start" if right > 0 else "end"
    drop = 4 + (10 if anchor == "middle" else 4) * down
    most = _LONGEST_LABEL - (3 if realm == "exercise" else 0)  # its mark stands behind it, within the drawing
    label = name if len(name) <= most else name[: most - 1].rstrip() + "…"
    return Node(
        side, realm, _round(at), round(radius, 1), label,
        _round((at[0] + reach * right, at[1] + reach * down + drop)), anchor, incidents,
    )  # fmt: skip


def _make_edge(dealing: Dealing, one: Node, other: Node, most: int) -> Edge:
    width = round(_THINNEST + (_THICKEST - _THINNEST) * math.sqrt(dealing.incidents / most), 1)
    head = _HEAD + width
    centre = (WIDTH / 2, HEIGHT / 2)
    if one == other:
        # a loop towards the middle: the labels stand outside
        inward = _unit(one.at, centre)
        across = (-inward[1], inward[0])
        bends = [_go(_go(one.at, inward, 70), across, turn) for turn in (-36.0, 36.0)]
        start, tip = _go(one.at, _unit(one.at, bends[0]), one.radius), _go(one.at, _unit(one.at, bends[1]), one.radius)
        curve = "C"
    else:
        middle = ((one.at[0] + other.at[0]) / 2, (one.at[1] + other.at[1]) / 2)
        along = _unit(one.at, other.at)
        # the way back bends to the other side
        bend = _go(_go_part(middle, centre, 0.3), (-along[1], along[0]), 14.0)
        bends = [bend]
        start, tip = _go(one.at, _unit(one.at, bend), one.radius), _go(other.at, _unit(other.at, bend), other.radius)
        curve = "Q"
    back = _unit(tip, bends[-1])
    end, side = _go(tip, back, head), (-back[1], back[0])
    corners = (tip, _go(end, side, head / 2.2), _go(end, side, -head / 2.2))
    return Edge(
        dealing,
        f"M{_write(start)} {curve}{' '.join(map(_write, bends))} {_write(end)}",
        " ".join(map(_write, corners)),
        width,
        find_mood(dealing.hostile, dealing.cooperative),
    )


def _unit(one: Point, other: Point) -> Point:
    length = math.dist(one, other) or 1.0
    return (other[0] - one[0]) / length, (other[1] - one[1]) / length


def _go(at: Point, direction: Point, far: float) -> Point:
    return at[0] + direction[0] * far, at[1] + direction[1] * far


def _go_part(one: Point, other: Point, share: float) -> Point:
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


def _round(at: Point) -> Point:
    return round(at[0], 1), round(at[1], 1)


def _write(at: Point) -> str:
    return f"{at[0]:.1f},{at[1]:.1f}"


BAR_WIDTH, BARS_HEIGHT = 5, 24
#: What a row of bars counts, by the length of its periods.
DEEDS_BY = {"week": N_("deeds by week: %(told)s"), "month": N_("deeds by month: %(told)s")}


@dataclass(frozen=True, slots=True)
class Bars:
    """Deeds by week or month: one SVG path for all bars, and the same in words."""

    width: int
    path: str
    label: str


def draw_bars(dealing: Dealing, periods: Sequence[str], step: str) -> Bars:
    """A dealing's deeds over time, scaled to its own highest; `periods` are in words."""
    counts = dealing.by_period
    top = max(counts, default=0)
    path = "".join(
        f"M{at * BAR_WIDTH},{BARS_HEIGHT}v-{BARS_HEIGHT * count / top:.3g}h{BAR_WIDTH - 1}V{BARS_HEIGHT}z"
        for at, count in enumerate(counts)
        if count
    )
    told = ", ".join(f"{period}: {count}" for period, count in zip(periods, counts, strict=True) if count)
    label = _(DEEDS_BY[step]) % {"told": told} if told else _("no deed")
    return Bars(len(counts) * BAR_WIDTH, path, label)
