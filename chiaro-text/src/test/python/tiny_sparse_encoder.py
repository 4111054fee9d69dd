"""Writes ../resources/io/chiaro/text/tiny-sparse-encoder: a random sparse encoder of a few thousand numbers, and weights.json with what
sentence-transformers' SparseEncoder makes of some texts. Read by SparseEncoderTest.

Made with Python 3.11, sentence-transformers 6.2.0, transformers 5.24.0, tokenizers 0.23.3, torch 2.15.0 (CPU):

    python tiny_sparse_encoder.py
"""

import json
import pathlib
import shutil
import string

import torch
from sentence_transformers import SparseEncoder
from transformers import BertConfig, BertForMaskedLM, BertTokenizerFast

torch.manual_seed(8)
WORDS = "a cat dog sat on the mat who where red blue house in tree bird sang".split()
special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
vocabulary = special + [c for c in string.ascii_lowercase if c != "a"] + ["##" + c for c in string.ascii_lowercase] + WORDS
out = pathlib.Path(__file__).parent / "../resources/io/chiaro/text/tiny-sparse-encoder"
shutil.rmtree(out, ignore_errors=True)
(out / "1_SpladePooling").mkdir(parents=True)
tokenizer = BertTokenizerFast(vocab={word: i for i, word in enumerate(vocabulary)}, model_max_length=16)
config = BertConfig(
    vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
    max_position_embeddings=32, initializer_range=0.3)
masked = BertForMaskedLM(config)
with torch.no_grad():
    masked.cls.predictions.bias.normal_(-3, 1)
masked.save_pretrained(out)
tokenizer.save_pretrained(out)


def write(name, content):
    (out / name).write_text(json.dumps(content, indent=1) + "\n")


write("sentence_bert_config.json", {"max_seq_length": 16, "do_lower_case": False})
write("modules.json", [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.sparse_encoder.models.MLMTransformer"},
    {"idx": 1, "name": "1", "path": "1_SpladePooling", "type": "sentence_transformers.sparse_encoder.models.SpladePooling"}])
write("1_SpladePooling/config.json", {
    "pooling_strategy": "max", "activation_function": "relu", "word_embedding_dimension": len(vocabulary)})
write("config_sentence_transformers.json", {
    "__version__": {"sentence_transformers": "3.0.0"}, "model_type": "SparseEncoder", "prompts": {},
    "similarity_fn_name": "dot"})
model = SparseEncoder(str(out), device="cpu")
texts = ["the cat sat on the mat", "a bird", "red dog " * 12, "zebra in the blue house"]
dense = model.encode(texts, convert_to_sparse_tensor=False)
write("weights.json", {
    "texts": texts,
    "weights": [{"tokens": [vocabulary[i] for i in row.nonzero().flatten().tolist()],
                 "values": [float(f"{v:.8g}") for v in row[row > 0].tolist()]} for row in dense]})
