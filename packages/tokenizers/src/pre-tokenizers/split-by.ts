/** Cuts a text at matches, with a choice of what happens to the matches. */
import type { RangeCutter } from "../text/pieces.ts";

/** What happens to a match, spelt as in tokenizer.json. */
export const SPLIT_BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"] as const;
export type SplitBehavior = (typeof SPLIT_BEHAVIORS)[number];

/** A stretch `[start, end)` of a text that is a match, or lies between matches. */
interface Span {
  start: number;
  end: number;
  readonly isMatch: boolean;
}

/** Start and end of each match in a text, all in one list, in rising order. */
export type MatchFinder = (text: string) => readonly number[];

/** The places of a string, not empty. */
export function literalFinder(literal: string): MatchFinder {
  return (text) => {
    const matches: number[] = [];
    for (let at = text.indexOf(literal); at !== -1; at = text.indexOf(literal, at + literal.length)) {
      matches.push(at, at + literal.length);
    }
    return matches;
  };
}

/** Cuts before each place of a string, not empty: the behaviour MergedWithNext, without spans to arrange. */
export function literalCutter(literal: string): RangeCutter {
  return (text, start, end, ranges) => {
    const piece = text.slice(start, end); // a search in the whole text would look beyond the piece
    let from = 0;
    for (let at = piece.indexOf(literal); at !== -1; at = piece.indexOf(literal, at + literal.length)) {
      if (at === from) continue;
      ranges.push(start + from, start + at);
      from = at;
    }
    ranges.push(start + from, end);
  };
}

/**
 * Cuts each piece at its matches, as `behavior` says.
 *
 * @param invert swap matches and what is between them. Default false
 */
export function matchCutter(find: MatchFinder, behavior: SplitBehavior, invert = false): RangeCutter {
  if (behavior === "Isolated" || behavior === "Removed") {
    return plainCutter(find, behavior === "Isolated" || invert, behavior === "Isolated" || !invert);
  }
  return (text, start, end, ranges) => {
    const piece = text.slice(start, end);
    for (const span of arrange(spansOf(piece, find(piece), invert), behavior)) {
      if (span.start < span.end) ranges.push(start + span.start, start + span.end);
    }
  };
}

/** Keeps matches, what is between them, or both, as they are. */
function plainCutter(find: MatchFinder, keepsMatches: boolean, keepsRest: boolean): RangeCutter {
  return (text, start, end, ranges) => {
    const matches = find(text.slice(start, end));
    let last = start;
    for (let i = 0; i < matches.length; i += 2) {
      const from = start + (matches[i] as number); // matches come in pairs
      const to = start + (matches[i + 1] as number);
      if (keepsRest && from > last) ranges.push(last, from);
      if (keepsMatches && to > from) ranges.push(from, to);
      last = to;
    }
    if (keepsRest && last < end) ranges.push(last, end);
  };
}

/** The text as spans, matches and what lies between. Matches may be empty, but not right behind another match. */
function spansOf(text: string, matches: readonly number[], invert: boolean): Span[] {
  const spans: Span[] = [];
  let last = 0;
  for (let i = 0; i < matches.length; i += 2) {
    const start = matches[i] as number; // matches come in pairs
    const end = matches[i + 1] as number;
    if (end === start && end === last && spans.length > 0) continue;
    if (start > last) spans.push({ start: last, end: start, isMatch: invert });
    spans.push({ start, end, isMatch: !invert });
    last = end;
  }
  if (last < text.length) spans.push({ start: last, end: text.length, isMatch: invert });
  return spans;
}

function arrange(spans: readonly Span[], behavior: Exclude<SplitBehavior, "Isolated" | "Removed">): readonly Span[] {
  switch (behavior) {
    case "Contiguous":
      return joinRuns(spans);
    case "MergedWithPrevious":
      return mergeWithPrevious(spans);
    case "MergedWithNext":
      return mergeWithNext(spans);
    default:
      return behavior satisfies never;
  }
}

function joinRuns(spans: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const span of spans) {
    const previous = joined.at(-1);
    if (previous?.isMatch === span.isMatch) previous.end = span.end;
    else joined.push({ ...span });
  }
  return joined;
}

/** Of a run of matches only the first joins the stretch before it. */
function mergeWithPrevious(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  let afterMatch = false;
  for (const span of spans) {
    const previous = merged.at(-1);
    if (span.isMatch && !afterMatch && previous !== undefined) previous.end = span.end;
    else merged.push({ ...span });
    afterMatch = span.isMatch;
  }
  return merged;
}

/** Of a run of matches only the last joins the stretch after it. */
function mergeWithNext(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const [index, span] of spans.entries()) {
    const previous = spans[index - 1];
    const last = merged.at(-1);
    if (!span.isMatch && previous?.isMatch === true && last !== undefined) last.end = span.end;
    else merged.push({ ...span });
  }
  return merged;
}
