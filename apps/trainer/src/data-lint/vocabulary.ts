/** Texts against the tokenizers that the task fits: unknown tokens on dev, and whole clauses taken for words. */
import type { FileContents } from "@cellstate/tasks";
import { Tokenizer } from "@cellstate/tokenizers";
import { exampleOf, type Finding, KEPT_EXAMPLES, type LintRecord, type LintSplits, percent } from "./finding.ts";
import { countLetters } from "./words.ts";

/** Share of unknown tokens that is worth a word, and that is a fault of the tokenizer. */
const MANY_UNKNOWN = 0.1;
const TOO_MANY_UNKNOWN = 0.2;
/** Letters of scripts without spaces in a token from which it is a clause. */
const CLAUSE = 4;
/** Texts that are encoded. */
const MAX_TEXTS = 2000;

/**
 * @param files     what the fitted pipeline saves: `tokenizer.json`, or one for a role, such as `tokenizer.target.json`
 * @param maxTexts  dev texts that are encoded
 */
export function checkVocabulary(splits: LintSplits, files: FileContents, maxTexts = MAX_TEXTS): Finding[] {
  const dev = (splits.get("dev") ?? []).slice(0, maxTexts);
  const tokenizers = tokenizersIn(files);
  const roles = Object.keys(dev[0]?.texts ?? {});
  return roles.flatMap((role) => {
    const tokenizer = tokenizers.get(role) ?? tokenizers.get("");
    return tokenizer === undefined ? [] : checkRole(role, dev, tokenizer);
  });
}

function tokenizersIn(files: FileContents): ReadonlyMap<string, Tokenizer> {
  const found = new Map<string, Tokenizer>();
  for (const [name, bytes] of files) {
    const role = /^tokenizer(?:\.(\w+))?\.json$/.exec(name);
    if (role !== null) found.set(role[1] ?? "", Tokenizer.parse(bytes));
  }
  return found;
}

function checkRole(role: string, dev: readonly LintRecord[], tokenizer: Tokenizer): Finding[] {
  const unkId = unknownId(tokenizer);
  let tokens = 0;
  let unknown = 0;
  let letters = 0;
  let spaceless = 0;
  const shares: { readonly record: LintRecord; readonly share: number }[] = [];
  for (const record of dev) {
    const text = record.texts[role] ?? "";
    const { ids } = tokenizer.encode(text, { matchAddedTokens: "ordinary", truncation: null, padding: null });
    const own = ids.reduce((count, id) => count + (id === unkId ? 1 : 0), 0);
    tokens += ids.length;
    unknown += own;
    const counts = countLetters(text);
    letters += counts.letters;
    spaceless += counts.spaceless;
    if (own > 0) shares.push({ record, share: own / ids.length });
  }
  const isSpaceless = 2 * spaceless > letters;
  const areClauses = isSpaceless && spaceless > CLAUSE * tokens;
  const isMuch = unknown > MANY_UNKNOWN * tokens;
  if (!areClauses && !isMuch) return [];
  const share = `${percent(unknown, tokens)} of the tokens of dev's ${role} are unknown to the tokenizer`;
  const message = areClauses
    ? `${role} is in a script without spaces between words and is read as whole clauses, ${(spaceless / tokens).toFixed(1)} letters each, as if they were words: ${share}; use tokenizer: { kind: char }, or preTokenizer: segmenter`
    : `${share}, which the model cannot tell apart; use parts of words (kind: bpe)${isSpaceless ? " or characters (kind: char)" : ""}, or a minFrequency of 1`;
  return [
    {
      check: areClauses ? `clauses as words in ${role}` : `unknown tokens in ${role}`,
      severity: areClauses || unknown > TOO_MANY_UNKNOWN * tokens ? "serious" : "minor",
      message,
      examples: shares
        .sort((a, b) => b.share - a.share)
        .slice(0, KEPT_EXAMPLES)
        .map((one) => exampleOf(one.record, `${Math.round(100 * one.share)} % unknown`)),
    },
  ];
}

/** -1 where the tokenizer has no unknown token. */
function unknownId(tokenizer: Tokenizer): number {
  try {
    return tokenizer.unkId;
  } catch {
    return -1;
  }
}
