import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { brokenPlaces, type Chunk, chunksOf, type TagScheme, tagSchemes, tagsOf } from "./chunks.ts";

const names = fc.constantFrom("PER", "LOC", "X-Y");
const anyTags = fc.array(
  fc.oneof(
    fc.constant("O"),
    fc.tuple(fc.constantFrom("B", "I", "E", "S"), names).map(([prefix, name]) => `${prefix}-${name}`),
  ),
  { maxLength: 12 },
);
/** Spans with words between them, or none. */
const anyChunks = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 1, max: 3 }), names), { maxLength: 5 })
  .map((parts) => {
    let at = 0;
    return parts.map(([gap, size, label]): Chunk => {
      const start = at + gap;
      at = start + size;
      return { start, end: at, label };
    });
  });
const lengthOf = (chunks: readonly Chunk[]) => (chunks.at(-1)?.end ?? 0) + 1;

/** conlleval's two questions of each pair of neighbours, as its tables answer them: does a span end between them, does one begin? */
function conllevalSpans(tags: readonly string[]): string[] {
  const part = (tag: string) => (tag === "O" ? ["O", ""] : [tag[0]!, tag.slice(2)]);
  const spans: string[] = [];
  let start = -1;
  for (let at = 0; at <= tags.length; at++) {
    const [before = "O", oldName = ""] = part(tags[at - 1] ?? "O");
    const [now = "O", name = ""] = part(tags[at] ?? "O");
    const pair = `${before}${now}`;
    const ends = ["BB", "BO", "BS", "IB", "IO", "IS", "EE", "EI", "EB", "EO", "ES", "SB", "SI", "SO", "SE", "SS"];
    const begins = ["BB", "IB", "OB", "EB", "SB", "BS", "IS", "OS", "ES", "SS", "EE", "EI", "OE", "OI", "SE", "SI"];
    const isEnd = ends.includes(pair) || (before !== "O" && name !== oldName);
    if (isEnd) spans.push(`${start}-${at} ${oldName}`);
    if (begins.includes(pair) || (now !== "O" && name !== oldName)) start = at;
  }
  return spans;
}

describe("spans of tags", () => {
  test.each([
    ["B-PER I-PER O B-LOC", "0-2 PER, 3-4 LOC"],
    ["I-PER I-PER O I-LOC", "0-2 PER, 3-4 LOC"], // without B-
    ["B-PER I-LOC I-LOC", "0-1 PER, 1-3 LOC"], // the name changes within
    ["I-PER B-PER I-PER", "0-1 PER, 1-3 PER"], // two people side by side
    ["B-PER O I-PER", "0-1 PER, 2-3 PER"], // goes on after O
    ["B-PER I-PER E-PER S-LOC", "0-3 PER, 3-4 LOC"],
    ["E-PER E-PER I-PER", "0-1 PER, 1-2 PER, 2-3 PER"], // E- ends a span, whatever follows
    ["S-PER I-PER E-PER", "0-1 PER, 1-3 PER"],
    ["B-PER B-PER O", "0-1 PER, 1-2 PER"],
    ["O O", ""],
    ["", ""],
  ])("%s is %s", (tags, spans) => {
    const found = chunksOf(tags.split(" ").filter(Boolean));
    expect(found.map(({ start, end, label }) => `${start}-${end} ${label}`).join(", ")).toBe(spans);
  });

  test("are those of conlleval's tables, whatever the tags", () => {
    fc.assert(
      fc.property(anyTags, (tags) => {
        expect(chunksOf(tags).map(({ start, end, label }) => `${start}-${end} ${label}`)).toEqual(conllevalSpans(tags));
      }),
    );
  });
});

describe("tags of spans", () => {
  test.each(tagSchemes)("%s gives the spans back, and breaks no rule of its own", (scheme) => {
    fc.assert(
      fc.property(anyChunks, (chunks) => {
        const tags = tagsOf(chunks, lengthOf(chunks), scheme);
        expect(chunksOf(tags)).toEqual(chunks);
        expect(brokenPlaces(tags, scheme)).toEqual([]);
      }),
    );
  });

  test("one scheme after another ends where the first one would", () => {
    const schemes = fc.array(fc.constantFrom<TagScheme>(...tagSchemes), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(anyTags, schemes, (tags, walk) => {
        const last = walk.reduce((now, scheme) => tagsOf(chunksOf(now), now.length, scheme), tags);
        expect(last).toEqual(tagsOf(chunksOf(tags), tags.length, walk.at(-1)!));
      }),
    );
  });

  test("iob1 writes B- only between two spans of one name", () => {
    const chunks = [
      { start: 0, end: 2, label: "PER" },
      { start: 2, end: 3, label: "PER" },
      { start: 3, end: 4, label: "LOC" },
    ];
    expect(tagsOf(chunks, 5, "iob1")).toEqual(["I-PER", "I-PER", "B-PER", "I-LOC", "O"]);
    expect(brokenPlaces(["B-PER", "I-LOC", "O", "I-PER"], "bio")).toEqual([1, 3]);
    expect(brokenPlaces(["B-PER", "I-PER", "O"], "bioes")).toEqual([1]);
  });
});
