"""Fits the intent classifier: softmax regression over sparse and dense features side by side."""

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from scipy.optimize import minimize

Numbers = NDArray[np.float64]


def fit_softmax(
    sparse: scipy.sparse.csr_matrix,
    dense: Numbers,
    labels: NDArray[np.int64],
    *,
    max_iter: int,
    tol: float,
    balanced: bool = True,
) -> tuple[Numbers, Numbers]:
    """Return coefficients, shape (labels, columns), and intercepts, shape (labels,).

    Minimises the log loss with each label weighed alike (each example, unless `balanced`), plus
    half the squared length of the coefficients, by L-BFGS: what scikit-learn's
    `LogisticRegression(class_weight="balanced")` does with C = 1, whose result this is to the last
    digits. scikit-learn takes one matrix for all, and a sparse one spends most of its time on the
    columns that are dense.

    `sparse` and `dense` have a row for each example; `labels` are numbers from 0 to the highest.
    """
    rows, columns = np.arange(len(labels)), sparse.shape[1]
    counts = np.bincount(labels)
    weights = (len(labels) / (len(counts) * counts))[labels] if balanced else np.ones(len(labels))
    transposed = sparse.T.tocsr()
    shape = (columns + dense.shape[1] + 1, len(counts))

    def loss_and_gradient(flat: Numbers) -> tuple[float, Numbers]:
        current = flat.reshape(shape)
        scores = sparse @ current[:columns]
        scores += dense @ current[columns:-1]
        scores += current[-1]
        scores -= scores.max(axis=1, keepdims=True)
        shares = np.exp(scores)
        totals = shares.sum(axis=1, keepdims=True)
        loss = weights @ (np.log(totals[:, 0]) - scores[rows, labels])
        shares /= totals
        shares[rows, labels] -= 1.0
        shares *= weights[:, None]
        gradient = np.empty(shape)
        gradient[:columns] = transposed @ shares
        gradient[columns:-1] = dense.T @ shares
        gradient[:-1] += current[:-1]
        gradient[-1] = shares.sum(axis=0)
        return loss + 0.5 * np.sum(current[:-1] ** 2), gradient.ravel()

    options = {"maxiter": max_iter, "gtol": tol, "ftol": 64 * np.finfo(float).eps}
    start = np.zeros(shape[0] * shape[1])
    found = minimize(loss_and_gradient, start, jac=True, method="L-BFGS-B", options=options)
    fitted = found.x.reshape(shape)
    return np.ascontiguousarray(fitted[:-1].T), fitted[-1]
