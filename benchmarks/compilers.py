"""Which compiled library reads texts soonest, at the first step: words to numbers.

    python benchmarks/compilers.py [--texts 4000] [--rounds 5]

Each finds, for every text, which words of the model's terms it has; numba counts and weighs them
too. Runs of words and characters and the scores come on top. Needs `pip install tokenizers pyarrow`
beside the extra `fast`. tokenizers and pyarrow cut words by rules of their own, which would still
have to be made equal; they are shown at their best, on texts already folded.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from peers import distinct_texts
from tokenizers import Regex, Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split

from themetag import artifact
from themetag.compiled.reader import Reader
from themetag.learning.corpus import read_corpus
from themetag.linear import Field, LinearModel, Vocabulary
from themetag.text import fold, tokenise

_NO_WORD = r"(?:[^\w']|'\B|\B')+"


def main() -> None:
    """Measure and print one line a library."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--texts", type=int, default=4000)
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    tagger = artifact.load(artifact.find())
    texts = distinct_texts(read_corpus(Path("training")), given.texts, tagger.lengths)
    folded = [fold(text) for text in texts]
    words = sorted({word for own in tagger.vocabulary.terms[:1] for t in own for word in t.split()})
    programs: dict[str, tuple[Callable[[Sequence[str]], object], list[str]]] = {
        "Python": (lambda part: [tokenise(text) for text in part], texts),
        "numba": (_numba(words), texts),
        "tokenizers": (_tokenizers(words), folded),
        "pyarrow": (_pyarrow(words), folded),
    }
    for read, own in programs.values():
        read(own[:64])
    share = -(-given.texts // given.rounds)
    for name, (read, own) in programs.items():
        rates = []
        for start in range(0, given.texts, share):
            begun = time.process_time()
            for at in range(start, min(start + share, given.texts), 64):
                read(own[at : at + 64])
            rates.append((time.process_time() - begun) / share * 1e6)
        print(f"{name:<11} {statistics.median(rates):6.1f} microseconds of processor a text")


def _numba(words: Sequence[str]) -> Callable[[Sequence[str]], object]:
    known = Vocabulary((Field("word", "words", 1, 1, 1.0),), (tuple(words),), np.ones(len(words)))
    model = LinearModel(np.zeros((len(words), 1), np.float32), np.zeros(1))
    return Reader(known, model, (1, 0), None).read


def _tokenizers(words: Sequence[str]) -> Callable[[Sequence[str]], object]:
    numbers = {word: i for i, word in enumerate(["", *words])}
    tokenizer = Tokenizer(WordLevel(numbers, unk_token=""))
    tokenizer.pre_tokenizer = Split(Regex(_NO_WORD), "removed")
    return lambda part: [tokenizer.encode(text).ids for text in part]


def _pyarrow(words: Sequence[str]) -> Callable[[Sequence[str]], object]:
    known = pa.array(words)

    def read(part: Sequence[str]) -> object:
        cut = pc.split_pattern_regex(pa.array(part), r"[^\w']+")
        return pc.index_in(cut.flatten(), value_set=known)

    return read


if __name__ == "__main__":
    main()
