"""What people decide at the desk: feeds, grades, merges and splits, withdrawals, alerts and silences."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import get_args

from tocsin.desk.correcting import NOBODY, check_why
from tocsin.desk.grading import Grading
from tocsin.desk.turns import Turn
from tocsin.errors import RecordError, UnknownIdError
from tocsin.incidents import PERSON, merge_incidents, release_claims, split_incident
from tocsin.intake import check_address
from tocsin.knowledge.rules import RuleSet
from tocsin.knowledge.starter_feeds import StarterFeed
from tocsin.ports import Clock, Store
from tocsin.records import (
    FARTHEST_SILENCE,
    LONGEST_SILENCE,
    Alert,
    AlertState,
    Feed,
    Incident,
    Link,
    Notice,
    Outlet,
    Precedence,
    Reliability,
    Silence,
    Withdrawal,
    WithdrawalKind,
    feed_id,
    outlet_id,
    silence_id,
)
from tocsin.records.silence import matches_pattern
from tocsin.settings import Settings


class Deciding(Grading):
    """The part of the desk that keeps people's decisions; each is written before it is acted on."""

    store: Store
    settings: Settings
    clock: Clock
    _writing: Turn

    @abstractmethod
    def derive(self) -> None:
        """See `Desk.derive`."""

    @abstractmethod
    def announce(self) -> tuple[Notice, ...]:
        """See `Desk.announce`."""

    def add_feed(self, address: str, *, outlet: str | None = None, is_confirmed: bool = False) -> Feed:
        """Keep a feed's address; it is fetched only once a person has confirmed it."""
        feed = Feed(feed_id(address), check_address(address), outlet_id(outlet) if outlet else None)
        with self._writing:
            if outlet and feed.outlet_id not in {o.id for o in self.store.outlets()}:
                self.store.save_outlet(Outlet(outlet_id(outlet), outlet))
            self.store.add_feeds([replace(feed, interval_minutes=self.settings.poll_minutes)])
        return self.confirm_feed(feed.id) if is_confirmed else self.store.feed(feed.id)

    def keep_feed(self, feed: Feed) -> int:
        """Keep a feed of a list, and the outlet that the list names for it, if they are new; how many feeds were."""
        with self._writing:
            if feed.outlet_id is not None and feed.title is not None:
                try:
                    self.store.outlet(feed.outlet_id)
                except UnknownIdError:
                    self.store.save_outlet(Outlet(feed.outlet_id, feed.title))
            return self.store.add_feeds([feed])

    def add_starter_feeds(self, chosen: Sequence[StarterFeed]) -> int:
        """Keep feeds of the starter list with what it knows of their outlets; how many were new. None is confirmed.

        What the desk knows of an outlet already stays as it is: only what is missing is filled in.
        """
        minutes = self.settings.poll_minutes
        with self._writing:
            known = {outlet.id: outlet for outlet in self.store.outlets()}
            for row in chosen:
                outlet = row.fill_outlet(known.get(outlet_id(row.outlet)))
                if outlet != known.get(outlet.id):
                    self.store.save_outlet(outlet)
                    known[outlet.id] = outlet
            return self.store.add_feeds([replace(row.make_feed(), interval_minutes=minutes) for row in chosen])

    def confirm_feed(self, feed_id_: str) -> Feed:
        """Allow a feed to be fetched from now on."""
        now = self.clock.now()
        return self._change_feed(feed_id_, lambda f: replace(f, confirmed_at=now, is_off=False, next_due_at=now))

    def turn_off_feed(self, feed_id_: str) -> Feed:
        """Stop fetching a feed; its articles stay."""
        return self._change_feed(feed_id_, lambda f: replace(f, is_off=True))

    def _change_feed(self, feed_id_: str, change: Callable[[Feed], Feed]) -> Feed:
        with self._writing:
            self.store.save_feed(change(self.store.feed(feed_id_)))
            return self.store.feed(feed_id_)

    def remove_feed(self, feed_id_: str) -> None:
        """Forget a feed; its articles stay."""
        with self._writing:
            self.store.remove_feed(feed_id_)

    def grade_outlet(self, outlet_id_: str, reliability: Reliability, reason: str, *, who: str = NOBODY) -> Outlet:
        """Set an outlet's reliability, with the reason; an empty reason is refused."""
        if not reason.strip():
            raise RecordError("reliability", reliability, "needs a reason: say in a line why")
        with self._writing:
            return self.store.grade_outlet(outlet_id_, reliability, reason.strip(), by=who, at=self.clock.now())

    def merge_incidents(self, incident_id: str, other_ids: Sequence[str], *, why: str, who: str = NOBODY) -> Incident:
        """Make several incidents one, for good; `why` may not be empty. The others' identifiers lead to it."""
        with self._writing:
            self.derive()  # what still waits is grouped first, so that nothing is decided on an old picture
            kept = self.store.incident(incident_id)
            others = [self.store.incident(id_) for id_ in dict.fromkeys(other_ids)]
            told = check_why(why)
            self._decide(merge_incidents(kept, others, who=who, why=told, now=self.clock.now()))
            return self.store.incident(kept.id)

    def split_incident(
        self, incident_id: str, claim_ids: Sequence[str], *, why: str, who: str = NOBODY
    ) -> tuple[Incident, Incident]:
        """Take claims out into an incident of their own, for good: the old one and the new one."""
        with self._writing:
            self.derive()
            old = self.store.incident(incident_id)
            told = check_why(why)
            new, links = split_incident(old, claim_ids, who=who, why=told, now=self.clock.now())
            self._decide(links)
            return self.store.incident(old.id), self.store.incident(new)

    def release_incident(self, incident_id: str, *, why: str, who: str = NOBODY) -> int:
        """Give the claims of an incident that people have placed back to the rules; how many there were."""
        with self._writing:
            self.derive()
            incident = self.store.incident(incident_id)
            held = self.store.newest_links(incident.claim_ids)
            told = check_why(why)
            links = release_claims(incident.claim_ids, held, who=who, why=told, now=self.clock.now())
            self._decide(links)
            return len(links)

    def retract_article(self, article_id: str, *, why: str, who: str = NOBODY) -> Withdrawal:
        """Let an article speak for no incident any more; it stays, marked, and can be reinstated."""
        return self._withdraw(article_id, "retracted", why, who)

    def reinstate_article(self, article_id: str, *, why: str, who: str = NOBODY) -> Withdrawal:
        """Let an article that was retracted or superseded speak again."""
        return self._withdraw(article_id, "reinstated", why, who)

    def _withdraw(self, article_id: str, kind: WithdrawalKind, why: str, who: str) -> Withdrawal:
        with self._writing:
            self.derive()
            held = self.store.withdrawals([article_id]).get(article_id)
            made = Withdrawal(
                self.store.article(article_id).id, kind, f"{PERSON}{who}", self.clock.now(), check_why(why)
            )
            if held is not None and held == replace(made, made_at=held.made_at):
                return held  # said already, by who was not answered: a second time changes nothing
            self.store.add_withdrawal(made)
            self.derive()
            return made

    def _decide(self, links: Sequence[Link]) -> None:
        self.store.add_decision(links)
        self.derive()

    def mark_alert(
        self,
        alert_id: str,
        state: AlertState,
        note: str | None = None,
        *,
        assigned_to: str | None = None,
        who: str = NOBODY,
    ) -> Alert:
        """Acknowledge an alert, or take that back; `assigned_to` says who looks after it (empty: nobody any more)."""
        with self._writing:
            name = None if assigned_to is None else " ".join(assigned_to.split())
            return self.store.set_alert_state(alert_id, state, note, self.clock.now(), assigned_to=name, who=who)

    def silence(
        self,
        until: datetime,
        *,
        why: str,
        who: str = NOBODY,
        place_id: str | None = None,
        rule: str | None = None,
        at_most: Precedence | None = None,
        is_exercise: bool = False,
        rule_set: str | None = None,
        begins: datetime | None = None,
    ) -> Silence:
        """Send no notices for what matches, up to `until`; the alerts stand on the desk all the same.

        rule    name of the rule, in which `*` stands for any letters
        begins  from when on; None, or a time that has passed: from now on

        Raises RecordError for a place, rule or set that the desk does not know: whoever mistypes one would go on being
        rung.
        """
        now = self.clock.now()
        starts_at = now if begins is None else max(begins, now)
        _check_stretch(starts_at, until, now)
        self._check_silenced(place_id, rule, rule_set, is_exercise=is_exercise)
        made_at = now if starts_at > now else None
        id_ = silence_id(who, starts_at, place_id, rule, rule_set=rule_set, made_at=made_at)
        silence = Silence(
            id_, starts_at, until, who, check_why(why), place_id, rule, at_most, is_exercise,
            rule_set=rule_set, made_at=made_at,
        )  # fmt: skip
        with self._writing:
            self.store.add_silence(silence)
        return silence

    def _check_silenced(
        self, place_id: str | None, rule: str | None, rule_set: str | None, *, is_exercise: bool
    ) -> None:
        alerts = [a for a in self.store.alerts() if a.is_exercise == is_exercise] if place_id or rule else []
        # what has rung is known, though its rule or place has been taken out since
        if rule is not None and not any(matches_pattern(rule, a.rule) for a in alerts):
            names = [r.name for r in self.knowledge(is_exercise).rules]
            if not any(matches_pattern(rule, name) for name in names):
                raise RecordError("silence rule", rule, f"is no rule of this desk; must be one of {', '.join(names)}")
        if rule_set is not None and rule_set not in get_args(RuleSet):
            raise RecordError("silence rule set", rule_set, f"must be one of {', '.join(get_args(RuleSet))}")
        if place_id is not None and all(a.place_id != place_id for a in alerts):
            gazetteer = self.knowledge(is_exercise).gazetteer
            if gazetteer.row(place_id) is None and not self.store.told_places([place_id]):
                why = "is not in the gazetteer: must be the id of a place, as a search by name gives it, or none"
                raise RecordError("silence place", place_id, why)

    def end_silence(self, silence_id_: str, *, who: str = NOBODY) -> Silence:
        """End a silence before its time; what still rings is told at once."""
        with self._writing:
            ended = self.store.end_silence(silence_id_, self.clock.now(), who)
        self.announce()
        return ended


def _check_stretch(starts_at: datetime, until: datetime, now: datetime) -> None:
    if starts_at > now + FARTHEST_SILENCE:
        raise RecordError("silence", starts_at.isoformat(), f"must begin within {FARTHEST_SILENCE.days} days")
    if not starts_at < until <= starts_at + LONGEST_SILENCE:
        most = f"within {LONGEST_SILENCE.days} days of its beginning"
        raise RecordError("silence", until.isoformat(), f"must end after now, and {most}; renew it if need be")
