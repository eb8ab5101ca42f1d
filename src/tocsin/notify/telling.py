"""A notice as it leaves the desk: under its mark, and cut to a bare call where it is stricter than may leave.

The one place where words are held back (TLP 2.0): mail, webhook, feeds and CAP all tell what comes from here.
"""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.records import Notice
from tocsin.records.marking import Tlp, is_laxer

BARE_TITLE = "Read this notice on the desk (more restricted than this channel)"


@dataclass(frozen=True, slots=True)
class Telling:
    """What of a notice is told.

    notice   the notice, or what a bare call leaves of it
    tlp      the strictest mark of what the notice stands on; None: nothing of it is marked
    is_bare  whether it is a bare call: that there is something to read, how pressing it is, and where to read it
    """

    notice: Notice
    tlp: Tlp | None = None
    is_bare: bool = False


def fit_notice(notice: Notice, tlp: Tlp | None, limit: Tlp) -> Telling:
    """The notice under its mark; a bare call where the mark is stricter than `limit`, or where it was cut before."""
    is_bare = (tlp is not None and is_laxer(limit, tlp)) or notice == cut_notice(notice)
    return Telling(cut_notice(notice) if is_bare else notice, tlp, is_bare)


def cut_notice(notice: Notice) -> Notice:
    """What a bare call says. Named field by field, so that one that notices come to have is held back until it is here.

    The ids stay: links lead by them, and receivers tell repetitions and chains by them.
    """
    return Notice(
        id=notice.id,
        group=notice.group,
        number=notice.number,
        previous=notice.previous,
        cause=notice.cause,
        alert_ids=notice.alert_ids,
        place_id="",
        place_name="",
        precedence=notice.precedence,
        title=BARE_TITLE,
        hypothesis="",
        why_now="",
        changes=(),
        lines=(),
        cleared_by="",
        made_at=notice.made_at,
        is_exercise=notice.is_exercise,
    )
