"""Tag everything of a source, in chunks, and write each row with its answer, in order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from themetag.draft import Draft, Point
from themetag.engines import Engine
from themetag.entry import Entry
from themetag.prediction import Prediction
from themetag.repeats import Ids, Repeats
from themetag.scorefile import ScoreFile
from themetag.sources import Source, Submission
from themetag.tables import STRETCH, Answer, Brief, Row, TextWriter, Writer, briefs
from themetag.tagger import Scored, Tagger

# What a kill loses at most, beside the chunks under way. Asking the disk to keep what it has takes
# it some 10 ms.
_MARK_S = 0.5


class Observer(Protocol):
    """What is shown every row and its answer, in order."""

    def see(self, answer: Answer) -> None:
        """Take notice of one row."""

    def finish(self) -> None:
        """Be told that there are no more rows, once the last one is written."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch."""

    n_rows: int
    """Rows read, all of which were written."""
    n_errors: int
    """Rows with something in the column `error`."""
    n_abstained: int
    """Rows without a category for another reason than an error."""
    repeats: Repeats
    """Rows whose id an earlier row has."""


def tag_source(
    source: Source,
    tagger: Tagger,
    engine: Engine,
    writer: Writer,
    *,
    draft: Draft | None = None,
    with_evidence: bool = False,
    n_chunk: int | None = None,
    observers: Sequence[Observer] = (),
    progress: Callable[[int], None] = lambda _: None,
) -> Outcome:
    """Tag all submissions and write each with its answer, in order.

    Args:
        source: the submissions.
        tagger: the model.
        engine: where they are tagged, by the same model; the answers do not depend on it.
        writer: where the answers go.
        draft: the output in the making that `writer` writes into. What a run before this one has
            written there is not written again.
        with_evidence: whether to find words and sentences too; only for a `TextWriter`.
        n_chunk: submissions a chunk, by default as many as the source says; the answers do not
            depend on it.
        observers: what is shown every answer, those of a run before this one too.
        progress: called with the number of rows tagged and written since the last call.

    Raises:
        InputError: when what is read is changed meanwhile.
    """
    run = _Run(
        source, writer, draft, observers, n_chunk or source.n_chunk, len(tagger.model.intercepts)
    )
    tagged = _with_evidence if with_evidence else _plainly
    _take_up(run, draft.start.n_rows if draft else 0, tagger, lambda x: tagged(tagger, engine, x))
    if run.takes_briefs and not with_evidence:
        for rows in _briefly(tagger, engine, run.chunks()):
            run.put(rows)
            progress(len(rows))
        return run.outcome()
    for answers, scored in tagged(tagger, engine, run.chunks()):
        if run.scores and scored:
            run.scores.add(scored)
        run.write(answers)
        progress(len(answers))
    return run.outcome()


class _Run:
    """What is read, written and counted."""

    def __init__(
        self,
        source: Source,
        writer: Writer,
        draft: Draft | None,
        observers: Sequence[Observer],
        n_chunk: int,
        n_columns: int,
    ):
        self._source = source
        self._writer = writer
        self._draft = draft
        self._observers = observers
        self._n_chunk = n_chunk
        self.scores = ScoreFile(draft.scores, n_columns) if draft and draft.scores else None
        """What is gone on with where `writer` is no `TextWriter`."""
        self.is_observed = bool(observers)
        """Whether somebody is shown the answers."""
        is_brief = isinstance(writer, TextWriter) and writer.takes_briefs
        self.takes_briefs = is_brief and not observers
        """Whether rows can be written without objects."""
        start = draft.start if draft and not self.scores else Point()
        self._n_rows, self._n_errors = start.n_rows, start.n_errors
        self._n_abstained = start.n_abstained
        self._next_mark = 0.0
        self._ids = Ids()
        self._rows = iter(map(self._noted, source.rows))

    def chunks(self, n: int | None = None) -> Iterator[list[Submission]]:
        """Read the next submissions, or all there are."""
        submissions = map(self._source.submission, islice(self._rows, n))
        return iter(lambda: list(islice(submissions, self._n_chunk)), [])

    def skip(self, n: int) -> None:
        """Read rows and do nothing with them."""
        for _ in islice(self._rows, n):
            pass

    def show(self, answers: Iterable[Answer]) -> None:
        """Show answers to whoever wants to see them."""
        for answer in answers:
            for observer in self._observers:
                observer.see(answer)

    def write(self, answers: Sequence[Answer]) -> None:
        """Write answers and show them."""
        self.put(answers)
        self.show(answers)

    def put(self, answers: Sequence[Answer] | Sequence[Brief]) -> None:
        """Write answers."""
        write: Callable[[Any], str | None] = self._writer.write
        for answer in answers:
            error = write(answer)
            self._n_rows += 1
            self._n_errors += error is not None
            self._n_abstained += answer.is_abstention and answer.error is None
            if self._n_rows % STRETCH == 0:
                self._rest()
        self._rest()

    def outcome(self) -> Outcome:
        """Finish the output and say what became of the batch."""
        self._source.original.check()
        self._writer.finish()
        for observer in self._observers:
            observer.finish()
        return Outcome(self._n_rows, self._n_errors, self._n_abstained, self._ids.repeats())

    def _noted(self, row: Row) -> Row:
        if (id := self._source.own_id(row)) is not None:
            self._ids.add(id, row.line)
        return row

    def _rest(self) -> None:
        """Make sure of what is written, if that is due and can be gone on with."""
        if self._draft is None or time.monotonic() < self._next_mark:
            return
        if (n_bytes := self._n_bytes()) is None or self._n_rows <= self._draft.reached.n_rows:
            return
        self._source.original.check()  # so that no row of a changed file is ever gone on from
        self._draft.mark(Point(self._n_rows, n_bytes, self._n_errors, self._n_abstained))
        self._next_mark = time.monotonic() + _MARK_S

    def _n_bytes(self) -> int | None:
        if self.scores:
            return self.scores.n_bytes(self._n_rows)
        return self._writer.rest() if isinstance(self._writer, TextWriter) else None


_Tagged = Iterator[tuple[list[Answer], Scored | None]]


def _take_up(
    run: _Run,
    n_before: int,
    tagger: Tagger,
    tagged: Callable[[Iterator[list[Submission]]], _Tagged],
) -> None:
    """Go through the rows of a run before this one, and do what has to be done of them again."""
    if run.scores:
        run.scores.rewind()
        for chunk in run.chunks(n_before):
            run.write(_answers(tagger, chunk, run.scores.take(len(chunk))))
    elif run.is_observed:
        for answers, _ in tagged(run.chunks(n_before)):
            run.show(answers)
    else:
        run.skip(n_before)


def _plainly(tagger: Tagger, engine: Engine, chunks: Iterator[list[Submission]]) -> _Tagged:
    for chunk, scored in engine.each(Tagger.scored, chunks, _texts):
        yield _answers(tagger, chunk, scored), scored


def _briefly(
    tagger: Tagger, engine: Engine, chunks: Iterator[list[Submission]]
) -> Iterator[list[Brief]]:
    for chunk, scored in engine.each(Tagger.scored, chunks, _texts):
        rows, entries, errors = zip(*chunk, strict=True)
        yield list(briefs(rows, tagger.tagged(entries, scored), errors))


def _with_evidence(_: Tagger, engine: Engine, chunks: Iterator[list[Submission]]) -> _Tagged:
    for chunk, predictions in engine.each(_tag, chunks, _entries):
        yield _joined(chunk, predictions), None


def _tag(tagger: Tagger, entries: list[Entry]) -> list[Prediction]:
    return [tagger.tag(entry) for entry in entries]


def _texts(chunk: list[Submission]) -> list[str]:
    return [submission.entry.text for submission in chunk]


def _entries(chunk: list[Submission]) -> list[Entry]:
    return [submission.entry for submission in chunk]


def _answers(tagger: Tagger, chunk: list[Submission], scored: Scored) -> list[Answer]:
    return _joined(chunk, tagger.tagged(_entries(chunk), scored).predictions())


def _joined(chunk: list[Submission], predictions: list[Prediction]) -> list[Answer]:
    return [
        Answer(submission.row, submission.entry, prediction, submission.error)
        for submission, prediction in zip(chunk, predictions, strict=True)
    ]
