"""What a stream holds of an article gives the same facts as the article."""

from __future__ import annotations

from dataclasses import replace

from tests.incidents.world import NOW, WEIGHTS
from tocsin.incidents.facts import Facts, prepare_facts
from tocsin.incidents.stream_records import Condenser
from tocsin.records import Article, Attribution, Claim, Evidence, Party, Place, Reason, Span, Toll
from tocsin.records.claim import PlaceMention

TEXT = "Bridge blocked\nVillagers blocked the bridge at Orle, police said. Soldiers shot three men dead near Orle."
ARTICLE = Article(
    "art_1", TEXT, NOW, title="Bridge blocked", outlet_id="out_1", outlet_name="Hill Wire", url="http://x/"
)


def make_claim(number: int, words: str, trigger: str | None, actor: str) -> Claim:
    start = TEXT.index(words)
    at = TEXT.index(trigger, start) if trigger else 0
    actor_at = TEXT.index(actor)
    return Claim(
        f"clm_{number}",
        ARTICLE.id,
        "PROTEST" if number == 1 else "ASSAULT",
        Evidence(words, start, start + len(words)),
        actor=(Party(actor, "XKX", "CVL", Span(actor_at, actor_at + len(actor))),),
        attribution=(Attribution("police", "official", "said", Span(0, 3)),),
        mentions=(PlaceMention("Orle", Span(40, 44), 0.9),),
        place=Place("Orle", "settlement", "XKX", 42.5, 21.0, "overlay:orle", within=("country:XKX",)),
        tolls=(Toll("killed", 3, 3, "men"),) if number == 2 else (),
        trigger=Span(at, at + len(trigger)) if trigger else None,
        reasons=(Reason("type", "as the encoder says"),),
        reader="encoder/1",
    )


def make_claims() -> tuple[Claim, ...]:
    return (
        make_claim(1, "Villagers blocked the bridge at Orle", "blocked", "Villagers"),
        make_claim(2, "Soldiers shot three men dead near Orle", "shot", "Soldiers"),
        make_claim(3, "three men dead near Orle", None, "Soldiers"),
    )


CLAIMS = make_claims()
#: Everything about a claim that is compared or composed; `claim` and `article` are what it is worked out from.
ASKED = (
    "origin", "family", "days", "ground", "place_key", "area_keys", "speaker_key", "is_verbal", "article_country",
    "order", "place", "is_adrift", "actor_words", "recipient_words", "recipient_names", "victim_names", "actor_codes",
    "recipient_codes", "tolls", "toll_words", "trigger_words", "is_summary", "likeness", "likeness_of_parties", "words",
)  # fmt: skip


def look(claim: Claim, article: Article) -> dict[str, object]:
    facts = prepare_facts(claim, article, None, "art_1", WEIGHTS)
    return {name: getattr(facts, name) for name in ASKED}


def test_every_fact_is_the_same() -> None:
    public = {n for n in {*vars(Facts), *Facts.__annotations__} if not n.startswith("_")}
    assert public == {*ASKED, "claim", "article", "outlet"}, "a new fact is to be compared here as well"
    light, held = Condenser().condense(ARTICLE, CLAIMS)
    for whole, small in zip(CLAIMS, held, strict=True):
        assert look(small, light) == look(whole, ARTICLE)
        assert small.evidence == whole.evidence
    assert look(held[1], light)["trigger_words"] == {"shot"}
    assert light.shown_at == ARTICLE.shown_at
    assert light.text == "blockedshot"


def test_equal_parts_are_held_once() -> None:
    condenser = Condenser()
    first, second = (condenser.condense(replace(ARTICLE, id=f"art_{n}"), make_claims())[1] for n in (1, 2))
    for one, other in zip(first, second, strict=True):
        assert one.place is other.place
        assert one.actor is other.actor
        assert one.attribution is other.attribution
    assert first[0].place is first[1].place
    condenser.forget()
    third = condenser.condense(ARTICLE, make_claims())[1]
    assert third == first
    assert third[0].place is not first[0].place
