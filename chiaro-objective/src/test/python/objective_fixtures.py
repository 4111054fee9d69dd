"""Values and gradients of objectives as other libraries compute them, on small fixed inputs.

    python objective_fixtures.py ../resources/io/chiaro/objective/references.json

With --check after the path, gradients are compared with finite differences. Everything runs in double precision on a
single thread. The inputs are rounded before use, so that a reader of the file
computes with exactly the same numbers. A gradient is that of the loss by the raw views, in the shape of the views.

Settings that are not the reference's own:
  normalise       the recipe brings each embedding to unit length before the loss is called
  stop-gradient   the views (counted from 0) that enter as constants; their gradient is zero
  roles           what each view of an input of several views stands for
Losses by label get the views one after another, [views * items, width], and the labels once for each view.
Memory is what a loss reads beside the views: classes [classes][width], centres [classes * 3][width] in the order of the
classes, queue [rows][width] of unit length, slices [width][number]. A learned-gradient is by such a parameter.
A reference that begins with "formula" is written out here from its description, since no package holds it.
"""

import importlib.metadata
import importlib.util
import json
import math
import sys
import warnings

import torch
import torch.nn.functional as F

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
torch.manual_seed(5)

PACKAGES = ["pytorch-metric-learning", "lightly", "open_clip_torch", "torch"]
VERSIONS = {name: importlib.metadata.version(name) for name in PACKAGES}
cases, miners = [], []


def number(value):
    return float(f"{float(value):.9g}")


def numbers(tensor):
    return [numbers(part) for part in tensor] if tensor.dim() else number(tensor)


# ---- inputs

generator = torch.Generator().manual_seed(11)


def draw(*shape):
    return torch.tensor(numbers(torch.randn(*shape, generator=generator)))


def rounded(tensor):
    return torch.tensor(numbers(tensor))


def views(count, items, width=8, noise=0.6):
    first = draw(items, width)
    return rounded(torch.stack([first] + [first + noise * draw(items, width) for _ in range(count - 1)]))


pair = views(2, 6)
INPUTS = {
    "pair": {"views": pair, "labels": [0, 0, 1, 1, 2, 2]},
    "labelled": {"views": pair, "labels": [0, 1, 0, 2, 1, 0]},
    "single": {"views": pair[:1], "labels": [0, 1, 0, 2, 1, 0]},
    "triplet": {"views": views(3, 6)},
    "many": {"views": views(4, 5)},
    "queue": {"queue": rounded(F.normalize(draw(10, 8), dim=1))},
    "classes": {"classes": draw(3, 8)},
    "centres": {"views": draw(1, 9, 8), "labels": [0, 0, 0, 1, 1, 1, 2, 2, 2]},
    "whitening": {"views": views(2, 8, width=4)},
    "regression": {"views": pair, "labels": [0.1, 0.5, 1.2, 2.6, 3.1, 3.9],
                   "predictions": [0.95, 1.6, 0.7, 1.9, 2.2, 2.8]},
    "patches": {"views": draw(2, 4, 4, 4), "grids": draw(2, 4, 4, 2)},
    "centre": {"centre": rounded(0.3 * draw(8))},
    "slices": {"slices": rounded(F.normalize(draw(8, 16), dim=0))},
}
QUEUE, CLASSES, CENTRE = INPUTS["queue"]["queue"], INPUTS["classes"]["classes"], INPUTS["centre"]["centre"]
CENTRES, SLICES = INPUTS["centres"]["views"][0], INPUTS["slices"]["slices"]
GIVEN = {"queue": QUEUE, "classes": CLASSES, "centres": CENTRES, "centre": CENTRE, "slices": SLICES}


def unit(tensor):
    return F.normalize(tensor, dim=-1)


def labels_of(name):
    """The labels of an input, once for each view."""
    entry = INPUTS[name]
    return torch.tensor(entry["labels"]).repeat(len(entry["views"]))


def case(recipe, reference, input, loss, settings=None, memory=(), learned=None, note=None):
    """One case: the loss of the raw views, and its gradients.

    memory names the given tensors the loss reads; learned holds parameters whose gradient is told as well.
    """
    settings = settings or {}
    leaf = INPUTS[input]["views"].clone().requires_grad_()
    stopped = settings.get("stop-gradient", [])
    seen = torch.stack([view.detach() if index in stopped else view for index, view in enumerate(leaf)])
    value = loss(unit(seen) if settings.get("normalise") else seen).sum()
    for parameter in (learned or {}).values():
        parameter.grad = None
    value.backward()
    entry = {"recipe": recipe, "reference": reference, "input": input, "settings": settings,
             "memory": {name: GIVEN[name] for name in memory}, "loss": number(value),
             "gradient": leaf.grad if leaf.grad is not None else torch.zeros_like(leaf)}
    if "--check" in sys.argv:
        check(recipe, reference, lambda x: loss(unit(x) if settings.get("normalise") else x).sum(), leaf, stopped,
              entry)
    if learned:
        entry["learned-gradient"] = {name: parameter.grad for name, parameter in learned.items()}
    if note:
        entry["note"] = note
    assert math.isfinite(entry["loss"]) and torch.isfinite(entry["gradient"]).all(), (recipe, settings)
    cases.append(entry)
    return value.item()


def check(recipe, reference, loss, leaf, stopped, entry):
    """Says where differences along a fixed direction disagree; so they must where a loss stops part of itself."""
    direction = torch.randn(leaf.shape, generator=torch.Generator().manual_seed(3))
    direction[stopped] = 0
    with torch.no_grad():
        difference = (loss(leaf + 1e-6 * direction) - loss(leaf - 1e-6 * direction)).item() / 2e-6
    expected = (entry["gradient"] * direction).sum().item()
    if abs(difference - expected) > 1e-5 * max(1, abs(expected)):
        print(f"{recipe}, {reference}: gradient {expected:.8g}, differences {difference:.8g}")


def learnable(tensor):
    return torch.as_tensor(tensor).clone().requires_grad_()


# ---- lightly

def lightly_cases():
    from lightly import loss as ll
    from lightly.loss import hypersphere_loss
    from lightly.loss.emp_ssl_loss import invariance_loss, tcr_loss
    from lightly.loss.regularizer.co2 import CO2Regularizer
    from lightly.loss.swav_loss import SwaVLoss
    from lightly.models.modules import NNMemoryBankModule

    def reference(name, **options):
        return f"lightly {VERSIONS['lightly']} {name}({', '.join(f'{k}={v}' for k, v in options.items())})"

    def two(recipe, type, options, settings, **more):
        case(recipe, reference(type.__name__, **options), more.pop("input", "pair"),
             lambda v: type(**options)(v[0], v[1]), settings, **more)

    def banked(module):
        for part in module.modules():
            if hasattr(part, "bank"):
                part.bank = QUEUE.clone()
        return module

    for temperature in (0.5, 0.05):
        two("nt-xent", ll.NTXentLoss, {"temperature": temperature}, {"temperature": temperature})
    for temperature in (0.1, 0.5):
        two("dcl", ll.DCLLoss, {"temperature": temperature}, {"temperature": temperature})
    two("dclw", ll.DCLWLoss, {"temperature": 0.1, "sigma": 0.5}, {"temperature": 0.1, "sigma": 0.5})
    two("macl", ll.MACLLoss, {"temperature": 0.1, "alpha": 0.5, "A_0": 0.0},
        {"temperature": 0.1, "alpha": 0.5, "threshold": 0.0})
    two("macl", ll.MACLLoss, {"temperature": 0.3, "alpha": 0.8, "A_0": 0.2},
        {"temperature": 0.3, "alpha": 0.8, "threshold": 0.2})
    two("align-uniform", hypersphere_loss.HypersphereLoss, {"t": 1.0, "lam": 1.0, "alpha": 2.0},
        {"uniformity-scale": 1.0, "uniformity-weight": 1.0, "alignment-power": 2.0})
    two("align-uniform", hypersphere_loss.HypersphereLoss, {"t": 2.0, "lam": 0.5, "alpha": 3.0},
        {"uniformity-scale": 2.0, "uniformity-weight": 0.5, "alignment-power": 3.0})
    two("negative-cosine", ll.NegativeCosineSimilarity, {}, {"stop-gradient": [1]})
    cosine = ll.NegativeCosineSimilarity()
    swapped = {"roles": ["prediction", "prediction", "target", "target"], "stop-gradient": [2, 3]}
    for recipe in ("byol", "simsiam"):
        case(recipe, reference("NegativeCosineSimilarity"), "many",
             lambda v: 0.5 * (cosine(v[0], v[3]) + cosine(v[1], v[2])), swapped,
             note="half the sum of prediction 0 with target 1 and prediction 1 with target 0")
    two("barlow-twins", ll.BarlowTwinsLoss, {"lambda_param": 0.005}, {"off-diagonal-weight": 0.005},
        note="columns standardised by the biased variance, 1e-5 added to it")
    weights = {"invariance-weight": 25.0, "variance-weight": 25.0, "covariance-weight": 1.0, "epsilon": 1e-4}
    two("vicreg", ll.VICRegLoss, {}, weights)
    two("tico", ll.TiCoLoss, {"beta": 0.9, "rho": 8.0}, {"momentum": 0.9, "covariance-weight": 8.0},
        note="first step: the covariance before it is zero")
    two("directclr", ll.DirectCLRLoss, {"loss_dim": 5, "temperature": 0.5}, {"dimensions": 5, "temperature": 0.5})
    mmcr = ll.MMCRLoss(lmda=0.005)
    for normalise in (True, False):
        case("mmcr", reference("MMCRLoss", lmda=0.005), "many",
             lambda v: mmcr(v[:2].transpose(0, 1), v[2:].transpose(0, 1)),
             {"local-weight": 0.005, "normalise": normalise},
             note="all four views of an item make one matrix, none is stopped")
    for input in ("pair", "many"):
        case("frossl", reference("FroSSLLoss", invariance_weight=1.0), input,
             lambda v: ll.FroSSLLoss()(list(v)), {"invariance-weight": 1.0},
             note="columns brought to unit length by the loss")
    for normalise in (True, False):
        case("emp-ssl", reference("emp_ssl_loss", tcr_eps=0.2, inv_coef=200) + ", sign of the coding rate mended",
             "many",
             lambda v: 200 * invariance_loss(v) - tcr_loss(v, 0.2),
             {"distortion": 0.2, "invariance-weight": 200.0, "normalise": normalise},
             note="the package adds the coding rate, which rewards collapse; here it is subtracted")
    case("koleo", reference("KoLeoLoss"), "pair", lambda v: (ll.KoLeoLoss()(v[0]) + ll.KoLeoLoss()(v[1])) / 2,
         {"epsilon": 1e-8}, note="mean over the two views, each on its own; epsilon is added to each coordinate's "
         "difference and again inside the logarithm")

    for input, high, options in (("pair", 2, {"temperature": 0.1, "sinkhorn_epsilon": 0.05}), ("many", 2, {}),
                                 ("many", 4, {"temperature": 0.2, "sinkhorn_iterations": 5, "sinkhorn_epsilon": 0.1})):
        prototypes = learnable(CLASSES)
        case("swav", reference("SwaVLoss", **options), input,
             lambda v: SwaVLoss(**options)(list(v[:high] @ unit(prototypes).T), list(v[high:] @ unit(prototypes).T)),
             {"temperature": options.get("temperature", 0.1),
              "sinkhorn-iterations": options.get("sinkhorn_iterations", 3),
              "sinkhorn-epsilon": options.get("sinkhorn_epsilon", 0.05), "assigning-views": high, "normalise": True},
             ["classes"], {"classes": prototypes}, note="prototypes are brought to unit length")
    case("swav", reference("SwaVLoss") + " with queue", "pair",
         lambda v: SwaVLoss()([x @ unit(CLASSES).T for x in v], [], [QUEUE @ unit(CLASSES).T] * 2),
         {"temperature": 0.1, "sinkhorn-iterations": 3, "sinkhorn-epsilon": 0.05, "assigning-views": 2,
          "normalise": True},
         ["classes", "queue"], note="both views assign together with the same queue")

    def dino(v, centre):
        loss = ll.DINOLoss(output_dim=8, teacher_temp=0.4, warmup_teacher_temp=0.4, student_temp=0.5)
        loss.center.data = centre.reshape(1, 1, -1)
        return loss([v[2], v[3]], [v[0], v[1]])

    for memory, centre in (((), torch.zeros(8)), (("centre",), CENTRE)):
        case("dino", reference("DINOLoss", teacher_temp=0.4, student_temp=0.5), "many", lambda v: dino(v, centre),
             {"teacher-temperature": 0.4, "student-temperature": 0.5,
              "roles": ["student", "student", "teacher", "teacher"], "stop-gradient": [2, 3]}, memory,
             note="coordinates are the outputs; student and teacher of the same view are not compared"
             + ("" if memory else "; the centre is zero"))
    for type, recipe, options in ((ll.MSNLoss, "msn", {}), (ll.MSNLoss, "msn", {"sinkhorn_iterations": 0}),
                                  (ll.PMSNLoss, "pmsn", {"power_law_exponent": 0.25})):
        prototypes = learnable(CLASSES)
        settings = {"temperature": 0.1, "sharpen-temperature": 0.25,
                    "sinkhorn-iterations": options.get("sinkhorn_iterations", 3),
                    "regularisation-weight": 1.0, "roles": ["anchor", "anchor", "target", "unused"],
                    "stop-gradient": [2]}
        if recipe == "pmsn":
            settings["power"] = 0.25
        case(recipe, reference(type.__name__, **options), "many",
             lambda v: type(**options)(torch.cat([v[0], v[1]]), v[2], prototypes, target_sharpen_temperature=0.25),
             settings, ["classes"], {"classes": prototypes},
             note="anchors, targets and prototypes are brought to unit length")

    def co2(v, bank):
        """What the module returns before it copies it, which cuts the graph there."""
        module = CO2Regularizer(alpha=1.0, t_consistency=0.2, memory_bank_size=(10, 8) if bank else 0)
        shipped = banked(module)(v[0], v[1])
        negatives = QUEUE.T if bank else None
        p = module._get_pseudo_labels(unit(v[0]), unit(v[1]), negatives)
        q = module._get_pseudo_labels(unit(v[1]), unit(v[0]), negatives)
        value = 0.5 * (module.kl_div(p, q) + module.kl_div(q, p))
        assert torch.allclose(value, shipped)
        return value

    for bank in (True, False):
        case("co2", reference("CO2Regularizer", alpha=1.0, t_consistency=0.2), "pair", lambda v: co2(v, bank),
             {"weight": 1.0, "temperature": 0.2}, ["queue"] if bank else [],
             note="value of the package, which cuts the graph; the gradient is that of the same expression")
    for temperature, stopped in ((0.2, [1]), (0.07, [1]), (0.2, [])):
        case("moco", reference("NTXentLoss", temperature=temperature, memory_bank_size=(10, 8)), "pair",
             lambda v: banked(ll.NTXentLoss(temperature=temperature, memory_bank_size=(10, 8)))(v[0], v[1]),
             {"temperature": temperature, "stop-gradient": stopped}, ["queue"])

    def nnclr(v):
        bank, loss = banked(NNMemoryBankModule(size=(10, 8))), ll.NTXentLoss(temperature=0.2)
        return 0.5 * (loss(bank(v[2]), v[1]) + loss(bank(v[3]), v[0]))

    case("nnclr", reference("NTXentLoss", temperature=0.2) + " on NNMemoryBankModule", "many", nnclr,
         {"temperature": 0.2, "roles": ["prediction", "prediction", "projection", "projection"],
          "stop-gradient": [2, 3]},
         ["queue"], note="the neighbour of projection 0 with prediction 1, and the other way; negatives of both views")
    for epsilon in (0.0, 0.1):
        case("w-mse", reference("WMSELoss", embedding_dim=4, w_size=8, eps=epsilon), "whitening",
             lambda v: ll.WMSELoss(embedding_dim=4, w_size=8, eps=epsilon)(torch.cat([v[0], v[1]])),
             {"epsilon": epsilon, "slice": 8},
             note="one slice covers the batch, so the draw of the slices does not matter")

    def lejepa(v):
        loss = ll.LeJEPALoss(lambda_param=0.05).double()
        loss.sigreg._generate_unit_vectors = lambda *_: SLICES
        return loss(local_proj=v[2:], global_proj=v[:2])

    case("lejepa", reference("LeJEPALoss", lambda_param=0.05), "many", lejepa,
         {"weight": 0.05, "knots": 17, "range": 3.0, "roles": ["global", "global", "local", "local"]}, ["slices"],
         note="slices [width][number] given instead of drawn; the knots' weights are held in single precision")
    grids = INPUTS["patches"]["grids"].reshape(2, 4, 2, 2, 2)
    for alpha in (0.75, 0.25):
        case("vicregl", reference("VICRegLLoss", alpha=alpha, num_matches=(2, 2)), "patches",
             lambda v: ll.VICRegLLoss(alpha=alpha, num_matches=(2, 2))(
                 [(x.mean(1), x.reshape(4, 2, 2, 4)) for x in v], list(grids)),
             {**weights, "global-weight": alpha, "matches": 2},
             note="views of items of 4 patches, each with its place on "
             "the grid; a view's embedding is the mean of its patches; no local views")
    total = torch.zeros(())
    case("nt-xent-pairwise", reference("NTXentLoss", temperature=0.5), "many",
         lambda v: sum((ll.NTXentLoss(0.5)(v[a], v[b]) for a in range(4) for b in range(a)), total) / 6,
         {"temperature": 0.5}, note="mean over the pairs of views")


# ---- supervised contrast, in its several meanings

def relations(input):
    """Which embeddings share a label, and which are other embeddings at all."""
    labels = labels_of(input)
    other = ~torch.eye(len(labels), dtype=torch.bool)
    return (labels[:, None] == labels) & other, other


def sup_con_parts(v, input, temperature):
    z = v.flatten(0, 1)
    positive, other = relations(input)
    scores = z @ z.T / temperature
    return scores, positive, other, torch.logsumexp(scores.masked_fill(~other, -math.inf), dim=1, keepdim=True)


def sup_con_out(v, input, temperature, base=None, anchors=None):
    scores, positive, _, whole = sup_con_parts(v, input, temperature)
    count = positive.sum(1).clamp(min=1)
    rows = -((scores - whole) * positive).sum(1) / count
    return (temperature / base if base else 1) * rows[:anchors].mean()


def sup_con_in(v, input, temperature):
    scores, positive, _, whole = sup_con_parts(v, input, temperature)
    inside = torch.logsumexp(scores.masked_fill(~positive, -math.inf), dim=1, keepdim=True)
    return (whole - inside + positive.sum(1, keepdim=True).log()).mean()


def sup_con_set(v, input, temperature):
    scores, positive, _, whole = sup_con_parts(v, input, temperature)
    return (whole - torch.logsumexp(scores.masked_fill(~positive, -math.inf), dim=1, keepdim=True)).mean()


def sup_con_cases():
    for input in ("labelled", "pair", "single"):
        case("sup-con", "formula of SupContrast (HobbitLong), contrast mode all", input,
             lambda v: sup_con_out(v, input, 0.1, 0.07),
             {"temperature": 0.1, "base-temperature": 0.07, "anchors": "all", "normalise": True},
             note="an anchor without a positive counts as zero and stays in the mean")
    case("sup-con", "formula of SupContrast (HobbitLong), contrast mode one", "labelled",
         lambda v: sup_con_out(v, "labelled", 0.1, 0.07, anchors=6),
         {"temperature": 0.1, "base-temperature": 0.07, "anchors": "first-view", "normalise": True})
    for temperature in (0.1, 0.5):
        settings = {"temperature": temperature, "normalise": True}
        case("multi-positive", "formula of StableRep MultiPosConLoss", "labelled",
             lambda v: sup_con_out(v, "labelled", temperature), settings)
        case("sup-con-set", "formula of solo-learn's SupCon (simclr_loss_func with labels)", "labelled",
             lambda v: sup_con_set(v, "labelled", temperature), settings)
        case("sup-con-in", "formula of SupCon L_in", "labelled", lambda v: sup_con_in(v, "labelled", temperature),
             settings)


# ---- pytorch-metric-learning

def metric_learning_cases():
    from pytorch_metric_learning import distances, losses, miners as pm, regularizers

    package = f"pytorch-metric-learning {VERSIONS['pytorch-metric-learning']}"
    cosine = distances.CosineSimilarity

    def shown(name, options):
        return f"{package} {name}({', '.join(f'{k}={v}' for k, v in options.items())})"

    def set_weight(module, value):
        """The class weights of a loss, however it calls and lays them, become the given ones."""
        for name, parameter in module.named_parameters():
            parameter.data = value.clone() if parameter.shape == value.shape else value.T.clone()
            return parameter

    def embeddings(v):
        return v.flatten(0, 1)

    def plain_case(recipe, name, options, settings, inputs=("labelled",), distance=None, note=None):
        for input in inputs:
            more = {"distance": distance()} if distance else {}
            text = shown(name, {**options, **({"distance": "CosineSimilarity"} if distance else {})})
            module = getattr(losses, name)
            case(recipe, text, input, lambda v: module(**options, **more)(embeddings(v), labels_of(input)), settings,
                 note=note)

    def class_case(recipe, name, options, settings, given="classes", note=None):
        value = GIVEN[given]
        module = getattr(losses, name)(**options, **({"num_classes": 3} if name != "ManifoldLoss" else {}),
                                       **({"descriptors_dim": 8} if name == "P2SGradLoss" else {"embedding_size": 8}))
        parameter = set_weight(module, value)
        run = {"recipe": recipe, "reference": shown(name, options), "input": "labelled", "settings": settings}
        case(**run, loss=lambda v: module(embeddings(v), labels_of("labelled")), memory=[given], note=note)
        gradient = parameter.grad if parameter.shape == value.shape else parameter.grad.T
        cases[-1]["learned-gradient"] = {given: gradient.clone()}

    every = ("labelled", "single")
    non_zero = "mean over the terms above zero only"
    plain_case("angular", "AngularLoss", {"alpha": 40}, {"angle": 40.0},
               note="one term for each positive pair; the candidates of its negatives are the raw embeddings, "
               "anchor and positive are of unit length")
    class_case("arcface", "ArcFaceLoss", {"margin": 28.6, "scale": 64}, {"margin": 28.6, "scale": 64.0})
    class_case("arcface", "ArcFaceLoss", {"margin": 57.3, "scale": 8}, {"margin": 57.3, "scale": 8.0},
               note="beyond 180 degrees less the margin the target is cos - margin * sin(margin)")
    plain_case("circle", "CircleLoss", {"m": 0.4, "gamma": 80}, {"margin": 0.4, "scale": 80.0}, every, note=non_zero)
    plain_case("circle", "CircleLoss", {"m": 0.25, "gamma": 8}, {"margin": 0.25, "scale": 8.0}, note=non_zero)
    plain_case("contrastive", "ContrastiveLoss", {"pos_margin": 0, "neg_margin": 1},
               {"positive-margin": 0.0, "negative-margin": 1.0}, every,
               note="unit length, euclidean distance; positive and negative terms each their " + non_zero)
    plain_case("contrastive", "ContrastiveLoss", {"pos_margin": 1, "neg_margin": 0},
               {"positive-margin": 1.0, "negative-margin": 0.0, "similarity": "cosine"}, distance=cosine, note=non_zero)
    class_case("cosface", "CosFaceLoss", {"margin": 0.35, "scale": 64}, {"margin": 0.35, "scale": 64.0})
    class_case("cosface", "CosFaceLoss", {"margin": 0.2, "scale": 8}, {"margin": 0.2, "scale": 8.0})
    plain_case("dynamic-soft-margin", "DynamicSoftMarginLoss", {"min_val": -2.0, "num_bins": 10, "momentum": 0.01},
               {"minimum": -2.0, "bins": 10, "momentum": 0.01},
               note="first step, the histogram before it is empty; all triplets; the weight read from the histogram "
               "is no constant, its gradient goes through the histogram's shares")
    plain_case("fast-ap", "FastAPLoss", {"num_bins": 10}, {"bins": 10}, every)
    plain_case("generalized-lifted-structure", "GeneralizedLiftedStructureLoss", {"neg_margin": 1, "pos_margin": 0},
               {"negative-margin": 1.0, "positive-margin": 0.0})
    plain_case("histogram", "HistogramLoss", {"n_bins": 20}, {"bins": 20}, every)
    plain_case("instance", "InstanceLoss", {"gamma": 64}, {"scale": 64.0},
               note="the logits are the similarities to all embeddings, the target is the label's rank as a column")
    plain_case("intra-pair-variance", "IntraPairVarianceLoss", {"pos_eps": 0.01, "neg_eps": 0.01},
               {"positive-epsilon": 0.01, "negative-epsilon": 0.01})
    class_case("large-margin-softmax", "LargeMarginSoftmaxLoss", {"margin": 4, "scale": 1}, {"margin": 4, "scale": 1.0})
    class_case("large-margin-softmax", "LargeMarginSoftmaxLoss", {"margin": 2, "scale": 1}, {"margin": 2, "scale": 1.0})
    plain_case("lifted-structure", "LiftedStructureLoss", {"neg_margin": 1, "pos_margin": 0},
               {"negative-margin": 1.0, "positive-margin": 0.0})
    plain_case("margin", "MarginLoss", {"margin": 0.2, "beta": 1.2}, {"margin": 0.2, "boundary": 1.2},
               note="sum over all triplets of both hinges, divided by the number of hinges above zero")
    plain_case("multi-similarity", "MultiSimilarityLoss", {"alpha": 2, "beta": 50, "base": 0.5},
               {"positive-scale": 2.0, "negative-scale": 50.0, "base": 0.5}, every)
    plain_case("nca", "NCALoss", {"softmax_scale": 1}, {"scale": 1.0}, every,
               note="unit length, squared distance; anchors without a positive are left out")
    for temperature in (0.05, 0.5):
        class_case("normalized-softmax", "NormalizedSoftmaxLoss", {"temperature": temperature},
                   {"temperature": temperature})
    plain_case("n-pairs", "NPairsLoss", {}, {}, note="for each class its first embedding is the anchor "
               "and the second one the positive, in the order of the views one after another; unit length")
    raw = distances.DotProductSimilarity(normalize_embeddings=False)
    case("n-pairs", shown("NPairsLoss", {"distance": "DotProductSimilarity(normalize_embeddings=False)"}), "labelled",
         lambda v: losses.NPairsLoss(distance=raw)(embeddings(v), labels_of("labelled")), {"similarity": "dot"},
         note="as above, embeddings as they are")
    for temperature in (0.07, 0.5):
        plain_case("nt-xent-by-label", "NTXentLoss", {"temperature": temperature}, {"temperature": temperature},
                   note="one term for each positive pair: that positive against the negatives of the anchor")
    class_case("p2s-grad", "P2SGradLoss", {}, {}, note="class weights are brought to unit length first; "
               "their gradient is by those; the package's unit length is exact to 1e-7 only")
    for variant in ("O", "Ds", "Dq", "Iu", "Ib"):
        plain_case("pnp", "PNPLoss", {"b": 2, "alpha": 1, "anneal": 0.1, "variant": variant},
                   {"variant": variant.lower(), "temperature": 0.1, "b": 2.0, "alpha": 1.0})
    class_case("proxy-anchor", "ProxyAnchorLoss", {"margin": 0.1, "alpha": 32}, {"margin": 0.1, "scale": 32.0})
    class_case("proxy-nca", "ProxyNCALoss", {"softmax_scale": 1}, {"scale": 1.0})
    class_case("proxy-nca", "ProxyNCALoss", {"softmax_scale": 3}, {"scale": 3.0})
    plain_case("ranked-list", "RankedListLoss", {"margin": 0.4, "Tn": 2, "Tp": 1, "imbalance": 0.5},
               {"margin": 0.4, "negative-temperature": 2.0, "positive-temperature": 1.0, "imbalance": 0.5,
                "boundary": 1.2},
               note="1e-5 is added to each weight of a divisor, also to those that are zero")
    plain_case("signal-to-noise-contrastive", "SignalToNoiseRatioContrastiveLoss", {"pos_margin": 0, "neg_margin": 1},
               {"positive-margin": 0.0, "negative-margin": 1.0}, note=non_zero)
    case("smooth-ap", shown("SmoothAPLoss", {"temperature": 0.05}), "centres",
         lambda v: losses.SmoothAPLoss(temperature=0.05)(embeddings(v), labels_of("centres")), {"temperature": 0.05},
         note="the package takes as many classes as each has members; it holds here, 3 and 3")
    class_case("soft-triple", "SoftTripleLoss", {"centers_per_class": 3, "la": 20, "gamma": 0.1, "margin": 0.01},
               {"centres-per-class": 3, "scale": 20.0, "gamma": 0.1, "margin": 0.01}, "centres")
    class_case("sphereface", "SphereFaceLoss", {"margin": 4, "scale": 1}, {"margin": 4, "scale": 1.0})
    class_case("sub-center-arcface", "SubCenterArcFaceLoss", {"margin": 28.6, "scale": 64, "sub_centers": 3},
               {"margin": 28.6, "scale": 64.0, "centres-per-class": 3}, "centres")
    for temperature in (0.1, 0.5):
        plain_case("sup-con-non-zero", "SupConLoss", {"temperature": temperature}, {"temperature": temperature}, every,
                   note="anchors whose term is not above zero are left out of the mean")
    plain_case("threshold-consistent-margin", "ThresholdConsistentMarginLoss", {},
               {"positive-margin": 0.9, "negative-margin": 0.5, "positive-weight": 1.0, "negative-weight": 1.0})
    for options in ({}, {"swap": True}, {"smooth_loss": True}):
        plain_case("triplet-margin", "TripletMarginLoss", {"margin": 0.05, **options},
                   {"margin": 0.05, "swap": options.get("swap", False), "smooth": options.get("smooth_loss", False)},
                   note="unit length, euclidean distance; " + non_zero)
    plain_case("triplet-margin", "TripletMarginLoss", {"margin": 0.2}, {"margin": 0.2, "similarity": "cosine"},
               distance=cosine, note=non_zero)
    plain_case("tuplet-margin", "TupletMarginLoss", {"margin": 5.73, "scale": 64}, {"margin": 5.73, "scale": 64.0})
    plain_case("tuplet-margin", "TupletMarginLoss", {"margin": 5.73, "scale": 8}, {"margin": 5.73, "scale": 8.0})
    case("vicreg", shown("VICRegLoss", {}), "pair", lambda v: losses.VICRegLoss()(v[0], ref_emb=v[1]),
         {"invariance-weight": 25.0, "variance-weight": 25.0, "covariance-weight": 1.0, "epsilon": 1e-4})
    manifold, meta = losses.ManifoldLoss(l=8, K=3), labels_of("labelled")
    set_weight(manifold, CLASSES)
    case("manifold", shown("ManifoldLoss", {"K": 3, "lambdaC": 1.0, "alpha": 0.8, "margin": 5e-4}), "labelled",
         lambda v: manifold(embeddings(v), indices_tuple=meta),
         {"context-weight": 1.0, "alpha": 0.8, "margin": 5e-4}, ["classes"], {"classes": manifold.proxies},
         note="labels serve as the proxies' numbers; the package inverts in single precision")

    def memory(v):
        loss = losses.CrossBatchMemory(losses.ContrastiveLoss(), embedding_size=8, memory_size=16)
        loss(QUEUE[:4], torch.tensor([0, 1, 2, 0]))
        return loss(embeddings(v), labels_of("labelled"))

    case("cross-batch-memory", shown("CrossBatchMemory", {"loss": "ContrastiveLoss()", "memory_size": 16}), "labelled",
         memory, {"positive-margin": 0.0, "negative-margin": 1.0, "queue-labels": [0, 1, 2, 0]}, ["queue"],
         note="the memory holds the first 4 rows of the queue, then the batch; an embedding does not meet its own copy")

    z, labels = embeddings(INPUTS["labelled"]["views"]), labels_of("labelled")
    for name, options in (("MultiSimilarityMiner", {"epsilon": 0.1}), ("BatchHardMiner", {}),
                          ("BatchEasyHardMiner", {"pos_strategy": "easy", "neg_strategy": "semihard"}),
                          ("BatchEasyHardMiner", {"pos_strategy": "hard", "neg_strategy": "semihard"}),
                          ("BatchEasyHardMiner", {"pos_strategy": "semihard", "neg_strategy": "hard"}),
                          ("TripletMarginMiner", {"margin": 0.2, "type_of_triplets": "all"}),
                          ("TripletMarginMiner", {"margin": 0.2, "type_of_triplets": "hard"}),
                          ("TripletMarginMiner", {"margin": 0.2, "type_of_triplets": "semihard"}),
                          ("PairMarginMiner", {"pos_margin": 0.2, "neg_margin": 0.8}),
                          ("PairMarginMiner", {"pos_margin": 0.6, "neg_margin": 1.1})):
        found = getattr(pm, name)(**options)(z, labels)
        roles = ("anchors", "positives", "negatives") if len(found) == 3 else \
            ("positive-anchors", "positives", "negative-anchors", "negatives")
        kebab = "".join("-" + c.lower() if c.isupper() else c for c in name.removesuffix("Miner")).lstrip("-")
        miners.append({"miner": kebab, "reference": shown(name, options), "input": "labelled",
                       "settings": {key.replace("_", "-"): value for key, value in options.items()},
                       **{role: part.tolist() for role, part in zip(roles, found)}})

    classes = {"num_classes": 3, "centers_per_class": 3}
    for recipe, name, options in (("center-invariant", "CenterInvariantRegularizer", {}),
                                  ("lp", "LpRegularizer", {"p": 2, "power": 1}),
                                  ("lp", "LpRegularizer", {"p": 1, "power": 2}),
                                  ("regular-face", "RegularFaceRegularizer", {}),
                                  ("sparse-centers", "SparseCentersRegularizer", classes),
                                  ("zero-mean", "ZeroMeanRegularizer", {})):
        note = "sums the coordinates of each embedding, not those of a batch" if recipe == "zero-mean" else None
        case(recipe, shown(name, options), "centres", lambda v: getattr(regularizers, name)(**options)(v[0]),
             {key.replace("_", "-"): value for key, value in options.items()}, note=note)


# ---- two towers, several views, and what no package holds

def open_clip_losses():
    """The losses' own file; the package around it asks for tokenizers and image models."""
    path = importlib.util.find_spec("open_clip").submodule_search_locations[0] + "/loss.py"
    spec = importlib.util.spec_from_file_location("open_clip_loss", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def infinite_diagonal(scores):
    return scores.masked_fill(torch.eye(len(scores), dtype=torch.bool), -math.inf)


def rows(scores):
    """Cross-entropy of rows whose diagonal is the target."""
    return F.cross_entropy(scores, torch.arange(len(scores)))


def own_and_other(v, temperature):
    """For both views one after another: the score of the other view, and the scores of all other items' embeddings."""
    z = v.flatten(0, 1)
    count, items = len(z), v.shape[1]
    scores = z @ z.T / temperature
    item = torch.arange(count) % items
    negative = item[:, None] != item
    return scores[torch.arange(count), (torch.arange(count) + items) % count], scores[negative].reshape(count, -1)


def debiased(v, temperature, prior, hardness=None):
    positive, negative = (part.exp() for part in own_and_other(v, temperature))
    count = negative.shape[1]
    if hardness is None:
        total = negative.sum(1)
    else:
        importance = negative ** hardness
        total = (importance * negative).sum(1) / importance.mean(1)
    estimate = (total - prior * count * positive) / (1 - prior)
    estimate = estimate.clamp(min=count * math.exp(-1 / temperature))
    return -(positive / (positive + estimate)).log().mean()


def rince(v, temperature, q, weight):
    positive, negative = (part.exp() for part in own_and_other(v, temperature))
    return (-positive ** q / q + (weight * (positive + negative.sum(1))) ** q / q).mean()


def spectral(v, limit):
    norms = v.norm(dim=-1, keepdim=True)
    v = torch.where(norms < limit ** 0.5, v, unit(v) * limit ** 0.5)
    items = v.shape[1]
    squares = (v[0] @ v[1].T) ** 2
    return -2 * (v[0] * v[1]).sum(1).mean() + (squares.sum() - squares.diagonal().sum()) / (items * (items - 1))


def energy(z, scale):
    return (-scale * torch.pdist(z) ** 2).exp().mean()


def decoupled_uniformity(v, scale=2.0):
    return energy(v.mean(0), scale).log()


def kernel_contrast(v, scale, weight):
    aligned = (-scale * ((v[0] - v[1]) ** 2).sum(1)).exp().mean()
    return -2 * aligned + weight * (energy(v[0], scale) + energy(v[1], scale))


def view_pairs(v, temperature):
    """Scores of the pairs of views of an item, [pairs, items]."""
    return torch.stack([(v[a] * v[b]).sum(1) / temperature for b in range(len(v)) for a in range(b)])


def mv_info_nce(v, temperature):
    z, items = v.flatten(0, 1), v.shape[1]
    every = torch.logsumexp(infinite_diagonal(z @ z.T / temperature), 1).reshape(len(v), items)
    return (torch.logsumexp(every, 0) - torch.logsumexp(view_pairs(v, temperature), 0) - math.log(2)).mean()


def mv_dhel(v, temperature):
    apart = sum(torch.logsumexp(infinite_diagonal(view @ view.T / temperature), 1) for view in v)
    return (apart - torch.logsumexp(view_pairs(v, temperature), 0)).mean()


def poly_view(v, temperature, mean):
    """Mean over anchors (item, view) of a mean over the other views of the share of that view."""
    count, items = v.shape[:2]
    total = 0
    for a in range(count):
        scores = torch.einsum("id,bjd->ibj", v[a], v) / temperature
        others = ~torch.eye(items, dtype=torch.bool)
        negative = scores.permute(0, 2, 1)[others].reshape(items, -1)
        shares = []
        for b in range(count):
            if b != a:
                own = scores[:, b].diagonal()
                shares.append(own - torch.logsumexp(torch.cat([own[:, None], negative], 1), 1))
        shares = torch.stack(shares)
        total = total - (shares if mean == "geometric" else shares.exp().mean(0).log()).mean()
    return total / count


def symile(v, scale):
    """Every item of one modality against all combinations of items of the others."""
    total = 0
    for a in range(len(v)):
        b, c = (v[i] for i in range(len(v)) if i != a)
        products = b[:, None] * c[None]
        scores = scale * torch.einsum("id,jkd->ijk", v[a], products).flatten(1)
        items = torch.arange(len(b))
        total = total + F.cross_entropy(scores, items * len(b) + items)
    return total / len(v)


def cwcl(v, temperature, both):
    frozen = unit(v[2])
    weights = (frozen @ frozen.T + 1) / 2
    scores = v[0] @ v[1].T / temperature
    first = -((weights * scores.log_softmax(1)).sum(1) / weights.sum(1)).mean()
    return (first + rows(scores.T)) / 2 if both else first


def con_r(v, temperature, window, push):
    z, count = v.flatten(0, 1), len(v)
    values, predictions = (torch.tensor(INPUTS["regression"][name]).repeat(count) for name in ("labels", "predictions"))
    apart = (values[:, None] - values).abs()
    positive = (apart <= window) & ~torch.eye(len(z), dtype=torch.bool)
    negative = (apart > window) & ((predictions[:, None] - predictions).abs() <= window)
    scores = z @ z.T / temperature
    logits = torch.where(negative, scores + push * apart, scores).masked_fill(~(positive | negative), -math.inf)
    share = scores - torch.logsumexp(logits, 1, keepdim=True)
    terms = -(share * positive).sum(1) / positive.sum(1).clamp(min=1)
    return (terms * positive.any(1) * negative.any(1)).mean()


def sim_clr_doubled(v, temperature):
    scores = {(a, b): v[a] @ v[b].T / temperature for a in (0, 1) for b in (0, 1)}
    masked = {a: scores[a, a] - 1e9 * torch.eye(v.shape[1]) for a in (0, 1)}
    target = torch.arange(v.shape[1])
    return sum(F.cross_entropy(torch.cat([scores[a, 1 - a], masked[a]], 1), target) for a in (0, 1))


def decoupled_summed(v, temperature):
    positive, negative = own_and_other(v, temperature)
    return 2 * (torch.logsumexp(negative, 1) - positive).mean()


def other_cases():
    clip = open_clip_losses()

    def package(name):
        return f"open_clip_torch {VERSIONS['open_clip_torch']} {name}"

    for value in (1 / 0.07, 2.0):
        scale = learnable(value)
        case("clip", package("ClipLoss"), "pair", lambda v: clip.ClipLoss()(v[0], v[1], scale),
             {"scale": number(value), "normalise": True}, learned={"scale": scale})
        unread = torch.zeros(1, 2, 3), torch.ones(1, 2, dtype=torch.long)
        case("co-ca", package("CoCaLoss, its contrast"), "pair",
             lambda v: clip.CoCaLoss(2.0, 1.0)(v[0], v[1], *unread, scale)[0],
             {"scale": number(value), "normalise": True}, learned={"scale": scale})
    for value, offset in ((10.0, -10.0), (10.0, -math.log(5))):
        scale, bias = learnable(value), learnable(offset)
        case("siglip", package("SigLipLoss"), "pair", lambda v: clip.SigLipLoss()(v[0], v[1], scale, bias),
             {"scale": value, "bias": number(offset), "normalise": True}, learned={"scale": scale, "bias": bias})
    distill = {"scale": 5.0, "teacher-scale": 8.0, "normalise": True, "stop-gradient": [2, 3],
               "roles": ["student", "student", "teacher", "teacher"]}
    case("distill-clip", package("DistillClipLoss, contrastive and distilling part added"), "many",
         lambda v: sum(clip.DistillClipLoss()(v[0], v[1], 5.0, v[2], v[3], 8.0)),
         {**distill, "contrastive-weight": 1.0})
    case("distill-clip", package("DistillClipLoss, distilling part"), "many",
         lambda v: clip.DistillClipLoss()(v[0], v[1], 5.0, v[2], v[3], 8.0)[1], {**distill, "contrastive-weight": 0.0})

    def cy_clip(v, temperature, within, across):
        scores = v[0] @ v[1].T
        inner = (v[0] @ v[0].T - v[1] @ v[1].T).square().mean() * len(scores)
        cross = (scores - scores.T).square().mean() * len(scores)
        return (rows(scores / temperature) + rows(scores.T / temperature)) / 2 + within * inner + across * cross

    case("cyclip", "formula of CyCLIP (in iSogCLR)", "pair", lambda v: cy_clip(v, 0.2, 0.25, 0.25),
         {"temperature": 0.2, "within-weight": 0.25, "across-weight": 0.25, "normalise": True})
    for prior in (0.1, 0.0):
        case("debiased", "formula of debiased contrast (chingyaoc)", "pair", lambda v: debiased(v, 0.5, prior),
             {"temperature": 0.5, "prior": prior, "normalise": True})
    case("debiased", "formula of debiased contrast (chingyaoc)", "pair", lambda v: debiased(v, 0.5, 0.4),
         {"temperature": 0.5, "prior": 0.4, "normalise": True}, note="some rows stand at the floor")
    for hardness, prior in ((1.0, 0.1), (0.5, 0.05), (0.0, 0.1)):
        case("hcl", "formula of hard negatives (joshr17, HCL)", "pair", lambda v: debiased(v, 0.5, prior, hardness),
             {"temperature": 0.5, "prior": prior, "hardness": hardness, "normalise": True},
             note="importances are not stopped")
    for limit in (1.0, 6.0):
        case("spectral", "formula of spectral contrast (HaoChen; in iSogCLR)", "pair", lambda v: spectral(v, limit),
             {"limit": limit}, note="embeddings longer than the root of the limit are shortened to it")
    for input in ("pair", "many"):
        case("decoupled-uniformity", "formula of decoupled uniformity without prior", input, decoupled_uniformity,
             {"uniformity-scale": 2.0, "normalise": True}, note="the mean of the views is not brought to unit length")
    case("kcl", "formula of kernel contrast, Gaussian (DHEL-KCL)", "pair", lambda v: kernel_contrast(v, 2.0, 16.0),
         {"kernel": "gaussian", "kernel-scale": 2.0, "energy-weight": 16.0, "normalise": True})
    for input, temperature in (("pair", 0.5), ("many", 0.5), ("many", 0.1)):
        settings = {"temperature": temperature, "normalise": True}
        case("mv-infonce", "formula of MV-InfoNCE as coded (Multi-View-CL)", input,
             lambda v: mv_info_nce(v, temperature), settings, note="the denominator has the items of the same view too")
        case("mv-dhel", "formula of MV-DHEL (Multi-View-CL)", input, lambda v: mv_dhel(v, temperature), settings)
        for mean in ("geometric", "arithmetic"):
            case(f"poly-view-{mean}", "formula of the Poly-View paper", input,
                 lambda v: poly_view(v, temperature, mean), settings)
    for value in (10.0, 3.0):
        scale = learnable(value)
        case("symile", "formula of Symile with negatives n_squared", "triplet", lambda v: symile(v, scale),
             {"scale": value, "normalise": True}, learned={"scale": scale})
    for both in (True, False):
        case("cwcl", "formula of CWCL", "triplet", lambda v: cwcl(v, 0.2, both),
             {"temperature": 0.2, "directions": "half-sum" if both else "first", "normalise": True,
              "stop-gradient": [2],
              "roles": ["towards", "from", "frozen"]},
             note="soft rows from view 0 to view 1, weighted by the cosines of view 2"
             + ("; rows from view 1 to view 0 with their own item only" if both else ""))
    for window, push, temperature in ((1.0, 0.01, 0.2), (1.0, 0.5, 0.07), (0.35, 0.2, 0.2)):
        case("conr", "formula of ConR (BorealisAI), temperature heeded and masked terms left out of the sum",
             "regression",
             lambda v: con_r(v, temperature, window, push),
             {"temperature": temperature, "window": window, "push": push, "normalise": True},
             note="an anchor without a positive or without a negative counts as zero and stays in the mean; "
             "labels and predictions once for each view")
    for q, weight in ((0.5, 0.025), (0.1, 0.5)):
        case("rince", "formula of robust InfoNCE (chingyaoc, RINCE)", "pair", lambda v: rince(v, 0.5, q, weight),
             {"temperature": 0.5, "q": q, "weight": weight, "normalise": True},
             note="negatives of both views, as in nt-xent")
    for temperature in (1.0, 0.1):
        case("simclr-doubled", "formula of SimCLR's TensorFlow code", "pair", lambda v: sim_clr_doubled(v, temperature),
             {"temperature": temperature, "normalise": True},
             note="twice nt-xent; 1e9 is taken from the score with oneself")
    case("dcl-summed", "formula of DCL (raminnakhli), both directions added", "pair",
         lambda v: decoupled_summed(v, 0.1), {"temperature": 0.1, "normalise": True})
    swapped = {"roles": ["prediction", "prediction", "target", "target"], "stop-gradient": [2, 3], "normalise": True}
    case("byol-summed", "formula of BYOL (solo-learn)", "many",
         lambda v: (2 - 2 * (v[0] * v[3]).sum(1)).mean() + (2 - 2 * (v[1] * v[2]).sum(1)).mean(), swapped,
         note="prediction 0 with target 1 and prediction 1 with target 0, added")
    case("moco-v3", "formula of MoCo v3", "many",
         lambda v: 2 * 0.2 * (rows(v[0] @ v[3].T / 0.2) + rows(v[1] @ v[2].T / 0.2)), {"temperature": 0.2, **swapped})

    def nearest(z):
        return QUEUE[(z @ QUEUE.T).argmax(1)]

    case("nnclr-one-sided", "formula of NNCLR (solo-learn)", "many",
         lambda v: (rows(nearest(v[2]) @ v[1].T / 0.2) + rows(nearest(v[3]) @ v[0].T / 0.2)) / 2,
         {"temperature": 0.2, **swapped, "roles": ["prediction", "prediction", "projection", "projection"]}, ["queue"],
         note="the neighbour of projection 0 with prediction 1, and the other way; no negatives of the same view")
    case("ressl", "formula of ReSSL (solo-learn)", "pair",
         lambda v: -((v[1] @ QUEUE.T / 0.04).softmax(1) * (v[0] @ QUEUE.T / 0.1).log_softmax(1)).sum(1).mean(),
         {"temperature": 0.1, "teacher-temperature": 0.04, "normalise": True, "stop-gradient": [1]}, ["queue"])

    def vicreg_summed(v):
        def spread(z):
            return F.relu(1 - (z.var(0) + 1e-4).sqrt()).mean()

        def covariance(z):
            c = torch.cov(z.T)
            return (c.square().sum() - c.diagonal().square().sum()) / len(c)
        return 25 * F.mse_loss(v[0], v[1]) + 25 * (spread(v[0]) + spread(v[1])) + covariance(v[0]) + covariance(v[1])

    case("vicreg-summed", "formula of VICReg (solo-learn)", "pair", vicreg_summed,
         {"invariance-weight": 25.0, "variance-weight": 25.0, "covariance-weight": 1.0, "epsilon": 1e-4},
         note="the variance terms of both views are added, not averaged")

    def vibcreg_summed(v):
        def spread(z):
            return F.relu(1 - (z.var(0) + 1e-4).sqrt()).mean()

        def correlation(z):
            c = torch.corrcoef(z.T)
            return (c.square().sum() - c.diagonal().square().sum()) / c.numel()
        return 25 * F.mse_loss(v[0], v[1]) + 25 * sum(map(spread, v)) + 200 * sum(map(correlation, v))

    case("vibcreg", "formula of VIbCReg (solo-learn)", "pair", vibcreg_summed,
         {"invariance": 25.0, "variance": 50.0, "correlation": 400.0, "epsilon": 1e-4},
         note="weights 25, 25 and 200, with the variance and correlation terms of both views added, not averaged")


# ---- values known in closed form: 8 items, 2 views unless told, 16 coordinates, temperature 0.5

def closed(recipe, const, orth, **settings):
    """const: all embeddings equal; orth: the views of an item are identical and item i is the i-th unit vector."""
    return {"recipe": recipe, "settings": {"items": 8, "views": 2, "width": 16, **settings}, "const": const,
            "orth": orth}


CLOSED_FORMS = [
    closed("nt-xent", 2.7081, 1.0629, temperature=0.5),
    closed("poly-view-geometric", 2.7081, 1.0629, temperature=0.5),
    closed("sup-con", 2.7081, 1.0629, temperature=0.5, labels="unique", base_temperature=0.5),
    closed("dcl", 2.6391, 0.6391, temperature=0.5),
    closed("debiased", 2.7081, 0.4380, temperature=0.5, prior=0.1),
    closed("hcl", 2.7081, 0.4380, temperature=0.5, prior=0.1),
    closed("clip", 2.0794, 0.6665, temperature=0.5),
    closed("symile", 2.0794, 0.6665, temperature=0.5, negatives="one row of tuples"),
    closed("siglip", 5.5452, 0.6935, scale=10.0, bias=-10.0),
    closed("siglip", 56.381, 0.9350, scale=10.0, bias=number(-math.log(7))),
    closed("sup-con", 2.7081, 2.3962, temperature=0.5, labels="classes of 4 embeddings", base_temperature=0.5),
    closed("sup-con-in", 2.7081, 1.9219, temperature=0.5, labels="classes of 4 embeddings"),
    closed("sup-con-set", 1.6094, 0.8233, temperature=0.5, labels="classes of 4 embeddings"),
    closed("mv-infonce", 2.7081, 1.0629, temperature=0.5),
    closed("mv-infonce", 2.3354, 0.8167, temperature=0.5, views=4),
    closed("mv-dhel", 5.8918, 1.8918, temperature=0.5),
    closed("mv-dhel", 11.9919, 3.9919, temperature=0.5, views=4),
    closed("poly-view-geometric", 3.3673, 1.5664, temperature=0.5, views=4),
    closed("poly-view-arithmetic", 3.3673, 1.5664, temperature=0.5, views=4),
    closed("uniformity", 0.0, -4.0, uniformity_scale=2.0),
    closed("vicreg", 24.75, 20.46),
    closed("vicreg-summed", 49.50, 40.91),
    closed("barlow-twins", 16.0, 8.006, off_diagonal_weight=0.0051),
    closed("circle", 57.04, 0.0, labels="unique"),
    closed("multi-similarity", 0.7094, 0.1566, labels="unique"),
    closed("swav", "ln K", None, outputs="uniform"),
    closed("dino", "ln K", None, outputs="uniform"),
    closed("byol-summed", 0.0, 0.0),
    closed("simsiam", -1.0, -1.0),
    closed("triplet-margin", 0.05, 0.0, margin=0.05),
]
for row in CLOSED_FORMS:
    row["settings"] = {key.replace("_", "-"): value for key, value in row["settings"].items()}


# ---- writing

def plain(value):
    if isinstance(value, torch.Tensor):
        return numbers(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def write(path):
    def compact(value):
        return json.dumps(plain(value), separators=(",", ":"), allow_nan=False)

    def lines(values):
        return "[\n" + ",\n".join(compact(value) for value in values) + "\n]"

    inputs = ",\n".join(f"{compact(name)}:{compact(entry)}" for name, entry in INPUTS.items())
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'{{"packages":{compact(VERSIONS)},\n"script":"src/test/python/objective_fixtures.py",\n'
                   f'"inputs":{{\n{inputs}\n}},\n"cases":{lines(cases)},\n"miners":{lines(miners)},\n'
                   f'"closed-forms":{lines(CLOSED_FORMS)}}}\n')


if __name__ == "__main__":
    lightly_cases()
    sup_con_cases()
    metric_learning_cases()
    other_cases()
    write(sys.argv[1])
