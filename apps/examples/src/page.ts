/** What a Markdown page shows of code: its fenced blocks, and the commands in its running text. */

/** A fenced block. */
export interface Block {
  /** The word behind the opening fence; empty without one. */
  readonly language: string;
  /** The lines between the fences. */
  readonly lines: readonly string[];
  /** Number of the first of these lines in the page, from 1. */
  readonly line: number;
  /** What stands between the last heading or block and this one. */
  readonly introduction: string;
  /** Whether a heading stands between the block before and this one; true of the first block. */
  readonly opensSection: boolean;
}

/** A piece of inline code. */
interface InlineCode {
  readonly code: string;
  /** Number of its line in the page, from 1. */
  readonly line: number;
}

/** A page taken apart. */
export interface Page {
  readonly blocks: readonly Block[];
  /** In the order of the page. */
  readonly inline: readonly InlineCode[];
}

/** Takes a Markdown page apart; fences have three backticks and begin a line. */
export function parsePage(markdown: string): Page {
  const blocks: Block[] = [];
  const inline: InlineCode[] = [];
  let introduction: string[] = [];
  let opensSection = true;
  let open: { language: string; lines: string[]; line: number } | undefined;

  for (const [index, text] of markdown.split(/\r?\n/).entries()) {
    const fence = /^```(\S*)/.exec(text);
    if (open !== undefined) {
      if (fence === null) {
        open.lines.push(text);
        continue;
      }
      blocks.push({ ...open, introduction: introduction.join("\n").trim(), opensSection });
      open = undefined;
      introduction = [];
      opensSection = false;
    } else if (fence !== null) {
      open = { language: fence[1]!, lines: [], line: index + 2 };
    } else if (text.startsWith("#")) {
      introduction = [];
      opensSection = true;
    } else {
      introduction.push(text);
      for (const [, code] of text.matchAll(/`([^`]+)`/g)) inline.push({ code: code!, line: index + 1 });
    }
  }
  return { blocks, inline };
}
