"""Notices for the public: without persons' names and the ids of exact places, as exports are (`export_rows.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tocsin import export
from tocsin.desk import Desk
from tocsin.desk.export_names import make_finder
from tocsin.desk.export_rows import coarsen_held
from tocsin.desk.marking import choose_restriction
from tocsin.export.withheld import WithheldNames, join_names
from tocsin.notify.telling import cut_notice
from tocsin.records import Incident, Notice, NoticeLine
from tocsin.records.marking import TLP_ORDER, Tlp, is_public, parse_tlp
from tocsin.warning.chains import tell_incident

#: What stands for an incident that has been merged or let go since: nobody knows any more whom its words name.
GONE = "an incident that the desk does not hold any more"


def withhold_in_notices(desk: Desk, notices: Sequence[Notice]) -> list[Notice | None]:
    """The notices as everybody may read them; None for one of a sector that the desk has drawn itself.

    An incident is told as the desk holds it now, without names: whom the words of then named, its claims may not say
    any more. Who at the desk looks after it is not told.
    """
    if not notices:
        return []
    ids = dict.fromkeys(line.incident_id for notice in notices for line in notice.lines)
    told = coarsen_held(desk, list(desk.store.incidents_by_id(ids).values()))
    find_area = make_finder(desk)
    return [
        None
        if export.is_drawn(notice.place_id, find_area)
        else _withhold(notice, told, is_exact=export.is_exact(notice.place_id, find_area))
        for notice in notices
    ]


def fit_for_all(desk: Desk, notice: Notice, mark: Tlp | None, *, limit: Tlp = TLP_ORDER[-1]) -> Notice:
    """The notice as a channel tells it under its mark: as everybody may read it, where everybody may come to read it.

    That is where the notice and the desk are marked TLP:CLEAR or TLP:GREEN, or where `limit`, the strictest marking
    that the channel is meant for, is one of these. Of a sector that the desk has drawn a bare call is left.
    """
    if not is_public(limit) and not is_public(choose_restriction(parse_tlp(desk.settings.tlp), mark)):
        return notice
    (fit,) = withhold_in_notices(desk, [notice])
    return fit or cut_notice(notice)


def _withhold(notice: Notice, told: dict[str, tuple[Incident, WithheldNames]], *, is_exact: bool) -> Notice:
    found = [told[line.incident_id][1] for line in notice.lines if line.incident_id in told]
    names = join_names(found) if found else export.find_withheld_names(())

    def tell(line: NoticeLine) -> NoticeLine:
        held = told.get(line.incident_id)
        return replace(line, text=tell_incident(held[0]) if held else GONE)

    return replace(
        notice,
        place_id="" if is_exact else notice.place_id,
        place_name=names.mask(notice.place_name),
        title=names.mask(notice.title),
        hypothesis=names.mask(notice.hypothesis),
        why_now=names.mask(notice.why_now),
        changes=tuple(map(names.mask, notice.changes)),
        cleared_by=names.mask(notice.cleared_by),
        assigned_to=None,
        lines=tuple(map(tell, notice.lines)),
        parts=(),
    )
