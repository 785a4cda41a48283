"""Makes post-processors.json with Hugging Face's tokenizers (0.23.2) on hf-byte-level.tokenizer.json.

    pip install tokenizers==0.23.2
    python make_post_processors.py

All texts are ASCII, so offsets in code points are offsets in UTF-16 code units.
"""

import json
from pathlib import Path

from tokenizers import Tokenizer, processors

HERE = Path(__file__).parent
SEP, CLS = ("[SEP]", 102), ("[CLS]", 101)
TEMPLATE = processors.TemplateProcessing(
    single="$A:3 [SEP]:4", pair="[CLS] $B:1 [SEP]:2 $A:3", special_tokens=[SEP, CLS]
)
PROCESSORS = [
    processors.BertProcessing(SEP, CLS),
    processors.RobertaProcessing(SEP, CLS),
    processors.RobertaProcessing(SEP, CLS, trim_offsets=False),
    processors.RobertaProcessing(SEP, CLS, add_prefix_space=False),
    processors.Sequence([processors.ByteLevel(), TEMPLATE]),
    processors.Sequence([processors.ByteLevel(trim_offsets=False), processors.BertProcessing(SEP, CLS)]),
    processors.Sequence([]),
]
INPUTS = [("  one  two",), ("",), ("one two", " three\n\n four"), ("one", "")]


def describe(encoding):
    return {
        "ids": encoding.ids,
        "tokens": encoding.tokens,
        "offsets": encoding.offsets,
        "wordIds": encoding.word_ids,
        "sequenceIds": encoding.sequence_ids,
        "typeIds": encoding.type_ids,
        "attentionMask": encoding.attention_mask,
        "specialTokensMask": encoding.special_tokens_mask,
    }


def main():
    golden = []
    for processor in PROCESSORS:
        tokenizer = Tokenizer.from_file(str(HERE / "hf-byte-level.tokenizer.json"))
        tokenizer.post_processor = processor
        golden.append(
            {
                "json": json.loads(tokenizer.to_str())["post_processor"],
                "addedTokens": [processor.num_special_tokens_to_add(False), processor.num_special_tokens_to_add(True)],
                "results": [
                    {
                        "texts": texts,
                        "addSpecialTokens": add,
                        "encoding": describe(tokenizer.encode(*texts, add_special_tokens=add)),
                    }
                    for texts in INPUTS
                    for add in [True, False]
                ],
            }
        )
    (HERE / "post-processors.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n", encoding="utf8")


main()
