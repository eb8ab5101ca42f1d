"""What is different from what was told last, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tocsin.records import Alert, Incident, Notice, NoticeCause
from tocsin.warning.hearing import RANKS

_MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class Change:
    """What has changed since a notice.

    first      why the desk rings at all, for the first notice of a run
    added      titles of the rules that hold now and did not
    ended      titles of those that no longer hold
    retracted  titles of those that were taken back
    incidents  number of incidents that were not told of
    unanswered titles of those that nobody has acknowledged, where somebody has the others
    is_easier  whether nothing that holds now is as grave as the gravest was
    """

    first: str = ""
    added: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    retracted: tuple[str, ...] = ()
    incidents: int = 0
    unanswered: tuple[str, ...] = ()
    is_easier: bool = False

    @property
    def sentences(self) -> tuple[str, ...]:
        """One sentence for each kind of change."""
        told = []
        if self.incidents:
            told.append(f"{self.incidents} {'incident is' if self.incidents == 1 else 'incidents are'} new.")
        told += [f"Now also: {title}." for title in self.added]
        told += [f"Taken back, denied or regrouped: {title}." for title in self.retracted]
        told += [f"No longer holds: {title}." for title in self.ended]
        return tuple(told)

    def why_now(self, cause: NoticeCause, since: timedelta) -> str:
        """The one sentence that says what made the desk ring at this moment; `since` what nobody answers was told."""
        match cause:
            case "fired":
                return self.first
            case "raised":
                return "It has become graver: " + ("; ".join(self.added) or "a graver rule holds") + "."
            case "lowered" if self.retracted:
                return "Part of what was told has been taken back, denied or regrouped."
            case "lowered" if self.is_easier:
                return "The gravest part no longer holds."
            case "lowered":
                return "Part of what was told no longer holds."
            case "escalated":
                minutes = int(since.total_seconds() // 60)
                what = "; ".join(self.unanswered) or "this"
                return f"Nobody has acknowledged {what} for {minutes} minutes."
            case "repeated" if self.unanswered:
                return f"Nothing is new, and nobody has acknowledged {'; '.join(self.unanswered)}."
            case "repeated":
                return "It still holds, nothing is new, and nobody has acknowledged it."
            case _:
                return "There are further reports."


def tell_fired(lead: Alert, incidents: Mapping[str, Incident]) -> str:
    """Why a run begins: the conditions of the gravest rule, as met."""
    held = [i for i in lead.incident_ids if i in incidents]
    origins = max((incidents[i].origins for i in held), default=0)
    many = f"{len(held)} {'incident' if len(held) == 1 else 'incidents'}"
    best = f", the best attested from {origins} origins" if origins > 1 else ""
    return f"The rule {lead.rule} holds since {lead.began_on}, on {many}{best}."


def compare_with_told(
    last: Notice, live: Sequence[Alert], known: Sequence[Alert], incidents: Mapping[str, Incident]
) -> Change:
    """What of a group differs from its last notice.

    live   the alerts that are told of now
    known  all alerts of the group, ended and retracted ones too
    """
    by_id = {a.id: a for a in known}
    mine = {a.id for a in live}
    before = [by_id[i] for i in last.alert_ids if i in by_id]
    new = {i for a in live for i in a.incident_ids if i in incidents} - set(last.incident_ids)
    return Change(
        added=list_titles(a for a in live if a.id not in last.alert_ids),
        ended=list_titles(a for a in before if a.id not in mine and a.state == "resolved"),
        retracted=list_titles(
            a for a in before if a.id not in mine and a.state == "retracted" and not has_moved(a, known, incidents)
        ),
        incidents=len(new),
        is_easier=max((RANKS[a.precedence] for a in live), default=0) < RANKS[last.precedence],
    )


def has_moved(alert: Alert, others: Iterable[Alert], incidents: Mapping[str, Incident]) -> bool:
    """Whether alerts of the same rule that were not taken back stand on all the incidents of one that was.

    So it is where later reports name the place more closely: the alert is another one then, and nothing is taken back.
    """
    held = {i for i in alert.incident_ids if i in incidents}
    heirs = (o for o in others if o.rule == alert.rule and o.state != "retracted")
    return bool(held) and held <= {i for heir in heirs for i in heir.incident_ids}


def list_titles(alerts: Iterable[Alert]) -> tuple[str, ...]:
    """The first of what some alerts say, each with its place."""
    return tuple(dict.fromkeys(f"{a.title} ({a.place_name})" for a in alerts))[:_MOST_TOLD]
