"""Writes ../resources/io/chiaro/text/tiny-late-interaction: a random late-interaction model of a few thousand numbers in the layout of
PyLate, and scores.json with what sentence-transformers' MultiVectorEncoder says of some pairs. Read by LateInteractionTest.

Made with Python 3.11, sentence-transformers 6.2.0, transformers 5.24.0, tokenizers 0.23.3, torch 2.15.0 (CPU):

    python tiny_late_interaction.py
"""

import json
import pathlib
import shutil
import string

import torch
from safetensors.torch import save_file
from sentence_transformers import MultiVectorEncoder
from transformers import BertConfig, BertModel, BertTokenizerFast

torch.manual_seed(6)
WORDS = "a cat dog sat on the mat who where red blue house in tree bird sang".split()
special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[unused0]", "[unused1]"]
vocabulary = special + [c for c in string.ascii_lowercase if c != "a"] + ["##" + c for c in string.ascii_lowercase]
vocabulary += WORDS + [",", ".", "?"]
out = pathlib.Path(__file__).parent / "../resources/io/chiaro/text/tiny-late-interaction"
shutil.rmtree(out, ignore_errors=True)
(out / "1_Dense").mkdir(parents=True)
tokenizer = BertTokenizerFast(vocab={word: i for i, word in enumerate(vocabulary)}, model_max_length=16)
config = BertConfig(
    vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
    max_position_embeddings=32, initializer_range=0.3)
BertModel(config).save_pretrained(out)
tokenizer.save_pretrained(out)


def write(name, content):
    (out / name).write_text(json.dumps(content, indent=1) + "\n")


write("sentence_bert_config.json", {"max_seq_length": 16, "do_lower_case": False})
write("modules.json", [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Dense", "type": "pylate.models.Dense.Dense"}])
write("1_Dense/config.json", {
    "in_features": 16, "out_features": 6, "bias": False, "activation_function": "torch.nn.modules.linear.Identity"})
save_file({"linear.weight": torch.randn(6, 16) * 0.3}, out / "1_Dense/model.safetensors")
query, texts = "who sat on the mat?", [
    "the cat, sat. on the mat", "a bird", "red dog " * 12, "zebra, in. the blue house?", "where"]
scores = {}
for expands in (True, False):
    write("config_sentence_transformers.json", {
        "__version__": {"sentence_transformers": "3.0.0"}, "model_type": "ColBERT", "prompts": {},
        "similarity_fn_name": "MaxSim", "query_prefix": "[unused0]", "document_prefix": "[unused1]",
        "query_length": 10, "document_length": 14, "do_query_expansion": expands,
        "attend_to_expansion_tokens": expands, "skiplist_words": [",", ".", "?"]})
    model = MultiVectorEncoder(str(out), device="cpu")
    found = model.similarity(model.encode_query([query]), model.encode_document(texts))[0]
    scores["expanded" if expands else "plain"] = [float(f"{s:.8g}") for s in found.tolist()]
write("scores.json", {"query": query, "texts": texts, **scores})
