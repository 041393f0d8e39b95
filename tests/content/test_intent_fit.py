import numpy as np
import pytest
import scipy.sparse
from sklearn.linear_model import LogisticRegression

from persona_router.content.intent_fit import fit_softmax


def problem(sparse_columns: int, dense_columns: int):
    """Return features and labels of 90 examples, of which label 2 has few."""
    random = np.random.default_rng(7)
    labels = np.repeat([0, 1, 2, 3], [30, 30, 8, 22])
    sparse = (random.random((90, sparse_columns)) < 0.2).astype(float)
    sparse[:, :4] += np.eye(4)[labels][:, : min(4, sparse_columns)] if sparse_columns else 0
    dense = random.normal(size=(90, dense_columns)) + labels[:, None] * 0.5
    return scipy.sparse.csr_matrix(sparse), dense, labels


@pytest.mark.parametrize("columns", [(12, 6), (12, 0), (0, 6)], ids=["both", "sparse", "dense"])
def test_fit_softmax_is_scikit_learns_balanced_logistic_regression(columns) -> None:
    sparse, dense, labels = problem(*columns)
    reference = LogisticRegression(class_weight="balanced", max_iter=500, tol=1e-8)
    reference.fit(np.hstack([sparse.toarray(), dense]), labels)
    coefficients, intercepts = fit_softmax(sparse, dense, labels, max_iter=500, tol=1e-8)
    assert coefficients == pytest.approx(reference.coef_, abs=1e-3)
    assert intercepts - intercepts.mean() == pytest.approx(
        reference.intercept_ - reference.intercept_.mean(), abs=1e-3
    )


def test_fit_softmax_stops_after_the_iterations_it_is_given() -> None:
    sparse, dense, labels = problem(12, 6)
    short, _ = fit_softmax(sparse, dense, labels, max_iter=2, tol=1e-8)
    long, _ = fit_softmax(sparse, dense, labels, max_iter=200, tol=1e-8)
    assert np.abs(short).sum() < np.abs(long).sum()
