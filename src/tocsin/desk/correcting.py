"""What people say of claims at the desk: accepted, rejected, changed, added, reopened."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from tocsin.desk.turns import Turn
from tocsin.errors import ConflictError, RecordError
from tocsin.incidents import PERSON
from tocsin.incidents.correcting import change_claim, find_changes, find_evidence, make_claim
from tocsin.knowledge.countries import load_countries
from tocsin.knowledge.plover import load_ontology
from tocsin.pipeline import Knowledge
from tocsin.places.folding import fold_name
from tocsin.ports import Clock, Store
from tocsin.records import Article, Claim, Incident, Place, Reason, make_id, to_json, to_plain
from tocsin.records.correction import (
    CorrectedField,
    Correction,
    CorrectionKind,
    correction_id,
    find_newest,
    judge_standing,
    write_value,
)

#: Who decides at a desk without accounts.
NOBODY = "desk"
NOTHING_SEEN: Mapping[str, str | None] = {}


class Correcting(ABC):
    """The part of the desk that keeps people's word on claims.

    Who corrects says which correction he has seen (`seen`): nobody's word is written over unread.
    """

    store: Store
    clock: Clock
    _writing: Turn

    @abstractmethod
    def derive(self) -> None:
        """See `Desk.derive`."""

    @abstractmethod
    def knowledge(self, is_exercise: bool = False) -> Knowledge:
        """See `Desk.knowledge`."""

    def correct_claim(
        self,
        claim_id: str,
        changes: Mapping[str, Any],
        *,
        why: str,
        who: str = NOBODY,
        seen: Mapping[str, str | None] = NOTHING_SEEN,
    ) -> tuple[Correction, ...]:
        """Give fields of a claim other values; what was kept, one correction for each field that differs.

        changes  field to its value in the codec's JSON form; a place as {"gazetteer_id": …} or None
        seen     field to the correction of it that was seen, for fields that were corrected before

        A mode that is not of a new type goes with the old type. Raises RecordError for a value that the codebook does
        not allow, for no change at all, a rejected claim, and where somebody else corrected the same meanwhile.
        """
        told = check_why(why)
        with self._writing:
            self.derive()
            made = self._change(claim_id, changes, told, who, seen)
            if not made:
                raise RecordError("correction", claim_id, "changes nothing: every field has this value already")
            self._keep(made)
        return tuple(made)

    def correct_incident(
        self,
        incident_id: str,
        changes: Mapping[str, Any],
        *,
        why: str,
        who: str = NOBODY,
        seen: str | None = None,
    ) -> tuple[Correction, ...]:
        """Give those claims of an incident that carry what it shows other values: an incident holds none of its own.

        seen  what was seen of its claims' corrections (`mark_seen`). Raises RecordError where
        no claim carries what the incident shows, and as `correct_claim` does.
        """
        told = check_why(why)
        with self._writing:
            self.derive()
            incident = self.store.incident(incident_id)
            said = self.store.corrections(incident.claim_ids)
            if mark_seen(said) != seen:
                raise _conflict(incident, changes)
            standings = self.store.standings(incident.claim_ids)
            made: list[Correction] = []
            for claim in self.store.claims_by_id(incident.claim_ids).values():
                carried = {f: v for f, v in changes.items() if carries_field(claim, incident, f)}
                if standings[claim.id] == "rejected" or not carried:
                    continue
                known = {f: _id_of(find_newest(said.get(claim.id, ()), f)) for f in (*carried, "mode")}
                made += self._change(claim.id, carried, told, who, known, incident.id)
            if not made:
                raise RecordError("incident", incident.id, "no claim of it carries what is to be changed")
            self._keep(made)
        return tuple(made)

    def accept_claim(self, claim_id: str, *, why: str = "", who: str = NOBODY, seen: str | None = None) -> Correction:
        """Say that a claim is right as it stands; `seen` is its newest correction."""
        return self._judge(claim_id, "accepted", why.strip(), who, seen)

    def reject_claim(self, claim_id: str, *, why: str, who: str = NOBODY, seen: str | None = None) -> Correction:
        """Say that a claim is none: it counts for nothing, and stays, struck through."""
        return self._judge(claim_id, "rejected", check_why(why), who, seen)

    def reopen_claim(self, claim_id: str, *, why: str, who: str = NOBODY, seen: str | None = None) -> Correction:
        """Take back what was said of a claim as a whole; fields that were changed stay so."""
        return self._judge(claim_id, "reopened", check_why(why), who, seen)

    def add_claim(
        self,
        article_id: str,
        values: Mapping[str, Any],
        evidence: str,
        *,
        why: str,
        who: str = NOBODY,
        start: int | None = None,
    ) -> Claim:
        """Add a claim that the machine missed.

        values    as in `correct_claim`, the type among them
        evidence  the passage, word for word as in the article; `start` says which where it stands there several times
        """
        told = check_why(why)
        with self._writing:
            self.derive()
            article = self.store.article(article_id)
            if article.fault is not None:
                raise RecordError("article", article.id, "could not be read, so no claim can be added to it")
            passage = find_evidence(article, evidence, start)
            blank = Claim("", article.id, "ASSAULT", passage)
            claim = make_claim(
                article,
                passage,
                self._resolve(values, blank, article),
                load_ontology(),
                self._country_check(article),
                made_by=f"{PERSON}{who}",
                held=self.store.claims_of_article(article.id),
            )
            self._keep([self._make(claim, article, "added", told, who, value=to_json(claim))])
            return self.store.claim(claim.id)

    def _change(
        self,
        claim_id: str,
        changes: Mapping[str, Any],
        why: str,
        who: str,
        seen: Mapping[str, str | None],
        incident_id: str | None = None,
    ) -> list[Correction]:
        claim, read = self.store.claim(claim_id), self.store.claims_as_read([claim_id])[claim_id]
        article = self.store.article(claim.article_id)
        if self.store.standings([claim_id])[claim_id] == "rejected":
            raise RecordError("claim", claim_id, "is rejected: reopen it first")
        given = self._resolve(changes, claim, article)
        if "type" in given and "mode" not in given and claim.mode is not None:
            entry = load_ontology().types.get(str(given["type"]))
            given |= {"mode": None} if entry and claim.mode not in entry.modes else {}
        after = change_claim(claim, given, article, load_ontology(), self._country_check(article))
        return [
            self._make(
                claim,
                article,
                "changed",
                why,
                who,
                field=field,
                machine=write_value(getattr(read, field)),
                value=write_value(getattr(after, field)),
                replaces=seen.get(field),
                incident_id=incident_id,
            )
            for field in find_changes(claim, after)
        ]

    def _judge(self, claim_id: str, kind: CorrectionKind, why: str, who: str, seen: str | None) -> Correction:
        with self._writing:
            self.derive()
            claim = self.store.claim(claim_id)
            held = self.store.corrections([claim_id]).get(claim_id, [])
            if held and held[-1].kind == kind:
                return held[-1]  # said already: a second click changes nothing
            if kind == "reopened" and judge_standing(held) in ("read", "added"):
                raise RecordError("claim", claim_id, "is open: nobody has judged it")
            made = self._make(claim, self.store.article(claim.article_id), kind, why, who, replaces=seen)
            self._keep([made])
            return made

    def _make(
        self,
        claim: Claim,
        article: Article,
        kind: CorrectionKind,
        why: str,
        who: str,
        *,
        field: CorrectedField | None = None,
        machine: str | None = None,
        value: str | None = None,
        replaces: str | None = None,
        incident_id: str | None = None,
    ) -> Correction:
        now = self.clock.now()
        id_ = correction_id(claim.id, kind, field, now, replaces)
        by = f"{PERSON}{who}"
        return Correction(
            id_, claim.id, article.id, kind, by, now, why, field, machine, value, replaces, incident_id,
            article.is_exercise,
        )  # fmt: skip

    def _keep(self, made: Sequence[Correction]) -> None:
        self.store.add_corrections(made)
        self.derive()

    def _resolve(self, values: Mapping[str, Any], claim: Claim, article: Article) -> dict[str, Any]:
        """The values with the place that the gazetteer has under the identifier given."""
        given = dict(values)
        if given.get("place") is not None:
            given["place"] = to_plain(self._find_place(given["place"], claim, article))
        return given

    def _find_place(self, given: Any, claim: Claim, article: Article) -> Place:
        id_ = given.get("gazetteer_id") if isinstance(given, Mapping) and given.keys() == {"gazetteer_id"} else None
        if not isinstance(id_, str):
            raise RecordError("claim place", given, 'must be null (no place) or {"gazetteer_id": …}, found by a search')
        if claim.place is not None and claim.place.gazetteer_id == id_:
            return claim.place
        gazetteer = self.knowledge(article.is_exercise).gazetteer
        row = gazetteer.row(id_)
        if row is None:
            raise RecordError("claim place", id_[:80], "is not in the gazetteer: search for it by name")
        names = {fold_name(name) for name in (row.name, *row.names)}
        written = (claim.place.name if claim.place else "", *(m.name for m in claim.mentions))
        name = next((n for n in written if fold_name(n) in names), row.name)
        within = gazetteer.within(row.id)
        return Place(
            name=name,
            precision=row.precision,
            country=row.country,
            lat=row.lat,
            lon=row.lon,
            gazetteer_id=row.id,
            label=gazetteer.naming.label(row, name),
            within=within,
            footnote=gazetteer.naming.footnote(row, within),
            reasons=(Reason("chosen", "chosen by a person"),),
        )

    def _country_check(self, article: Article) -> Callable[[str], bool]:
        def is_country(code: str) -> bool:
            if code in load_countries().by_code:
                return True
            is_code = len(code) == 3 and code.isascii() and code.isupper()
            return is_code and self.knowledge(article.is_exercise).gazetteer.country(code) is not None

        return is_country


def carries_field(claim: Claim, incident: Incident, field: str) -> bool:
    """Whether a claim says what its incident shows in a field."""
    if field == "place":
        mine, its = claim.place, incident.place
        return (mine and (mine.gazetteer_id or mine.name)) == (its and (its.gazetteer_id or its.name))
    if field not in ("type", "mode", "modality", "certainty", "background", "date"):
        return False
    return bool(getattr(claim, field) == getattr(incident, field))


def mark_seen(said: Mapping[str, Iterable[Correction]]) -> str | None:
    """A mark of all that was said of some claims, another one after each further word; None where nothing was."""
    ids = sorted(c.id for held in said.values() for c in held)
    return make_id("see", *ids) if ids else None


def _conflict(incident: Incident, changes: Mapping[str, Any]) -> ConflictError:
    """Somebody corrected the incident while a form for it was open; the first field tells of it by both values."""
    field = next((name for name in changes if hasattr(incident, name)), None)
    told = "was corrected by somebody meanwhile: look at it anew"
    if field is None:
        return ConflictError("incident", incident.id, told)
    theirs, yours = write_value(getattr(incident, field)), write_value(changes[field])
    return ConflictError("incident", incident.id, told, field=field, theirs=theirs, yours=yours)


def check_why(why: str) -> str:
    """The reason for a decision; raises RecordError for none."""
    if not why.strip():
        raise RecordError("reason", why, "must say in a line why: others will read it")
    return why.strip()


def _id_of(correction: Correction | None) -> str | None:
    return correction.id if correction else None
