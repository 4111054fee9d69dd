"""Values and gradients of sentence-transformers' losses of multi-vector encoders on given vectors.

Written with Python 3.11, sentence-transformers 6.2.0 and torch 2.15.0 (CPU):

    python late_interaction_losses.py > ../resources/io/chiaro/objective/late-interaction-losses.json

No model is loaded: in its place stands one that brings the vectors of the case to length one and masks those that are not there.
"""

import json

import torch
from sentence_transformers.multi_vector_encoder import losses

generator = torch.Generator().manual_seed(17)
WIDTH = 4
LENGTHS = {"anchor": [3, 1, 4, 2], "positive": [5, 2, 3, 6], "negative": [2, 6, 4, 1]}
TEACHER = [[3.0, 1.5], [0.25, 1.0], [2.0, -1.0], [0.5, 0.0]]


def drawn(lengths):
    values = torch.randn(len(lengths), max(lengths), WIDTH, generator=generator)
    for row, length in enumerate(lengths):
        values[row, length:] = 0
    return values


class Given(torch.nn.Module):
    """Vectors that were announced."""

    def __init__(self, views):
        super().__init__()
        self.leaves = [view.clone().requires_grad_() for view in views]

    def forward(self, features, task=None):
        leaf = self.leaves[features["number"]]
        there = leaf.detach().norm(dim=-1) > 0
        return {"token_embeddings": torch.nn.functional.normalize(leaf, dim=-1), "attention_mask": there}


def case(name, recipe, slots, lengths, loss, labels=None):
    views = [drawn(of) for of in lengths]
    model = Given(views)
    value = loss(model)([{"number": n} for n in range(len(views))], labels)
    value.backward()
    short = lambda tensor: [float(f"{v:.9g}") for v in tensor.flatten().tolist()]
    return {
        "name": name,
        "recipe": recipe,
        "set": slots,
        "views": [{"length": view.shape[1], "width": WIDTH, "values": short(view)} for view in views],
        "gradients": [{"values": short(leaf.grad)} for leaf in model.leaves],
        "teacher-scores": labels.flatten().tolist() if labels is not None else [],
        "loss": float(f"{value.item():.9g}"),
    }


pairs = [LENGTHS["anchor"], LENGTHS["positive"]]
triplets = pairs + [LENGTHS["negative"]]
cases = [
    case("pairs", "info-nce", {"scale": "1"}, pairs, losses.MultiVectorMultipleNegativesRankingLoss),
    case("triplets", "info-nce", {"scale": "1"}, triplets, losses.MultiVectorMultipleNegativesRankingLoss),
    case("triplets, steeper", "info-nce", {"scale": "5"}, triplets,
         lambda model: losses.MultiVectorMultipleNegativesRankingLoss(model, scale=5.0)),
    case("a teacher's scores", "margin-mse", {"scale": "1"}, triplets, losses.MultiVectorMarginMSELoss,
         torch.tensor(TEACHER)),
]
print(json.dumps({"made-with": "sentence-transformers 6.2.0, torch 2.15.0", "cases": cases}, indent=1))
