/** The four special tokens that models need, and the names under which files have them. */

/** What a special token is for: padding, unknown pieces, begin and end of a sequence. */
export const SPECIAL_ROLES = ["pad", "unk", "bos", "eos"] as const;
export type SpecialRole = (typeof SPECIAL_ROLES)[number];

/** The special tokens of trained tokenizers; with all four roles their ids are 0, 1, 2 and 3. */
export const SPECIAL_TOKENS = { pad: "<pad>", unk: "<unk>", bos: "<s>", eos: "</s>" } as const satisfies Readonly<
  Record<SpecialRole, string>
>;

/** Names under which each role is looked for in a file, ours first. */
export const SPECIAL_TOKEN_NAMES: Readonly<Record<SpecialRole, readonly string[]>> = {
  pad: [SPECIAL_TOKENS.pad, "[PAD]"],
  unk: [SPECIAL_TOKENS.unk, "[UNK]"],
  bos: [SPECIAL_TOKENS.bos, "[CLS]"],
  eos: [SPECIAL_TOKENS.eos, "[SEP]"],
};
