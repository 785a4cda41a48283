/** `alphabet.json`: the characters of the train split, in the order of their numbers. */
import type { Records } from "@cellstate/data";
import { encodeJson, type FileContents, readJson } from "@cellstate/tasks";
import { z } from "zod";
import type { LanguageFields } from "./data.ts";

export const ALPHABET_FILE = "alphabet.json";
const FORMAT_VERSION = 1;

/** Stands before, between and after texts: what a text begins from, and what says that it ends. */
export const BOUNDARY_ID = 0;
/** Any character that train lacks. */
export const UNK_ID = 1;
const FIRST_CHARACTER_ID = 2;

const alphabetFile = z.object({ characters: z.array(z.string()) });

export class Alphabet {
  /** Code points, sorted. */
  readonly characters: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;

  constructor(characters: readonly string[]) {
    this.characters = characters;
    this.#ids = new Map(characters.map((character, place) => [character, FIRST_CHARACTER_ID + place]));
  }

  /** Ids of characters, the boundary and the unknown character: those below it. */
  get size(): number {
    return FIRST_CHARACTER_ID + this.characters.length;
  }

  /** The ids of a text's code points, without boundaries. */
  encode(text: string): number[] {
    return Array.from(text, (character) => this.#ids.get(character) ?? UNK_ID);
  }

  /** A text of ids without boundaries. */
  decode(ids: readonly number[]): string {
    return ids.map((id) => this.characters[id - FIRST_CHARACTER_ID] ?? "\uFFFD").join("");
  }
}

export async function fitAlphabet(train: Records<LanguageFields>): Promise<Alphabet> {
  const characters = new Set<string>();
  for await (const { values } of train) for (const character of values.text) characters.add(character);
  return new Alphabet([...characters].sort());
}

export function formatAlphabet({ characters }: Alphabet): Uint8Array {
  return encodeJson({ formatVersion: FORMAT_VERSION, characters });
}

/** @throws {ModelFilesError} if the file is missing, malformed or newer than this code */
export function readAlphabet(files: FileContents): Alphabet {
  return new Alphabet(readJson(files, ALPHABET_FILE, alphabetFile, FORMAT_VERSION).characters);
}
