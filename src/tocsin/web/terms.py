"""The fixed terms that records hold as codes, such as "firing" or "settlement", in the language spoken now.

Only what stands in the table is translated: anything else is shown as it is, and escaped like any text from outside.
"""

from __future__ import annotations

from tocsin.web.language import N_, _

TERMS = frozenset((
    # how a claim or an incident is stated, and where it stands
    N_("actual"), N_("planned"), N_("conditional"), N_("negated"), N_("denied"), N_("asserted"), N_("hedged"),
    N_("reported"), N_("disputed"), N_("retracted"), N_("background"), N_("news"), N_("deed"),
    N_("conflict"), N_("cooperation"),
    # alerts and how a place stands
    N_("firing"), N_("acknowledged"), N_("resolved"), N_("calm"), N_("watch"), N_("alert"), N_("crisis"),
    # feeds and outlets
    N_("fresh"), N_("late"), N_("failing"), N_("unconfirmed"), N_("waiting"), N_("off"),
    N_("agency"), N_("public broadcaster"), N_("private press"), N_("state media"), N_("international organisation"),
    N_("NGO"), N_("local"), N_("wire"), N_("state-broadcaster"), N_("radio"), N_("press-office"), N_("ngo"),
    N_("tabloid"), N_("daily"), N_("world"), N_("africa"), N_("americas"), N_("asia-pacific"),
    N_("central-asia-caucasus"), N_("europe"), N_("middle-east"),
    # places and dates
    N_("site"), N_("settlement"), N_("district"), N_("region"), N_("country"), N_("place"),
    N_("day"), N_("week"), N_("month"), N_("year"),
    # tolls
    N_("killed"), N_("injured"), N_("arrested"), N_("abducted"), N_("displaced"), N_("participants"), N_("vehicles"),
    N_("weapons"), N_("deaths"), N_("incidents"),
    # who speaks
    N_("official"), N_("force"), N_("organisation"), N_("person"), N_("witness"), N_("media"), N_("footage"),
    N_("document"), N_("anonymous"), N_("unspecified"),
    # fields of a claim
    N_("type"), N_("mode"), N_("modality"), N_("certainty"), N_("actor"), N_("recipient"), N_("date"), N_("tolls"),
    N_("attribution"), N_("credibility"),
    # accounts
    N_("viewer"), N_("analyst"), N_("editor"), N_("admin"), N_("password"), N_("oidc"), N_("set-up"),
    N_("in"), N_("out"), N_("wrong"), N_("throttled"), N_("disabled"), N_("refused"),
    # whose news
    N_("real"), N_("exercise"),
))  # fmt: skip


def say_term(code: str | None) -> str:
    """A code in the language spoken now; what is no fixed term comes back as it is, and nothing as an empty text."""
    return _(code) if code in TERMS else str(code or "")
