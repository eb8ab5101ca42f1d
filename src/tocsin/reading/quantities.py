"""Numbers as news writes them: digits, words, ranges and vague quantities, with their bounds (codebook rules 16, 22).

>>> from tocsin.knowledge.numbers import load_numbers
>>> read_quantities = QuantityFinder(load_numbers()).find
>>> [(q.low, q.high) for q in read_quantities("some 30-40 vehicles, more than 140 men, dozens of boats")]
[(30, 40), (141, None), (24, None)]
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tocsin.knowledge.numbers import NumberTable
from tocsin.records import Span

#: Larger numbers are sums of money or mistakes, never tolls.
MOST = 100_000_000
#: What parts the thousands of a number in digits.
_PARTED = re.compile(r",|(?<=\d)[ \u00a0\u202f](?=\d{3}\b)")
#: In "handed over 41 rifles" the "over" belongs to the verb.
_BEFORE_OVER = ("hand", "handed", "handing", "taken", "took", "turned", "gave", "made", "making", "make")
_NO_PARTICLE = "".join(f"(?<!{verb} )" for verb in _BEFORE_OVER)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number: where its words stand, its bounds (high None: open) and which reading gave them."""

    span: Span
    low: int
    high: int | None
    rule: str


class QuantityFinder:
    """The grammar of quantities over one number table; `find` is a pure function of the text."""

    def __init__(self, table: NumberTable) -> None:
        self.table = table
        words = sorted((w for w in table.words if w not in ("nobody", "none")), key=len, reverse=True)
        scales = "|".join(table.scales)
        vague = "|".join(re.escape(v) for v in sorted(table.vague, key=len, reverse=True))
        exact = "|".join(table.exact)
        digits = r"\d{1,3}(?:,\d{3})+|\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)|\d{1,9}"
        small = "|".join(re.escape(w) for w in words)
        plain = rf"(?:{digits}|(?:{small})(?:[-\s](?:{small}))?)"
        number = rf"{plain}(?:(?:[-\s](?:{scales}|{exact})s?\b)+(?:\s+and\s+{plain}\b)?)?"
        prefix = "|".join(re.escape(p) for group in table.modifiers.values() for p in group)
        self._pattern = re.compile(
            rf"(?<![\w.,:$€£])(?:(?P<mod>{_NO_PARTICLE}(?:{prefix})(?:\s+(?:{prefix}))?)\s+(?:a\s+total\s+of\s+)?)?"
            rf"(?:(?P<between>between|from)\s+)?"
            rf"(?:(?P<no>no one|nobody|none)"
            rf"|(?P<half>half\s+a\s+(?:{scales}))|(?P<decimal>\d{{1,3}}\.\d{{1,2}}\s+(?:{scales}))"
            rf"|(?P<vague>(?:{vague})(?:\s+(?:{scales}|{exact})s?)?(?:\s+of\s+(?:thousands|hundreds))?)"
            rf"|(?P<first>{number})(?:\s*(?P<dash>[-\u2013—]|\bto\b|\band\b|\bor\b(?:\s+(?:even|perhaps|maybe)\b)?)"
            rf"\s*(?P<second>{number}))?)"
            rf"(?![\w%]|[.,:]\d)(?P<more>\s+or\s+more|\s+or\s+so)?",
            re.I,
        )  # fmt: skip

    def find(self, text: str) -> tuple[Quantity, ...]:
        """All quantities of a passage, in order. Years and measures are left to the caller, who sees the noun."""
        found = (self._read(m) for m in self._pattern.finditer(text))
        return tuple(q for q in found if q is not None)

    def _read(self, m: re.Match[str]) -> Quantity | None:
        if m["no"]:
            return Quantity(Span(*m.span()), 0, 0, "number-none")
        if m["vague"]:
            return self._read_vague(m)
        low = self._part_of_scale(m) if m["half"] or m["decimal"] else self._value(m["first"])
        if low is None:
            return None
        if m["second"] and (pair := self._read_pair(m, low)) is not None:
            return pair
        end = m.end("first") if m["second"] else m.end()
        modifier = self._modifier(
            (m["mod"] or "").lower(), (m["more"] or "").strip().lower() if not m["second"] else ""
        )
        bounds = bound_number(low, modifier)
        return Quantity(Span(m.start(), end), *bounds, f"number-{modifier or 'plain'}")

    def _read_pair(self, m: re.Match[str], low: int) -> Quantity | None:
        high = self._value(m["second"])
        joined_by = m["dash"].lower()
        if high is not None and high < low and joined_by == "to" and (m["between"] or "").lower() == "from":
            return Quantity(Span(*m.span()), high, high, "number-update")  # "down from 50 to 45"
        if high is not None and joined_by != "and":
            low = self._share_scale(low, high, m["first"], m["second"])
        if high is None or high <= low or (joined_by == "and" and (m["between"] or "").lower() != "between"):
            return None
        return Quantity(Span(*m.span()), low, high, "number-range")

    def _read_vague(self, m: re.Match[str]) -> Quantity | None:
        words = re.sub(r"\s+", " ", m["vague"].lower())
        if words in self.table.vague:
            low = self.table.vague[words]
        else:
            parts = words.split()
            last = parts[-1].removesuffix("s")
            factor = self.table.scales.get(last) or self.table.exact.get(last) or 1
            base = self.table.vague.get(" ".join(parts[:-1]), 1)
            # "a few dozen" is no more than dozens, "several hundred" is three of them
            low = base * factor if parts[0] == "several" else self.table.vague.get(f"{last}s", base * factor)
        if words in ("some", "many", "few"):
            return None
        if words == "a dozen":
            modifier = self._modifier((m["mod"] or "").lower(), (m["more"] or "").strip().lower())
            return Quantity(Span(*m.span()), *bound_number(low, modifier), f"number-{modifier or 'vague'}")
        return Quantity(Span(*m.span()), low, None, "number-vague")

    def _share_scale(self, low: int, high: int, first: str, second: str) -> int:
        """ "Five to seven thousand" is 5,000 to 7,000: the scale of the second number is that of a small first one."""
        last = re.split(r"[-\s]+", second.lower())[-1].removesuffix("s")
        scale = self.table.scales.get(last) or (1000 if high % 1000 == 0 and first.isdigit() and "," in second else 1)
        return low * scale if low < 100 and scale > 1 and low * scale < high else low

    def _part_of_scale(self, m: re.Match[str]) -> int | None:
        """ "Half a million", "1.5 million"."""
        words = (m["half"] or m["decimal"]).lower().split()
        factor = 0.5 if m["half"] else float(words[0])
        value = round(factor * self.table.scales[words[-1]])
        return value if value <= MOST else None

    def _modifier(self, words: str, after: str) -> str | None:
        if not words and not after:
            return None
        for name, phrases in self.table.modifiers.items():
            if words in phrases or after in phrases:
                return name
        # two modifiers ("perhaps as many as" never comes here; "at least some"): the first decides
        return next((n for n, ps in self.table.modifiers.items() if any(words.startswith(f"{p} ") for p in ps)), None)

    def _value(self, words: str) -> int | None:
        total, current, seen = 0, 0, False
        for token in re.split(r"[-\s]+", _PARTED.sub("", words.lower())):
            singular = token.removesuffix("s")
            if token.isdigit():
                current += int(token)
            elif token in self.table.words:
                current += self.table.words[token]
            elif scale := self.table.scales.get(singular) or self.table.exact.get(singular):
                current = (current if seen else 1) * scale
                if scale >= 1000:
                    total, current = total + current, 0
            elif token != "and":  # noqa: S105 - a word, no secret
                return None
            seen = True
        value = total + current
        return value if value <= MOST else None


def bound_number(number: int, modifier: str | None) -> tuple[int, int | None]:
    """Bounds of a number with its modifier: "more than 140" is 141 and open, "nearly 7,000" is 6500 to 7000."""
    match modifier:
        case "at_least":
            return number, None
        case "more_than":
            return number + 1, None
        case "at_most":
            return 0, number
        case "fewer_than":
            return 0, max(number - 1, 0)
        case "nearly":
            return max(number - _roundness(number) // 2, 0), number
        case _:
            return number, number


def _roundness(number: int) -> int:
    """The largest power of ten that divides a number (7,000 gives 1000, 140 gives 10); 1 for 0."""
    power = 1
    while number and number % (power * 10) == 0:
        power *= 10
    return power
