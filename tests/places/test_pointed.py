"""What the reader's arcs and the words around a name say of where an act happened. EXERCISE: all texts are invented."""

from __future__ import annotations

from tests.places.made import make_claim, mark, point
from tocsin.places.pointed import find_common
from tocsin.places.weighing import make_weigher
from tocsin.places.words import load_place_words
from tocsin.records import PlaceMention, Span


def test_what_acts_of_a_type_have_in_common_leaves_out_the_claim_itself() -> None:
    text = "Rebels shelled Gori. They fired on the bridge. Both were condemned."
    acts = [
        make_claim(text, "shelled", "ASSAULT", "one"), make_claim(text, "fired", "ASSAULT", "two"),
        make_claim(text, "condemned", "ACCUSE", "three"),
    ]  # fmt: skip
    gori = mark(text, "Gori").span
    assert gori is not None
    arcs = {"one": point(text, "Gori", 0.8), "two": point(text, "Gori", 0.3)}
    common = find_common(acts, [(gori, "gori")], arcs)
    assert [common.read("gori", act) for act in acts] == [0.3, 0.8, 0.0]
    assert common.read("elsewhere", acts[0]) == 0.0


def test_cues_of_where_a_name_stands() -> None:
    text = "Shells fell in Orle. Troops came from Ebnat and camped in the town of Orle. Guns fired."
    spots = [mark(text, "Ebnat"), PlaceMention("Orle", Span(15, 19)), mark(text, "the town of Orle")]
    claim = make_claim(text, "fired", "ASSAULT")
    weigher = make_weigher(text, [claim], spots, {}, None, load_place_words())
    cues = dict(zip([s.mention.name for s in weigher.sites], weigher.list_cues(claim), strict=True))
    assert [(name, c["origin"], c["last-told"]) for name, c in cues.items()] == [
        ("Orle", 0.0, 0.0), ("Ebnat", 1.0, 0.0), ("the town of Orle", 0.0, 1.0),
    ]  # fmt: skip
    assert {s.name for s in weigher.sites} == {"orle", "ebnat"}
