"""Tokenizers as published models have them, trained by Hugging Face's library for `pnpm tokenizer-parity`."""

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

GPT4_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
size = 3000  # tokens: enough for merges of several levels, a larger vocabulary tests nothing else


def bpe(special=(), **options):
    return trainers.BpeTrainer(vocab_size=size, special_tokens=list(special), show_progress=False, **options)


def word_piece(special=("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")):
    return trainers.WordPieceTrainer(vocab_size=size, special_tokens=list(special), show_progress=False)


def word_level(special):
    return trainers.WordLevelTrainer(vocab_size=size, special_tokens=list(special), show_progress=False)


def unigram(special):
    # All characters of the texts are tokens, of which there are many thousands.
    return trainers.UnigramTrainer(
        vocab_size=4 * size, unk_token="<unk>", special_tokens=list(special), show_progress=False
    )


def byte_level(special, **options):
    return bpe(special=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), **options)


def gpt2(train):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    train(tokenizer, byte_level(["<|endoftext|>"]))
    return tokenizer


def roberta(train):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    train(tokenizer, byte_level(["<s>", "<pad>", "</s>", "<unk>"]))
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True)])
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True)
    return tokenizer


def bert(lowercase, **options):
    def build(train):
        tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase, **options)
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        tokenizer.decoder = decoders.WordPiece()
        train(tokenizer, word_piece())
        tokenizer.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
        )
        return tokenizer

    return build


def bert_chinese(train):
    tokenizer = bert(lowercase=True, strip_accents=False)(train)
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.decoder = decoders.WordPiece(cleanup=False)
    return tokenizer


def t5(charsmap):
    def build(train):
        tokenizer = Tokenizer(models.Unigram())
        tokenizer.normalizer = normalizers.Precompiled(charsmap)
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]
        )
        tokenizer.decoder = decoders.Metaspace()
        train(tokenizer, unigram(["<pad>", "</s>", "<unk>"]))
        tokenizer.post_processor = processors.TemplateProcessing(
            single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)]
        )
        return tokenizer

    return build


def t5_nfkc(train):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), normalizers.Strip()])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="first")
    train(tokenizer, unigram(["<unk>", "<s>", "</s>"]))
    return tokenizer


def xlnet(train):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace("``", '"'),
            normalizers.Replace("''", '"'),
            normalizers.NFKD(),
            normalizers.StripAccents(),
            normalizers.Lowercase(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    train(tokenizer, unigram(["<unk>", "<s>", "</s>", "<cls>", "<sep>", "<pad>", "<mask>"]))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A:0 <sep>:0 <cls>:2",
        pair="$A:0 <sep>:0 $B:1 <sep>:1 <cls>:2",
        special_tokens=[("<sep>", 4), ("<cls>", 3)],
    )
    return tokenizer


def llama(train):
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    # Published models have no pre-tokenizer; without one, training would merge whole texts.
    tokenizer.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    train(tokenizer, bpe(special=["<unk>", "<s>", "</s>", *BYTES], limit_alphabet=500))
    tokenizer.pre_tokenizer = None
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 1)]
    )
    return tokenizer


def llama3(train):
    tokenizer = Tokenizer(models.BPE(ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(GPT4_PATTERN), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    train(tokenizer, byte_level([]))
    tokenizer.add_special_tokens(["<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>"])
    tokenizer.post_processor = processors.Sequence(
        [
            processors.ByteLevel(trim_offsets=False),
            processors.TemplateProcessing(
                single="<|begin_of_text|> $A",
                pair="<|begin_of_text|> $A <|begin_of_text|>:1 $B:1",
                special_tokens=[("<|begin_of_text|>", tokenizer.token_to_id("<|begin_of_text|>"))],
            ),
        ]
    )
    return tokenizer


def word(train):
    tokenizer = Tokenizer(models.WordLevel(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFD(), normalizers.Lowercase(), normalizers.StripAccents()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    train(tokenizer, word_level(["<unk>"]))
    return tokenizer


def word_scripts(train):
    tokenizer = Tokenizer(models.WordLevel(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.UnicodeScripts(),
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.Punctuation("merged_with_previous"),
        ]
    )
    train(tokenizer, word_level(["<unk>"]))
    return tokenizer


def ctc(train):
    tokenizer = Tokenizer(models.WordLevel(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Replace(" ", "|")
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.decoder = decoders.CTC()
    train(tokenizer, word_level(["<pad>", "<unk>", "|"]))
    return tokenizer


def affixes(train):
    options = {"end_of_word_suffix": "</w>", "continuing_subword_prefix": "@@"}
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", dropout=0.0, **options))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.BPEDecoder(suffix="</w>")
    train(tokenizer, bpe(special=["<unk>"], limit_alphabet=800, **options))
    return tokenizer


def added_tokens(train):
    """GPT-2's, with added tokens of every kind."""
    tokenizer = gpt2(train)
    tokenizer.add_tokens(
        [
            AddedToken("[ent]", normalized=False),
            AddedToken("word", single_word=True),
            AddedToken("ﬁ", normalized=True),
            AddedToken("<left>", lstrip=True, normalized=False),
            AddedToken("<right>", rstrip=True, normalized=False),
            AddedToken("<both>", lstrip=True, rstrip=True, single_word=True),
        ]
    )
    tokenizer.add_special_tokens(["<|im_start|>", "<|im_end|>"])
    tokenizer.normalizer = normalizers.NFKC()
    return tokenizer


def layouts(charsmap, vocab_size):
    """By name; each takes a function that trains a tokenizer by a trainer, and returns the tokenizer."""
    global size
    size = vocab_size
    return {
        "gpt2": gpt2,
        "roberta": roberta,
        "bert-uncased": bert(lowercase=True),
        "bert-cased": bert(lowercase=False),
        "bert-chinese": bert_chinese,
        "t5": t5(charsmap),
        "t5-nfkc": t5_nfkc,
        "xlnet": xlnet,
        "llama": llama,
        "llama3": llama3,
        "word": word,
        "word-scripts": word_scripts,
        "ctc": ctc,
        "bpe-affixes": affixes,
        "added-tokens": added_tokens,
    }
