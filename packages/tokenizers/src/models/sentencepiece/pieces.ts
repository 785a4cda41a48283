/** The vocabulary of a SentencePiece model: its pieces by id, and what each of them is for. */
import { describe } from "../../json.ts";
import { Vocabulary } from "../../lookup/vocabulary.ts";
import { BYTE_TOKENS } from "../byte-tokens.ts";

/**
 * What a piece is for. `control` ones never stand in a text, `user_defined` ones are always found there, `unused` ones are
 * never chosen, and a `byte` is one of the 256 that byte fallback writes. In the order of their numbers in a `.model`
 * file, which start at 1.
 */
export const PIECE_TYPES = ["normal", "unknown", "control", "user_defined", "unused", "byte"] as const;
export type PieceType = (typeof PIECE_TYPES)[number];

export interface SentencePiece {
  readonly piece: string;
  /** Natural-log probability in unigram models; in BPE models higher means merged earlier. A float32. */
  readonly score: number;
  readonly type: PieceType;
}

export class SentencePieces {
  readonly list: readonly SentencePiece[];
  readonly vocabulary: Vocabulary;
  readonly unkId: number;
  /** The pieces that stand in texts, `unused` ones too, and the others, which may be spelled like one of them. */
  readonly #inTexts: ReadonlyMap<string, number>;
  readonly #reserved: ReadonlyMap<string, number>;

  /** @param list such that `faultOf` finds nothing */
  constructor(list: readonly SentencePiece[]) {
    const idsOf = (reserved: boolean) =>
      new Map(list.flatMap(({ piece, type }, id) => (isReserved(type) === reserved ? [[piece, id] as const] : [])));
    this.list = list;
    this.#inTexts = idsOf(false);
    this.#reserved = idsOf(true);
    this.unkId = list.findIndex(({ type }) => type === "unknown");
    const tokens = list.map(({ piece }) => piece);
    this.vocabulary = Vocabulary.fromRepeatedTokens(tokens, new Map([...this.#inTexts, ...this.#reserved]));
  }

  typeOf(id: number): PieceType {
    return this.list[id]?.type ?? "unknown";
  }

  /** The id of what a text can be made of, `unused` pieces too; undefined for anything else. */
  idInTexts(text: string): number | undefined {
    return this.#inTexts.get(text);
  }

  /** The id that a part of a text gets as a whole: the unknown one if it is no piece, or one of the type `control`. */
  idOfPart(text: string): number {
    const id = this.#reserved.get(text) ?? this.#inTexts.get(text) ?? this.unkId;
    return this.typeOf(id) === "control" ? this.unkId : id;
  }

  /** All pieces of a type, in the order of their ids. */
  ofType(type: PieceType): string[] {
    return this.list.filter((each) => each.type === type).map(({ piece }) => piece);
  }
}

/** What SentencePiece would refuse about pieces. */
interface Fault {
  /** Of the piece; undefined if it is about all of them. */
  readonly id?: number;
  readonly expected: string;
  readonly got: string;
}

/** The first fault of a list of pieces, none of them empty; undefined if SentencePiece takes them. */
export function faultOf(list: readonly SentencePiece[], byteFallback: boolean): Fault | undefined {
  const ids = new Map<string, number>();
  for (const [id, { piece, type }] of list.entries()) {
    const key = `${isReserved(type)}${piece}`;
    const first = ids.get(key);
    if (first !== undefined) {
      return { id, expected: "pieces that differ", got: `${describe(piece)}, which piece ${first} is too` };
    }
    ids.set(key, id);
  }
  const unknown = list.filter(({ type }) => type === "unknown").length;
  if (unknown !== 1) return { expected: "one piece of the type unknown", got: String(unknown) };
  const bytes = new Set(list.flatMap(({ piece, type }) => (type === "byte" ? [piece] : [])));
  if (!byteFallback && bytes.size > 0) {
    return { expected: "no pieces of the type byte without byte fallback", got: `${bytes.size} of them` };
  }
  const missing = BYTE_TOKENS.find((token) => !bytes.has(token));
  if (!byteFallback || (missing === undefined && bytes.size === BYTE_TOKENS.length)) return undefined;
  const expected = `the ${BYTE_TOKENS.length} pieces of bytes for byte fallback`;
  return { expected, got: missing === undefined ? `${bytes.size} of them` : `none for ${missing}` };
}

function isReserved(type: PieceType): boolean {
  return type === "unknown" || type === "control" || type === "byte";
}
