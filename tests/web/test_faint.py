"""What counts for nothing says so where it is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from tests.web.checking import parse_page
from tests.web.worlds import NOW, World
from tocsin.ports import Derivation
from tocsin.records import Reason

WHY = Reason("faint", "one origin, read with a score of 0.60: of 100 such claims 46 are right")


@pytest.mark.parametrize(("language", "word"), [("en", "Faint"), ("sr", "Slab"), ("sq", "I zbehtë")])
def test_a_faint_incident_says_so_in_lists_and_why_on_its_page(
    changing: World, writer: TestClient, language: str, word: str
) -> None:
    plain = changing.incidents["clash"]
    writer.headers["Accept-Language"] = language
    assert word not in badges(writer, f"/incidents/{plain.id}")
    faint = replace(plain, is_faint=True, reasons=(WHY, *plain.reasons))
    changing.desk.store.save_derivation(Derivation((faint,), at=NOW + timedelta(minutes=5)))
    assert word in badges(writer, "/incidents?within=all")
    assert word in badges(writer, f"/incidents/{faint.id}")
    page = parse_page(writer.get(f"/incidents/{faint.id}").text)
    fields = " ".join(page.xpath("//dl[contains(@class, 'fields')]")[0].text_content().split())
    assert f"{word}: {WHY.detail}" in fields


def badges(client: TestClient, address: str) -> list[str]:
    page = client.get(address)
    assert page.status_code == 200
    return [" ".join(b.text_content().split()) for b in parse_page(page.text).xpath("//*[contains(@class, 'badge')]")]
