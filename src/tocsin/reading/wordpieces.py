"""A text cut for the encoder: word pieces with their words, sentences and offsets, in windows it can take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from tocsin.reading.sentences import split_sentences

#: The most word pieces the encoder sees at once, marks at both ends included.
LONGEST = 512
OPENING, CLOSING, UNKNOWN, NEW_LINE = 101, 102, 100, 1
#: A word of more pieces than this is noise (a key, an address); its first pieces stand for it.
_MOST_PIECES = 12
#: A sentence of more words than this is cut: no punctuation came.
_MOST_WORDS = 200


@dataclass(frozen=True, slots=True)
class Window:
    """Some sentences of a text as the encoder takes them.

    pieces     ids of the word pieces, [length], opening and closing marks included
    firsts     for each word the position of its first piece, [words]
    starts     for each word its first character in the text, [words]; `ends` the one after its last
    sentences  for each word the running number of its sentence in the text, [words]
    """

    pieces: NDArray[np.int64]
    firsts: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    sentences: NDArray[np.int64]

    @property
    def words(self) -> int:
        """How many words."""
        return len(self.firsts)


@dataclass(frozen=True, slots=True)
class _Sentence:
    pieces: list[int]
    firsts: list[int]
    spans: list[tuple[int, int]]
    number: int


def make_tokenizer(vocabulary: Sequence[str]) -> Tokenizer:
    """BERT's uncased word pieces over a vocabulary in the order of its ids."""
    model = WordPiece({piece: i for i, piece in enumerate(vocabulary)}, unk_token="[UNK]", max_input_chars_per_word=100)  # noqa: S106
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    return tokenizer


def cut_windows(text: str, tokenizer: Tokenizer, longest: int = LONGEST) -> Iterator[Window]:
    """The windows of a text in order: whole sentences, a new line marked between paragraphs.

    A text that needs several gets windows of about one size: attention costs by the square.
    """
    sentences = list(_iter_sentences(text, tokenizer, longest - 3))
    total = sum(len(s.pieces) + 1 for s in sentences)
    fair = total / max(1, -(-total // (longest - 2)))
    held: list[_Sentence] = []
    size = 2
    for sentence in sentences:
        needed = len(sentence.pieces) + 1
        if held and (size + needed > longest or size >= fair):
            yield _join(text, held)
            held, size = [], 2
        held.append(sentence)
        size += needed
    if held:
        yield _join(text, held)


def _iter_sentences(text: str, tokenizer: Tokenizer, most: int) -> Iterator[_Sentence]:
    bounds = list(split_sentences(text))
    coded = tokenizer.encode_batch([text[s:e] for s, e in bounds], add_special_tokens=False)
    number = 0
    for (offset, _), encoding in zip(bounds, coded, strict=True):
        sentence = _Sentence([], [], [], number)
        ids, spans, words = encoding.ids, encoding.offsets, encoding.word_ids
        edges = [i for i, (one, other) in enumerate(pairwise([None, *words])) if one != other]
        for first, stop in pairwise([*edges, len(ids)]):
            start, end = offset + spans[first][0], offset + spans[stop - 1][1]
            pieces = ids[first : min(stop, first + _MOST_PIECES)]
            if len(sentence.pieces) + len(pieces) > most or len(sentence.spans) >= _MOST_WORDS:
                yield sentence
                number += 1
                sentence = _Sentence([], [], [], number)
            sentence.firsts.append(len(sentence.pieces))
            sentence.pieces.extend(pieces)
            sentence.spans.append((start, end))
        if sentence.spans:
            yield sentence
            number += 1


def _join(text: str, held: Sequence[_Sentence]) -> Window:
    pieces: list[int] = [OPENING]
    firsts: list[int] = []
    spans: list[tuple[int, int]] = []
    numbers: list[int] = []
    for sentence in held:
        if spans and "\n" in text[spans[-1][1] : sentence.spans[0][0]]:
            pieces.append(NEW_LINE)
        firsts += [len(pieces) + first for first in sentence.firsts]
        pieces += sentence.pieces
        spans += sentence.spans
        numbers += [sentence.number] * len(sentence.spans)
    pieces.append(CLOSING)
    starts, ends = zip(*spans, strict=True)
    return Window(*(np.asarray(column, dtype=np.int64) for column in (pieces, firsts, starts, ends, numbers)))
