"""The summary: figures, each citing exactly what it counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tocsin.knowledge.plover import load_ontology
from tocsin.records import Incident, TollKind
from tocsin.report.picture import Picture
from tocsin.report.sentences import HEARD, Block, Section, Sentence
from tocsin.report.wording import count_things, write_estimate, write_number

Test = Callable[[Incident], bool]


def _is_kind_act(incident: Incident) -> bool:
    return not _is_hostile(incident) and incident.modality == "actual"


def _is_hostile(incident: Incident) -> bool:
    return not load_ontology().entry(incident.type).is_cooperative


#: Label, words and what is counted. A row that counts nothing is left out: absent is absent.
_COUNTED: tuple[tuple[str, str, str, Test], ...] = (
    ("all", "Incidents", "in the period", lambda _: True),
    ("conflict", "Conflict", "acts said to have happened", lambda i: _is_hostile(i) and i.modality == "actual"),
    ("cooperation", "Cooperation", "acts said to have happened", _is_kind_act),
    ("ahead", "Still to come", "announced or on a condition", lambda i: i.modality in ("planned", "conditional")),
    ("disputed", "Disputed", "with rival versions or a denial", lambda i: i.state == "disputed"),
    ("denied", "Only denied", "stated by nobody", lambda i: i.modality == "negated"),
    ("origins", "Several origins", "told independently, copies apart", lambda i: i.origins > 1),
    ("retracted", "Taken back", "by those who reported it", lambda i: i.state == "retracted"),
)  # fmt: skip
#: Losses are added up; how many took part in different gatherings is not a sum of anything.
_SUMMED: tuple[TollKind, ...] = ("killed", "injured", "abducted", "arrested", "displaced")


def summarise(picture: Picture) -> Section:
    """Counts of incidents and tolls, and how much was heard."""
    rows = [*_count_incidents(picture), *_sum_tolls(picture), _tell_heard(picture)]
    return Section("summary", (Block("summary", tuple(rows)),))


def _count_incidents(picture: Picture) -> Iterator[Sentence]:
    if not picture.incidents:
        text = "No incident is known to the desk for this area and period; that is not the same as calm."
        yield Sentence("summary/none", text, (HEARD,))
    for key, label, words, test in _COUNTED:
        held = [i.id for i in picture.incidents if test(i)]
        if held:
            yield Sentence(f"summary/{key}", f"{write_number(len(held))} {words}.", tuple(held), label)


def _sum_tolls(picture: Picture) -> Iterator[Sentence]:
    """The used numbers of each kind added up over the incidents said to have happened and not taken back.

    Where it is said that nobody was, there is nothing to add: a sum of noughts would read as if all of them were heard.
    """
    happened = [i for i in picture.incidents if i.modality == "actual" and i.state != "retracted"]
    for kind in _SUMMED:
        tolls = [(i.id, t) for i in happened for t in i.tolls if t.kind == kind and (t.best, t.high) != (0, 0)]
        if not tolls:
            continue
        low, best = sum(t.low for _, t in tolls), sum(t.best for _, t in tolls)
        tops = [t.high for _, t in tolls if t.high is not None]
        estimate = write_estimate(low, best, sum(tops) if len(tops) == len(tolls) else None)
        text = f"{estimate} in {count_things(len(tolls), 'incident')}."
        yield Sentence(f"summary/toll/{kind}", text, tuple(id_ for id_, _ in tolls), kind.capitalize())


def _tell_heard(picture: Picture) -> Sentence:
    heard = picture.heard
    if not heard.articles:
        return Sentence("summary/heard", "no article of the period reached the desk.", (HEARD,), "Heard")
    outlets = count_things(len(heard.outlet_ids), "outlet")
    text = f"{count_things(heard.articles, 'article')} of the period, {outlets}."
    return Sentence("summary/heard", text, (HEARD,), "Heard")
