"""Writes a sparse autoencoder of sentence-transformers into resources, with the codes that it makes of some vectors.

Needs sentence-transformers; the tests do not. Run: python sparse_code.py
"""

import json
import pathlib

import sentence_transformers
import torch
from sentence_transformers.sparse_encoder.modules import SparseAutoEncoder

here = pathlib.Path(__file__).parent.parent / "resources/io/chiaro/model/sparse-code"
torch.manual_seed(5)
module = SparseAutoEncoder(input_dim=6, hidden_dim=14, k=3, k_aux=4)
with torch.no_grad():
    module.pre_bias.copy_(0.1 * torch.randn(6))
    module.latent_bias.copy_(0.1 * torch.randn(14))
folder = here / "3_SparseAutoEncoder"
folder.mkdir(exist_ok=True)
module.save(str(folder))
vectors = torch.randn(5, 6)
# As behind a module Normalize.
units = torch.nn.functional.normalize(vectors, dim=-1)
codes = {}
with torch.inference_mode():
    for active in (1, 3, 8):
        found = module({"sentence_embedding": units.clone()}, max_active_dims=active)
        codes[str(active)] = found["sentence_embedding"].tolist()
(here / "codes.json").write_text(
    json.dumps(
        {
            "package": "sentence-transformers " + sentence_transformers.__version__,
            "vectors": vectors.tolist(),
            "codes": codes,
        },
        indent=1,
    )
    + "\n"
)
