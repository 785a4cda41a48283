/** What is wrong with text that is not YAML, in words for those who do not know the terms of its grammar. */
import type { ErrorCode, YAMLError } from "yaml";
import { MAX_DEPTH, type Scan } from "./scan.ts";

/** By code; where a code stands for several faults, by words of the parser's own message. */
const FAULTS: Readonly<Partial<Record<ErrorCode, string | readonly (readonly [RegExp, string])[]>>> = {
  ALIAS_PROPS: "an alias (*name) stands alone, without a tag or an anchor of its own",
  BAD_ALIAS: "a value that begins with * or & needs a name behind it; put it in quotes if it is text",
  BAD_DIRECTIVE: "a line that begins with % is a directive, which is not read here; put it in quotes if it is text",
  BAD_DQ_ESCAPE:
    "this backslash means nothing in double quotes; write two of them, or put the value in single quotes, where they are plain",
  BAD_INDENT: [
    [/end with a/, "a bracket is not closed, or what closes it stands too far to the left"],
    [/./, "this line is not indented as its neighbours are; the keys or dashes of one level begin in one column"],
  ],
  BAD_PROP_ORDER: "an anchor (&name) or a tag (!name) stands behind the - or the colon, not before it",
  BAD_SCALAR_START: "no plain value begins with @ or a backquote; put it in quotes",
  BLOCK_IN_FLOW: "inside [ ] and { } the parts are separated by commas, not by lines; write [a, b] or { key: value }",
  KEY_OVER_1024_CHARS: "this key is longer than 1024 characters",
  MISSING_CHAR: [
    [/closing/, "a quote is opened and never closed"],
    [/end with/, "a bracket is opened and never closed"],
    [/followed by map values/, "a colon and a value are missing here, as in `key: value`"],
    [/Missing , /, "a comma is missing here, between two parts of [ ] or { }"],
    [/space after :/, "a space is missing behind this colon"],
    [/Comments/, "a space is missing before this #; put the value in quotes if the # belongs to it"],
    [/without - indicator/, "a dash is missing here: each part of this list begins with `- `"],
    [/Tags and anchors/, "a space is missing behind this tag or anchor"],
    [/directives-end/, "a line that begins with % is a directive, which is not read here"],
  ],
  MULTILINE_IMPLICIT_KEY: "a key and its colon stand on one line; a colon or the space behind it is missing here",
  MULTIPLE_ANCHORS: "two anchors (&name) stand at one value; remove one",
  MULTIPLE_DOCS: "a second document begins here (---); a file holds one",
  MULTIPLE_TAGS: "two tags (!name) stand at one value; remove one",
  RESOURCE_EXHAUSTION: `is nested deeper than ${MAX_DEPTH} levels here`,
  TAB_AS_INDENT: "a tab indents this line; indent with spaces",
  TAG_RESOLVE_FAILED: "no tag such as !name is read here; leave it out, or put the value in quotes if it is text",
  BAD_COLLECTION_TYPE: "no tag such as !name is read here; leave it out",
  UNEXPECTED_TOKEN: [
    [
      /Block scalar header|Not a YAML token/,
      "behind | or > the text begins on the next line; put it in quotes to keep it on this one",
    ],
    [/empty item/, "nothing stands between two commas here; remove one"],
    [/Unexpected ,/, "a comma stands here where none can be"],
    [/Unexpected (?:flow-map-end|flow-seq-end|[\]}])/, "a bracket is closed here that was never opened"],
    [/block-seq-ind/, "a list cannot begin here; put it on lines of its own, or write [a, b]"],
    [
      /at node end|Unexpected scalar/,
      "something stands behind a value that has ended; put all of it in quotes if it is text",
    ],
  ],
};

/** What is said and where: an offset of the text. */
export interface SyntaxFault {
  readonly offset: number;
  readonly message: string;
}

/** The fault in plain words, at the bracket or quote that is open where that is the fault. */
export function describeSyntaxFault(
  { code, message, pos: [offset] }: Pick<YAMLError, "code" | "message" | "pos">,
  text: string,
  { openBracket, openQuote }: Scan,
): SyntaxFault {
  if (openQuote !== undefined && openQuote < offset) {
    return { offset: openQuote, message: "this quote is opened and never closed" };
  }
  if (openBracket !== undefined && /end with a|to end with/.test(message)) {
    return { offset: openBracket, message: "this bracket is opened and never closed" };
  }
  if (code === "BLOCK_AS_IMPLICIT_KEY") return { offset, message: describeNesting(message, text, offset) };
  const words = FAULTS[code];
  const found = typeof words === "string" ? words : words?.find(([pattern]) => pattern.test(message))?.[1];
  return { offset, message: found ?? "this cannot be read as YAML; put it in quotes if it is text" };
}

const NEIGHBOURS =
  "this line is not indented as its neighbours are; the keys or dashes of one level begin in one column";

/** A list or a map that begins where none can. */
function describeNesting(message: string, text: string, offset: number): string {
  const before = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
  if (before.trim() === "") return NEIGHBOURS;
  if (/sequence/.test(message)) return "a list cannot begin here; put it on lines of its own, or write [a, b]";
  const rest = text.slice(offset).split("\n", 1)[0]!;
  return /:(?:\s|$)/.test(rest)
    ? "a second colon stands on this line; put the text in quotes, or write a map as { key: value }"
    : "the next line is indented deeper and so belongs to this value; indent it as this key, or put the value in quotes";
}
