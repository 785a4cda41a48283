/**
 * Made-up sentences with the part of speech of each word, in which only the words around it tell a noun from a verb or an
 * adjective ("we light the fire", "the light fades", "a light coat"): `node --conditions=@cellstate/source make-data.ts > data.jsonl`.
 */
import { DrawStream } from "@cellstate/data";

const SENTENCES = 240;

/** Words by tag; many stand in several lists. */
const words = {
  PRON: ["we", "they", "you", "I"],
  DET: ["the", "a", "this", "my", "our"],
  ADJ: ["light", "dry", "open", "clean", "warm", "cool", "calm", "old", "small", "green"],
  NOUN: [
    "light",
    "book",
    "watch",
    "paint",
    "water",
    "plant",
    "cook",
    "fish",
    "rest",
    "walk",
    "cool",
    "calm",
    "garden",
    "boat",
  ],
  VERB: [
    "light",
    "book",
    "watch",
    "paint",
    "water",
    "plant",
    "cook",
    "fish",
    "dry",
    "open",
    "clean",
    "warm",
    "see",
    "find",
  ],
  ADP: ["near", "for", "with", "after", "by"],
  NAME: [
    "Ada",
    "Bela",
    "Ciro",
    "Dora",
    "Eben",
    "Fay",
    "Gus",
    "Hana",
    "Ivo",
    "Juna",
    "Kai",
    "Lotte",
    "Milo",
    "Nia",
    "Oskar",
    "Pia",
  ],
  PUNCT: ["."],
} as const;
type Tag = keyof typeof words;

const subjects: readonly (readonly Tag[])[] = [["PRON"], ["NAME"], ["PRON"]];
const objects: readonly (readonly Tag[])[] = [
  ["DET", "NOUN"],
  ["DET", "ADJ", "NOUN"],
  ["NAME"],
  ["DET", "ADJ", "ADJ", "NOUN"],
];
const endings: readonly (readonly Tag[])[] = [
  [],
  ["ADP", "DET", "NOUN"],
  ["ADP", "NAME"],
  ["ADP", "DET", "ADJ", "NOUN"],
];

/** Rows of tokens and tags. */
export function makeData(): string {
  const stream = new DrawStream(0, "sentences");
  const rows = Array.from({ length: SENTENCES }, () => {
    const tags = [...stream.pick(subjects), "VERB", ...stream.pick(objects), ...stream.pick(endings), "PUNCT"] as const;
    const tokens = tags.map((tag) => stream.pick<string>(words[tag]));
    return `${JSON.stringify({ tokens, tags })}\n`;
  });
  return rows.join("");
}

if (import.meta.main) process.stdout.write(makeData());
