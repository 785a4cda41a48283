/** Cuts a text at matches, with a choice of what happens to the matches. */
import type { RangeCutter } from "../text/pieces.ts";

/** What happens to a match, spelt as in tokenizer.json. */
export const SPLIT_BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"] as const;
export type SplitBehavior = (typeof SPLIT_BEHAVIORS)[number];

/** A stretch `[start, end)` of a text that is a match, or lies between matches. */
export interface Span {
  start: number;
  end: number;
  readonly isMatch: boolean;
}

/**
 * The text as spans, matches and what lies between. Matches may be empty, but not right behind another match.
 *
 * @param pattern with the flag g
 */
export function findSpans(text: string, pattern: RegExp, invert = false): Span[] {
  const spans: Span[] = [];
  let last = 0;
  for (const match of text.matchAll(pattern)) {
    const start = match.index;
    const end = start + match[0].length;
    if (end === start && end === last && spans.length > 0) continue;
    if (start > last) spans.push({ start: last, end: start, isMatch: invert });
    spans.push({ start, end, isMatch: !invert });
    last = end;
  }
  if (last < text.length) spans.push({ start: last, end: text.length, isMatch: invert });
  return spans;
}

/** The places of a string, not empty, as spans. */
export function findLiteral(text: string, literal: string): Span[] {
  const spans: Span[] = [];
  let last = 0;
  for (let at = text.indexOf(literal); at !== -1; at = text.indexOf(literal, last)) {
    if (at > last) spans.push({ start: last, end: at, isMatch: false });
    last = at + literal.length;
    spans.push({ start: at, end: last, isMatch: true });
  }
  if (last < text.length) spans.push({ start: last, end: text.length, isMatch: false });
  return spans;
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

/** Arranges the spans of each piece as `behavior` says and cuts it accordingly. */
export function spanCutter(find: (text: string) => readonly Span[], behavior: SplitBehavior): RangeCutter {
  return (text, start, end, ranges) => {
    for (const span of arrange(find(text.slice(start, end)), behavior)) {
      if (span.start < span.end) ranges.push(start + span.start, start + span.end);
    }
  };
}

function arrange(spans: readonly Span[], behavior: SplitBehavior): readonly Span[] {
  switch (behavior) {
    case "Removed":
      return spans.filter((span) => !span.isMatch);
    case "Isolated":
      return spans;
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
