/** The tags of a tagger: those of its files, those that its model gives, and the way between them. */
import { type TagConstraints, tagConstraints } from "@cellstate/lstm-core";
import { brokenPlaces, chunksOf, isTagOf, OUTSIDE, type TagScheme, tagsOf } from "./chunks.ts";
import type { TagsConfig } from "./config.ts";

/** What is learned of the tags of train. */
export interface FittedTags {
  /** Tags of words, or names of spans, sorted by code units. */
  readonly labels: readonly string[];
  /** How the files of train write spans; `bio` where they do not write tags. */
  readonly scheme: TagScheme;
  /** Tags of train that broke the scheme and were repaired. */
  readonly repaired: number;
}

/** The tags of one sentence, as they are given to people: of spans in `bio`. */
export interface GoldTags {
  readonly names: readonly string[];
  /** Places whose tag broke the scheme of the file. */
  readonly broken: readonly number[];
}

export class TagSet {
  readonly kind: TagsConfig["kind"];
  /** Tags that the model gives, in the order of its scores. */
  readonly names: readonly string[];
  readonly fitted: FittedTags;
  readonly #config: TagsConfig;
  readonly #numbers: ReadonlyMap<string, number>;

  constructor(config: TagsConfig, fitted: FittedTags) {
    this.kind = config.kind;
    this.fitted = fitted;
    this.#config = config;
    this.names = config.kind === "words" ? fitted.labels : namesOfSpans(fitted.labels, config.encoding);
    this.#numbers = new Map(this.names.map((name, number) => [name, number]));
  }

  /** Which tags of the model may follow which; undefined where they stand for words. */
  get constraints(): TagConstraints | undefined {
    return this.#encoding && tagConstraints(this.#encoding, this.names);
  }

  /** The scheme of the model's own tags; undefined where they stand for words. */
  get #encoding(): "bio" | "bioes" | undefined {
    return this.#config.kind === "spans" ? this.#config.encoding : undefined;
  }

  /** Numbers of the model's tags for tags of people; -1 for one that train lacks. */
  numbersOf(names: readonly string[]): number[] {
    const own = this.#encoding === undefined ? names : tagsOf(chunksOf(names), names.length, this.#encoding);
    return own.map((name) => this.#numbers.get(name) ?? -1);
  }

  /** Tags of people for the model's tags, whose spans are read as conlleval reads them. */
  namesOf(numbers: readonly number[]): string[] {
    const own = numbers.map((number) => this.names[number]!);
    return this.#encoding === undefined ? own : tagsOf(chunksOf(own), own.length, "bio");
  }
}

function namesOfSpans(labels: readonly string[], encoding: "bio" | "bioes"): string[] {
  const prefixes = encoding === "bio" ? ["B", "I"] : ["B", "I", "E", "S"];
  return [OUTSIDE, ...labels.flatMap((label) => prefixes.map((prefix) => `${prefix}-${label}`))];
}

/** The first tag that does not belong to the scheme; undefined where all do. */
export function strangeTag(tags: readonly string[], scheme: TagScheme): number | undefined {
  const place = tags.findIndex((tag) => !isTagOf(scheme, tag));
  return place < 0 ? undefined : place;
}

/** Tags of a file as people get them. */
export function readTags(tags: readonly string[], scheme: TagScheme): GoldTags {
  return { names: tagsOf(chunksOf(tags), tags.length, "bio"), broken: brokenPlaces(tags, scheme) };
}

/** Tells by tags how a file writes spans: `bioes` where it has `E-` or `S-`, else which of `bio` and `iob1` they break less. */
export class SchemeGuess {
  #isBioes = false;
  #broken = { bio: 0, iob1: 0 };

  see(tags: readonly string[]): void {
    if (tags.some((tag) => /^[ES]-/.test(tag))) this.#isBioes = true;
    this.#broken.bio += brokenPlaces(tags, "bio").length;
    this.#broken.iob1 += brokenPlaces(tags, "iob1").length;
  }

  get scheme(): TagScheme {
    if (this.#isBioes) return "bioes";
    return this.#broken.iob1 < this.#broken.bio ? "iob1" : "bio";
  }
}
