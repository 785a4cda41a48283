/** How large a translated pattern may be, so that engines compile it, and searches are judged, in far less than a second. */

/** The largest patterns of well-known tokenizers have 0.3 million characters, nearly all of them ranges of classes. */
const MAX_LENGTH = 2_000_000;

/** Of groups in each other. */
const MAX_DEPTH = 250;

/** @returns why a translated pattern is too large, or undefined if it is not */
export function whyTooLarge(source: string): string | undefined {
  if (source.length > MAX_LENGTH) {
    return `it has ${source.length} characters when its classes are written out, of at most ${MAX_LENGTH}`;
  }
  return deepestGroup(source) > MAX_DEPTH ? "it is nested too deep" : undefined;
}

function deepestGroup(source: string): number {
  let deepest = 0;
  let groups = 0;
  let classes = 0;
  for (const [token] of source.matchAll(/\\[\s\S]|[[\]()]/g)) {
    if (token === "[") classes += 1;
    else if (token === "]") classes -= 1;
    else if (classes > 0) continue;
    else if (token === "(") deepest = Math.max(deepest, ++groups);
    else if (token === ")") groups -= 1;
  }
  return deepest;
}
