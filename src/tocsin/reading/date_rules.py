"""The grammar of date expressions: which forms of words are dates.

Of two rules that match the same words the one named first is heeded.
"""

from __future__ import annotations

from tocsin.reading.date_rule import DateRule
from tocsin.reading.date_rules_leaning import LEANING_RULES
from tocsin.reading.date_rules_relative import RELATIVE_RULES
from tocsin.reading.date_rules_written import WRITTEN_RULES

RULES: tuple[DateRule, ...] = (*WRITTEN_RULES, *RELATIVE_RULES, *LEANING_RULES)
