"""Calendar arithmetic for news dates: words to days, relative to the day of publication. Pure functions."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from tocsin.records import PartialDate

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    "twentieth", "twenty-first", "twenty-second", "twenty-third", "twenty-fourth", "twenty-fifth", "twenty-sixth",
    "twenty-seventh", "twenty-eighth", "twenty-ninth", "thirtieth", "thirty-first",
)  # fmt: skip
_SMALL = (
    "a:1 an:1 one:1 two:2 three:3 four:4 five:5 six:6 seven:7 eight:8 nine:9 ten:10 eleven:11 twelve:12 thirteen:13 "
    "fourteen:14 fifteen:15 sixteen:16 seventeen:17 eighteen:18 nineteen:19 twenty:20 thirty:30 couple:2 few:3 "
    "several:3"
)
SMALL_NUMBERS = {word: int(n) for word, n in (pair.split(":") for pair in _SMALL.split())}
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 2)}


def read_month(word: str) -> int | None:
    """1..12 for a month's name or abbreviation ("Jan", "Sept."), else None."""
    word = word.lower().rstrip(".")
    if len(word) < 3:
        return None
    return next((i for i, name in enumerate(MONTHS, 1) if name.startswith(word) or word == f"{name[:3]}t"), None)


def read_weekday(word: str) -> str:
    """The weekday's full name in small letters, for it or the first letters of it ("Thurs")."""
    return next(name for name in WEEKDAYS if name.startswith(word.lower()[:3]))


def read_day_number(word: str) -> int | None:
    """1..31 for "5", "5th" or "fifth", else None."""
    word = word.lower()
    if word in _ORDINALS:
        return _ORDINALS.index(word) + 1
    digits = word.rstrip("stndrh")
    return int(digits) if digits.isdigit() and 1 <= int(digits) <= 31 else None


def read_count(word: str) -> int | None:
    """A small number in digits or words, else None."""
    word = word.lower()
    return int(word) if word.isdigit() and len(word) <= 3 else SMALL_NUMBERS.get(word)


def make_day(year: int, month: int, day: int) -> date | None:
    """The day, or None where the calendar has none (31 June)."""
    return date(year, month, day) if 1 <= year <= 9998 and day <= monthrange(year, month)[1] else None


def nearest_weekday(name: str, published: date, *, is_future: bool = False) -> date:
    """The weekday news means: the last one up to the day of publication, or the next one from it on."""
    ahead = (WEEKDAYS.index(name) - published.weekday()) % 7
    return published + timedelta(days=ahead if is_future else ahead - 7 if ahead else 0)


def previous_weekday(name: str, published: date) -> date:
    """ "Last Thursday": at least two days back, since yesterday would be called by its name alone."""
    day = nearest_weekday(name, published)
    return day if (published - day).days >= 2 else day - timedelta(days=7)


def next_weekday(name: str, published: date) -> date:
    """ "Next Tuesday": the first one after the day of publication."""
    day = nearest_weekday(name, published, is_future=True)
    return day if day > published else day + timedelta(days=7)


def weekday_of_week(name: str, day: date) -> date:
    """The weekday of the week, from Monday on, in which `day` lies."""
    return day + timedelta(days=WEEKDAYS.index(name) - day.weekday())


def is_weekday(name: str, day: date) -> bool:
    """Whether a day is the weekday of this name."""
    return WEEKDAYS.index(name) == day.weekday()


def nearest_month_day(month: int, day: int, published: date, *, is_future: bool = False) -> date | None:
    """A day without its year: the last one up to publication, or the next one; near misses (3 weeks) may lie ahead."""
    years = (published.year - 1, published.year, published.year + 1)
    days = [d for y in years if (d := make_day(y, month, day))]
    if is_future:
        return min((d for d in days if d >= published), default=None)
    past = [d for d in days if d <= published]
    ahead = [d for d in days if 0 < (d - published).days <= 21]
    if ahead and past and (published - max(past)).days > 180:
        return min(ahead)
    return max(past, default=None)


def nearest_month(month: int, published: date, *, is_future: bool = False) -> PartialDate:
    """A month without its year: the last that began by publication, or the next that has not ended."""
    year = published.year
    if is_future:
        year += month < published.month
    else:
        year -= month > published.month
    return PartialDate.of_month(year, month)


def nearest_day_number(day: int, published: date, *, is_future: bool = False) -> date | None:
    """ "The 19th": the last such day up to publication, or the next one."""
    first = published.replace(day=1)
    for step in range(13):
        index = first.year * 12 + first.month - 1 + (step if is_future else -step)
        found = make_day(index // 12, index % 12 + 1, day)
        if found and (found >= published if is_future else found <= published):
            return found
    return None


def shift_month(published: date, months: int) -> PartialDate:
    """The calendar month `months` after (before, if negative) that of publication."""
    index = published.year * 12 + published.month - 1 + months
    return PartialDate.of_month(index // 12, index % 12 + 1)


def season_of(name: str, year: int) -> PartialDate:
    """A northern season as its three months; winter begins in the year given."""
    first, last = _SEASONS[name]
    end_year = year + (last < first)
    return PartialDate(date(year, first, 1), date(end_year, last, monthrange(end_year, last)[1]), "month")


def nearest_season(name: str, published: date, *, is_future: bool = False) -> PartialDate:
    """A season without its year: the last that began by publication, or the next that has not ended."""
    seasons = [season_of(name, year) for year in range(published.year - 1, published.year + 2)]
    if is_future:
        return min((s for s in seasons if s.end >= published), key=lambda s: s.start)
    return max((s for s in seasons if s.start <= published), key=lambda s: s.start)


def neighbouring_season(name: str, published: date, *, is_next: bool) -> PartialDate:
    """ "Last summer" ended before publication, "next summer" begins after it."""
    seasons = [season_of(name, year) for year in range(published.year - 2, published.year + 2)]
    if is_next:
        return min((s for s in seasons if s.start > published), key=lambda s: s.start)
    return max((s for s in seasons if s.end < published), key=lambda s: s.start)


def add_months(day: date, months: int) -> date:
    """The same day so many months on, or the last of that month where it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def easter_of(year: int) -> date:
    """Western Easter Sunday by the anonymous Gregorian computus (Meeus, Astronomical Algorithms, chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e, g = b // 4, b % 4, (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * weekday) // 433
    month = (h + weekday - 7 * m + 90) // 25
    return date(year, month, (h + weekday - 7 * m + 33 * month + 19) % 32)


#: Days with a name of their own: month and day, or days from Easter Sunday.
_FIXED_FEASTS = {
    "new year": (1, 1), "new year's day": (1, 1), "new year's eve": (12, 31), "christmas": (12, 25),
    "christmas day": (12, 25), "christmas eve": (12, 24), "boxing day": (12, 26), "may day": (5, 1),
}  # fmt: skip
_EASTER_FEASTS = {"easter": 0, "easter sunday": 0, "good friday": -2, "easter monday": 1, "palm sunday": -7}
FEASTS = (*_FIXED_FEASTS, *_EASTER_FEASTS)


def nearest_feast(name: str, published: date, *, is_future: bool = False) -> date | None:
    """A feast by its name: the last one up to publication, or the next one; None for a name not in `FEASTS`."""
    years = range(published.year - 1, published.year + 2)
    if name in _FIXED_FEASTS:
        days = [date(year, *_FIXED_FEASTS[name]) for year in years]
    elif name in _EASTER_FEASTS:
        days = [easter_of(year) + timedelta(days=_EASTER_FEASTS[name]) for year in years]
    else:
        return None
    return min(d for d in days if d >= published) if is_future else max(d for d in days if d <= published)


def weekend_of(published: date, *, is_future: bool = False) -> PartialDate:
    """The last weekend that began by publication, or the coming one."""
    saturday = nearest_weekday("saturday", published, is_future=is_future)
    if is_future and published.weekday() == 6:
        saturday = published - timedelta(days=1)
    return PartialDate(saturday, saturday + timedelta(days=1), "day")
