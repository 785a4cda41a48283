"""Makes scores.json: corpora and their scores by sacreBLEU (pip install sacrebleu==2.6.0); python make_golden.py"""
import json
import pathlib
import random

import sacrebleu
from sacrebleu.metrics import BLEU, CHRF, TER
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
from sacrebleu.tokenizers.tokenizer_char import TokenizerChar
from sacrebleu.tokenizers.tokenizer_intl import TokenizerV14International
from sacrebleu.tokenizers.tokenizer_none import NoneTokenizer
from sacrebleu.tokenizers.tokenizer_zh import TokenizerZh

TOKENIZERS = {"13a": Tokenizer13a(), "zh": TokenizerZh(), "char": TokenizerChar(), "intl": TokenizerV14International(), "none": NoneTokenizer()}

CORPORA = {
    "plain": (["the cat sat on the mat .", "A dog runs through the park."], ["the cat is on the mat .", "A dog is running through the park."]),
    "perfect": (["Ein Mann läuft über die Straße.", "Zwei Hunde spielen im Schnee."],) * 2,
    "case": (["THE Quick Brown fox jumps Over it", "Straße STRASSE ΣΑΣ İstanbul"], ["the quick brown fox jumps over it", "straße strasse σας i̇stanbul"]),
    "entities": (["&quot;a &amp; b&quot; &lt;tag&gt; &amp;lt; c", "Tom &amp; Jerry &gt; all others"], ['"a & b" <tag> &lt; c', "Tom & Jerry > all the others"]),
    "numbers": (["1,000.50 is 3.14, not 2-3 or 10-year.", "in 1999-2000 5.5% of 1.000,00 US$-5."], ["1,000.50 is 3.14 , not 2 - 3 or 10-year .", "in 1999-2000 5.5 % of 1.000,00 US$-5 ."]),
    "punctuation": (["Well... (yes), \"no\"; what?! a/b_c~d^e`f|g\\h", "it's [the] {dog}'s e-mail: x@y.z #1 *2* +3 <4=5>"], ["Well ... (yes) , \"no\" ; what ?! a / b_c~d^e`f|g\\h", "it's [ the ] { dog }'s e-mail : x@y.z #1 *2* +3 <4=5>"]),
    "unicode": (["我喜欢 这 本 书 。 很 好", "naïve café — “quoted” … ok then", "emoji 😀 , 😀. 😀,😀 here we go"], ["我喜欢 那 本 书 。 很 好", "naïve café — “quoted” … well then", "emoji 😀 , 😀. 😀 ,😀 here we go"]),
    "spaces": (["  leading and trailing  \t ", "a\u00a0b\u3000c\u2009d e f\x85", "x\x1cy\x1dz w v u", "bom\ufeffhere is one two", "soft\u200bspace is one two"], ["leading and trailing", "a b c d e f", "x y z w v u", "bom here is one two", "soft space is one two"]),
    "lines": (["ex-\nample of a line-\n break here", "two\nlines of text here <skipped> now"], ["example of a line break here", "two lines of text here now"]),
    "emptyHypotheses": (["", "the cat sat on the mat today", " "], ["a b c", "the cat sat on the mat now", "d e f g"]),
    "allEmpty": (["", ""], ["a b c", "d e"]),
    "emptyReference": (["a b c d e", "f g h i j"], ["", "f g h i j"]),
    "noMatch": (["a b c d e f"], ["u v w x y z"]),
    "short": (["a b c", "d e"], ["a b c", "d e"]),
    "unigramsOnly": (["a b c d e f g h"], ["h f d b g e c a"]),
    "bigramsOnly": (["a b x c d y e f z"], ["a b u c d v e f w"]),
    "trigramsOnly": (["a b c x d e f y g h i"], ["a b c u d e f v g h i"]),
    "brief": (["the cat sat on", "a dog runs through the"], ["the cat sat on the mat in the big house", "a dog runs through the park and jumps"]),
    "long": (["the cat sat on the mat in the big house tonight and slept"], ["the cat sat on the mat"]),
    "clipped": (["the the the the the the the"], ["the cat is on the mat the end"]),
    "chinese": (["我喜欢这本书。", "他在Google工作了3.5年，很开心！", "  价格是￥100-200 。 ", "“引号”——和…… ①②③ ㈱ ｱｲｳ"], ["我很喜欢这本书。", "他在 Google 工作了 3.5 年，很高兴！", "价格是￥100 - 200。", "“引号”——和…… ①②④ ㈱ ｱｲｴ"]),
    "beyondTheBasicPlane": (["𠀀𠀁𠀂𠀃 𪛖 好 ⼀⽁⾀ ⿰ \U0002f800\U0002fa1d \u2009x ☃✂ 〇", "𠀀 𠀁 𠀂"], ["𠀀𠀁𠀂𠀄 𪛖 好 ⼀⽁⾀ ⿰ \U0002f800\U0002fa1d x ☃✂ 〇", "𠀀 𠀁 𠀂"]),
    "japanese": (["私はこの本が好きです。", "東京タワーへ行きました"], ["私はあの本が好きです。", "東京タワーに行きました"]),
    "shifts": (["on the mat the cat sat quietly today", "yesterday he said that we would all leave", "b a d c f e h g", "one two three four five six seven eight nine ten eleven twelve"], ["the cat sat quietly on the mat today", "he said yesterday that all of us would leave", "a b c d e f g h", "seven eight nine ten eleven twelve one two three four five six"]),
    "repeated": (["a a a a b b b b a a", "x y x y x y x y z z", "the the cat the the"], ["b b a a a a a b b b a", "y x y x z y x y x", "the cat the the the the"]),
    "lengths": (["a", "one two three four five six seven eight nine ten " * 7, "z"], ["a b c d e f g h i j k l m n o p q r s t u v w x y z " * 3, "one two", "z z"]),
    "french": (["C'est l'été : « il fait chaud », dit-elle !", "Où est-il allé ? À l'école, aujourd'hui.", "Le prix : 1 234,50 €."], ["C'est l'été ; « il fait très chaud », a-t-elle dit !", "Où est-il ? Il est à l'école aujourd'hui.", "Le prix est de 1 234,50 €."]),
    "emoji": (["👍🏽 great 😀😀 job!!! 👩‍👩‍👧", "🇩🇪 🇫🇷 ❤️"], ["👍 great 😀 job! 👩‍👧", "🇩🇪🇫🇷 ❤"]),
    "asianMarks": (["他说：「你好！」（真的）。", "価格は１００円、です・か？", "㊗おめでとう㌔ ⺀㇀"], ["她说:「您好!」(真的)。", "価格は100円です・か?", "㊗おめでとう㌖ ⺀㇁"]),
    "dates": (["2024-03-05", "1999-12-31", "2001-01-01"], ["2024-03-05", "1999-12-30", "2011-01-01"]),
}


def made_up(seed):
    rng = random.Random(seed)
    words = ["the", "a", "Dog", "cat", "3.5", "1,000", "don't", "e-mail", "U.S.", "&amp;", "“hi”", "straße", "50%", "(so)", "end.", "well,", "2-3", "…", "中文", "x/y"]
    references = [" ".join(rng.choice(words) for _ in range(rng.randint(1, 14))) for _ in range(12)]
    hypotheses = [" ".join(w if rng.random() < 0.7 else rng.choice(words) for w in r.split(" ") if rng.random() < 0.9) for r in references]
    return hypotheses, references


for seed in range(6):
    CORPORA[f"madeUp{seed}"] = made_up(seed)

METRICS = {
    **{key: BLEU(tokenize=key) for key in TOKENIZERS},
    "lc": BLEU(lowercase=True),
    "floor": BLEU(smooth_method="floor"),
    "floor0.5": BLEU(smooth_method="floor", smooth_value=0.5),
    "add-k": BLEU(smooth_method="add-k"),
    "add-k2": BLEU(smooth_method="add-k", smooth_value=2),
    "none-smoothed": BLEU(smooth_method="none"),
    "effective": BLEU(effective_order=True),
    "order2": BLEU(max_ngram_order=2),
    "chrF": CHRF(),
    "chrF++": CHRF(word_order=2),
    "chrFlc": CHRF(lowercase=True, beta=1, char_order=4),
    "chrFspace": CHRF(whitespace=True, word_order=1),
    "chrFeps": CHRF(eps_smoothing=True),
    "TER": TER(),
    "TERnorm": TER(normalized=True),
    "TERcase": TER(case_sensitive=True, no_punct=True),
    "TERasian": TER(normalized=True, asian_support=True),
    "TERasianNoPunct": TER(no_punct=True, asian_support=True),
}


def printed(metric, hypotheses, references):
    score = metric.corpus_score(hypotheses, references)
    return {"score": score.score, "line": score.format(signature=str(metric.get_signature()))}


def all_scores(hypotheses, references):
    return {key: printed(metric, hypotheses, references) for key, metric in METRICS.items()}


cases = []
for name, (hypotheses, references) in CORPORA.items():
    hypotheses, references = list(hypotheses), list(references)
    tokens = {key: [tokenize(h.rstrip()).split() for h in hypotheses] for key, tokenize in TOKENIZERS.items()}
    cases.append({"name": name, "hypotheses": hypotheses, "references": [references], "scores": all_scores(hypotheses, [references]), "tokens": tokens})

for seed in range(3):
    hypotheses, first = made_up(seed)
    _, second = made_up(seed + 100)
    references = [first, second]
    cases.append({"name": f"two references {seed}", "hypotheses": hypotheses, "references": references, "scores": all_scores(hypotheses, references)})

lines = ",\n".join(json.dumps(case, ensure_ascii=True, separators=(",", ":")) for case in cases)
text = f'{{"sacrebleu":"{sacrebleu.__version__}","cases":[\n{lines}\n]}}\n'
pathlib.Path(__file__).with_name("scores.json").write_text(text)
