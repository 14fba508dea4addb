from __future__ import annotations

import json

import pytest
from builders import codebook

from themetag.codebook import Codebook
from themetag.errors import CodebookError
from themetag.labels import Alias, Label, Legacy

FULL = {
    "version": "3",
    "category": [
        {
            "id": "childrens-services",
            "name": "Children’s Services",
            "definition": "Services for children.",
            "includes": "Fostering.",
            "excludes": "Schools.",
            "tie_break": "Health goes first.",
            "facet": "service",
            "example": "A nursery opened.",
            "aliases": [
                {"name": "Children and Young People", "first_year": 2018, "last_year": 2020},
                {"name": "Youth"},
            ],
            "crosswalk": {"cofog": "= 10.4"},
            "first_year": 2018,
        },
        {"id": "housing", "name": "Housing"},
        {
            "id": "efficiency",
            "name": "Efficiency",
            "aliases": [{"name": "Lean Council"}],
            "first_year": 2016,
            "last_year": 2018,
        },
    ],
    "theme": [
        {"id": "homelessness", "name": "Homelessness"},
        {"id": "ict", "name": "ICT", "last_year": 2012},
    ],
    "legacy": [
        {
            "name": "Best Team",
            "reason": "two categories of 2022 share its entries.",
            "into": ["Children’s Services", "Housing"],
            "first_year": 2019,
            "last_year": 2021,
        },
        {"name": "Oddments", "reason": "nothing holds it together"},
    ],
}


def full() -> Codebook:
    return Codebook.from_mapping(FULL)


def test_a_codebook_holds_all_that_was_written() -> None:
    assert full() == Codebook(
        "3",
        (
            Label(
                "childrens-services",
                "Children’s Services",
                "Services for children.",
                "Fostering.",
                "Schools.",
                "Health goes first.",
                "service",
                "A nursery opened.",
                (Alias("Children and Young People", 2018, 2020), Alias("Youth")),
                {"cofog": "= 10.4"},
                first_year=2018,
            ),
            Label("housing", "Housing"),
        ),
        (Label("homelessness", "Homelessness"),),
        (
            Legacy(
                "Best Team",
                "two categories of 2022 share its entries.",
                ("Children’s Services", "Housing"),
                2019,
                2021,
            ),
            Legacy("Oddments", "nothing holds it together"),
        ),
        (
            Label(
                "efficiency",
                "Efficiency",
                aliases=(Alias("Lean Council"),),
                first_year=2016,
                last_year=2018,
            ),
        ),
        (Label("ict", "ICT", last_year=2012),),
    )


def test_a_codebook_survives_json() -> None:
    assert full().as_mapping() == FULL
    assert Codebook.from_mapping(json.loads(json.dumps(full().as_mapping()))) == full()


def test_categories_are_known_by_name_and_themes_by_id_in_their_order() -> None:
    assert full().category_names == ("Children’s Services", "Housing")
    assert full().theme_ids == ("homelessness",)


@pytest.mark.parametrize(
    "written",
    [
        "Children’s Services",
        "Children's Services",
        "  CHILDREN‘S \t services\n",
        "Children and Young People",
        "youth",
    ],
)
def test_a_category_is_found_as_people_write_it(written: str) -> None:
    assert full().category(written) == "Children’s Services"


def test_a_retired_label_is_known_by_its_names_and_not_given() -> None:
    assert full().category("efficiency") == full().category("lean council") == "Efficiency"
    assert full().theme("ICT") == "ict"
    assert full().category_names == ("Children’s Services", "Housing")
    assert full().theme_ids == ("homelessness",)


def test_a_codebook_cut_down_still_knows_what_is_retired() -> None:
    cut = full().with_labels(["Housing"], [])
    assert (cut.category_names, cut.category("Lean Council")) == (("Housing",), "Efficiency")


def test_a_retired_label_cannot_share_a_name_with_one_that_is_given() -> None:
    rows = [{"id": "a", "name": "Housing"}, {"id": "b", "name": "housing", "last_year": 2019}]
    with pytest.raises(CodebookError) as caught:
        Codebook.from_mapping({"version": "1", "category": rows})
    assert str(caught.value) == "two category labels are both called 'housing'; rename one"


@pytest.mark.parametrize(
    "lists",
    [
        {"categories": (Label("a", "A", last_year=2019),)},
        {"categories": (), "retired_categories": (Label("a", "A"),)},
    ],
)
def test_a_label_in_the_wrong_list_is_refused(lists: dict[str, tuple[Label, ...]]) -> None:
    with pytest.raises(CodebookError) as caught:
        Codebook(version="1", themes=(), **lists)
    assert str(caught.value) == ("a label with a last year is retired and no other is, unlike 'A'")


@pytest.mark.parametrize(
    ("years", "message"),
    [
        ({"first_year": 2020, "last_year": 2019}, "the years of 'A' run backwards: 2020 to 2019"),
        ({"first_year": "2020"}, "the years of 'A' are no whole numbers: '2020', None"),
    ],
)
@pytest.mark.parametrize("where", ["category", "theme", "legacy", "alias"])
def test_years_that_cannot_be_are_refused(where: str, years: object, message: str) -> None:
    row = {"id": "a", "name": "A", "reason": "-"} | years  # type: ignore[operator]
    rows = {"category": [{"id": "b", "name": "B", "aliases": [{"name": "A"} | years]}]}  # type: ignore[operator]
    with pytest.raises(CodebookError) as caught:
        Codebook.from_mapping({"version": "1"} | (rows if where == "alias" else {where: [row]}))
    assert str(caught.value) == message


@pytest.mark.parametrize("written", ["homelessness", " Homelessness "])
def test_a_theme_is_found_as_people_write_it(written: str) -> None:
    assert full().theme(written) == "homelessness"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("Huosing", "unknown category 'Huosing'; did you mean 'Housing'?"),
        ("childrens services", "unknown category 'childrens services'; did you mean "
         "'Children’s Services'?"),
        ("Yuoth", "unknown category 'Yuoth'; did you mean 'Children’s Services'?"),
        ("two\nlines", r"unknown category 'two\nlines'; the known ones stand in codebook.toml "
         "and the README.md of a model"),
        ("oddments", "legacy category 'oddments' is not mapped: nothing holds it together"),
        ("best  team", "legacy category 'best  team' is not mapped: two categories of 2022 share "
         "its entries; write 'Children’s Services' or 'Housing'"),
    ],
)  # fmt: skip
def test_an_unknown_category_is_refused_with_a_hint(written: str, message: str) -> None:
    with pytest.raises(CodebookError) as caught:
        full().category(written)
    assert str(caught.value) == message


def test_an_unknown_theme_is_refused_with_a_hint() -> None:
    with pytest.raises(CodebookError) as caught:
        full().theme("homelesness")
    assert str(caught.value) == "unknown theme 'homelesness'; did you mean 'homelessness'?"


def test_what_is_not_known_is_not_found_and_a_retired_label_is() -> None:
    book = Codebook(
        "1",
        (Label("housing", "Housing"),),
        (),
        retired_themes=(Label("eu", "EU exit", last_year=2020),),
    )
    assert (book.find_category("HOUSING "), book.find_category("Huosing")) == ("Housing", None)
    assert (book.find_theme("EU "), book.find_theme("Housing")) == ("eu", None)


def test_an_empty_codebook_gives_no_hint() -> None:
    with pytest.raises(CodebookError) as caught:
        codebook([], []).theme("bins")
    assert str(caught.value) == "unknown theme 'bins'"


def test_a_category_is_no_theme() -> None:
    with pytest.raises(CodebookError) as caught:
        full().theme("Housing")
    assert str(caught.value).startswith("unknown theme 'Housing'; the known ones stand in")


@pytest.mark.parametrize("written", ["none", "-", "bananas", "n/a", "tbc"])
def test_what_is_like_no_label_is_not_taken_for_one(written: str) -> None:
    book = codebook([], ["homelessness", "transport-and-highways", "planning-and-regeneration"])
    with pytest.raises(CodebookError) as caught:
        book.theme(written)
    assert "did you mean" not in str(caught.value)


@pytest.mark.parametrize(
    ("categories", "themes", "message"),
    [
        (["Housing", "HOUSING "], [], "two category labels are both called 'housing'; rename one"),
        ([], ["bins", "Bins"], "two theme labels are both called 'bins'; rename one"),
        (["Children’s", "children's"], [],
         'two category labels are both called "children\'s"; rename one'),
    ],
)  # fmt: skip
def test_two_labels_of_a_kind_cannot_share_a_name(
    categories: list[str], themes: list[str], message: str
) -> None:
    with pytest.raises(CodebookError) as caught:
        codebook(categories, themes)
    assert str(caught.value) == message


def test_an_alias_cannot_be_the_name_of_another_label() -> None:
    waste = Label("waste", "Waste", aliases=(Alias("housing"),))
    with pytest.raises(CodebookError) as caught:
        Codebook("1", (waste, Label("housing", "Housing")), ())
    assert str(caught.value) == "two category labels are both called 'housing'; rename one"


@pytest.mark.parametrize("alias", ["Housing", "HOUSING", " housing"])
def test_an_alias_may_repeat_the_name_of_its_own_label(alias: str) -> None:
    book = Codebook("1", (Label("housing", "Housing", aliases=(Alias(alias, 2018, 2019),)),), ())
    assert book.category("housing") == "Housing"


def test_a_category_and_a_theme_may_share_a_name() -> None:
    book = codebook(["housing"], ["housing"])
    assert (book.category("Housing"), book.theme("Housing")) == ("housing", "housing")


def test_a_codebook_cut_down_keeps_its_order_and_its_legacy() -> None:
    book = codebook(["A", "B", "C"], ["x", "y"]).with_labels(["C", "A", "D"], ["y"])
    assert (book.category_names, book.theme_ids) == (("A", "C"), ("y",))
    assert full().with_labels([], []).legacy == full().legacy


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "the codebook lacks 'version'; every label needs it"),
        ({"version": "1", "category": [{"name": "Housing"}]},
         "the codebook lacks 'id'; every label needs it"),
        ({"version": "1", "legacy": [{"name": "Housing"}]},
         "the codebook lacks 'reason'; every label needs it"),
        ({"version": "1", "category": [{"id": "housing", "name": 5}]},
         "the codebook has a part of the wrong kind: 'int' object has no attribute 'translate'"),
        ({"version": "1", "theme": [{"id": "bins", "name": "Bins", "definition": 7}]},
         "the codebook has a part of the wrong kind: definition of 'Bins' is no text"),
        ({"version": "1", "legacy": [{"name": "Bins", "reason": "-", "into": "Waste"}]},
         "the codebook has a part of the wrong kind: into of 'Bins' is no list"),
        ([], "the codebook has a part of the wrong kind: "
         "list indices must be integers or slices, not str"),
    ],
)  # fmt: skip
def test_a_codebook_of_the_wrong_shape_is_refused(data: object, message: str) -> None:
    with pytest.raises(CodebookError) as caught:
        Codebook.from_mapping(data)  # type: ignore[arg-type]
    assert str(caught.value) == message


def test_a_crosswalk_of_the_wrong_kind_is_refused() -> None:
    data = {"version": "1", "theme": [{"id": "bins", "name": "Bins", "crosswalk": "cofog"}]}
    with pytest.raises(CodebookError) as caught:
        Codebook.from_mapping(data)
    assert str(caught.value) == (
        "the codebook has a part of the wrong kind: "
        "dictionary update sequence element #0 has length 1; 2 is required"
    )
