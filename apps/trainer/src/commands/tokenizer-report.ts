/** What a person sees of a tokenizer: the pieces of a text, coloured on a terminal, and figures of the vocabulary. */
import { styleText } from "node:util";
import type { JsonObject, JsonValue, Tokenizer } from "@cellstate/tokenizers";
import { formatTable, formatWhole } from "../progress/format.ts";

/** Neighbouring pieces differ in colour. */
const colours = ["bgBlue", "bgMagenta", "bgCyan"] as const;

/** How many of the longest tokens are listed. */
const listedTokens = 10;

/**
 * A text cut into its pieces, a table of them, and how many there are.
 *
 * @param isColoured  show the pieces as colours rather than with bars between them. Default: on a terminal that has them
 */
export function describeText(
  tokenizer: Tokenizer,
  text: string,
  isColoured: boolean = process.stdout.isTTY === true && process.stdout.hasColors(),
): string {
  const { ids, tokens, offsets } = tokenizer.encode(text);
  const rows = tokens.map((token, index) => {
    const [start, end] = offsets[index]!;
    return [`${index}`, visible(token), `${ids[index]}`, `[${start}, ${end})`, visible(text.slice(start, end))];
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
  const longest = ordinary.toSorted((a, b) => [...b].length - [...a].length).slice(0, listedTokens);
  return [
    describeStages(tokenizer),
    `${formatWhole(tokenizer.vocabSize)} tokens, ${formatWhole(special.length)} of them special: ${special.join(" ")}\n`,
    `mean length ${mean.toFixed(2)} characters\n`,
    `longest: ${longest.map(visible).join(" ")}\n`,
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
    painted += text.slice(last, Math.max(last, start));
    const piece = text.slice(Math.max(last, start), end);
    const colour = colours[index % colours.length]!;
    painted += isColoured
      ? styleText(colour, piece, { validateStream: false })
      : `${painted === "" ? "" : "|"}${piece}`;
    last = end;
  }
  return painted + text.slice(last);
}

/** Line breaks and other control characters as escapes, so that a table keeps its lines. */
function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}

function unkId(tokenizer: Tokenizer): number | undefined {
  try {
    return tokenizer.unkId;
  } catch {
    return undefined; // a tokenizer that knows every text
  }
}
