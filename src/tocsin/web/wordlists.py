"""What the codes of records are called on a screen, as tables: English, marked for translation."""

from __future__ import annotations

from typing import get_args

from tocsin.records import Certainty, EventType, Modality, Reliability, SpeakerKind, TollKind
from tocsin.web.language import N_

TYPES: tuple[str, ...] = get_args(EventType)
#: The kinds of toll, which are kinds of points too.
TOLLS: tuple[str, ...] = get_args(TollKind)
MODALITIES: tuple[str, ...] = get_args(Modality)
CERTAINTIES: tuple[str, ...] = get_args(Certainty)

#: Admiralty letters, as the codebook reads them.
RELIABILITIES: dict[Reliability, str] = {
    "A": N_("completely reliable"),
    "B": N_("usually reliable"),
    "C": N_("fairly reliable"),
    "D": N_("not usually reliable"),
    "E": N_("unreliable"),
    "F": N_("cannot be judged"),
}
#: What the speakers of an incident are laid side by side on.
POINT_KINDS = {
    "act": N_("whether"), "actor": N_("who did it"), "recipient": N_("to whom"), "place": N_("where"),
    "date": N_("when"), "killed": N_("killed"), "injured": N_("injured"), "arrested": N_("arrested"),
    "abducted": N_("abducted"), "displaced": N_("displaced"), "participants": N_("took part"),
    "vehicles": N_("vehicles"), "weapons": N_("weapons"),
}  # fmt: skip
#: Admiralty figures, as the codebook reads them.
CREDIBILITIES = {
    1: N_("confirmed by other independent origins"),
    2: N_("probably true"),
    3: N_("possibly true"),
    4: N_("doubtful"),
    5: N_("improbable"),
    6: N_("cannot be judged"),
}
#: What stands for speakers whom nobody names.
UNNAMED: dict[SpeakerKind, str] = {
    "official": N_("unnamed official"),
    "force": N_("unnamed force"),
    "organisation": N_("unnamed organisation"),
    "person": N_("unnamed person"),
    "witness": N_("unnamed witness"),
    "media": N_("unnamed media"),
    "footage": N_("unnamed footage"),
    "document": N_("unnamed document"),
    "anonymous": N_("unnamed anonymous"),
    "unspecified": N_("hearsay, nobody named"),
}
#: PLOVER's codes of sectors, in words.
SECTORS = {
    "GOV": N_("government"),
    "MIL": N_("armed forces"),
    "COP": N_("police"),
    "UAF": N_("unidentified armed force"),
    "REB": N_("rebels or de facto authority"),
    "PTY": N_("political party"),
    "LEG": N_("legislature"),
    "JUD": N_("judiciary"),
    "CVL": N_("civilians"),
    "PRO": N_("protesters"),
    "REL": N_("religious body"),
    "ETH": N_("ethnic community"),
    "MED": N_("media"),
    "IGO": N_("international organisation"),
    "NGO": N_("non-governmental organisation"),
    "BUS": N_("business"),
    "EDU": N_("education"),
    "CRM": N_("criminals"),
    "SPY": N_("intelligence service"),
    "UNK": N_("unknown"),
}
#: Whether it happened, as speakers of an incident have it.
ACTS = {one: one for one in (N_("it happened"), N_("it is to happen"), N_("it did not happen"))}
#: How the figure used is chosen among what is said.
TOLL_RULES = {"latest-of-most-reliable": N_("the latest of the most reliable")}
#: What is drawn and written for each state of a feed.
HEALTH = {
    "fresh": N_("fetched on schedule"),
    "late": N_("no success for three intervals, though nothing failed"),
    "failing": N_("the last fetch failed"),
    "waiting": N_("confirmed; its first fetch comes with the next round"),
    "unconfirmed": N_("never fetched: waits for your confirmation"),
    "off": N_("turned off"),
}
#: Windows of time, by what an address calls them.
WINDOW_NAMES = {
    "1h": N_("1 h"), "6h": N_("6 h"), "24h": N_("24 h"), "3d": N_("3 days"), "7d": N_("7 days"), "30d": N_("30 days"),
    "90d": N_("90 days"), "all": N_("All"),
}  # fmt: skip
#: What an export holds, where its filter is that of another list.
EXPORT_NAMES = {
    "incidents": N_("Incidents"), "claims": N_("Claims"), "articles": N_("Articles"),
}  # fmt: skip
INCIDENT_STATES = {
    "reported": N_("reported: nobody contradicts it"),
    "disputed": N_("disputed: the versions differ or somebody denies it"),
    "denied": N_("denied: only denials speak of it"),
    "planned": N_("planned: announced, not yet done"),
    "retracted": N_("retracted: taken back by those who reported it"),
}
#: What every map of ours says under itself.
MAP_NOTE = N_(
    "Boundaries: Natural Earth, public domain. The boundaries, names and designations shown do not imply endorsement "
    "or acceptance by anyone; dashed lines are disputed or not finally settled."
)
MODALITY_WORDS: dict[str, str] = {
    "actual": N_("said to have happened or to be going on"),
    "planned": N_("announced, not yet done"),
    "conditional": N_("only if something else happens"),
    "negated": N_("said not to have happened"),
}
CERTAINTY_WORDS: dict[str, str] = {"asserted": N_("stated as fact"), "hedged": N_("hedged, not stated as fact")}
#: What a notice is, at the head of its line.
NOTICE_CAUSES = {
    "fired": N_("New."),
    "more-reports": N_("Further reports."),
    "raised": N_("Graver."),
    # a graver part may be left: that the gravest is over stands in the sentence beside it
    "lowered": N_("Less than was told."),
    "repeated": N_("Still so."),
    "escalated": N_("Unanswered."),
    "resolved": N_("Over."),
    "retracted": N_("Taken back."),
    "digest": N_("The day's digest."),
    "test": N_("A test."),
}
DELIVERY_STATES = {
    "waiting": N_("waits"),
    "sending": N_("is being sent"),
    "sent": N_("sent"),
    "given-up": N_("given up"),
}
#: How a place stands.
STAGES = {
    "calm": N_("calm: no bound is reached"),
    "watch": N_("watch: more than is usual here"),
    "alert": N_("alert: far more than is usual here, or a grave alert"),
    "crisis": N_("crisis: beyond what this place's past explains, or the gravest alert"),
}
TENSION_STATES = {
    "scored": N_("measured against this place's own past"),
    "too-little-history": N_("not scored: too little history at this place"),
    "sources-silent": N_("not scored: the outlets that normally report from here were silent"),
}
