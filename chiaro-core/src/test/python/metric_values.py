"""Writes the expected values of the metric tests.

Packages: pytrec_eval-terrier 0.5.11, scikit-learn 1.9.1, scipy 1.17.1, numpy 2.4.6.
Run from chiaro-core: python src/test/python/metric_values.py

The inputs are made from addressed random streams, here as in RandomStream, so only the results are stored.
"""

import gzip
import math
from pathlib import Path

import numpy as np
import pytrec_eval
from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import (
    adjusted_rand_score,
    average_precision_score,
    normalized_mutual_info_score,
    precision_recall_curve,
    roc_auc_score,
    v_measure_score,
)

MASK = (1 << 64) - 1
GAMMA = 0x9E3779B97F4A7C15
OUT = Path("src/test/resources/io/chiaro/core/metric")


def mix(z):
    z &= MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


class Stream:
    def __init__(self, seed, purpose, key):
        h = mix(seed + GAMMA)
        for b in purpose.encode():
            h = mix(h ^ ((b + GAMMA) & MASK))
        self.origin = mix(((h + GAMMA) & MASK) ^ mix(key + GAMMA))
        self.counter = 0

    def below(self, n):
        self.counter += 1
        return mix(self.origin + self.counter * GAMMA) % n


PREFIXES = ["", "d", "\u00e9", "\uff5e", "\U0001F600"]
TREC = ["ndcg_cut_5", "ndcg_cut_10", "ndcg_cut_100", "map_cut_10", "map_cut_100", "recall_5", "recall_10", "P_5", "P_10"]
KEYS = ["ndcg@5", "ndcg@10", "ndcg@100", "map@10", "map@100", "recall@5", "recall@10", "precision@5", "precision@10", "mrr@10"]


def graded_run(number):
    stream = Stream(7, "graded-runs", number)
    run, qrels = {}, {}
    for query in range(1 + stream.below(6)):
        documents = 5 + stream.below(60)
        judged = stream.below(8) > 0
        ranked = stream.below(8) > 0
        grades, scores = {}, {}
        for document in range(documents):
            name = PREFIXES[stream.below(5)] + str(document)
            if stream.below(3) == 0:
                grades[name] = stream.below(5) - 1
            if stream.below(3) > 0:
                # Ties, and scores that differ as doubles but not as floats.
                scores[name] = stream.below(12) / 4 + stream.below(3) * 1e-9
        if judged and grades:
            qrels["q%d" % query] = grades
        if ranked and scores:
            run["q%d" % query] = scores
    return run, qrels


def rankings():
    lines = ["run,queries," + ",".join(KEYS) + "," + ",".join("all-" + k for k in KEYS)]
    for number in range(1000):
        run, qrels = graded_run(number)
        measures = {"ndcg_cut.5,10,100", "map_cut.10,100", "recall.5,10", "P.5,10", "recip_rank"}
        per_query = pytrec_eval.RelevanceEvaluator(qrels, measures).evaluate(run) if qrels else {}
        rows = []
        for values in per_query.values():
            reciprocal = values["recip_rank"]
            rows.append([values[name] for name in TREC] + [reciprocal if reciprocal >= 0.0999 else 0.0])
        sums = np.sum(rows, axis=0) if rows else np.zeros(len(KEYS))
        both = sums / max(1, len(rows))
        complete = sums / max(1, len(qrels))
        lines.append("%d,%d," % (number, len(rows)) + ",".join("%.8f" % v for v in [*both, *complete]))
    return lines


def best(scores, truth):
    precision, recall, _ = precision_recall_curve(truth, scores)
    with np.errstate(invalid="ignore", divide="ignore"):
        f1 = np.nan_to_num(2 * precision * recall / (precision + recall)).max()
    thresholds = [*sorted(set(scores)), math.inf]
    accuracy = max(np.mean((np.array(scores) >= t) == np.array(truth)) for t in thresholds)
    return accuracy, f1


def others():
    lines = ["case,pearson,spearman,average-precision,auc,accuracy,f1,v-measure,ari,nmi,alignment,uniformity,effective-rank"]
    for number in range(100):
        stream = Stream(11, "paired-values", number)
        n = 8 + stream.below(120)
        levels = 3 + stream.below(40)
        x, y, truth, groups = [], [], [], []
        for i in range(n):
            x.append(stream.below(levels) / 8)
            y.append(x[i] * stream.below(3) + stream.below(levels) / 16)
            truth.append(i == 0 or (i > 1 and stream.below(levels) / 8 < x[i]))
            groups.append(min(int(x[i]), 3 + stream.below(3)))
        classes = [int(v) % 4 for v in y]
        d = 2 + stream.below(24)
        rank = 1 + stream.below(d)
        basis = np.array([[stream.below(2001) / 1000 - 1 for _ in range(d)] for _ in range(rank)], dtype=np.float64)
        parts = np.array([[stream.below(2001) / 1000 - 1 for _ in range(rank)] for _ in range(n)], dtype=np.float64)
        a = np.zeros((n, d))
        for k in range(rank):
            a += np.outer(parts[:, k], basis[k])
        a = a.astype(np.float32).astype(np.float64)
        u = a / np.maximum(np.linalg.norm(a, axis=1, keepdims=True), 1e-12)
        v = np.roll(u, 1, axis=0)
        squares = ((u[:, None, :] - u[None, :, :]) ** 2).sum(-1)[np.triu_indices(n, 1)]
        sigma = np.linalg.svd(a, compute_uv=False)
        p = sigma / sigma.sum()
        p = p[p > 1e-6]
        accuracy, f1 = best(x, truth)
        values = [
            pearsonr(x, y)[0],
            spearmanr(x, y)[0],
            average_precision_score(truth, x),
            roc_auc_score(truth, x),
            accuracy,
            f1,
            v_measure_score(classes, groups),
            adjusted_rand_score(classes, groups),
            normalized_mutual_info_score(classes, groups, average_method="arithmetic"),
            ((u - v) ** 2).sum(-1).mean(),
            np.log(np.exp(-2 * squares).mean()),
            np.exp(-(p * np.log(p)).sum()),
        ]
        lines.append("%d," % number + ",".join("%.9f" % value for value in values))
    return lines


def write(name, lines):
    with open(OUT / name, "wb") as file:
        with gzip.GzipFile("", "wb", 9, file, mtime=0) as zipped:
            zipped.write(("\n".join(lines) + "\n").encode())


write("trec-eval.csv.gz", rankings())
write("paired-values.csv.gz", others())
