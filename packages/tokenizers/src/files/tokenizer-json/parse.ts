/**
 * Reads the text of a tokenizer.json. Nearly all of it is the vocabulary and the merges of a model: tables, which are read
 * where they stand. `JSON.parse` would make an object of a hundred thousand keys and as many strings of them first, which
 * takes longer than all that is needed.
 */
import { parseJson } from "../../json.ts";
import { PieceTable } from "../../lookup/piece-table.ts";
import { Vocabulary } from "../../lookup/vocabulary.ts";
import { MergeText } from "../../models/bpe/merge-text.ts";
import { JsonWalker, OtherForm, unitOf } from "./json-walker.ts";

const [OPEN_OBJECT, CLOSE_OBJECT] = [unitOf("{"), unitOf("}")];
const [OPEN_ARRAY, CLOSE_ARRAY] = [unitOf("["), unitOf("]")];
const [COMMA, COLON, SPACE] = [unitOf(","), unitOf(":"), unitOf(" ")];

/** A value of the document that was read, and where it stands in the text. */
interface Table<T> {
  readonly value: T;
  readonly start: number;
  readonly end: number;
}

interface Tables {
  readonly vocab?: Table<Vocabulary>;
  readonly merges?: Table<MergeText>;
}

/**
 * The value of the document, as `JSON.parse` gives it, but that `model.vocab` may be a Vocabulary and `model.merges` a
 * MergeText.
 *
 * @throws {TokenizerFormatError} if it is not JSON
 */
export function parseTokenizerJson(text: string): unknown {
  const { vocab, merges } = (typeof text === "string" && text.isWellFormed() && findTables(text)) || {};
  const tables = [vocab, merges].filter((table) => table !== undefined).sort((a, b) => a.start - b.start);
  if (tables.length === 0) return parseJson(text);
  let rest = "";
  let at = 0;
  for (const { start, end } of tables) {
    rest += `${text.slice(at, start)}null`;
    at = end;
  }
  const document = parseRest(rest + text.slice(at));
  if (document === undefined) return parseJson(text); // whose error says where in the text
  if (vocab !== undefined) document.model.vocab = vocab.value;
  if (merges !== undefined) document.model.merges = merges.value;
  return document;
}

/** The value of a document that has a model; undefined if it is not JSON. */
function parseRest(text: string): { readonly model: Record<string, unknown> } | undefined {
  try {
    return parseJson(text) as { readonly model: Record<string, unknown> };
  } catch {
    return undefined;
  }
}

/** The tables that have their usual form; undefined if the document has another one. */
function findTables(text: string): Tables | undefined {
  const walker = new JsonWalker(text, text.startsWith("\ufeff") ? 1 : 0);
  try {
    let tables: Tables | undefined;
    forEachMember(walker, (key) => {
      if (key !== "model" || walker.next() !== OPEN_OBJECT) walker.skipValue();
      else if (tables === undefined) tables = tablesOfModel(walker);
      else throw new OtherForm();
    });
    return tables;
  } catch (error) {
    if (error instanceof OtherForm || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function tablesOfModel(walker: JsonWalker): Tables {
  let tables: Tables = {};
  const read = <T>(make: () => T): Table<T> => {
    const start = walker.at;
    return { value: make(), start, end: walker.at };
  };
  forEachMember(walker, (key) => {
    const first = walker.next();
    if (key in tables) throw new OtherForm();
    if (key === "vocab" && first === OPEN_OBJECT) tables = { ...tables, vocab: read(() => readVocabulary(walker)) };
    else if (key === "merges" && first === OPEN_ARRAY) tables = { ...tables, merges: read(() => readMerges(walker)) };
    else walker.skipValue();
  });
  return tables;
}

/** Takes an object. @param visit takes the value of a key */
function forEachMember(walker: JsonWalker, visit: (key: string) => void): void {
  walker.take(OPEN_OBJECT);
  if (walker.takes(CLOSE_OBJECT)) return;
  do {
    walker.takeString();
    const key = walker.string();
    walker.take(COLON);
    visit(key);
  } while (walker.takes(COMMA));
  walker.take(CLOSE_OBJECT);
}

/** How many entries, which take so many characters at least, to make room for; tables grow beyond. */
function expectedEntries({ text, at }: JsonWalker): number {
  return Math.min(2 ** 16, (text.length - at) / 8);
}

function readVocabulary(walker: JsonWalker): Vocabulary {
  const { text } = walker;
  const table = new PieceTable(expectedEntries(walker));
  const tokens: string[] = [];
  const ids: number[] = [];
  walker.take(OPEN_OBJECT);
  if (walker.takes(CLOSE_OBJECT)) throw new OtherForm();
  do {
    walker.takeString();
    const { start, end, isEscaped } = walker;
    const token = walker.string();
    walker.take(COLON);
    const id = walker.takeInteger();
    const entry = isEscaped ? table.findOrAdd(token, 0, token.length) : table.findOrAdd(text, start, end);
    if (entry !== tokens.length) throw new OtherForm(); // a token that comes twice
    table.setValue(entry, id);
    tokens.push(token);
    ids.push(id);
  } while (walker.takes(COMMA));
  walker.take(CLOSE_OBJECT);
  return Vocabulary.fromTable(tokens, ids, table) ?? otherForm();
}

function readMerges(walker: JsonWalker): MergeText {
  const merges = new MergeText(walker.text, expectedEntries(walker));
  walker.take(OPEN_ARRAY);
  if (walker.takes(CLOSE_ARRAY)) return merges;
  do {
    if (walker.takes(OPEN_ARRAY)) readPair(walker, merges);
    else readLine(walker, merges);
  } while (walker.takes(COMMA));
  walker.take(CLOSE_ARRAY);
  return merges;
}

/** `"a", "b"]` */
function readPair(walker: JsonWalker, merges: MergeText): void {
  walker.takeString();
  const { start, end, isEscaped } = walker;
  const left = isEscaped ? walker.string() : undefined;
  walker.take(COMMA);
  walker.takeString();
  if (left === undefined && !walker.isEscaped) merges.push(start, end, walker.start, walker.end);
  else merges.pushDecoded(left ?? walker.text.slice(start, end), walker.string());
  walker.take(CLOSE_ARRAY);
}

/** `"a b"`, as older files have it, and `"#version: 0.2"`, which some have in the first place. */
function readLine(walker: JsonWalker, merges: MergeText): void {
  walker.takeString();
  const { text, start, end } = walker;
  if (text.startsWith("#version", start)) return;
  if (walker.isEscaped) {
    const line = walker.string();
    const space = onlySpace(line, 0, line.length);
    merges.pushDecoded(line.slice(0, space), line.slice(space + 1));
  } else {
    const space = onlySpace(text, start, end);
    merges.push(start, space, space + 1, end);
  }
}

function onlySpace(text: string, start: number, end: number): number {
  let found = -1;
  for (let at = start; at < end; at++) {
    if (text.charCodeAt(at) !== SPACE) continue;
    if (found !== -1) throw new OtherForm();
    found = at;
  }
  return found === -1 ? otherForm() : found;
}

function otherForm(): never {
  throw new OtherForm();
}
