"""Prints the weights that ProbesTest expects of the logistic probe.

Packages: scikit-learn 1.9.1, numpy 2.4.6. Run: python src/test/python/logistic_values.py
"""

import numpy as np
from sklearn.linear_model import LogisticRegression

# The rows are arithmetic, so that Java makes the same ones: x_ik = ((7 i + 3 k + i k) mod 11) / 11 + [k = y_i], y_i = i mod 3.
n, d, classes = 60, 4, 3
labels = np.arange(n) % classes
rows = np.array([[((7 * i + 3 * k + i * k) % 11) / 11 + (k == labels[i]) for k in range(d)] for i in range(n)])
rows = rows.astype(np.float32).astype(np.float64)
model = LogisticRegression(C=2.0, tol=1e-12, max_iter=10000).fit(rows, labels)
print("[d, classes], then intercepts (free up to a shift, here centred):")
print([["%.6f" % v for v in row] for row in model.coef_.T])
print(["%.6f" % v for v in model.intercept_ - model.intercept_.mean()])
