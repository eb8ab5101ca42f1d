"""Names brought to one form, so that Zvečan, ZVECAN and Zvecan are one name.

Only whole names are compared, never parts of them: "Assad" is not found in "ambassador".
"""

from __future__ import annotations

import re
import unicodedata

#: Letters that Unicode does not decompose into a base letter and a mark.
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "\u0131": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ħ": "h",
        "ə": "e",
        "ŋ": "n",
    }
)
#: Marks inside a word that writers drop as often as not (Sana'a, U.S.); they vanish, other punctuation parts words.
_DROPPED = dict.fromkeys(map(ord, "'`.\u00b4\u2018\u2019\u2032\u02bb\u02bc\u02be\u02bf\u200b\u200c\u200d\u00ad\ufeff"))
_WORDS = re.compile(r"[^\W_]+")
#: Written short as often as long.
_SHORT = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort"}


def fold_name(name: str) -> str:
    """The name without diacritics, letter case and punctuation, words parted by one space; "" where nothing is left.

    A leading "the" is dropped and St, Ste, Mt, Ft are written out, so that both ways of writing meet.
    """
    text = name.casefold() if name.isascii() else _strip_marks(name)
    words = _WORDS.findall(text.translate(_DROPPED))
    if len(words) > 1 and words[0] == "the":
        del words[0]
    return " ".join([_SHORT.get(w, w) for w in words])


def _strip_marks(name: str) -> str:
    text = name
    for _ in range(2):  # compatibility forms may bring new capitals and new marks: twice is enough to be stable
        text = unicodedata.normalize("NFKD", text).casefold()
    text = unicodedata.normalize("NFKD", text).translate(_LETTERS)
    return "".join(c for c in text if not unicodedata.combining(c))
