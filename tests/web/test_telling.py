"""Alerts on the page: who looks after one, muting it with an end, and what people were told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from tests.web.checking import parse_page, read_token
from tests.web.worlds import HOSTILE, NOW, World, make_client
from tocsin.records import Notice, NoticeLine, notice_id


def keep_notice(changing: World, **fields: object) -> Notice:
    notice = Notice(
        id=notice_id("grp_a", 1), group="grp_a", number=1, previous=None, cause="fired", alert_ids=(changing.alert.id,),
        place_id=changing.alert.place_id, place_name=f"Orle {HOSTILE}", precedence="IMMEDIATE",
        title=f"Title {HOSTILE}",
        hypothesis="h", why_now=f"Because {HOSTILE}", changes=(f"Change {HOSTILE}",),
        lines=(NoticeLine("inc_a", "line"),), cleared_by="c", made_at=NOW, is_exercise=changing.alert.is_exercise,
    )  # fmt: skip
    changing.desk.store.add_notices([notice], lambda _: ["mail"])
    return notice


def test_an_alert_says_what_people_were_told_and_how_far_it_got(writer: TestClient, changing: World) -> None:
    keep_notice(changing)
    page = writer.get(f"/alerts/{changing.alert.id}").text
    assert "<script>alert" not in page
    text = parse_page(page).xpath("//section[@aria-labelledby='h-told']")[0].text_content()
    assert "New." in text
    assert "mail: waits" in text
    recent = parse_page(writer.get("/alerts").text).xpath("//section[@aria-labelledby='h-recent']")[0]
    assert "Because" in recent.text_content()


def test_nobody_told_is_said_with_the_reason(writer: TestClient, changing: World) -> None:
    assert "Nobody was told" in writer.get(f"/alerts/{changing.alert.id}").text


def test_muting_ends_by_itself_and_can_be_ended(placing: World) -> None:
    writer = make_client(placing.desk)
    address = f"/alerts/{placing.alert.id}"
    given = {"token": read_token(writer.get(address).text), "hours": "4", "why": "a drill <b>"}
    assert writer.post(f"{address}/mute", data=given).headers["location"] == f"{address}?notice=muted"
    (silence,) = placing.desk.store.silences()
    assert silence.ends_at - silence.starts_at == timedelta(hours=4)
    assert (silence.place_id, silence.rule) == (placing.alert.place_id, placing.alert.rule)
    shown = writer.get(address).text
    assert "a drill &lt;b&gt;" in shown
    assert f"/silences/{silence.id}/end" in shown
    assert "overlay:orle-bridge</a>" not in writer.get("/alerts").text, "a place is told by its name"
    assert "a drill &lt;b&gt;" in writer.get("/alerts").text
    ended = writer.post(f"/silences/{silence.id}/end", data={"token": read_token(writer.get(address).text)})
    assert ended.headers["location"] == "/alerts?notice=unmuted"
    assert placing.desk.store.silences()[0].ended_at is not None
    assert f"/silences/{silence.id}/end" not in writer.get(address).text


def test_silences_are_planned_on_their_page_and_listed_as_they_stand(placing: World) -> None:
    writer, now = make_client(placing.desk), placing.desk.clock.now()
    page = parse_page(writer.get("/silences").text)
    assert placing.alert.rule in page.xpath("//datalist[@id='s-rules']/option/@value")
    assert placing.alert.place_id in page.xpath("//datalist[@id='s-places']/option/@value")
    begins = (now + timedelta(days=2)).replace(tzinfo=None, second=0, microsecond=0)
    given = {
        "token": read_token(writer.get("/silences").text), "rule": f"{placing.alert.rule[:4]}*",
        "rule_set": "peacekeeping", "place_id": placing.alert.place_id, "at_most": "PRIORITY",
        "begins": begins.isoformat(), "ends": (begins + timedelta(hours=3)).isoformat(), "why": "a drill <b>",
        **({"exercise": "1"} if placing.alert.is_exercise else {}),
    }  # fmt: skip
    assert writer.post("/silences", data=given).headers["location"] == "/silences?notice=silenced"
    (silence,) = placing.desk.store.silences()
    assert (silence.starts_at.replace(tzinfo=None), silence.rule_set, silence.at_most) == (
        begins, "peacekeeping", "PRIORITY",
    )  # fmt: skip
    planned = parse_page(writer.get("/silences").text).xpath("//section[@aria-labelledby='h-planned']")[0]
    assert "rule set peacekeeping" in planned.text_content()
    assert "planned" in writer.get("/alerts").text
    shown = writer.get(f"/alerts/{placing.alert.id}").text
    assert "Muted until" not in shown, "it has not begun"
    writer.post(f"/silences/{silence.id}/end", data={"token": read_token(shown)})
    page = parse_page(writer.get("/silences").text)
    assert not page.xpath("//section[@aria-labelledby='h-planned']")
    assert "a drill <b>" in page.xpath("//section[@aria-labelledby='h-over']")[0].text_content()


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"ends": ""}, "until when"), ({"ends": "31-03"}, "must be a time"), ({"begins": "x"}, "must be a time"),
        ({"at_most": "LOUD"}, "must be one of ROUTINE"), ({"why": ""}, "say in a line why"),
        ({"rule_set": "peace"}, "must be one of peacekeeping"), ({"begins": "9999-12-31T23:59"}, "within 366 days"),
    ],
)  # fmt: skip
def test_a_silence_that_cannot_be_meant_is_refused(
    writer: TestClient, changing: World, wrong: dict[str, str], why: str
) -> None:
    ends = changing.desk.clock.now() + timedelta(hours=3)
    given = {"token": read_token(writer.get("/silences").text), "ends": ends.isoformat(), "why": "a drill"}
    answer = writer.post("/silences", data=given | wrong)
    assert answer.status_code in (400, 422)
    assert why in answer.text
    assert changing.desk.store.silences() == []


@pytest.mark.parametrize(
    ("fields", "word"), [({"hours": "5", "why": "x"}, "hours"), ({"hours": "4", "why": " "}, "say in a line why")]
)
def test_a_mute_without_reason_or_of_odd_length_is_refused(
    writer: TestClient, changing: World, fields: dict[str, str], word: str
) -> None:
    address = f"/alerts/{changing.alert.id}"
    answer = writer.post(f"{address}/mute", data={"token": read_token(writer.get(address).text), **fields})
    assert answer.status_code in (400, 422)
    assert word in answer.text
    assert changing.desk.store.silences() == []


def test_a_form_of_another_page_mutes_nothing(writer: TestClient, changing: World) -> None:
    answer = writer.post(f"/alerts/{changing.alert.id}/mute", data={"token": "x" * 32, "hours": "4", "why": "x"})
    assert answer.status_code == 403
    assert changing.desk.store.silences() == []


def test_an_acknowledgement_names_who_looks_after_it(writer: TestClient, changing: World) -> None:
    address = f"/alerts/{changing.alert.id}"
    given = {
        "token": read_token(writer.get(address).text),
        "state": "acknowledged",
        "assigned_to": " Duty <i> officer ",
    }
    writer.post(f"{address}/state", data=given)
    assert changing.desk.store.alert(changing.alert.id).assigned_to == "Duty <i> officer"
    assert "Duty &lt;i&gt; officer" in writer.get(address).text
    long = {**given, "token": read_token(writer.get(address).text), "assigned_to": "x" * 81}
    assert writer.post(f"{address}/state", data=long).status_code in (400, 422)


def test_the_api_gives_and_takes_the_same(placing: World) -> None:
    writer = make_client(placing.desk)
    notice = keep_notice(placing)
    told = writer.get("/api/notices", params={"alert_id": placing.alert.id}).json()["notices"]
    assert told[0]["notice"]["id"] == notice.id
    assert told[0]["deliveries"][0]["state"] == "waiting"
    until = placing.desk.clock.now() + timedelta(hours=2)
    given = {"ends_at": until.isoformat(), "reason": "a drill", "at_most": "PRIORITY"}
    given |= {"rule": "*", "rule_set": "ngo-security", "starts_at": (until - timedelta(hours=1)).isoformat()}
    made = writer.post("/api/silences", json=given)
    assert made.status_code == 201
    assert writer.get("/api/silences").json()["silences"] == [made.json()]
    assert writer.post(f"/api/silences/{made.json()['id']}/end").json()["ended_at"]
    assert writer.get("/api/silences").json()["silences"] == []
    assert len(writer.get("/api/silences", params={"ended": True}).json()["silences"]) == 1
    assert writer.post("/api/silences/sil_none/end").status_code == 404
    for bad in (
        {"reason": ""},
        {"ends_at": "2026-01-01T00:00:00"},
        {"at_most": "LOUD"},
        {"salt": 1},
        {"starts_at": "2026-01-01"},
    ):
        assert writer.post("/api/silences", json=given | bad).status_code == 422


def test_a_place_shows_how_it_stands(writer: TestClient, changing: World) -> None:
    from dataclasses import replace

    from tocsin.ports import Derivation

    series = changing.desk.store.tensions(place_id="overlay:orle-bridge")
    staged = tuple(replace(t, stage="alert", announced=2.5) for t in series)
    changing.desk.store.save_derivation(Derivation(tensions=staged))
    assert "badge--stage-alert" in writer.get("/places/overlay:orle-bridge").text
    assert "badge--stage-alert" in writer.get("/places").text


def test_where_the_outlets_were_silent_no_zero_stands(writer: TestClient, changing: World) -> None:
    from dataclasses import replace

    from tocsin.ports import Derivation

    place = "overlay:orle-bridge"
    series = changing.desk.store.tensions(place_id=place)
    silent = [replace(t, state="sources-silent", level=0.0, hostile=0.0, cooperative=0.0) for t in series]
    changing.desk.store.save_derivation(Derivation(tensions=tuple(silent)))
    (big, *_) = parse_page(writer.get(f"/places/{place}").text).xpath("//a[@class='stat-figure']")
    assert big.text_content() == "\N{EN DASH}"
    (row,) = parse_page(writer.get("/places").text).xpath("//tr[.//a[contains(@href, 'orle-bridge')]]")
    assert [cell.text_content() for cell in row.xpath("td")][1] == "\N{EN DASH}"
    for days in (
        writer.get("/api/tensions", params={"place_id": place}).json()["tensions"],
        writer.get(f"/api/places/{place}").json()["tensions"],
    ):
        assert [{d[n] for n in ("hostile", "cooperative", "level", "announced")} for d in days] == [{None}] * 5
        assert {d["state"] for d in days} == {"sources-silent"}
