"""Streams of submissions through a tagger."""

from __future__ import annotations

from collections.abc import Iterator

from themetag.batch import Outcome, tag_source
from themetag.engines import here
from themetag.original import OriginalFolder
from themetag.repeats import Repeats
from themetag.sources import Source, from_table
from themetag.tables import Answer, Columns, Row, Table
from themetag.tagger import Tagger

UNCHANGED = OriginalFolder(())
TEXT = "Rough sleepers moved into council flats."


class Shelf:
    """A writer that keeps what it is given."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.is_finished = False

    def write(self, answer: Answer) -> str | None:
        self.answers.append(answer)
        return answer.error

    def finish(self) -> None:
        self.is_finished = True


def source(*rows: Row) -> Source:
    table = Table(("id", "text"), iter(rows), "", len(rows))
    return from_table(table, Columns(0, None, (1,)), UNCHANGED)


def tagged(rows: Source, tagger: Tagger, shelf: Shelf, **options) -> Outcome:
    with here(tagger) as engine:
        return tag_source(rows, tagger, engine, shelf, **options)


def test_answers_come_in_order_and_everything_amiss_is_counted(tiny_tagger):
    rows = [
        Row(1, 2, ("a", TEXT)),
        Row(2, 3, ("b", "Zyx qwv.")),
        Row(3, 4, ("a", TEXT)),
        Row(4, 5, ("c", ""), "empty"),
        Row(5, 9, ("a", TEXT)),
    ]
    shelf, steps = Shelf(), []
    outcome = tagged(source(*rows), tiny_tagger, shelf, n_chunk=2, progress=steps.append)
    assert outcome == Outcome(5, 1, 1, Repeats(2, (4, 9)))
    assert [answer.prediction.id for answer in shelf.answers] == ["a", "b", "a", "c", "a"]
    assert [answer.prediction.reason for answer in shelf.answers] == [
        None, "no-known-terms", None, "empty", None,
    ]  # fmt: skip
    assert (steps, shelf.is_finished) == ([2, 2, 1], True)


class Witness:
    """An observer that remembers what it was shown."""

    def __init__(self) -> None:
        self.seen: list[Answer | str] = []

    def see(self, answer: Answer) -> None:
        self.seen.append(answer)

    def finish(self) -> None:
        self.seen.append("finished")


def test_observers_are_shown_every_answer_in_order_and_told_of_the_end(tiny_tagger):
    rows = [Row(i, i + 1, (str(i), TEXT)) for i in range(1, 6)]
    shelf, witnesses = Shelf(), [Witness(), Witness()]
    tagged(source(*rows), tiny_tagger, shelf, n_chunk=2, observers=witnesses)
    assert [witness.seen for witness in witnesses] == [[*shelf.answers, "finished"]] * 2


def test_no_row_is_no_trouble(tiny_tagger):
    shelf = Shelf()
    assert tagged(source(), tiny_tagger, shelf) == Outcome(0, 0, 0, Repeats(0, ()))
    assert (shelf.answers, shelf.is_finished) == ([], True)


def test_rows_are_read_no_further_than_the_chunk_at_work(tiny_tagger):
    read = []

    def rows() -> Iterator[Row]:
        for i in range(1, 10):
            read.append(i)
            yield Row(i, i + 1, (str(i), TEXT))

    seen = []
    table = from_table(Table(("id", "text"), rows(), ""), Columns(0, None, (1,)), UNCHANGED)
    tagged(table, tiny_tagger, Shelf(), n_chunk=3, progress=lambda _: seen.append(len(read)))
    assert seen == [3, 6, 9]
