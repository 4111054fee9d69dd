"""Values and gradients of sentence-transformers' losses of cross-encoders on lists of scores.

Written with Python 3.11, sentence-transformers 6.2.0 and torch 2.15.0 (CPU):

    python cross_encoder_losses.py > ../resources/io/chiaro/objective/cross-encoder-losses.json

No model is loaded: in its place stands one that gives back the scores of the case, in single precision as the losses want them.
"""

import json

import torch
from sentence_transformers.cross_encoder import CrossEncoder, losses

generator = torch.Generator().manual_seed(11)
LENGTHS = [4, 2, 6, 3]
SCORES = [torch.randn(n, generator=generator) * 2 for n in LENGTHS]
BINARY = [[1, 0, 0, 1], [0, 1], [0, 0, 1, 0, 1, 0], [0, 1, 0]]
GRADED = [[2, 0, 1, 3], [0, 1], [0, 0, 2, 1, 3, 0], [1, 2, 0]]
TEACHER = [[3.5, -1.2, 0.3], [0.2, 1.4, -2.0], [-0.5, -3.1, 2.2]]
# A permutation each, best first: what the reference asks for, and where ties do not matter.
ORDERED = [[9, 5, 2, 1], [4, 3], [6, 5, 4, 3, 2, 1], [3, 2, 1]]
ONE_POSITIVE = [torch.randn(3, generator=generator) * 2 for _ in range(3)]


class Given(CrossEncoder):
    """Scores for pairs that were announced, by the number that the second text is."""

    num_labels = 1
    device = torch.device("cpu")

    def __init__(self, lists):
        torch.nn.Module.__init__(self)
        self.leaf = torch.cat(lists).clone().requires_grad_()

    def preprocess(self, pairs, **ignored):
        return {"number": torch.tensor([int(text) for _, text in pairs])}

    def forward(self, features):
        return {"scores": self.leaf[features["number"]].unsqueeze(1)}


def numbered(lists):
    """Texts that are the number of their score, list by list."""
    texts, at = [], 0
    for scores in lists:
        texts.append([str(at + k) for k in range(len(scores))])
        at += len(scores)
    return texts


def case(name, loss, scores, grades, evaluate):
    model = Given(scores)
    value = evaluate(model, numbered(scores))
    value.backward()
    gradient, at = [], 0
    for part in scores:
        gradient.append([float(f"{v:.9g}") for v in model.leaf.grad[at : at + len(part)].tolist()])
        at += len(part)
    return {
        "name": name,
        "loss-name": loss,
        "lists": [
            {
                "scores": [float(f"{v:.9g}") for v in part.tolist()],
                "grades": [float(g) for g in of],
                "gradient": pull,
            }
            for part, of, pull in zip(scores, grades, gradient)
        ],
        "loss": float(f"{value.item():.9g}"),
    }


def lists(loss):
    def evaluate(model, texts, grades):
        return loss(model)([["q"] * len(texts), texts], [torch.tensor(g, dtype=torch.float32) for g in grades])

    return evaluate


def with_grades(evaluate, grades):
    return lambda model, texts: evaluate(model, texts, grades)


def pointwise(model, texts):
    flat = [text for part in texts for text in part]
    labels = torch.tensor([float(g) for part in BINARY for g in part])
    return losses.BinaryCrossEntropyLoss(model)([["q"] * len(flat), flat], labels)


def squared(model, texts):
    flat = [text for part in texts for text in part]
    labels = torch.tensor([float(g) for part in GRADED for g in part])
    return losses.MSELoss(model)([["q"] * len(flat), flat], labels)


def columns(texts):
    return [list(column) for column in zip(*texts)]


def contrastive(model, texts):
    loss = losses.MultipleNegativesRankingLoss(model, scale=1.0, activation_fn=torch.nn.Identity())
    loss.get_in_batch_negatives = lambda anchors, candidates: []
    return loss([["q"] * len(texts)] + columns(texts), torch.zeros(len(texts)))


def margins(model, texts):
    loss = losses.MarginMSELoss(model)
    return loss([["q"] * len(texts)] + columns(texts), torch.tensor(TEACHER))


cases = [
    case("labels 0 and 1", "pointwise", SCORES, BINARY, pointwise),
    case("grades", "mse", SCORES, GRADED, squared),
    case("labels 0 and 1", "ranknet", SCORES, BINARY, with_grades(lists(losses.RankNetLoss), BINARY)),
    case("grades", "ranknet", SCORES, GRADED, with_grades(lists(losses.RankNetLoss), GRADED)),
    case("labels 0 and 1", "listnet", SCORES, BINARY, with_grades(lists(losses.ListNetLoss), BINARY)),
    case("grades", "listnet", SCORES, GRADED, with_grades(lists(losses.ListNetLoss), GRADED)),
    case("labels 0 and 1", "lambda-loss", SCORES, BINARY, with_grades(lists(losses.LambdaLoss), BINARY)),
    case("grades", "lambda-loss", SCORES, GRADED, with_grades(lists(losses.LambdaLoss), GRADED)),
    case("an order", "list-mle", SCORES, ORDERED, with_grades(lists(losses.ListMLELoss), ORDERED)),
    case("an order", "p-list-mle", SCORES, ORDERED, with_grades(lists(losses.PListMLELoss), ORDERED)),
    case("an order", "adr-mse", SCORES, ORDERED, with_grades(lists(losses.ADRMSELoss), ORDERED)),
    case("one positive", "contrastive", ONE_POSITIVE, [[1, 0, 0]] * 3, contrastive),
    case("a teacher's scores", "margin-mse", ONE_POSITIVE, TEACHER, margins),
]
print(json.dumps({"made-with": "sentence-transformers 6.2.0, torch 2.15.0", "cases": cases}, indent=1))
