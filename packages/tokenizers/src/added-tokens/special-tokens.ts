/** The four special tokens that models need, and their names in well-known files. */

/** What a special token is for: padding, unknown pieces, begin and end of a sequence. */
export const SPECIAL_ROLES = ["pad", "unk", "bos", "eos"] as const;
export type SpecialRole = (typeof SPECIAL_ROLES)[number];

/** The special tokens of trained tokenizers; with all four roles their ids are 0, 1, 2 and 3. */
export const SPECIAL_TOKENS = { pad: "<pad>", unk: "<unk>", bos: "<s>", eos: "</s>" } as const satisfies Readonly<
  Record<SpecialRole, string>
>;

/** The token of each role. Default of each: its well-known names. */
export type SpecialTokenNames = { readonly [Role in SpecialRole]?: string | undefined };

/** The names by which each role is found in a file: ours first, then those of well-known models. */
export const SPECIAL_TOKEN_NAMES: Readonly<Record<SpecialRole, readonly string[]>> = {
  pad: [SPECIAL_TOKENS.pad, "[PAD]", "<|pad|>"],
  unk: [SPECIAL_TOKENS.unk, "[UNK]"],
  bos: [SPECIAL_TOKENS.bos, "[CLS]", "[BOS]", "<bos>", "<|begin_of_text|>", "<|endoftext|>"],
  eos: [SPECIAL_TOKENS.eos, "[SEP]", "[EOS]", "<eos>", "<|end_of_text|>", "<|endoftext|>"],
};
