/** A first look at YAML text by its tokens: how deep it nests, and what is opened and never closed. Takes time in proportion to the text. */
import { Lexer } from "yaml";

/** Nobody nests deeper by hand. */
export const MAX_DEPTH = 30;
/** Keys, values, brackets, spaces, ... in a file that somebody wrote by hand. */
export const MAX_TOKENS = 50_000;

export interface Scan {
  /** Offset where more than {@link MAX_DEPTH} brackets or dashes are open. */
  readonly tooDeepAt?: number;
  /** Offset of the token behind the last that is allowed. */
  readonly tooLongAt?: number;
  /** Offset of the innermost bracket that is never closed. */
  readonly openBracket?: number | undefined;
  /** Offset of a quote that is never closed. */
  readonly openQuote?: number | undefined;
  readonly hasComments: boolean;
}

/** Tokens of the lexer that stand for no text: a document begins, a plain value follows, brackets end early. */
const MARKS = new Set(["\x02", "\x1f", "\x18"]);

export function scanYaml(text: string): Scan {
  const brackets: number[] = [];
  let offset = 0;
  let count = 0;
  let levelsOnLine = 0;
  let openQuote: number | undefined;
  let hasComments = false;
  let isPlain = false;
  for (const token of new Lexer().lex(text)) {
    if (MARKS.has(token)) {
      isPlain = token === "\x1f";
      continue;
    }
    if (++count > MAX_TOKENS) return { tooLongAt: offset, hasComments };
    if (isPlain) isPlain = false;
    else if (token === "[" || token === "{") brackets.push(offset);
    else if (token === "]" || token === "}") brackets.pop();
    else if (token === "-" || token === "?") levelsOnLine++;
    else if (token === "\n" || token === "\r\n") levelsOnLine = 0;
    else if (token.startsWith("#")) hasComments = true;
    else if (isOpenQuote(token)) openQuote = offset;
    if (brackets.length + levelsOnLine > MAX_DEPTH) return { tooDeepAt: offset, hasComments };
    offset += token.length;
  }
  return { openBracket: brackets.at(-1), openQuote, hasComments };
}

function isOpenQuote(token: string): boolean {
  const quote = token[0];
  return (quote === '"' || quote === "'") && (token.length === 1 || token.at(-1) !== quote);
}
