"""Values and gradients of sentence-transformers' own losses on small random batches.

Written with Python 3.11, sentence-transformers 6.2.0 and torch 2.15.0 (CPU):

    python sentence_transformers_losses.py > ../resources/io/chiaro/objective/sentence-transformers-losses.json

Embeddings are drawn in double precision; the losses run on them as they are, except where a loss itself turns to single
precision. No model is loaded: the losses are given embeddings.
"""

import json
import logging

import sentence_transformers
import torch
from sentence_transformers import util
from sentence_transformers.base.modules import Transformer
from sentence_transformers.sentence_transformer import losses
from sentence_transformers.sentence_transformer.losses import gist_embed
from sentence_transformers.sentence_transformer.losses.matryoshka import shrink

logging.disable(logging.WARNING)
ROWS, WIDTH = 6, 8
generator = torch.Generator().manual_seed(7)


def random(*shape):
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def numbers(tensor):
    return [float(f"{value:.10g}") for value in tensor.detach().double().reshape(-1).tolist()]


def views(count, spread=0.7):
    """Columns that lean towards their anchor, so that neither loss nor gradient vanishes at a low temperature."""
    anchor = random(ROWS, WIDTH)
    return [anchor] + [anchor * spread + random(ROWS, WIDTH) for _ in range(count - 1)]


def case(name, recipe, columns, loss, settings=None, scores=None, teacher=None, guides=None):
    leaves = [column.clone().requires_grad_() for column in columns]
    value = loss(leaves)
    value.backward()
    result = {
        "name": name,
        "recipe": recipe,
        "set": settings or {},
        "rows": ROWS,
        "width": columns[0].shape[1],
        "views": [{"values": numbers(column)} for column in columns],
        "loss": float(f"{value.item():.10g}"),
        "gradients": [{"values": numbers(leaf.grad)} for leaf in leaves],
    }
    if scores is not None:
        result["scores"] = numbers(scores)
    if teacher is not None:
        result["teacher-scores"] = numbers(teacher)
    if guides is not None:
        result["guides"] = [{"values": numbers(guide)} for guide in guides]
    return result


def embeddings_only(loss, labels=None):
    return lambda leaves: loss.compute_loss_from_embeddings(leaves, labels)


def gist(guides, **options):
    """The forward of GISTEmbedLoss needs two models with tokenizers; here both only hand back the given embeddings."""

    def run(leaves):
        loss = gist_embed.GISTEmbedLoss.__new__(gist_embed.GISTEmbedLoss)
        torch.nn.Module.__init__(loss)
        loss.model, loss.guide = "model", "guide"
        loss.similarity_fct = torch.nn.CosineSimilarity(dim=-1)
        loss.must_retokenize = False
        loss.temperature = options.get("temperature", 0.01)
        loss.margin_strategy = options.get("margin_strategy", "absolute")
        loss.margin = options.get("margin", 0.0)
        loss.contrast_anchors = loss.contrast_positives = True
        loss.gather_across_devices = False
        loss.cross_entropy_loss = torch.nn.CrossEntropyLoss()
        gist_embed.embed_columns = lambda model, features: guides if model == "guide" else leaves
        return loss([{} for _ in leaves], None)

    return run


def matryoshka(loss, dimensions, weights):
    """What MatryoshkaLoss.forward sums, on embeddings."""
    return lambda leaves: sum(
        weight * loss.compute_loss_from_embeddings([shrink(leaf, dimension) for leaf in leaves], None)
        for dimension, weight in zip(dimensions, weights)
    )


class AllLayers(Transformer):
    """Hands the embeddings of all layers on, first to last, as a transformer with output_hidden_states does."""

    class auto_model:
        class config:
            output_hidden_states = False

    def __init__(self):
        torch.nn.Module.__init__(self)

    def forward(self, features):
        return {**features, "token_embeddings": features["all_layer_embeddings"][-1]}


class Pooled(torch.nn.Module):
    def forward(self, features):
        return {**features, "sentence_embedding": features["token_embeddings"]}


class Layered(sentence_transformers.SentenceTransformer):
    """Two modules around given embeddings; no model is loaded."""

    def __init__(self):
        torch.nn.Sequential.__init__(self, AllLayers(), Pooled())

    def get_embedding_dimension(self):
        return 8

    def forward(self, features, **ignored):
        for module in self:
            features = module(features)
        return features


def layered(kind, layers, **options):
    """Rows hold the last layer's embedding first and then those before it; the reference wants the first layer first."""

    def run(leaves):
        model = Layered()
        loss = kind(model, ranking(model), n_layers_per_step=-1, **options)
        features = [
            {"all_layer_embeddings": list(reversed(leaf.chunk(layers + 1, dim=1)))} for leaf in leaves
        ]
        return loss(features, None)

    return run


ALL = ("query_to_doc", "query_to_query", "doc_to_query", "doc_to_doc")
SYMMETRIC = ("query_to_doc", "doc_to_query")
ranking = losses.MultipleNegativesRankingLoss
gold = torch.rand(ROWS, generator=generator, dtype=torch.float64)
tied = torch.tensor([0.2, 0.8, 0.2, 0.5, 0.5, 1.0], dtype=torch.float64)
teacher2 = random(ROWS, 2) * 3
teacher4 = random(ROWS, 4) * 3
margins = random(ROWS) * 2

cases = [
    case("pairs", "info-nce", views(2), embeddings_only(ranking(None))),
    case("two hard negatives", "info-nce", views(4), embeddings_only(ranking(None))),
    case("low temperature", "info-nce", views(3), embeddings_only(ranking(None, scale=100.0)), {"temperature": "0.01"}),
    case("dot", "info-nce", views(3), embeddings_only(ranking(None, scale=1.0, similarity_fct=util.dot_score)),
         {"similarity": "dot", "scale": "1"}),
    case("negative distance", "info-nce", views(3),
         embeddings_only(ranking(None, scale=2.0, similarity_fct=util.euclidean_sim)),
         {"similarity": "negative-distance", "scale": "2"}),
    case("queries and docs", "info-nce", views(3),
         embeddings_only(ranking(None, directions=("query_to_doc", "query_to_query", "doc_to_doc"))),
         {"directions": "query-to-doc,query-to-query,doc-to-doc"}),
    case("pairs", "symmetric-info-nce", views(2),
         embeddings_only(ranking(None, directions=SYMMETRIC, partition_mode="per_direction"))),
    case("hard negative", "symmetric-info-nce", views(3),
         embeddings_only(ranking(None, directions=SYMMETRIC, partition_mode="per_direction"))),
    case("pairs", "gte", views(2), embeddings_only(ranking(None, directions=ALL))),
    case("two hard negatives", "gte", views(4), embeddings_only(ranking(None, directions=ALL))),
    case("views of one text", "simcse", views(2, 1.5), embeddings_only(ranking(None))),
    case("matryoshka", "info-nce", views(3), matryoshka(ranking(None), [8, 4, 2], [1.0, 0.5, 0.25]),
         {"matryoshka": "8,4,2", "matryoshka-weights": "1,0.5,0.25"}),
    case("one negative", "triplet", views(3), embeddings_only(losses.TripletLoss(None))),
    case("cosine", "triplet", views(3),
         embeddings_only(losses.TripletLoss(None, losses.TripletDistanceMetric.COSINE, 0.3)),
         {"similarity": "cosine", "margin": "0.3"}),
    case("distinct scores", "cosent", views(2), embeddings_only(losses.CoSENTLoss(None), gold), scores=gold),
    case("tied scores", "cosent", views(2), embeddings_only(losses.CoSENTLoss(None), tied), scores=tied),
    case("distinct scores", "angle", views(2), embeddings_only(losses.AnglELoss(None), gold), scores=gold),
    case("tied scores", "angle", views(2), embeddings_only(losses.AnglELoss(None), tied), scores=tied),
    case("scores", "cosine-regression", views(2), embeddings_only(losses.CosineSimilarityLoss(None), gold.float()),
         scores=gold.float()),
    case("margins", "margin-mse", views(3), embeddings_only(losses.MarginMSELoss(None), margins), scores=margins),
    case("teacher scores", "margin-mse", views(3), embeddings_only(losses.MarginMSELoss(None), teacher2),
         teacher=teacher2),
    case("three negatives", "margin-mse", views(5),
         embeddings_only(losses.MarginMSELoss(None), teacher4[:, :1] - teacher4[:, 1:]), teacher=teacher4),
    case("four ways", "kl-distillation", views(5), embeddings_only(losses.DistillKLDivLoss(None), teacher4),
         teacher=teacher4),
    case("temperature", "kl-distillation", views(5),
         embeddings_only(losses.DistillKLDivLoss(None, temperature=2.0), teacher4), {"temperature": "2"},
         teacher=teacher4),
]

for name, count, settings, options in [
    ("pairs", 2, {}, {}),
    ("hard negative", 3, {}, {}),
    ("absolute margin", 3, {"guide-margin": "0.1", "temperature": "0.05"}, {"margin": 0.1, "temperature": 0.05}),
    ("relative margin", 3, {"guide-margin": "0.4", "guide-form": "relative"},
     {"margin": 0.4, "margin_strategy": "relative"}),
]:
    guides = views(count, 0.3)
    cases.append(case(name, "gist", views(count), gist(guides, **options), settings, guides=guides))

WIDTH = 3 * 8
cases += [
    case("two earlier layers", "info-nce", views(3), layered(losses.AdaptiveLayerLoss, 2), {"layers": "2"}),
    case("two dimensions", "info-nce", views(2),
         layered(losses.Matryoshka2dLoss, 2, matryoshka_dims=[8, 4], n_dims_per_step=-1),
         {"layers": "2", "matryoshka": "8,4"}),
]

print(json.dumps({
    "package": f"sentence-transformers {sentence_transformers.__version__}, torch {torch.__version__}",
    "script": "src/test/python/sentence_transformers_losses.py",
    "cases": cases,
}, indent=None, separators=(",", ":")).replace('},{"name"', '},\n{"name"'))
