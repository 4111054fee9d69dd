"""Values and gradients of the public libraries' losses and miners, on small fixed inputs, beside objective_fixtures.py.

    python library_fixtures.py ../resources/io/chiaro/objective/references-libraries.json

Everything runs in double precision on a single thread. Inputs are rounded before use, so that a reader of the file computes
with exactly the same numbers. Settings carry the names of the recipe's slots. Views in stop-gradient enter as constants.
Where a library draws at random, the draws are replaced by what they tend to or by given numbers, and the case says so.
solo-learn's losses are read from their own files, since the package around them asks for a training framework.
"""

import importlib.metadata
import importlib.util
import json
import math
import sys
import types
import warnings

import torch
import torch.nn.functional as F
from lightly import loss as ll
from lightly.loss import visreg_loss
from lightly.loss import lejepa_loss
from lightly.loss.emp_ssl_loss import invariance_loss, tcr_loss
from lightly.loss.regularizer import DSERegularizer
from lightly.models.modules.heads import SMoGPrototypes
from pytorch_metric_learning import distances, losses, miners
from pytorch_metric_learning.miners import distance_weighted_miner
from sentence_transformers.sentence_transformer import losses as texts
from sentence_transformers.sentence_transformer.losses import embed_distill, softmax
from sentence_transformers.sparse_encoder.losses import FlopsLoss

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)

PACKAGES = ["pytorch-metric-learning", "lightly", "sentence-transformers", "solo-learn", "torch"]
VERSIONS = {name: importlib.metadata.version(name) for name in PACKAGES}
METRIC, LIGHTLY, TEXT, SOLO = (f"{name} {VERSIONS[name]} " for name in PACKAGES[:4])
generator = torch.Generator().manual_seed(29)
cases = []


def numbers(tensor):
    return [numbers(part) for part in tensor] if tensor.dim() else float(f"{tensor.item():.9g}")


def draw(*shape):
    return torch.tensor(numbers(torch.randn(*shape, generator=generator)))


def views(count, items, width=6, noise=0.6):
    first = draw(items, width)
    return torch.tensor(numbers(torch.stack([first] + [first + noise * draw(items, width) for _ in range(count - 1)])))


def unit(tensor):
    return F.normalize(tensor, dim=-1)


pair = views(2, 6)
def later():
    """Inputs that came later, drawn by a generator of their own so that the others keep their numbers."""
    global generator
    before, generator = generator, torch.Generator().manual_seed(31)
    inputs = {
        "grids": {"views": views(4, 12), "labels": [0, 1, 2] * 4},
        "positions": {"views": views(2, 12), "labels": [0, 1, 2, 3] * 3},
        "masked": {"views": views(2, 8), "labels": [0, 1] * 4},
        "clip": {"views": views(5, 6)},
        "fused": {"views": views(10, 6)},
    }
    given = {"places": draw(12, 4), "prior": torch.tensor(numbers(draw(3).exp())),
             "masked": torch.tensor([1.0, 1, 1, 0, 0, 1, 0, 1])[:, None]}
    generator = before
    return inputs, given


INPUTS = {
    "pair": {"views": pair, "labels": [0, 1, 0, 2, 1, 0]},
    "single": {"views": views(1, 7), "labels": [0, 1, 0, 2, 1, 0, 0]},
    "scored": {"views": pair, "labels": [1, 0, 1, 0, 0, 1], "scores": [1, 0, 1, 0, 0, 1]},
    "triplet": {"views": views(3, 6)},
    "many": {"views": views(4, 6)},
    "pictures": {"views": pair, "labels": [0, 1, 0, 3, 4, 4]},
    "regions": {"views": views(4, 6), "labels": [0, 1, 0, 2, 1, 0]},
    "active": {"views": draw(2, 5, 6).relu()},
}
GIVEN = {
    "queue": torch.tensor(numbers(unit(draw(8, 6)))),
    "prototypes": draw(3, 6),
    "pair-weights": draw(9, 6),
    "centre": draw(6),
    "slices": torch.tensor(numbers(unit(draw(16, 6)))).T,
}
GIVEN.update({"bank": pair[1], "clusters": GIVEN["prototypes"]})
LATER, ALSO = later()
INPUTS.update(LATER)
GIVEN.update(ALSO)
QUEUE_LABELS = [0, 1, 2, 0, 1, 1, 2, 0]


def case(recipe, reference, inputs, loss, settings=None, memory=(), stopped=(), note=None):
    for input in inputs.split():
        leaf = INPUTS[input]["views"].clone().requires_grad_()
        seen = [view.detach() if index in stopped else view for index, view in enumerate(leaf)]
        labels = torch.tensor(INPUTS[input].get("labels", [0]))
        value = loss(seen, labels)
        value.sum().backward()
        entry = {"recipe": recipe, "reference": reference, "input": input,
                 "settings": {**(settings or {}), **({"stop-gradient": list(stopped)} if stopped else {})},
                 "memory": {name: GIVEN[name] for name in memory}, "loss": numbers(value.sum().detach()),
                 "gradient": leaf.grad}
        if note:
            entry["note"] = note
        assert math.isfinite(entry["loss"]) and torch.isfinite(leaf.grad).all(), recipe
        cases.append(entry)


# ---- pytorch-metric-learning

def rows(loss, miner=None):
    """A loss of all views' rows by label."""
    def run(v, labels):
        z, y = torch.cat(v), labels.repeat(len(v))
        return loss(z, y, miner(z, y) if miner else None)
    return run


class EveryPairOfABin(miners.UniformHistogramMiner):
    """Draws each pair of a bin equally often, and as many pairs from each bin."""

    def filter_by_bin(self, found, bins, num_pairs):
        last = len(bins) - 2
        inside = [torch.where((bins[i] <= found) & (found < bins[i + 1] if i < last else found <= bins[i + 1]))[0]
                  for i in range(last + 1)]
        inside = [members for members in inside if len(members)]
        common = math.lcm(*(len(members) for members in inside))
        return torch.cat([members.repeat(common // len(members)) for members in inside])


def negative_weights(z, y):
    """The miner's probabilities of each negative, before it draws."""
    kept = {}
    drawing = distance_weighted_miner.lmu.get_random_triplet_indices
    distance_weighted_miner.lmu.get_random_triplet_indices = lambda *_, weights, **__: kept.update(w=weights)
    miners.DistanceWeightedMiner().mine(z.detach(), y, z.detach(), y)
    distance_weighted_miner.lmu.get_random_triplet_indices = drawing
    return torch.nan_to_num(kept["w"])


def margin_of_all_draws(v, labels):
    z, y = torch.cat(v), labels.repeat(len(v))
    weights, apart = negative_weights(z, y), distances.LpDistance()(z)
    same = (y[:, None] == y) & ~torch.eye(len(y), dtype=torch.bool)
    others = same.sum(1, keepdim=True)
    drawn = (others > 0) & (weights.sum(1, keepdim=True) > 0)
    near, far = F.relu(apart - 1.2 + 0.2), F.relu(1.2 - apart + 0.2)
    positive = torch.where(drawn & same, (others + 1) / others.clamp(min=1), 0.0)
    negative = torch.where(drawn, (others + 1) * weights, 0.0)
    return ((positive * near + negative * far).sum()
            / (positive * (near > 0) + negative * (far > 0)).sum())


def remembered(loss):
    def run(v, labels):
        z, y = torch.cat(v), labels.repeat(len(v))
        memory = losses.CrossBatchMemory(loss, embedding_size=z.shape[1], memory_size=64)
        memory(GIVEN["queue"], torch.tensor(QUEUE_LABELS))
        return memory(z, y)
    return run


def manifold(v, labels):
    loss = losses.ManifoldLoss(l=6, K=3)
    loss.proxies.data = GIVEN["prototypes"].clone()
    single = torch.Tensor.float
    torch.Tensor.float = lambda tensor: tensor
    try:
        return loss(torch.cat(v), indices_tuple=labels.repeat(len(v)))
    finally:
        torch.Tensor.float = single


def metric_learning_cases():
    every = "pair single"
    smooth = losses.TripletMarginLoss(smooth_loss=True)
    for recipe, near, far in (("batch-easy", "easy", "easy"), ("batch-easy-hard", "easy", "hard"),
                              ("batch-easy-all", "easy", "all"), ("batch-hard-easy", "hard", "easy"),
                              ("batch-hard-semi-hard", "hard", "semihard"), ("batch-hard-all", "hard", "all"),
                              ("batch-semi-hard-easy", "semihard", "easy"),
                              ("batch-semi-hard-hard", "semihard", "hard"), ("batch-all-easy", "all", "easy"),
                              ("batch-all-hard", "all", "hard"), ("easy-positive", "easy", "semihard")):
        case(recipe, METRIC + f"TripletMarginLoss(smooth_loss=True) with BatchEasyHardMiner({near}, {far})", every,
             rows(smooth, miners.BatchEasyHardMiner(near, far)))
    case("batch-hard", METRIC + "TripletMarginLoss with BatchHardMiner", every,
         rows(losses.TripletMarginLoss(), miners.BatchHardMiner()))
    case("multi-similarity-mined", METRIC + "MultiSimilarityLoss with MultiSimilarityMiner", every,
         rows(losses.MultiSimilarityLoss(), miners.MultiSimilarityMiner()))
    for recipe, kind, is_smooth in (("triplet-violating", "all", True), ("triplet-hard", "hard", False),
                                    ("triplet-semi-hard", "semihard", False), ("triplet-easy", "easy", True)):
        for slack, inputs in ((0.2, every), (0.4, "pair")):
            case(recipe, METRIC + f"TripletMarginLoss(smooth_loss={is_smooth}) with TripletMarginMiner({slack}, {kind})",
                 inputs, rows(losses.TripletMarginLoss(smooth_loss=is_smooth), miners.TripletMarginMiner(slack, kind)),
                 {"slack": slack})
    case("contrastive-mined", METRIC + "ContrastiveLoss with PairMarginMiner", every,
         rows(losses.ContrastiveLoss(), miners.PairMarginMiner()))
    case("contrastive-mined", METRIC + "ContrastiveLoss with PairMarginMiner(0.6, 1.1)", "pair",
         rows(losses.ContrastiveLoss(neg_margin=1.3), miners.PairMarginMiner(0.6, 1.1)),
         {"at-least": 0.6, "at-most": 1.1, "negative": 1.3})
    for angle in (20, 35):
        case("angular-mined", METRIC + f"TripletMarginLoss with AngularMiner({angle})", every,
             rows(losses.TripletMarginLoss(), miners.AngularMiner(angle)), {"angle": angle})
    for share in (0.5, 0.3):
        case("hdc", METRIC + f"ContrastiveLoss with HDCMiner({share})", every,
             rows(losses.ContrastiveLoss(), miners.HDCMiner(share)), {"share": share})
    case("distance-weighted", METRIC + "MarginLoss with DistanceWeightedMiner, of ever more draws", every,
         margin_of_all_draws, note="weights of the package; the loss is weighted by them in place of draws")
    for bins in (100, 4):
        case("uniform-histogram", METRIC + "ContrastiveLoss with UniformHistogramMiner, of ever more draws", every,
             rows(losses.ContrastiveLoss(), EveryPairOfABin(bins)), {"bins": bins},
             note="each pair of a bin is drawn equally often")
    for recipe, loss in (("triplet-margin", losses.TripletMarginLoss()), ("margin", losses.MarginLoss()),
                         ("generalized-lifted-structure", losses.GeneralizedLiftedStructureLoss()),
                         ("multi-similarity", losses.MultiSimilarityLoss()), ("circle", losses.CircleLoss()),
                         ("tuplet-margin", losses.TupletMarginLoss()), ("nt-xent-by-label", losses.NTXentLoss()),
                         ("sup-con", losses.SupConLoss()),
                         ("signal-to-noise-contrastive", losses.SignalToNoiseRatioContrastiveLoss())):
        case("xbm-" + recipe, METRIC + f"CrossBatchMemory({type(loss).__name__})", every, remembered(loss),
             {"queue-labels": QUEUE_LABELS}, ["queue"])
    case("instance", METRIC + "InstanceLoss", every, rows(losses.InstanceLoss()))
    case("sup-con-above-zero", METRIC + "SupConLoss", every, rows(losses.SupConLoss()))
    case("pnp", METRIC + "PNPLoss", every, rows(losses.PNPLoss()),
         note="an anchor without a positive is left out of the mean")
    case("manifold", METRIC + "ManifoldLoss", every, manifold, memory=["prototypes"],
         note="the package inverts in single precision; here that is kept from it")


# ---- sentence-transformers

def without_model(column_file, run):
    """Runs a loss on embeddings, where it would ask its model for them."""
    def replaced(v, labels):
        asked = column_file.embed_columns
        try:
            return run(v, labels)
        finally:
            column_file.embed_columns = asked
    return replaced


def distilled(metric):
    def run(v, labels):
        embed_distill.embed_columns = lambda *_: list(v[:-1])
        return texts.EmbedDistillLoss(None, distance_metric=metric)(None, v[-1])
    return without_model(embed_distill, run)


def classified(v, labels):
    softmax.embed_columns = lambda *_: list(v)
    loss = texts.SoftmaxLoss(types.SimpleNamespace(device="cpu"), 6, 3)
    loss.classifier.weight.data = GIVEN["pair-weights"].reshape(3, 18).clone()
    loss.classifier.bias.data.zero_()
    return loss(None, labels)


def text_cases():
    def by_label(name, **options):
        loss = getattr(texts, name)(None, **options)
        return lambda v, y: loss.compute_loss_from_embeddings([torch.cat(v)], y.repeat(len(v)))

    for recipe, name in (("batch-all-triplet", "BatchAllTripletLoss"), ("batch-hard-triplet", "BatchHardTripletLoss"),
                         ("batch-semi-hard-triplet", "BatchSemiHardTripletLoss")):
        case(recipe, TEXT + name, "pair single", by_label(name))
        case(recipe, TEXT + f"{name}(margin=0.5)", "pair single", by_label(name, margin=0.5), {"margin": 0.5})
    case("batch-hard-soft-margin-triplet", TEXT + "BatchHardSoftMarginTripletLoss", "pair single",
         by_label("BatchHardSoftMarginTripletLoss"))
    mega = texts.MegaBatchMarginLoss(None, use_mini_batched_version=False)
    case("mega-batch-margin", TEXT + "MegaBatchMarginLoss", "pair", lambda v, y: mega.calculate_loss([[v[0]], [v[1]]]))
    for recipe, name in (("pair-contrastive", "ContrastiveLoss"), ("online-contrastive", "OnlineContrastiveLoss")):
        for margin in (0.5, 1.2):
            loss = getattr(texts, name)(None, margin=margin)
            case(recipe, TEXT + f"{name}(margin={margin})", "scored", loss.compute_loss_from_embeddings,
                 {"margin": margin})
    # The loss copies its model to have a second one; its criterion is what it makes of both models' embeddings.
    tension = texts.ContrastiveTensionLoss(torch.nn.Identity()).criterion
    case("contrastive-tension", TEXT + "ContrastiveTensionLoss", "scored",
         lambda v, y: tension((v[0] * v[1]).sum(1), y.double()))
    case("pair-classification", TEXT + "SoftmaxLoss without bias", "pair", without_model(softmax, classified),
         memory=["pair-weights"], note="three rows for each class: for u, for v and for |u - v|")
    orthogonal = texts.GlobalOrthogonalRegularizationLoss(None)
    case("global-orthogonal-regularization", TEXT + "GlobalOrthogonalRegularizationLoss, both parts added", "pair single",
         lambda v, y: sum(orthogonal.compute_loss_from_embeddings(list(v)).values()))
    case("flops", TEXT + "FlopsLoss", "pair active",
         lambda v, y: FlopsLoss(None).compute_loss_from_embeddings(torch.cat(v)))
    for recipe, metric in (("embedding-mse", "mse"), ("embed-distill", "cosine"), ("embed-distill-distance", "l2")):
        case(recipe, TEXT + ("MSELoss" if metric == "mse" else f"EmbedDistillLoss(distance_metric={metric})"), "pair",
             distilled(metric), stopped=[1])
        case(recipe, TEXT + f"EmbedDistillLoss(distance_metric={metric}) of two columns", "triplet", distilled(metric),
             stopped=[2])


# ---- lightly

def moved_groups(v, labels):
    groups = SMoGPrototypes(GIVEN["prototypes"].clone(), beta=0.99)
    return F.cross_entropy(groups(v[0], groups.get_updated_group_features(v[1]), temperature=0.1),
                           groups.assign_groups(v[2]))


def patches(labels):
    """For each picture as many places as the fullest has, and which of them it fills."""
    pictures, counts = torch.unique(labels, return_counts=True)
    return pictures, torch.arange(int(counts.max())) < counts[:, None]


def centred_patches(centre):
    def run(v, labels):
        loss = ll.IBOTPatchLoss(output_dim=6)
        loss.center.center.data = centre.reshape(loss.center.center.shape).clone()
        order = torch.argsort(labels, stable=True)
        return loss(v[1][order], v[0][order], patches(labels)[1][:, None])
    return run


def patch_kernels(v, labels):
    pictures, filled = patches(labels)

    def laid(view):
        grid = torch.zeros(*filled.shape, view.shape[1])
        for place, picture in enumerate(pictures):
            grid = grid.index_put((torch.tensor(place), torch.where(filled[place])[0]), view[labels == picture])
        return grid

    single = torch.Tensor.float
    torch.Tensor.float = lambda tensor: tensor.double()
    try:
        return ll.PatchKernelAlignmentLoss()(laid(v[0]), laid(v[1]), ~filled)
    finally:
        torch.Tensor.float = single


def regions(v, labels):
    """The labels as regions of one picture; a second picture would have others."""
    masks = labels[None]
    views = [view[None] for view in v]
    if len(v) == 2:
        return ll.DetConSLoss(temperature=0.1)(*views, masks, masks)
    return ll.DetConBLoss(temperature=0.1)(*views, masks, masks)


def two_pictures(v, labels):
    """The rows as three regions each of two pictures, by labels that no two pictures share."""
    masks = labels.reshape(2, 3)
    return ll.DetConSLoss(temperature=0.1)(*(view.reshape(2, 3, -1) for view in v), masks, masks)


def visreg(v, labels):
    drawing = torch.randn
    torch.randn = lambda *_, **__: GIVEN["slices"]
    try:
        return visreg_loss.VISRegLoss(num_slices=16)(global_proj=torch.stack(v[:2]), local_proj=torch.stack(v[2:]))
    finally:
        torch.randn = drawing


def stacked(view, labels):
    """Rows of pictures, all with as many, as [pictures, patches, width]."""
    return torch.stack([view[labels == picture] for picture in labels.unique()])


def local_matches(v, labels):
    """Two crops of four patches a picture, laid out as a square."""
    places = stacked(GIVEN["places"], labels)
    squares = [stacked(view, labels).unflatten(1, (2, 2)) for view in v[:2]]
    wholes = [stacked(view, labels).mean(1) for view in v[2:]]
    grids = [places[..., :2].unflatten(1, (2, 2)), places[..., 2:].unflatten(1, (2, 2))]
    loss = ll.VICRegLLoss(num_matches=MATCHES)
    return loss(list(zip(wholes, squares)), grids)


def positionwise(v, labels):
    teacher, student = (stacked(view, labels).transpose(0, 1) for view in (v[1], v[0]))
    return ll.CAPILoss()(teacher, student)


def masked_and_visible(visible):
    def run(v, labels):
        loss = ll.IBOTPlusPlusPatchLoss(output_dim=6)
        mask = stacked(GIVEN["masked"], labels)[..., 0].bool()
        return loss(stacked(v[1], labels), stacked(v[0], labels), mask, visible_loss_weight=visible)
    return run


class FarthestFirst(DSERegularizer):
    """Begins its clusters with the row nearest to the mean and goes on with the farthest, where the package draws."""

    def _kmeans_plus_plus_init(self, x, num_clusters):
        centres = x[(x - x.mean(0)).norm(dim=1).argmin()][None]
        while len(centres) < num_clusters:
            centres = torch.cat((centres, x[torch.cdist(x, centres).min(1).values.argmax()][None]))
        return centres


def dense_structure(**settings):
    def run(v, labels):
        return sum(FarthestFirst(**settings)(stacked(view, labels)) for view in v) / len(v)
    return run


def world_model(v, labels):
    made = lejepa_loss.SIGReg._generate_unit_vectors
    lejepa_loss.SIGReg._generate_unit_vectors = lambda *_, **__: GIVEN["slices"]
    try:
        count = len(v) // 2
        frames = torch.stack(v[count:], 1)
        loss = ll.LeWMLoss()
        for name, buffer in exact_knots().items():
            setattr(loss.sigreg, name, buffer)
        return loss(predicted=torch.stack(v[:count], 1), target=frames[:, 1:], embeddings=frames)
    finally:
        lejepa_loss.SIGReg._generate_unit_vectors = made


def exact_knots(knots=17, most=3.0):
    """The package holds its knots in single precision."""
    t = torch.linspace(0, most, knots)
    weights = torch.full((knots,), 2 * most / (knots - 1))
    weights[[0, -1]] /= 2
    return {"t": t, "phi": torch.exp(-t * t / 2), "weights": weights * torch.exp(-t * t / 2)}


def lightly_cases():
    case("smog", LIGHTLY + "SMoGPrototypes with cross-entropy", "triplet", moved_groups, memory=["prototypes"], stopped=[2])
    case("ibot-patch", LIGHTLY + "IBOTPatchLoss", "pair", centred_patches(torch.zeros(6)), stopped=[1])
    case("ibot-patch", LIGHTLY + "IBOTPatchLoss", "pair", centred_patches(GIVEN["centre"]), memory=["centre"], stopped=[1])
    case("patch-kernel-alignment", LIGHTLY + "PatchKernelAlignmentLoss", "pair", patch_kernels, stopped=[1],
         note="the package computes in single precision; here that is kept from it")
    case("detcon-s", LIGHTLY + "DetConSLoss with the same masks in both views", "pair", regions)
    case("detcon-s", LIGHTLY + "DetConSLoss with the same masks in both views", "pictures", two_pictures)
    case("detcon-b", LIGHTLY + "DetConBLoss with the same masks in both views", "regions", regions)
    global MATCHES
    for MATCHES in ((20, 4), (3, 2)):
        case("vicregl", LIGHTLY + "VICRegLLoss", "grids", local_matches, {"most": MATCHES[0], "few": MATCHES[1]},
             memory=["places"])
    case("capi", LIGHTLY + "CAPILoss", "positions", positionwise, stopped=[1])
    for visible in (1.0, 0.25):
        case("ibot-plus-plus", LIGHTLY + "IBOTPlusPlusPatchLoss", "masked", masked_and_visible(visible),
             {"visible": visible}, memory=["masked"], stopped=[1])
    case("dense-structure", LIGHTLY + "DSERegularizer, with clusters that begin with the farthest rows", "grids",
         dense_structure())
    case("dense-structure", LIGHTLY + "DSERegularizer, with clusters that begin with the farthest rows", "positions",
         dense_structure(local_clusters=2, global_clusters=4, weight=0.5), {"local": 2, "global": 4, "weight": 0.5})
    custom = ll.PMSNCustomLoss(lambda mean: GIVEN["prior"] / GIVEN["prior"].sum())
    case("pmsn-custom", LIGHTLY + "PMSNCustomLoss", "pair",
         lambda v, y: custom(v[0], v[1], GIVEN["prototypes"]), memory=["prototypes", "prior"], stopped=[1])
    case("le-wm", LIGHTLY + "LeWMLoss", "clip", world_model, memory=["slices"],
         note="slices [width][number] given instead of drawn; knots in double precision")
    case("visreg", LIGHTLY + "VISRegLoss", "many", visreg, memory=["slices"],
         note="slices [width][number] given instead of drawn; quantiles are held in single precision")
    for normalised in (False, True):
        made = unit if normalised else (lambda tensor: tensor)
        name = "-normalized" if normalised else ""
        case("mmcr" + name, LIGHTLY + "MMCRLoss", "many",
             lambda v, y: ll.MMCRLoss()(made(torch.stack(v[:2])).transpose(0, 1), made(torch.stack(v[2:])).transpose(0, 1)))
        case("emp-ssl" + name, LIGHTLY + "EMPSSLLoss with the sign of the coding rate mended", "many",
             lambda v, y: 200 * invariance_loss(made(torch.stack(v))) - tcr_loss(made(torch.stack(v)), 0.2))


# ---- solo-learn

def solo(name):
    base = importlib.util.find_spec("lightly").submodule_search_locations[0] + "/../solo"
    for package in ("solo", "solo.utils", "solo.utils.misc"):
        sys.modules.setdefault(package, types.ModuleType(package))
    misc = sys.modules["solo.utils.misc"]
    misc.gather, misc.get_rank = (lambda tensor, **_: tensor), (lambda: 0)
    spec = importlib.util.spec_from_file_location("solo_" + name, f"{base}/losses/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, name + "_loss_func")


def solo_cases():
    byol, simsiam, clusters, nnclr, ressl, simclr, vicreg = map(
        solo, ("byol", "simsiam", "deepclusterv2", "nnclr", "ressl", "simclr", "vicreg"))

    def nearest(z):
        return GIVEN["queue"][(unit(z) @ GIVEN["queue"].T).argmax(1)]

    def classified_by_cluster(v, y):
        prototypes = unit(GIVEN["clusters"])
        codes = (unit(GIVEN["bank"]) @ prototypes.T).argmax(1)
        return clusters((unit(v[0]) @ prototypes.T)[None, None], codes[None])

    for recipe in ("byol", "direct-pred"):
        case(recipe, SOLO + "byol_loss_func", "pair", lambda v, y: byol(v[0], v[1]), stopped=[1])
    case("byol-summed", SOLO + "byol_loss_func, both directions added", "many",
         lambda v, y: byol(v[0], v[3]) + byol(v[1], v[2]), stopped=[2, 3])
    case("nnbyol", SOLO + "byol_loss_func on neighbours", "many",
         lambda v, y: byol(v[1], nearest(v[2])) + byol(v[0], nearest(v[3])), memory=["queue"], stopped=[2, 3])
    case("nnsiam", SOLO + "simsiam_loss_func on neighbours", "many",
         lambda v, y: (simsiam(v[1], nearest(v[2])) + simsiam(v[0], nearest(v[3]))) / 2, memory=["queue"], stopped=[2, 3])
    case("deepcluster-v2", SOLO + "deepclusterv2_loss_func, assigned to the nearest prototype", "pair",
         classified_by_cluster, {"roles": ["query", "unused"]}, memory=["bank", "clusters"])
    case("nnclr-one-sided", SOLO + "nnclr_loss_func", "many",
         lambda v, y: (nnclr(nearest(v[2]), unit(v[1]), temperature=0.2)
                       + nnclr(nearest(v[3]), unit(v[0]), temperature=0.2)) / 2, memory=["queue"], stopped=[2, 3])
    def redundancy(averaged, projected):
        """The feature term is written out from the paper: the package of this version does not have it."""
        c = [F.normalize(unit(a), dim=0).T @ F.normalize(z, dim=0) for a, z in zip(averaged, projected)]
        on = torch.stack([(torch.diagonal(m) - 1).square().mean() for m in c]).mean().sqrt()
        off = torch.stack([m[~torch.eye(6, dtype=torch.bool)].square().mean() for m in c]).mean().sqrt()
        return (on + off) / 2

    case("all4one", SOLO + "nnclr_loss_func of neighbours and of centroids, and the formula of its features", "fused",
         lambda v, y: (nnclr(nearest(v[4]), v[1], temperature=0.2) + nnclr(nearest(v[5]), v[0], temperature=0.2)) / 4
         + (nnclr(v[6], v[9]) + nnclr(v[7], v[8])) / 4 + 5 * redundancy((v[4], v[5]), (v[3], v[2])),
         memory=["queue"], stopped=[4, 5])
    case("ressl", SOLO + "ressl_loss_func", "pair",
         lambda v, y: ressl(unit(v[0]), unit(v[1]), GIVEN["queue"]), memory=["queue"], stopped=[1])
    case("vicreg-summed", SOLO + "vicreg_loss_func", "pair", lambda v, y: vicreg(v[0], v[1]))

    def supervised(v, y, temperature):
        rows_by_label = y.repeat(2)
        same = (rows_by_label[:, None] == rows_by_label).fill_diagonal_(False)
        return simclr(v[0], v[1], temperature, same)

    for temperature in (0.1, 0.5):
        case("sup-con", SOLO + "simclr_loss_func with labels", "pair", lambda v, y: supervised(v, y, temperature),
             {"temperature": temperature}, note="the rows of a label are extra positives")


def plain(value):
    if isinstance(value, torch.Tensor):
        return numbers(value)
    return {key: plain(item) for key, item in value.items()} if isinstance(value, dict) else value


def write(path):
    def compact(value):
        return json.dumps(plain(value), separators=(",", ":"), allow_nan=False)

    inputs = ",\n".join(f"{compact(name)}:{compact(entry)}" for name, entry in INPUTS.items())
    lines = ",\n".join(compact(entry) for entry in cases)
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'{{"packages":{compact(VERSIONS)},\n"script":"src/test/python/library_fixtures.py",\n'
                   f'"inputs":{{\n{inputs}\n}},\n"cases":[\n{lines}\n]}}\n')


if __name__ == "__main__":
    metric_learning_cases()
    text_cases()
    lightly_cases()
    solo_cases()
    write(sys.argv[1])
