"""What people hold of claims and incidents beyond what was read: how credible they are, and notes on them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from tocsin.desk.correcting import NOBODY, Correcting, check_why, mark_seen
from tocsin.desk.inbox import keep_sight
from tocsin.errors import ConflictError, RecordError
from tocsin.incidents import PERSON
from tocsin.ports import Store
from tocsin.records import Claim, Credibility, GivenCredibility, Grade, Incident, Link
from tocsin.records.correction import Correction, correct_claim, correction_id, find_newest, write_value

#: Characters of a note.
LONGEST_NOTE = 2_000
#: Control characters, halves of surrogate pairs and what turns the direction of the text around it are in no note.
_UNFIT = frozenset({"Cc", "Cs"})
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Grading(Correcting):
    """The part of the desk that keeps people's grades of claims and incidents, and their notes."""

    def grade_claim(
        self,
        claim_id: str,
        credibility: Credibility | None,
        *,
        why: str,
        who: str = NOBODY,
        seen: str | None = None,
    ) -> Correction:
        """Set how credible a claim is (Admiralty 1-6); None: what the rule says holds again.

        seen  the newest correction of its credibility, where there is one

        Raises RecordError for a claim that is in no incident, so that no rule grades it, for a grade that is to be
        taken back where nobody gave one, and where somebody else graded it meanwhile.
        """
        told = check_why(why)
        with self._writing:
            self.derive()
            claim = self.store.claim(claim_id)
            home = self.store.incidents_of_claims([claim.id]).get(claim.id)
            grades = {g.claim_id: g for g in _list_grades(self.store.incident(home))} if home else {}
            if claim.id not in grades:
                raise RecordError("claim", claim.id, "speaks for no incident, so that nothing grades it")
            if credibility is None and claim.credibility is None:
                raise RecordError("claim", claim.id, "is graded by the rule already")
            held = find_newest(self.store.corrections([claim.id]).get(claim.id, ()), "credibility")
            made = self._make_grade(claim, grades[claim.id], credibility, told, who, seen)
            if held is not None and (held.value, held.reason, held.made_by) == (made.value, made.reason, made.made_by):
                return held  # said already: a second click changes nothing
            with keep_sight(self.store, self.clock, who, home or ""):
                self._keep([made])
        return made

    def grade_incident(
        self,
        incident_id: str,
        credibility: Credibility | None,
        *,
        why: str,
        who: str = NOBODY,
        seen: str | None = None,
    ) -> tuple[Correction, ...]:
        """Set how credible an incident is, which is as its most credible claim: in those claims that make it so.

        credibility  those that carry its grade now, and any that would stand above the new one, are given it; None:
                     what the rule says of its claims holds again
        seen         what was seen of its claims' corrections (`mark_seen`)
        """
        told = check_why(why)
        with self._writing:
            self.derive()
            incident = self.store.incident(incident_id)
            said = self.store.corrections(incident.claim_ids)
            if mark_seen(said) != seen:
                raise ConflictError("incident", incident.id, "was judged by somebody meanwhile: look at it anew")
            chosen = _choose_grades(_list_grades(incident), credibility)
            claims = self.store.claims_by_id(chosen)
            newest = {id_: find_newest(said.get(id_, ()), "credibility") for id_ in claims}
            made = [
                self._make_grade(claim, chosen[id_], credibility, told, who, held.id if held else None, incident.id)
                for id_, claim in claims.items()
                for held in (newest[id_],)
            ]
            if not made:
                why_not = "has no claim to grade" if credibility else "is graded by the rule already"
                raise RecordError("incident", incident.id, why_not)
            with keep_sight(self.store, self.clock, who, incident.id):
                self._keep(made)
        return tuple(made)

    def note_incident(self, incident_id: str, text: str, *, who: str = NOBODY) -> Correction:
        """Write a note on an incident: it changes nothing, stays at the desk, and goes where the incident goes.

        Raises RecordError for an empty note and one of more than LONGEST_NOTE characters.
        """
        note = clean_note(text)
        with self._writing:
            self.derive()
            incident = self.store.incident(incident_id)
            by, now = f"{PERSON}{who}", self.clock.now()
            held = self.store.corrections([incident.id]).get(incident.id, [])
            if held and (held[-1].reason, held[-1].made_by) == (note, by):
                return held[-1]  # sent twice
            first = self.store.claims_by_id(incident.claim_ids[:1])[incident.claim_ids[0]]
            seen = held[-1].id if held else None
            made = Correction(
                correction_id(incident.id, "noted", None, now, seen), incident.id, first.article_id, "noted", by, now,
                note, replaces=seen, incident_id=incident.id, is_exercise=incident.is_exercise,
            )  # fmt: skip
            self.store.add_corrections([made])
        return made

    def _make_grade(
        self,
        claim: Claim,
        grade: Grade,
        credibility: Credibility | None,
        why: str,
        who: str,
        seen: str | None,
        incident_id: str | None = None,
    ) -> Correction:
        by_rule = grade.credibility if grade.by_rule is None else grade.by_rule
        given = GivenCredibility(credibility, why, f"{PERSON}{who}") if credibility is not None else None
        made = self._make(
            claim, self.store.article(claim.article_id), "graded", why, who, field="credibility",
            machine=write_value(by_rule), value=write_value(given), replaces=seen, incident_id=incident_id,
        )  # fmt: skip
        correct_claim(claim, [made])  # refuses what is no figure
        return made


def clean_note(text: str) -> str:
    """A note as it is kept: its lines without control characters; raises RecordError for none and for a long one."""
    if len(text) > 2 * LONGEST_NOTE:
        raise RecordError("note", text[:40] + "…", f"must be {LONGEST_NOTE} characters or fewer")
    lines = (" ".join(_drop_unfit(line).split()) for line in text.splitlines())
    note = "\n".join(lines).strip("\n")
    while "\n\n\n" in note:
        note = note.replace("\n\n\n", "\n\n")
    if not note:
        raise RecordError("note", text[:40], "must say something")
    if len(note) > LONGEST_NOTE:
        raise RecordError("note", note[:40] + "…", f"must be {LONGEST_NOTE} characters or fewer")
    return note


def find_notes(store: Store, incident: Incident, history: Iterable[Link]) -> tuple[Correction, ...]:
    """The notes on an incident and on those that have become part of it, newest first.

    history  every link of its claims: the incidents that they were in before
    """
    homes = store.incidents_by_id({incident.id, *(link.incident_id for link in history)})
    said = store.corrections(sorted(id_ for id_, home in homes.items() if home.id == incident.id))
    notes = (c for held in said.values() for c in held)
    return tuple(sorted(notes, key=lambda c: c.made_at))[::-1]  # of one moment, as they were written


def _list_grades(incident: Incident) -> tuple[Grade, ...]:
    """The grades of the claims that speak for it: none for one that is retracted."""
    return incident.grades if incident.state != "retracted" else ()


def _choose_grades(held: Sequence[Grade], credibility: Credibility | None) -> Mapping[str, Grade]:
    """The grades, by claim, that have to be another one for the incident to be so credible."""
    if credibility is None:
        return {g.claim_id: g for g in held if g.is_given}
    best = min((g.credibility for g in held), default=None)
    return {g.claim_id: g for g in held if g.credibility == best or g.credibility < credibility}


def _drop_unfit(line: str) -> str:
    kept = (" " if c.isspace() else c for c in line if c.isspace() or unicodedata.category(c) not in _UNFIT)
    return "".join(c for c in kept if c not in _TURNING)
