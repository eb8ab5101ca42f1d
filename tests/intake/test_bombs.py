"""Input made to exhaust is refused or read, within limits of the system that would kill who exceeds them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.intake.bombs import CASES

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems hold a process to less")

#: What must be said of some: that they are read at all is no success.
REFUSED = {
    "html attributes": "more than 1,000 attributes",
    "html attributes with signs": "more than 1,000 attributes",
    "html attributes after a quote": "more than 1,000 attributes",
    "html elements": "too many elements",
    "utf-32 bomb": "is too long",
    "json lines deep": "is not JSON",
    "json lines long": "is too long",
    "gzip": "unpacks to more than",
    "warc": "head is longer than",
    "docx bomb": "unpacks to more than",
    "docx deep": "is not XML",
    "feed deep": "Excessive depth",
    "feed attributes": "more than 1,000 attributes",
    "feed entries": "more than 10,000 entries",
    "opml deep": "Excessive depth",
    **{
        name: ""
        for name in CASES
        if name.startswith(("feed laughs", "feed quadratic", "feed parameter", "opml laughs"))
    },
}


@pytest.mark.timeout(400)
def test_what_is_made_to_exhaust_is_met_within_bounds() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.intake.bombs"], capture_output=True, text=True, timeout=390, check=False
    )
    became = dict(line.split("\t", 1) for line in done.stdout.splitlines())
    unmet = [name for name in CASES if name not in became]
    assert not unmet, (unmet[0], done.returncode, done.stderr[-500:])
    for name, reason in REFUSED.items():
        assert reason in became[name], name
        assert became[name].startswith(("refused:", "1 fault:")), name
    assert "root:" not in done.stdout
