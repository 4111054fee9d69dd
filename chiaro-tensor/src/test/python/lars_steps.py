"""Steps of lightly's LARS, and of solo-learn's with its clipped ratio, on three small arrays.

Written with Python 3.11, lightly 1.6.0, solo-learn 1.0.2 and torch 2.15.0 (CPU):

    python lars_steps.py > ../resources/io/chiaro/tensor/lars-steps.json

lightly leaves parameters without weight decay out of the scaling, so the bias stands in a group of its own.
"""

import json

import torch
from lightly.utils.lars import LARS
from solo.utils.lars import LARSWrapper

RATE, MOMENTUM, DECAY = 0.3, 0.9, 0.05
generator = torch.Generator().manual_seed(3)


def random(*shape):
    return torch.randn(*shape, generator=generator)


arrays = {"a": random(3, 4), "b": random(3, 4) * 10, "bias": random(5)}


def numbers(tensor):
    return [float(f"{value:.9g}") for value in tensor.detach().reshape(-1).tolist()]


def lightly(leaves):
    return LARS(
        [{"params": [leaves["a"], leaves["b"]]}, {"params": [leaves["bias"]], "weight_decay": 0.0}],
        lr=RATE,
        momentum=MOMENTUM,
        weight_decay=DECAY,
    )


def solo(leaves):
    inner = torch.optim.SGD(leaves.values(), lr=RATE, momentum=MOMENTUM, weight_decay=DECAY)
    return LARSWrapper(inner, eta=0.02, clip=True, exclude_bias_n_norm=True)


gradients = [{name: random(*array.shape) * 5 for name, array in arrays.items()} for _ in range(4)]


def steps(create):
    leaves = {name: torch.nn.Parameter(array.clone()) for name, array in arrays.items()}
    optimizer = create(leaves)
    after = []
    for each in gradients:
        for name, leaf in leaves.items():
            leaf.grad = each[name].clone()
        optimizer.step()
        after.append({name: numbers(leaf) for name, leaf in leaves.items()})
    return after


print(
    json.dumps(
        {
            "learning-rate": RATE,
            "momentum": MOMENTUM,
            "weight-decay": DECAY,
            "before": {name: numbers(array) for name, array in arrays.items()},
            "gradients": [{name: numbers(array) for name, array in each.items()} for each in gradients],
            "lightly 1.6.0": steps(lightly),
            "solo-learn 1.0.2": steps(solo),
        },
    )
)
