"""Writes ../resources/io/chiaro/text/tiny-pair-classifier: a random cross-encoder of three classes, as sentence-transformers saves one, and
classes.json with the logits of some pairs, the value of its CrossEntropyLoss for their labels, and the gradients of the head. Read by
PairClassifierTest.

Made with Python 3.11, sentence-transformers 6.2.0, transformers 5.24.0, tokenizers 0.23.3, torch 2.15.0 (CPU):

    python tiny_pair_classifier.py
"""

import json
import pathlib
import shutil
import string
import tempfile

import torch
from sentence_transformers import CrossEncoder
from sentence_transformers.cross_encoder.losses import CrossEntropyLoss
from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

torch.manual_seed(11)
CLASSES = ["contradiction", "entailment", "neutral"]
WORDS = "a cat dog sat on the mat who where red blue house in tree bird sang".split()
special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
vocabulary = special + [c for c in string.ascii_lowercase if c != "a"] + ["##" + c for c in string.ascii_lowercase] + WORDS
out = pathlib.Path(__file__).parent / "../resources/io/chiaro/text/tiny-pair-classifier"
shutil.rmtree(out, ignore_errors=True)
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder)
    tokenizer = BertTokenizerFast(vocab={word: i for i, word in enumerate(vocabulary)}, model_max_length=24)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=32, num_labels=3, initializer_range=0.3, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0, id2label=dict(enumerate(CLASSES)), label2id={c: i for i, c in enumerate(CLASSES)})
    BertForSequenceClassification(config).save_pretrained(path)
    tokenizer.save_pretrained(path)
    model = CrossEncoder(str(path), max_length=24)
    model.save_pretrained(str(out))

firsts = ["who sat on the mat", "a red bird sang", "the cat", "where " * 20, "blue"]
seconds = ["the cat sat on the mat", "a bird", "red dog " * 12, "zebra in the blue house", "where"]
labels = [1, 2, 0, 2, 2]
loss = CrossEntropyLoss(model)
value = loss([firsts, seconds], torch.tensor(labels))
value.backward()
gradients = {n: p.grad for n, p in model.named_parameters() if p.grad is not None}
pick = lambda end: next(g for n, g in gradients.items() if n.endswith(end))
with torch.no_grad():
    logits = model.predict(list(zip(firsts, seconds)))
short = lambda numbers: [float(f"{x:.8g}") for x in numbers]
(out / "classes.json").write_text(json.dumps({
    "firsts": firsts, "seconds": seconds, "labels": labels, "classes": CLASSES,
    "logits": short(logits.flatten().tolist()),
    "loss": float(f"{value.item():.8g}"),
    "classifier.bias": short(pick("classifier.bias").tolist()),
    "classifier.weight": short(pick("classifier.weight").flatten().tolist()),
}, indent=1) + "\n")
for name in ("README.md",):
    (out / name).unlink(missing_ok=True)
