/**
 * Spans of words as tags, and back. Tags are read as conlleval reads them, the script that scored the CoNLL-2000, 2002 and 2003 shared tasks,
 * so that any sequence of tags means some spans.
 */

/** How tags write spans; `O` stands outside of all. */
export const tagSchemes = ["bio", "iob1", "bioes"] as const;
export type TagScheme = (typeof tagSchemes)[number];

/** A span of words. */
export interface Chunk {
  /** Its first word, from 0. */
  readonly start: number;
  /** The word behind its last one. */
  readonly end: number;
  readonly label: string;
}

/** The tag of a word outside of all spans. */
export const OUTSIDE = "O";

const PREFIXES: { readonly [Scheme in TagScheme]: string } = { bio: "BI", iob1: "BI", bioes: "BIES" };

/** Whether a tag belongs to a scheme. */
export function isTagOf(scheme: TagScheme, tag: string): boolean {
  return tag === OUTSIDE || (PREFIXES[scheme].includes(tag[0] ?? " ") && tag[1] === "-" && tag.length > 2);
}

/**
 * The spans of tags such as `O`, `B-PER`, `I-PER`, `E-PER` and `S-PER`. A span goes on where `I-` or `E-` follows `B-` or `I-` of the same
 * name; every other tag but `O` begins one.
 */
export function chunksOf(tags: readonly string[]): Chunk[] {
  const chunks: Chunk[] = [];
  let open: { start: number; label: string } | undefined;
  for (const [place, tag] of tags.entries()) {
    const label = tag === OUTSIDE ? undefined : tag.slice(2);
    const goesOn =
      open !== undefined && label === open.label && "IE".includes(tag[0]!) && "BI".includes(tags[place - 1]![0]!);
    if (goesOn) continue;
    if (open !== undefined) chunks.push({ ...open, end: place });
    open = label === undefined ? undefined : { start: place, label };
  }
  if (open !== undefined) chunks.push({ ...open, end: tags.length });
  return chunks;
}

/** The tags of `length` words. @param chunks  rising, none over another */
export function tagsOf(chunks: readonly Chunk[], length: number, scheme: TagScheme): string[] {
  const tags = new Array<string>(length).fill(OUTSIDE);
  for (const [index, { start, end, label }] of chunks.entries()) {
    const before = chunks[index - 1];
    const touches = before !== undefined && before.end === start && before.label === label;
    for (let place = start; place < end; place++) {
      tags[place] = `${prefixAt(scheme, { isFirst: place === start, isLast: place === end - 1, touches })}-${label}`;
    }
  }
  return tags;
}

interface PlaceInChunk {
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Whether a span of the same name ends right before this one. */
  readonly touches: boolean;
}

function prefixAt(scheme: TagScheme, { isFirst, isLast, touches }: PlaceInChunk): string {
  switch (scheme) {
    case "bio":
      return isFirst ? "B" : "I";
    case "iob1":
      return isFirst && touches ? "B" : "I";
    case "bioes":
      if (isFirst) return isLast ? "S" : "B";
      return isLast ? "E" : "I";
    default:
      return scheme satisfies never;
  }
}

/** Places at which tags are not what the scheme writes for the spans that they mean. */
export function brokenPlaces(tags: readonly string[], scheme: TagScheme): number[] {
  const written = tagsOf(chunksOf(tags), tags.length, scheme);
  return [...tags.keys()].filter((place) => tags[place] !== written[place]);
}
