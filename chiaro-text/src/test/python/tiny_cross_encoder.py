"""Writes ../resources/io/chiaro/text/tiny-cross-encoder: a random cross-encoder of a few thousand numbers, as
sentence-transformers saves one, and scores.json with what it says of some pairs. Read by CrossEncoderTest.

Made with Python 3.11, sentence-transformers 6.2.0, transformers 5.24.0, tokenizers 0.23.3, torch 2.15.0 (CPU):

    python tiny_cross_encoder.py
"""

import json
import pathlib
import shutil
import string
import tempfile

import torch
from sentence_transformers import CrossEncoder
from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

torch.manual_seed(5)
WORDS = "a cat dog sat on the mat who where red blue house in tree bird sang".split()
special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
vocabulary = special + [c for c in string.ascii_lowercase if c != "a"] + ["##" + c for c in string.ascii_lowercase] + WORDS
out = pathlib.Path(__file__).parent / "../resources/io/chiaro/text/tiny-cross-encoder"
shutil.rmtree(out, ignore_errors=True)
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder)
    (path / "vocab.txt").write_text("\n".join(vocabulary) + "\n")
    tokenizer = BertTokenizerFast(vocab={word: i for i, word in enumerate(vocabulary)}, model_max_length=24)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=32, num_labels=1, initializer_range=0.3)
    BertForSequenceClassification(config).save_pretrained(path)
    tokenizer.save_pretrained(path)
    model = CrossEncoder(str(path), max_length=24, activation_fn=torch.nn.Identity())
    model.save_pretrained(str(out))

query = "who sat on the mat"
texts = ["the cat sat on the mat", "a bird", "red dog " * 12, "zebra in the blue house", "where"]
with torch.no_grad():
    scores = model.predict([(query, text) for text in texts], activation_fn=torch.nn.Identity())
(out / "scores.json").write_text(json.dumps(
    {"query": query, "texts": texts, "scores": [float(f"{s:.8g}") for s in scores.tolist()]}, indent=1) + "\n")
for name in ("README.md",):
    (out / name).unlink(missing_ok=True)
