"""Words of hearsay that name no speaker."""

from __future__ import annotations

import pytest

from tocsin.reading.hearsay import find_hearsay
from tocsin.records import Evidence


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("EXERCISE: The mayor of Orle was Reportedly freed", "Reportedly"),
        ("two men are said to have been beaten", "are said to"),
        ("The prosecutor is understood to be looking into it", "is understood to"),
        ("the convoy was turned back, it appears, for want of papers", "it appears"),
        ("it is alleged that two men were beaten", "it is alleged"),
        ("rumour has it that the mayor was freed", "rumour has it"),
        ("the four are presumed to have been abducted", "are presumed to"),
        ("the mayor was freed", None),
        ("Japan, it seems, has agreed", None),
        ("the mayor said to his men that the road was theirs", None),
        ("Youths who were said to have burned the lorry had put out the fire", None),
        ("the army, whose jets reportedly flew over Orle, blamed the party", None),
        ("what was said together was reported", None),
    ],
)
def test_hearsay_is_one_link_without_a_speaker(text: str, cue: str | None) -> None:
    whole = f"Before. {text}."
    links = find_hearsay(Evidence.cut_from(whole, 8, 8 + len(text)))
    assert [link.cue for link in links] == ([cue] if cue else [])
    for link in links:
        assert (link.speaker, link.kind) == (None, "unspecified")
        assert link.span is not None
        assert link.span.cut(whole) == cue
