"""What the solver finds is what scikit-learn's dense solution of the same problem is."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import Ridge

from themetag.learning.ridge import ridge


@pytest.mark.parametrize("n_labels", [1, 2, 40])
@pytest.mark.parametrize("penalty", [0.1, 3.0])
def test_weights_and_intercepts_equal_scikit_learns_dense_solution(n_labels, penalty):
    rng = np.random.default_rng(1)
    matrix = sparse.random(60, 25, 0.3, "csr", random_state=1)
    labels = rng.choice([-1.0, 0.4, 1.0], (60, n_labels))
    weights = rng.uniform(0.2, 4.0, 60)

    found, intercepts = ridge(matrix, labels, weights, penalty)
    dense = Ridge(alpha=penalty, solver="cholesky").fit(
        matrix.toarray(), labels, sample_weight=weights
    )

    assert np.abs(found - dense.coef_.reshape(n_labels, -1).T).max() < 1e-3
    assert np.abs(intercepts - dense.intercept_).max() < 1e-3


def test_a_label_that_nobody_has_is_minus_one_for_everybody():
    matrix = sparse.csr_matrix(np.eye(3))

    found, intercepts = ridge(matrix, np.full((3, 1), -1.0), np.ones(3), 1.0)

    assert found.tolist() == [[0.0], [0.0], [0.0]]
    assert intercepts.tolist() == [-1.0]


def test_no_labels_give_no_columns():
    found, intercepts = ridge(sparse.csr_matrix(np.eye(3)), np.zeros((3, 0)), np.ones(3), 1.0)

    assert (found.shape, intercepts.shape) == ((3, 0), (0,))
