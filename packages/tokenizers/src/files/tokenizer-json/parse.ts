/**
 * Reads the text of a tokenizer.json. Nearly all of it is the vocabulary and the merges of a model: tables, which are read
 * where they stand. `JSON.parse` would make an object of a hundred thousand keys and as many strings of them first, which
 * takes longer than all that is needed.
 */
import { parseJson } from "../../json.ts";
import { TokenTable } from "../../lookup/token-table.ts";
import { Vocabulary } from "../../lookup/vocabulary.ts";
import { MergeBytes } from "../../models/bpe/merge-bytes.ts";
import { decodeUtf8 } from "../../text/utf8.ts";
import { withoutEscapes } from "./json-escapes.ts";
import { byteOf, JsonWalker, OtherForm } from "./json-walker.ts";
import { INTEGERS_BY_STRING, LINES, PAIRS, TableScanner } from "./table-scanner.ts";

const [OPEN_OBJECT, CLOSE_OBJECT] = [byteOf("{"), byteOf("}")];
const [OPEN_ARRAY, CLOSE_ARRAY] = [byteOf("["), byteOf("]")];
const [COMMA, COLON, ZERO] = [byteOf(","), byteOf(":"), byteOf("0")];
const [HASH, SPACE] = [byteOf("#"), byteOf(" ")];

/** A value of the document that was read, and where it stands in the text. */
interface Table<T> {
  readonly value: T;
  readonly start: number;
  readonly end: number;
}

interface Tables {
  readonly vocab?: Table<Vocabulary>;
  readonly merges?: Table<MergeBytes>;
}

/**
 * The value of the document, as `JSON.parse` gives it, but that `model.vocab` may be a Vocabulary and `model.merges` a
 * MergeBytes.
 *
 * @param json its text, or the UTF-8 of that
 * @throws {TokenizerFormatError} if it is not JSON
 */
export function parseTokenizerJson(json: string | Uint8Array): unknown {
  const bytes = bytesOf(json);
  const { vocab, merges } = (bytes && findTables(bytes)) ?? {};
  const tables = [vocab, merges].filter((table) => table !== undefined).sort((a, b) => a.start - b.start);
  if (bytes === undefined || tables.length === 0) return parseJson(textOf(json));
  let rest = "";
  let at = 0;
  for (const { start, end } of tables) {
    rest += `${decodeUtf8(bytes.subarray(at, start))}null`;
    at = end;
  }
  const document = parseRest(rest + decodeUtf8(bytes.subarray(at)));
  if (document === undefined) return parseJson(textOf(json)); // whose error says where in the text
  if (vocab !== undefined) document.model.vocab = vocab.value;
  if (merges !== undefined) document.model.merges = merges.value;
  return document;
}

/** Undefined for what has none, as callers without types may pass. */
function bytesOf(json: string | Uint8Array): Uint8Array | undefined {
  if (json instanceof Uint8Array) return json;
  return typeof json === "string" && json.isWellFormed() ? new TextEncoder().encode(json) : undefined;
}

function textOf(json: string | Uint8Array): string {
  return json instanceof Uint8Array ? decodeUtf8(json) : json;
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
function findTables(bytes: Uint8Array): Tables | undefined {
  const walker = new JsonWalker(bytes, startsWithMark(bytes) ? 3 : 0);
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
    const key = walker.takeString();
    walker.take(COLON);
    visit(key);
  } while (walker.takes(COMMA));
  walker.take(CLOSE_OBJECT);
}

/** Of merges to make room for at once. */
const MOST_BYTES = 2 ** 22;

/** What an entry of the vocabulary and the merges that make it take in most files; tables grow where there are more. */
const BYTES_PER_TOKEN = 32;
const MOST_EXPECTED = 2 ** 18;

function readVocabulary(walker: JsonWalker): Vocabulary {
  walker.take(OPEN_OBJECT);
  if (walker.takes(CLOSE_OBJECT)) throw new OtherForm();
  const table = new TokenTable(Math.min(MOST_EXPECTED, (walker.bytes.length - walker.at) / BYTES_PER_TOKEN));
  const scanner = new TableScanner(walker.bytes, walker.at, INTEGERS_BY_STRING);
  for (let count = scanner.scan(); count > 0; count = scanner.scan())
    addTokens(table, walker.bytes, scanner.places, count);
  walker.at = scanner.at;
  return Vocabulary.fromTable(table) ?? otherForm();
}

function addTokens(table: TokenTable, bytes: Uint8Array, places: Int32Array, count: number): void {
  for (let i = 0; i < count; i += 4) {
    const start = (places[i] as number) + 1;
    const end = places[i + 1] as number;
    const id = integerAt(bytes, places[i + 2] as number, places[i + 3] as number);
    const isNew =
      end < 0 ? addEscaped(table, withoutEscapes(bytes, start, ~end), id) : table.add(bytes, start, end, id);
    if (!isNew) throw new OtherForm();
  }
}

function addEscaped(table: TokenTable, token: Uint8Array, id: number): boolean {
  return table.add(token, 0, token.length, id);
}

/** More may not fit into an id. */
const MOST_DIGITS = 9;

function integerAt(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > MOST_DIGITS || (bytes[start] === ZERO && end - start > 1)) throw new OtherForm();
  let value = 0;
  for (let at = start; at < end; at++) value = 10 * value + (bytes[at] as number) - ZERO;
  return value;
}

function readMerges(walker: JsonWalker): MergeBytes {
  const { bytes } = walker;
  const merges = new MergeBytes(Math.min(MOST_BYTES, bytes.length - walker.at));
  walker.take(OPEN_ARRAY);
  if (walker.takes(CLOSE_ARRAY)) return merges;
  const arePairs = walker.next() === OPEN_ARRAY;
  const scanner = new TableScanner(bytes, walker.at, arePairs ? PAIRS : LINES);
  const push = arePairs ? pushPairs : pushLines;
  for (let count = scanner.scan(); count > 0; count = scanner.scan()) push(merges, bytes, scanner.places, count);
  walker.at = scanner.at;
  return merges;
}

/** `["a", "b"]` */
function pushPairs(merges: MergeBytes, bytes: Uint8Array, places: Int32Array, count: number): void {
  for (let i = 0; i < count; i += 4) {
    const left = (places[i] as number) + 1;
    const leftEnd = places[i + 1] as number;
    const right = (places[i + 2] as number) + 1;
    const rightEnd = places[i + 3] as number;
    if ((leftEnd | rightEnd) >= 0) merges.push(bytes, left, leftEnd, right, rightEnd);
    else merges.pushTokens(plainToken(bytes, left, leftEnd), plainToken(bytes, right, rightEnd));
  }
}

/** `"a b"`, as older files have it, and `"#version: 0.2"`, which some have in the first place. */
function pushLines(merges: MergeBytes, bytes: Uint8Array, places: Int32Array, count: number): void {
  for (let i = 0; i < count; i += 3) {
    const start = (places[i] as number) + 1;
    const space = places[i + 1] as number;
    const end = places[i + 2] as number;
    if (bytes[start] === HASH && isVersion(bytes, start)) continue;
    if (end >= 0) merges.push(bytes, start, space, space + 1, end);
    else pushEscapedLine(merges, bytes, start, space, end);
  }
}

function pushEscapedLine(merges: MergeBytes, bytes: Uint8Array, start: number, space: number, end: number): void {
  const left = plainToken(bytes, start, space);
  const right = plainToken(bytes, (space < 0 ? ~space : space) + 1, end);
  if (left.includes(SPACE) || right.includes(SPACE)) throw new OtherForm(); // an escape stands for it
  merges.pushTokens(left, right);
}

/** @param end complemented if the token has escapes */
function plainToken(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return end < 0 ? withoutEscapes(bytes, start, ~end) : bytes.subarray(start, end);
}

function isVersion(bytes: Uint8Array, start: number): boolean {
  return decodeUtf8(bytes.subarray(start, start + VERSION.length)) === VERSION;
}

const VERSION = "#version";

function otherForm(): never {
  throw new OtherForm();
}

function startsWithMark([first, second, third]: Uint8Array): boolean {
  return first === 0xef && second === 0xbb && third === 0xbf;
}
