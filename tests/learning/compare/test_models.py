"""What `compare` finds, on answers of forty entries or fewer that are written out by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from learning.kept import ranked, row, save

from themetag.codebook import Codebook
from themetag.errors import ArtifactError
from themetag.learning.compare.account import account, verdict
from themetag.learning.compare.comparison import Change, Comparison, EntryChange
from themetag.learning.compare.models import compare


def named(changes: tuple[Change, ...], name: str) -> Change:
    (found,) = [change for change in changes if change.name == name]
    return found


def both(tmp_path: Path, old: list[dict[str, Any]], new: list[dict[str, Any]], **more: Any):
    return compare(save(tmp_path / "1", old, **more), save(tmp_path / "2", new, **more))


def test_figures_of_both_models_stand_beside_their_difference(tmp_path: Path) -> None:
    top1 = named(both(tmp_path, ranked(20), ranked(30)).figures["category"], "top1")
    assert (top1.old.value, top1.new.value, top1.difference.value) == (0.5, 0.75, 0.25)
    assert (top1.gold, top1.difference.n) == ("both", 40)
    low, high = top1.difference.low, top1.difference.high
    # Ten of forty entries gained: 0.25 give or take two standard errors of 0.068.
    assert low is not None and high is not None
    assert 0.08 < low < 0.16 < 0.34 < high < 0.42
    assert top1.is_better and not top1.is_worse


def test_less_is_better_of_a_loss(tmp_path: Path) -> None:
    loss = named(both(tmp_path, ranked(40), ranked(0)).figures["category"], "log_loss")
    # -log 0.25 less -log 0.75, and the same in every resample.
    assert loss.difference.value == pytest.approx(1.0986, abs=1e-4)
    assert loss.is_worse


def test_only_entries_of_the_same_text_are_shared(tmp_path: Path) -> None:
    old = [row("1", "Housing", [1, 0], text="a"), row("2", "Housing", [1, 0], text="b")]
    new = [row("1", "Housing", [0, 1], text="c"), row("7", "Housing", [0, 1], text="b")]
    found = both(tmp_path, old, new)
    assert found.n == 1
    assert [entry.id for entry in found.entries] == ["7"]
    assert "1 entries have another text under the same id and are left out" in found.notes


def test_the_id_decides_between_entries_of_one_text(tmp_path: Path) -> None:
    old = [row("1", "Housing", [1, 0], text="a"), row("2", "Housing", [0, 1], text="a")]
    new = [row("2", "Housing", [0, 1], text="a"), row("1", "Housing", [1, 0], text="a")]
    save(tmp_path / "x", old, facts={"corpus": {}})
    found = compare(tmp_path / "x", save(tmp_path / "2", new))
    assert (found.n, found.entries) == (2, ())


def test_an_entry_keeps_its_own_answer_where_a_namesake_comes_first(tmp_path: Path) -> None:
    old = [row("x", "Housing", [1, 0], text="a")]
    new = [row("y", "Housing", [0, 1], text="a"), row("x", "Housing", [1, 0], text="a")]
    found = both(tmp_path, old, new)
    assert (found.n, found.entries) == (1, ())


def test_entries_of_one_group_in_either_model_are_drawn_together(tmp_path: Path) -> None:
    half = [row(str(i), "Housing", [1, 0] if i < 20 else [0, 1], group=i // 20) for i in range(40)]
    found = compare(save(tmp_path / "1", ranked(40, groups=False)), save(tmp_path / "2", half))
    assert "in 2 groups" in found.how
    gap = named(found.figures["category"], "top1").difference
    # Of two groups drawn with replacement, both may be the better or the worse one.
    assert (gap.value, gap.low, gap.high) == (-0.5, -1.0, 0.0)


def test_models_that_keep_no_groups_say_that_intervals_are_narrow(tmp_path: Path) -> None:
    found = both(tmp_path, ranked(20, groups=False), ranked(30, groups=False))
    assert any("intervals are a little too narrow" in note for note in found.notes)
    assert not [n for n in both_again(tmp_path).notes if "too narrow" in n]


def both_again(tmp_path: Path) -> Comparison:
    return compare(save(tmp_path / "3", ranked(20)), save(tmp_path / "4", ranked(30)))


def test_where_the_golds_differ_the_view_counts_in_which_the_new_model_looks_worse(
    tmp_path: Path,
) -> None:
    # The old model says Housing, the new one Waste; so do their corpora of the first ten entries.
    old = [row(str(i), "Housing", [1, 0], group=i) for i in range(40)]
    new = [row(str(i), "Waste" if i < 10 else "Housing", [0, 1] if i < 10 else [1, 0], group=i)
           for i in range(40)]  # fmt: skip
    top1 = named(both(tmp_path, old, new).figures["category"], "top1")
    assert top1.gold == "old"
    assert (top1.old.value, top1.new.value) == (1.0, 0.75)


def test_what_a_new_model_gains_on_its_own_labels_does_not_outweigh_the_old_ones(
    tmp_path: Path,
) -> None:
    old = [row(str(i), "Housing", [1, 0], group=i) for i in range(40)]
    new = [row(str(i), "Waste", [1, 0] if i else [0, 1], group=i) for i in range(40)]
    found = both(tmp_path, old, new)
    top1 = named(found.figures["category"], "top1")
    # On the old labels the new model loses one entry of forty, on its own it gains one.
    assert (top1.gold, top1.difference.value) == ("old", pytest.approx(-0.025))
    assert any(note.startswith("the two corpora give 40 of these entries another category")
               for note in found.notes)  # fmt: skip


def test_themes_are_given_by_each_models_own_thresholds(tmp_path: Path) -> None:
    rows = [row(str(i), None, [], ["bins"], [0.4], group=i) for i in range(4)]
    old = save(tmp_path / "1", rows, (), ("bins",), thresholds=[0.5])
    found = compare(old, save(tmp_path / "2", rows, (), ("bins",), thresholds=[0.3]))
    recall = named(found.figures["themes"], "recall")
    assert (recall.old.value, recall.new.value) == (0.0, 1.0)
    assert found.labels["themes"].thresholds == {"bins": (0.5, 0.3)}
    assert found.figures["category"] == ()
    assert found.entries[0] == EntryChange("0", None, None, None, ("bins",), ("bins",), ())


def edition(**aliases: list[str]) -> Codebook:
    """A later codebook of categories, each with the names it had before."""
    return Codebook.from_mapping({
        "version": "2",
        "category": [{"id": name, "name": name, "aliases": [{"name": old} for old in others]}
                     for name, others in aliases.items()],
        "legacy": [{"name": "Vermin", "reason": "split"}],
    })  # fmt: skip


def test_labels_of_another_edition_are_put_into_the_new_words(tmp_path: Path) -> None:
    old = save(tmp_path / "1", [row("1", "Waste", [0.2, 0.8]), row("2", "Housing", [0.9, 0.1])])
    rows = [row("1", "Streets", [0.7, 0.3]), row("2", "Housing", [0.4, 0.6])]
    new = save(
        tmp_path / "2",
        rows,
        ("Streets", "Housing"),
        codebook=edition(Streets=["Waste"], Housing=[]),
    )
    found = compare(old, new)
    top1 = named(found.figures["category"], "top1")
    assert (top1.old.value, top1.new.value, top1.gold) == (1.0, 1.0, "both")
    assert found.labels["category"].renamed == (("Waste", "Streets"),)
    assert found.entries == ()


def test_merged_labels_add_up(tmp_path: Path) -> None:
    merged = edition(Nature=["Parks", "Woods"], Housing=[])
    old = save(tmp_path / "1", [row("1", "Parks", [0.3, 0.3, 0.4])], ("Parks", "Woods", "Housing"))
    new = save(tmp_path / "2", [row("1", "Nature", [0.9, 0.1])], ("Nature", "Housing"),
               codebook=merged)  # fmt: skip
    loss = named(compare(old, new).figures["category"], "log_loss")
    assert loss.old.value == pytest.approx(0.5108, abs=1e-4)  # -log 0.6


def test_a_label_that_the_new_model_merely_lacks_counts_against_it(tmp_path: Path) -> None:
    old = save(tmp_path / "1", [row("1", "Pest", [0.1, 0.1, 0.8]), row("2", "Waste", [0, 1, 0])],
               ("Housing", "Waste", "Pest"))  # fmt: skip
    new = save(tmp_path / "2", [row("1", None, [0.5, 0.5]), row("2", "Waste", [0, 1])])
    top1 = named(compare(old, new).figures["category"], "top1")
    assert (top1.gold, top1.old.value, top1.new.value) == ("old", 1.0, 0.5)


def test_a_label_that_the_new_codebook_retired_is_not_measured_and_is_named(tmp_path: Path) -> None:
    old = save(tmp_path / "1", [row("1", "Vermin", [0.1, 0.1, 0.8]), row("2", "Waste", [0, 1, 0])],
               ("Housing", "Waste", "Vermin"))  # fmt: skip
    new = save(tmp_path / "2", [row("1", None, [0.5, 0.5]), row("2", "Waste", [0, 1])],
               codebook=edition(Housing=[], Waste=[]))  # fmt: skip
    found = compare(old, new)
    top1 = named(found.figures["category"], "top1")
    assert (top1.new.value, top1.difference.n) == (1.0, 1)
    assert "retired in the new codebook and not measured: 'Vermin'" in found.notes


def test_a_theme_that_is_new_does_not_count_on_the_old_labels(tmp_path: Path) -> None:
    old = save(tmp_path / "1", [row("1", None, [], ["bins"], [0.9])], (), ("bins",))
    new = save(tmp_path / "2", [row("1", None, [], ["bins", "tips"], [0.9, 0.1])], (),
               ("bins", "tips"))  # fmt: skip
    found = compare(old, new)
    recall = named(found.figures["themes"], "recall")
    # On the new labels both find one of two; on the old ones both find all. Neither is ahead.
    assert recall.difference.value == 0.0
    assert found.labels["themes"].added == ("tips",)
    assert [(r.old.label, r.f1.gold) for r in found.by_label] == [("bins", "old"), ("tips", "new")]


def test_every_label_has_its_counts_and_a_paired_interval(tmp_path: Path) -> None:
    found = both(tmp_path, ranked(20), ranked(30))
    housing, waste = found.by_label
    assert (housing.old.n, housing.old.tp, housing.old.fn) == (40, 20, 20)
    assert (housing.new.tp, housing.new.fn) == (30, 10)
    # F1 of 30 right and 10 missed is 6/7, of 20 and 20 it is 2/3.
    assert housing.f1.difference.value == pytest.approx(6 / 7 - 2 / 3)
    assert housing.f1.is_better
    assert (waste.old.fp, waste.new.fp) == (20, 10)


def test_entries_whose_tags_change_are_named_with_the_effect(tmp_path: Path) -> None:
    labels: dict[str, Any] = {"categories": ("Housing", "Waste", "Parks"), "themes": ("bins",)}
    old = [
        row("kept", "Housing", [0.8, 0.1, 0.1], ["bins"], [0.9]),
        row("lost", "Housing", [0.8, 0.1, 0.1], ["bins"], [0.9]),
        row("won", "Waste", [0.8, 0.1, 0.1], [], [0.1]),
        row("other", "Parks", [0.8, 0.1, 0.1], None, [0.1]),
    ]
    new = [
        row("kept", "Housing", [0.8, 0.1, 0.1], ["bins"], [0.8]),
        row("lost", "Housing", [0.1, 0.8, 0.1], ["bins"], [0.1]),
        row("won", "Waste", [0.1, 0.8, 0.1], [], [0.9]),
        row("other", "Parks", [0.1, 0.8, 0.1], None, [0.1]),
    ]
    found = both(tmp_path, old, new, **labels)
    assert [(entry.id, entry.category_effect) for entry in found.entries] == [
        ("lost", "wrong now"), ("won", "right now"), ("other", "wrong still")]  # fmt: skip
    text = account(found)
    assert "  lost  wrong now: Housing > Waste; -bins!\n" in text
    assert "  won  right now: Housing > Waste; +bins!\n" in text
    assert "  other  wrong still: Housing > Waste (is Parks)\n" in text
    assert "first guess differs for 3 of 4 (1 wrong now, 1 right now, 1 wrong still)" in text


def test_words_that_gained_and_lost_are_named_per_label(tmp_path: Path) -> None:
    rows = ranked(20)
    old = save(tmp_path / "1", rows, weights={"rent": [1.0, 0], "flat": [0.5, 0], "tip": [0, 1.0]})
    new = save(tmp_path / "2", rows, weights={"flat": [1.0, 0], "key": [0.75, 0], "tip": [0, 2.0]})
    housing, waste = compare(old, new).terms
    assert (housing.label, housing.gained, housing.lost) == (
        "Housing",
        ("key*", "flat"),
        ("rent*",),
    )
    assert (waste.gained, waste.lost) == ((), ())  # twice the weight of the only word is no change


def test_the_gate_takes_the_first_guess_within_three_and_themes(tmp_path: Path) -> None:
    worse = both(tmp_path, ranked(30), ranked(20))
    assert [change.name for change in worse.decisive] == ["top1", "top3"]
    assert len(worse.objections) == 1
    assert worse.objections[0].startswith("right first -0.250 (-0.")
    assert "2 would be refused: right first -0.250" in verdict(worse)


def test_a_model_within_the_interval_is_accepted(tmp_path: Path) -> None:
    found = both(tmp_path, ranked(30), ranked(29))
    assert found.objections == ()
    assert "2 would be accepted." in verdict(found)


def test_too_few_shared_entries_are_too_few_to_judge_by(tmp_path: Path) -> None:
    found = both(tmp_path, ranked(10, 19), ranked(15, 19))
    assert found.objections == ("19 shared entries are too few to judge by (20 are needed)",)


def test_few_entries_with_labels_among_many_are_too_few_as_well(tmp_path: Path) -> None:
    unlabelled = [row(f"u{i}", None, [0.5, 0.5], group=50 + i) for i in range(30)]
    found = both(tmp_path, ranked(2, 3) + unlabelled, ranked(3, 3) + unlabelled)
    assert found.n == 33
    assert found.objections == ("3 shared entries are too few to judge by (20 are needed)",)


def test_the_f1_of_a_label_of_few_entries_is_left_out_of_the_text(tmp_path: Path) -> None:
    few = [row(f"w{i}", "Waste", [0, 1], group=50 + i) for i in range(4)]
    text = account(both(tmp_path, ranked(20) + few, ranked(30) + few))
    (housing,) = [line for line in text.splitlines() if line.startswith("  Housing ")]
    (waste,) = [line for line in text.splitlines() if line.startswith("  Waste ")]
    assert housing.split()[:5] == ["Housing", "40", "20>30", "0>0", "20>10"]
    assert housing.endswith("better")
    assert waste.split() == ["Waste", "4", "4>4", "20>10", "0>0", "–"]


@pytest.mark.parametrize("lost", ["categories", "themes"])
def test_a_model_that_no_longer_gives_a_kind_of_label_is_objected_to(
    tmp_path: Path, lost: str
) -> None:
    rows = [row(str(i), "Housing", [1, 0], ["bins"], [0.9], group=i) for i in range(20)]
    old = save(tmp_path / "1", rows, themes=("bins",))
    if lost == "themes":
        new = save(tmp_path / "2", [r | {"theme_probabilities": [], "themes": None} for r in rows])
    else:
        new = save(tmp_path / "2", [r | {"category_probabilities": [], "category": None}
                                    for r in rows], (), ("bins",))  # fmt: skip
    found = compare(old, new)
    assert found.objections == (f"it gives no {lost}, which 1 did",)
    assert found.figures["category" if lost == "categories" else "themes"] == ()
    assert account(found)


def test_a_model_of_themes_alone_is_compared_by_them(tmp_path: Path) -> None:
    rows = [row(str(i), None, [], ["bins"], [0.9], group=i) for i in range(20)]
    old = save(tmp_path / "1", rows, (), ("bins",))
    new = save(tmp_path / "2", rows, (), ("bins",), thresholds=[0.95])
    found = compare(old, new)
    assert [change.name for change in found.decisive] == ["micro_f1"]
    assert len(found.objections) == 1


def test_two_models_without_a_kind_of_label_in_common_cannot_be_judged(tmp_path: Path) -> None:
    old = save(tmp_path / "1", ranked(20))
    rows = [row(str(i), None, [], ["bins"], [0.9], group=i) for i in range(40)]
    found = compare(old, save(tmp_path / "2", rows, (), ("bins",)))
    assert found.objections == ("it gives no categories, which 1 did",)
    assert found.by_label == ()


def test_caveats_of_the_recipes_and_invented_text_are_told_once(tmp_path: Path) -> None:
    facts = {"recipe": {"caveats": ["No person has checked."]},
             "corpus": {"entries": {"real": 40, "invented": 7}}}  # fmt: skip
    old = save(tmp_path / "1", ranked(20), facts=facts)
    found = compare(old, save(tmp_path / "2", ranked(21), facts=facts))
    assert found.notes == (
        "1: 7 invented entries only ever trained; they are not among those measured",
        "2: 7 invented entries only ever trained; they are not among those measured",
        "No person has checked.",
    )
    assert "! No person has checked." in account(found)


def test_sizes_and_editions_of_both_are_told(tmp_path: Path) -> None:
    old = save(tmp_path / "1", ranked(20))
    size = sum(path.stat().st_size for path in old.iterdir())
    found = compare(old, save(tmp_path / "2", ranked(21), weights={"a": [1, 0], "b": [0, 1]}))
    assert (found.old.n_bytes, found.old.n_terms, found.new.n_terms) == (size, 1, 2)
    assert found.old.codebook == "from the data"


def test_the_json_holds_everything_in_plain_types(tmp_path: Path) -> None:
    found = both(tmp_path, ranked(20), ranked(30))
    data = json.loads(json.dumps(found.as_json()))
    assert list(data) == ["old", "new", "n", "how", "notes", "category", "themes", "labels",
                          "codebook", "terms", "entries", "objections"]  # fmt: skip
    assert data["category"]["top1"]["difference"]["value"] == 0.25
    assert len(data["entries"]) == 10


def test_one_model_is_not_compared_with_itself(tmp_path: Path) -> None:
    folder = save(tmp_path / "1", ranked(20))
    with pytest.raises(ArtifactError, match=r"is the same model as .*; name two different ones"):
        compare(folder, folder)


def test_models_without_a_shared_entry_cannot_be_compared(tmp_path: Path) -> None:
    old, new = (
        save(tmp_path / "1", [row("1", text="a")]),
        save(tmp_path / "2", [row("1", text="b")]),
    )
    with pytest.raises(ArtifactError) as caught:
        compare(old, new)
    assert str(caught.value) == (
        f"{new}: shares no entry with {old}: none of its 1 texts is there, so nothing can be "
        "compared"
    )


def test_a_model_that_keeps_no_answers_cannot_be_compared(tmp_path: Path) -> None:
    new = save(tmp_path / "2", [])
    with pytest.raises(ArtifactError, match="keeps no out-of-fold answers to compare"):
        compare(save(tmp_path / "1", ranked(20)), new)


def test_answers_that_do_not_fit_the_labels_are_an_error(tmp_path: Path) -> None:
    new = save(tmp_path / "2", [row("0", "Housing", [1.0])])
    with pytest.raises(ArtifactError, match="the out-of-fold answers do not fit"):
        compare(save(tmp_path / "1", ranked(20)), new)
