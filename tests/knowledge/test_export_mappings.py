"""The table that tells our acts in the words of ACLED, GED and GDELT: whole, checked, and silent where it must be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tocsin.errors import KnowledgeError
from tocsin.knowledge.countries import load_countries
from tocsin.knowledge.export_mappings import Target, load_country_codes, load_export_mappings
from tocsin.knowledge.files import read_knowledge
from tocsin.knowledge.plover import load_ontology

#: ACLED's codebook: event types with their sub-event types.
ACLED = {
    "Battles": {"Armed clash", "Government regains territory", "Non-state actor overtakes territory"},
    "Explosions/Remote violence": {
        "Air/drone strike", "Chemical weapon", "Grenade", "Remote explosive/landmine/IED",
        "Shelling/artillery/missile attack", "Suicide bomb",
    },
    "Protests": {"Excessive force against protesters", "Peaceful protest", "Protest with intervention"},
    "Riots": {"Mob violence", "Violent demonstration"},
    "Strategic developments": {
        "Agreement", "Arrests", "Change to group/activity", "Disrupted weapons use", "Headquarters or base established",
        "Looting/property destruction", "Non-violent transfer of territory", "Other",
    },
    "Violence against civilians": {"Abduction/forced disappearance", "Attack", "Sexual violence"},
}  # fmt: skip


def test_every_word_of_acled_is_acleds() -> None:
    for row in load_export_mappings().rows:
        event_type, sub_event_type = row.to
        assert event_type in {"", *ACLED}, row
        assert sub_event_type in ACLED.get(event_type, set()) | {""}, row


_VIOLENCE, _STREET, _STRATEGIC = "Political violence", "Demonstrations", "Strategic developments"


@pytest.mark.parametrize(
    ("act", "against", "deadly", "expected"),
    [
        (("ASSAULT", "firearms"), "forces", True, ("Battles", "Armed clash", _VIOLENCE)),
        (("ASSAULT", "targeted"), "forces", True, ("", "", _VIOLENCE)),
        (("ASSAULT", "firearms"), "civilians", True, ("Violence against civilians", "Attack", _VIOLENCE)),
        (("ASSAULT", "torture"), "forces", False, ("Violence against civilians", "Attack", _VIOLENCE)),
        (("ASSAULT", "abduct"), "civilians", False, (
            "Violence against civilians", "Abduction/forced disappearance", _VIOLENCE,
        )),
        (("ASSAULT", "abduct"), "civilians", True, ("Violence against civilians", "Attack", _VIOLENCE)),
        (("ASSAULT", "destroy"), "civilians", False, (_STRATEGIC, "Looting/property destruction", _STRATEGIC)),
        (("ASSAULT", "destroy"), "civilians", True, ("Violence against civilians", "Attack", _VIOLENCE)),
        (("ASSAULT", None), None, True, ("", "", _VIOLENCE)),
        (("ASSAULT", "crowd-control"), "protesters", False, ("Protests", "Protest with intervention", _STREET)),
        (("ASSAULT", "beat"), "protesters", False, ("Protests", "", _STREET)),
        (("ASSAULT", "firearms"), "protesters", False, (
            "Protests", "Excessive force against protesters", "Political violence; Demonstrations",
        )),
        (("ASSAULT", "crowd-control"), "protesters", True, (
            "Protests", "Excessive force against protesters", "Political violence; Demonstrations",
        )),
        (("ASSAULT", "drone"), None, False, ("Explosions/Remote violence", "Air/drone strike", _VIOLENCE)),
        (("PROTEST", "riot"), None, False, ("Riots", "Violent demonstration", _STREET)),
        (("PROTEST", "obstruct"), None, False, ("", "", _STREET)),
        (("PROTEST", "strike"), None, False, ("", "", "")),
        (("PROTEST", None), None, False, ("", "", _STREET)),
        (("CONSULT", "visit"), None, False, ("", "", "")),
    ],
)  # fmt: skip
def test_acts_become_acleds(
    act: tuple[str, str | None], against: Target | None, deadly: bool, expected: tuple[str, str, str]
) -> None:
    assert load_export_mappings().find_acled(*act, by=None, against=against, deadly=deadly) == expected


def test_force_among_civilians_is_no_political_violence() -> None:
    mappings = load_export_mappings()
    assert mappings.find_acled("ASSAULT", "beat", by="civilians", against="civilians", deadly=True) == ("", "", "")
    assert mappings.find_acled("ASSAULT", "beat", by="forces", against="civilians", deadly=True)[1] == "Attack"


def test_cameo_codes_lie_under_a_root_of_their_type() -> None:
    mappings, ontology = load_export_mappings(), load_ontology()
    for act, code in mappings.codes.items():
        roots = {*ontology.entry(act.split()[0]).cameo}
        # CAMEO has these three under roots that PLOVER joins with other types
        if act not in ("SANCTION convict", "ASSAULT destroy", "ASSAULT crowd-control"):
            assert code[:2] in roots, act
    assert mappings.gdelt_code("ASSAULT", None, is_clash=False) == ""
    assert mappings.gdelt_code("ASSAULT", None, is_clash=True) == "190"
    assert mappings.gdelt_code("PROTEST", "boycott", is_clash=False) == "143"
    assert all(mappings.gdelt_code(type_, None, is_clash=False) for type_ in ontology.types if type_ != "ASSAULT")


def test_countries_have_their_codes() -> None:
    codes = load_country_codes()
    assert codes.keys() == load_countries().by_code.keys()
    assert (codes["SRB"].iso2, codes["SRB"].iso_numeric, codes["SRB"].fips) == ("RS", 688, "RI")
    assert (codes["SRB"].cow, codes["SRB"].gw) == (345, 340)
    assert (codes["XKX"].iso_numeric, codes["XKX"].cow, codes["XKX"].iso2) == (None, 347, "XK")
    for name in ("iso2", "iso_numeric", "fips", "cow", "gw"):
        held = [value for row in codes.values() if (value := getattr(row, name)) is not None]
        assert len(held) == len(set(held)), name


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('AGREE = "030"', 'AGREE = "banana"', "AGREE"),
        ('AGREE = "030"', 'AGREES = "030"', "AGREES"),
        ('"PROTEST demo" = "141"', '"PROTEST dance" = "141"', "dance"),
        ('against = "forces"', 'against = "everybody"', "everybody"),
        ('to = ["Battles", "Armed clash"]', 'to = ["Battle", "Armed clash"]', "Battle"),
        ('REB = "Rebel group"', 'REB = "Insurgents"', "Insurgents"),
        ("deadly = false", 'deadly = "no"', "deadly"),
        ("[gdelt.codes]", "[gdelt.coda]", "coda"),
        ("141 = -6.5", "141 = -65", "141"),
        ("141 = -6.5\n", "", "141"),
        ('state = ["GOV"', 'state = ["KING"', "KING"),
    ],
)
def test_a_malformed_table_is_refused_by_name(tmp_path: Path, old: str, new: str, named: str) -> None:
    text = read_knowledge("export_mappings.toml")
    assert old in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(KnowledgeError, match=named):
        load_export_mappings(path)


def test_malformed_country_codes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("iso3,iso2,iso_numeric,fips,cow,gw\nSRB,RS,many,RI,345,340\n", "utf-8")
    with pytest.raises(KnowledgeError, match="many"):
        load_country_codes(path)
    path.write_text("iso3,iso2,iso_numeric,fips,cow,gw\nSRB,RS,688,RI,345,340\nSRB,RS,688,RI,345,340\n", "utf-8")
    with pytest.raises(KnowledgeError, match="once"):
        load_country_codes(path)
