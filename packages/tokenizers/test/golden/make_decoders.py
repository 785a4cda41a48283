"""What the decoders of Hugging Face's tokenizers make of chains of tokens.

Run with tokenizers 0.23: python make_decoders.py; writes decoders.json beside this file.
"""

import json
from pathlib import Path

from tokenizers import Regex, decoders

DECODERS = {
    "word piece": decoders.WordPiece(),
    "word piece, other prefix, no cleanup": decoders.WordPiece(prefix="@@", cleanup=False),
    "bpe": decoders.BPEDecoder(),
    "bpe, other suffix": decoders.BPEDecoder(suffix="_"),
    "byte fallback": decoders.ByteFallback(),
    "fuse": decoders.Fuse(),
    "strip": decoders.Strip(content=" ", left=2, right=0),  # with a right, theirs ends in a panic on short tokens
    "replace": decoders.Replace("▁", " "),
    "replace by expression": decoders.Replace(Regex("[ab]+"), "$1"),
    "ctc": decoders.CTC(),
    "ctc, no cleanup": decoders.CTC(pad_token="-", word_delimiter_token="_", cleanup=False),
    "metaspace": decoders.Metaspace(),
    "metaspace, never": decoders.Metaspace(prepend_scheme="never"),
    "llama": decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(content=" ", left=1, right=0)]
    ),
}

CHAINS = [
    [],
    ["Hello", "##s", ",", "do", "not", "##", "wo", "n't", "go", "'m", "."],
    ["un@@", "@@able", "a_", "b_c_", "it", "'s", " ' ", "!"],
    ["low</w>", "er</w>", "est</w>"],
    ["▁Hello", "▁", "wor", "ld▁▁", "<0xE2>", "<0x96>", "<0x81>", "<0xC3>", "x", "<0xC3>", "<0xa9>", "<0x0A>", "<0xG0>"],
    ["▁▁a", "▁b", "c"],
    [" a ", "  b  ", "   ", "", "aabba", "$1"],
    ["<pad>", "h", "h", "e", "e", "l", "<pad>", "l", "l", "o", "o", "|", "|", "<pad>", ".", "-", "_", "<pad>|"],
    ["<0xF0>", "<0x9F>", "<0x8E>", "<0x82>", "<0xF0>", "<0x9F>"],
    ["\u00e9", "e\u0301", "🎂", "##🎂", "a\nb"],
]


def main() -> None:
    rows = []
    for name, decoder in DECODERS.items():
        state = json.loads(decoder.__getstate__())
        results = [{"tokens": chain, "decoded": decoder.decode(chain)} for chain in CHAINS]
        rows.append({"name": name, "json": state, "results": results})
    Path(__file__).with_name("decoders.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")


main()
