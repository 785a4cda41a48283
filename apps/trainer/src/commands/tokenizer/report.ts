/** What a person sees of a tokenizer: the pieces of a text, coloured on a terminal, and figures of the vocabulary. */
import { styleText } from "node:util";
import type { JsonObject, JsonValue, Tokenizer } from "@cellstate/tokenizers";
import { formatTable, formatWhole } from "../../terminal/format.ts";
import { escapeCharacter, showOnOneLine } from "../../terminal/visible.ts";

/** Neighbouring pieces differ in colour. */
const COLOURS = ["bgBlue", "bgMagenta", "bgCyan"] as const;

/** How many of the longest tokens are listed. */
const LISTED_TOKENS = 10;

/**
 * A text cut into its pieces, a table of them, and how many there are.
 *
 * @param isColoured  show the pieces as COLOURS rather than with bars between them. Default: on a terminal that has them
 */
export function describeText(
  tokenizer: Tokenizer,
  text: string,
  isColoured: boolean = process.stdout.isTTY === true && process.stdout.hasColors(),
): string {
  const { ids, tokens, offsets } = tokenizer.encode(text);
  const rows = tokens.map((token, index) => {
    const [start, end] = offsets[index]!;
    return [`${index}`, cell(token), `${ids[index]}`, `[${start}, ${end})`, cell(text.slice(start, end))];
  });
  const unknown = ids.filter((id) => tokenizer.tokenToId(tokenizer.idToToken(id)!) === unkId(tokenizer)).length;
  const characters = [...text].length;
  const perToken = ids.length === 0 ? "-" : (characters / ids.length).toFixed(2);
  return [
    `${paint(text, offsets, isColoured)}\n`,
    formatTable([["", "token", "id", "offsets", "text"], ...rows], { left: true }),
    `${formatWhole(ids.length)} tokens, ${formatWhole(characters)} characters, ${perToken} characters a token, `,
    `${formatWhole(unknown)} unknown\n`,
  ].join("");
}

/** Stages, size, special tokens, lengths and the longest tokens. */
export function describeVocabulary(tokenizer: Tokenizer): string {
  const special: string[] = [];
  const ordinary: string[] = [];
  for (let id = 0; id < tokenizer.vocabSize; id++) {
    const token = tokenizer.idToToken(id);
    if (token !== undefined) (tokenizer.isSpecial(id) ? special : ordinary).push(token);
  }
  const lengths = ordinary.map((token) => [...token].length);
  const byLength = new Map<number, number>();
  for (const length of lengths) byLength.set(length, (byLength.get(length) ?? 0) + 1);
  const lengthRows = [...byLength]
    .sort(([a], [b]) => a - b)
    .map(([length, count]) => [`${length}`, formatWhole(count)]);
  const mean = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
  const longest = ordinary.toSorted((a, b) => [...b].length - [...a].length).slice(0, LISTED_TOKENS);
  return [
    describeStages(tokenizer),
    `${formatWhole(tokenizer.vocabSize)} tokens, ${formatWhole(special.length)} of them special: ${special.map(cell).join(" ")}\n`,
    `mean length ${mean.toFixed(2)} characters\n`,
    `longest: ${longest.map(cell).join(" ")}\n`,
    formatTable([["characters", "tokens"], ...lengthRows]),
  ].join("");
}

/** The stages in the order in which a text meets them, by their names in tokenizer.json. */
function describeStages(tokenizer: Tokenizer): string {
  const { normalizer, pre_tokenizer, model, post_processor, decoder } = tokenizer.toJson();
  const rows = Object.entries({
    normalizer,
    "pre-tokenizer": pre_tokenizer,
    model,
    "post-processor": post_processor,
    decoder,
  }).map(([stage, value]) => [stage, namesOf(value).join(", ") || "none"]);
  return formatTable(rows, { left: true });
}

function namesOf(stage: JsonValue | undefined): string[] {
  if (typeof stage !== "object" || stage === null || Array.isArray(stage)) return [];
  const lists = Object.values(stage).filter((value) => Array.isArray(value));
  const { type } = stage as JsonObject;
  return type === "Sequence" ? lists.flat().flatMap(namesOf) : [String(type)];
}

/** What lies between two pieces, such as a space that no token stands for, stays plain. */
function paint(text: string, offsets: readonly (readonly [number, number])[], isColoured: boolean): string {
  let painted = "";
  let last = 0;
  for (const [index, [start, end]] of offsets.entries()) {
    if (end <= last) continue; // a character that several tokens stand for, or a token without text
    painted += visible(text.slice(last, Math.max(last, start)));
    const piece = visible(text.slice(Math.max(last, start), end));
    const colour = COLOURS[index % COLOURS.length]!;
    painted += isColoured
      ? styleText(colour, piece, { validateStream: false })
      : `${painted === "" ? "" : "|"}${piece}`;
    last = end;
  }
  return painted + visible(text.slice(last));
}

/** Control and format characters, but for the joiner behind an emoji. */
const INVISIBLE = /(?<!\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]?(?=\u200d))[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Escapes what cannot be seen, but for line breaks and tabs, so that no text steers the terminal or reorders its line. */
function visible(text: string): string {
  return text.replace(INVISIBLE, (character) =>
    character === "\n" || character === "\t" ? character : escapeCharacter(character),
  );
}

/** A text that keeps to its place in a table: without line breaks, and isolated where it runs from right to left. */
function cell(text: string): string {
  const line = showOnOneLine(visible(text));
  return RIGHT_TO_LEFT.test(line) ? `\u2068${line}\u2069` : line;
}

function unkId(tokenizer: Tokenizer): number | undefined {
  try {
    return tokenizer.unkId;
  } catch {
    return undefined; // a tokenizer that knows every text
  }
}
