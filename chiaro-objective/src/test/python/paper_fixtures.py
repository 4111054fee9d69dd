"""Writes paper-references.json: values and gradients of libauc and diffsort for PaperReferenceTest.

    python paper_fixtures.py LIBAUC_CONTRASTIVE DIFFSORT_PARENT > paper-references.json

The first argument is libauc/losses/contrastive.py of the package libauc 2.0.1, loaded alone, as is auc.py beside it, since the
package asks for much that a loss does not need; the second is the folder that holds the package diffsort 0.2.0. Needs torch.
"""
import importlib
import importlib.util
import json
import pathlib
import sys
import types

import torch

spec = importlib.util.spec_from_file_location("contrastive", sys.argv[1])
contrastive = importlib.util.module_from_spec(spec)
spec.loader.exec_module(contrastive)
losses = pathlib.Path(sys.argv[1]).parent
for name, folder in [("libauc", losses.parent), ("libauc.losses", losses), ("libauc.utils", losses.parent / "utils")]:
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [str(folder)]
auc = importlib.import_module("libauc.losses.auc")
sys.path.insert(0, sys.argv[2])
import diffsort  # noqa: E402

torch.manual_seed(7)
torch.set_default_dtype(torch.float64)
ITEMS, WIDTH, RECORDS = 6, 5, 9
quiet = lambda *a, **k: None
contrastive.print = quiet


def views():
    first = torch.randn(ITEMS, WIDTH)
    return [first.clone().requires_grad_(), (0.7 * first + torch.randn(ITEMS, WIDTH)).requires_grad_()]


def listed(tensor):
    return tensor.detach().tolist()


def case(recipe, reference, settings, given, loss, memory, after):
    loss.backward()
    return {
        "recipe": recipe,
        "reference": reference,
        "settings": settings,
        "views": [listed(v) for v in given],
        "memory": memory,
        "loss": loss.item(),
        "gradient": [listed(v.grad) for v in given],
        "after": after,
    }


def moving(recipe, own, seen):
    index = torch.tensor([4, 0, 7, 2, 8, 5])
    settings = {"gamma": 0.8, "temperature": 0.2}
    extra = {}
    if own:
        extra = dict(enable_isogclr=True, tau_min=0.1, tau_max=0.6, rho=0.3, eta=0.05, beta=0.7)
        settings |= {"least": 0.1, "most": 0.6, "rho": 0.3, "eta": 0.05, "beta": 0.7}
    loss = contrastive.GCLoss_v1(N=RECORDS, tau=0.2, gamma=0.8, device=torch.device("cpu"), **extra)
    loss.u = loss.u.double()
    memory = {"denominators": [[0.0]] * ITEMS}
    if own:
        loss.learnable_tau = loss.learnable_tau.double()
        loss.grad_tau = loss.grad_tau.double()
        memory["temperatures"] = [[0.0, 0.0]] * ITEMS
    if seen:
        loss.u = torch.rand(RECORDS, 1) * 20 + 1
        memory["denominators"] = listed(loss.u[index])
        if own:
            loss.learnable_tau = torch.rand(RECORDS, 1) * 0.4 + 0.15
            loss.grad_tau = torch.randn(RECORDS, 1)
            memory["temperatures"] = listed(torch.cat([loss.learnable_tau[index], loss.grad_tau[index]], 1))
    given = views()
    value = loss(given[0], given[1], index)
    after = {"denominators": listed(loss.u[index])}
    if own:
        after["temperatures"] = listed(torch.cat([loss.learnable_tau[index], loss.grad_tau[index]], 1))
    return case(recipe, "libauc 2.0.1 GCLoss_v1", settings, given, value, memory, after)


def sorting(hardest, steepness):
    """The loss of the paper around the network of the package."""
    given = views()
    units = [torch.nn.functional.normalize(v, dim=1) for v in given]
    losses = []
    for own, other in [(0, 1), (1, 0)]:
        anchors = units[own]
        same = anchors @ anchors.detach().T
        off = ~torch.eye(ITEMS, dtype=torch.bool)
        negatives = same[off].reshape(ITEMS, ITEMS - 1).sort(1).values[:, -hardest:]
        positive = (anchors * units[other].detach()).sum(1, keepdim=True)
        joined = torch.cat([negatives, positive], 1)
        network = diffsort.DiffSortNet("odd_even", joined.shape[1], steepness=steepness, distribution="cauchy")
        network.sorting_network = [tuple(torch.tensor(m) if not torch.is_tensor(m) else m.double() for m in layer)
                                   for layer in network.sorting_network]
        _, shares = network(joined)
        last = shares[:, :, -1:].sum(2).clamp(0, 1)
        target = torch.zeros_like(last)
        target[:, -1] = 1
        bce = torch.nn.functional.binary_cross_entropy(last, target, reduction="none")
        losses.append((bce[:, :-1].mean(1) + bce[:, -1]) / 2)
    return case("groco", "diffsort 0.2.0 DiffSortNet (odd_even, cauchy)", {"hardest": hardest, "steepness": steepness},
                given, torch.cat(losses).mean(), {}, {})


def area(recipe, surrogate, scale):
    """Every score of an item with its own row of the other view is of a positive, every other of a negative."""
    given = views()
    first, second = (torch.nn.functional.normalize(v, dim=1) for v in given)
    scores = scale * first @ second.T
    loss = auc.PairwiseAUCLoss(surr_loss=surrogate, hparam=1.0)(scores.reshape(-1), torch.eye(ITEMS).reshape(-1))
    return case(recipe, f"libauc 2.0.1 PairwiseAUCLoss({surrogate})", {"scale": scale}, given, loss, {}, {})


print(json.dumps({"cases": [
    moving("sogclr", False, False),
    moving("sogclr", False, True),
    moving("isogclr", True, False),
    moving("isogclr", True, True),
    sorting(3, 1.0),
    sorting(4, 5.0),
    area("auc-squared-hinge", "squared_hinge", 1.0),
    area("auc-squared-hinge", "squared_hinge", 3.0),
    area("mw", "logistic", 20.0),
    area("mw", "logistic", 2.5),
]}, indent=1))
