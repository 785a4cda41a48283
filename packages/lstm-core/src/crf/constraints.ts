/** Which tags may follow which: rules that a CRF keeps to, among them those of chunks written as BIO or BIOES. */
import { OptionError } from "@cellstate/tensor";
import { requireChoice } from "../errors.ts";

/** A path that breaks a rule has probability 0. */
export interface TagConstraints {
  /** `transitions[from][to]`: whether tag `to` may come right after tag `from`. */
  readonly transitions: readonly (readonly boolean[])[];
  /** Whether a tag may come first. */
  readonly start: readonly boolean[];
  /** Whether a tag may come last. */
  readonly end: readonly boolean[];
}

/**
 * How chunks are written as tags: `bio` has `B-` on the first token of a chunk and `I-` on the others (Ramshaw & Marcus 1995, in the variant
 * of CoNLL-2002); `bioes` also has `E-` on the last one, and `S-` on the token of a chunk of one. `O` stands outside.
 */
export const tagSchemes = ["bio", "bioes"] as const;
export type TagScheme = (typeof tagSchemes)[number];

const prefixes = { bio: "BI", bioes: "BIES" } as const;

/**
 * The rules of a scheme for labels such as `O`, `B-PER` and `I-PER`.
 *
 * @param labels  by tag number
 * @throws {OptionError} if the scheme is none of {@link tagSchemes}, or a label does not belong to it
 */
export function tagConstraints(scheme: TagScheme, labels: readonly string[]): TagConstraints {
  requireChoice("tagConstraints", "scheme", scheme, tagSchemes);
  const tags = labels.map((label) => readTag(scheme, label));
  const outside: Tag = { prefix: "O", kind: "" };
  return {
    transitions: tags.map((from) => tags.map((to) => follows(scheme, from, to))),
    start: tags.map((tag) => follows(scheme, outside, tag)),
    end: tags.map((tag) => follows(scheme, tag, outside)),
  };
}

interface Tag {
  readonly prefix: string;
  /** Of chunk. */
  readonly kind: string;
}

function readTag(scheme: TagScheme, label: string): Tag {
  if (label === "O") return { prefix: "O", kind: "" };
  const prefix = label.slice(0, 1);
  if (!prefixes[scheme].includes(prefix) || label[1] !== "-" || label.length < 3) {
    const wanted = [...prefixes[scheme]].map((letter) => `${letter}-...`).join(", ");
    throw new OptionError("tagConstraints", "labels", `O, ${wanted} in the scheme ${scheme}`, `"${label}"`);
  }
  return { prefix, kind: label.slice(2) };
}

function follows(scheme: TagScheme, from: Tag, to: Tag): boolean {
  const isInside = from.prefix === "B" || from.prefix === "I"; // a chunk that may go on
  const goesOn = to.prefix === "I" || to.prefix === "E";
  if (goesOn) return isInside && from.kind === to.kind;
  return scheme === "bio" || !isInside; // in BIOES a chunk ends by E or S only
}

/** @throws {OptionError} unless the constraints are about `numTags` tags */
export function requireConstraints(owner: string, constraints: TagConstraints, numTags: number): void {
  const { transitions, start, end } = constraints;
  const lists = [transitions, start, end, ...transitions];
  const bad = lists.find((list) => list.length !== numTags);
  if (bad) throw new OptionError(owner, "constraints", `about ${numTags} tags`, `a list of ${bad.length}`);
}
