from __future__ import annotations

import json
from pathlib import Path

import pytest

from themetag.errors import LearningError
from themetag.learning.recipe import Recipe
from themetag.linear import Field


def test_a_recipe_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text(
        'seed = 3\ncaveats = ["small"]\ncategory_weights = { invented = 0.5 }\n'
        '[[fields]]\nname = "w"\nkind = "words"\nshortest = 1\nlongest = 1\nweight = 1.0\n'
    )
    recipe = Recipe.read(path)
    assert (recipe.seed, recipe.caveats) == (3, ("small",))
    assert recipe.category_weights == {"invented": 0.5}
    assert recipe.fields == (Field("w", "words", 1, 1, 1.0),)
    assert recipe.coverage == Recipe().coverage


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("penalty = 1.0", "unexpected keyword argument 'penalty'; a recipe has: seed, n_folds,"),
        ("seed = ", "the recipe cannot be read:"),
        (None, "the recipe cannot be read:"),
    ],
)
def test_a_recipe_that_is_none_is_refused_by_name(
    tmp_path: Path, text: str | None, complaint: str
) -> None:
    path = tmp_path / "recipe.toml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(LearningError) as caught:
        Recipe.read(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert complaint in str(caught.value)


def test_a_recipe_can_be_written_into_a_manifest() -> None:
    row = json.loads(json.dumps(Recipe().as_mapping()))
    assert row["fields"][0]["kind"] == "words"
    assert row["n_folds"] == Recipe().n_folds
