/**
 * Reads files of one word a line and an empty line between sentences: CoNLL-U (https://universaldependencies.org/format.html), and words with
 * columns beside them, as those of the CoNLL-2002 and CoNLL-2003 shared tasks (Tjong Kim Sang & De Meulder 2003). A sentence is one record,
 * whose cells are lists with an item for each word.
 */
import { DataFileError } from "../../errors.ts";
import { readLines } from "./lines.ts";
import type { RowOptions, SourceRecord } from "./row.ts";

const CONLLU_COLUMNS = ["id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc"] as const;
/** A multiword token (`1-2`) or an empty node (`8.1`). */
const NO_WORD = /^\d+(-\d+|\.\d+)$/;
const WORD_ID = /^\d+$/;

/**
 * The sentences of a `.conllu` file, by the format's ten columns (`form`, `upos`, `xpos`, `feats`, ...). A record has the syntactic words: lines of
 * multiword tokens and of empty nodes are passed over, and so are comments.
 *
 * @throws {DataFileError} naming the line that has not ten columns, or an id that is none
 */
export async function* readConllu(
  path: string,
  options: RowOptions = {},
): AsyncGenerator<SourceRecord, void, undefined> {
  const sentence = new Sentence();
  for await (const { text, line } of readLines(path, options.limits)) {
    if (text.trim() === "") {
      yield* sentence.take(namesOfConllu);
      continue;
    }
    if (text.startsWith("#")) continue;
    const cells = text.split("\t");
    if (cells.length !== CONLLU_COLUMNS.length) {
      const advice = text.includes("\t") ? "" : "; they stand with tabs between them";
      throw new DataFileError(
        path,
        line,
        `expected the ten columns of CoNLL-U, got ${cells.length}${advice}; mend the line, or call a file of other columns .conll`,
      );
    }
    const id = cells[0]!;
    if (NO_WORD.test(id)) continue;
    if (!WORD_ID.test(id)) {
      throw new DataFileError(
        path,
        line,
        `expected the number of a word such as 3, 3-4 or 3.1, got ${JSON.stringify(id)}`,
      );
    }
    sentence.add(line, cells);
  }
  yield* sentence.take(namesOfConllu);
}

const namesOfConllu = () => CONLLU_COLUMNS.map((name) => [name]);

/**
 * The sentences of a `.conll` file. Columns stand with tabs between them or, in a line without tabs, with blanks; a file has as many in every
 * line. The first is called `tokens`, the last `tags`, and each also `column1`, `column2`, ... Lines that begin with `-DOCSTART-` are passed
 * over.
 *
 * @throws {DataFileError} naming the line with another number of columns than the first
 */
export async function* readConll(
  path: string,
  options: RowOptions = {},
): AsyncGenerator<SourceRecord, void, undefined> {
  const sentence = new Sentence();
  let columns: number | undefined;
  for await (const { text, line } of readLines(path, options.limits)) {
    const isBreak = text.trim() === "" || /^-DOCSTART-(\s|$)/.test(text);
    if (isBreak) {
      yield* sentence.take(namesOfConll);
      continue;
    }
    const cells = (text.includes("\t") ? text.split("\t") : text.trim().split(/ +/)).map((cell) => cell.trim());
    columns ??= cells.length;
    if (cells.length !== columns || cells.includes("")) {
      const got = cells.includes("") ? "one that is empty" : `${cells.length}`;
      throw new DataFileError(
        path,
        line,
        `expected ${columns} column${columns === 1 ? "" : "s"}, as in the lines before, got ${got}; mend the line (an empty line ends a sentence)`,
      );
    }
    sentence.add(line, cells);
  }
  yield* sentence.take(namesOfConll);
}

function namesOfConll(columns: number): string[][] {
  return Array.from({ length: columns }, (_, index) => [
    ...(index === 0 ? ["tokens"] : []),
    ...(index > 0 && index === columns - 1 ? ["tags"] : []),
    `column${index + 1}`,
  ]);
}

/** The words since the last empty line. */
class Sentence {
  #rows: (readonly string[])[] = [];
  #line = 0;

  add(line: number, cells: readonly string[]): void {
    if (this.#rows.length === 0) this.#line = line;
    this.#rows.push(cells);
  }

  /** Hands the words out by column and begins anew; nothing where there are none. @param namesOf  the names of each of so many columns */
  *take(namesOf: (columns: number) => readonly (readonly string[])[]): Generator<SourceRecord, void, undefined> {
    const rows = this.#rows;
    const [first] = rows;
    if (first === undefined) return;
    const lists = namesOf(first.length).flatMap((names, column) => {
      const list = rows.map((cells) => cells[column]!);
      return names.map((name) => [name, list] as const);
    });
    this.#rows = [];
    yield { record: Object.fromEntries(lists), line: this.#line };
  }
}
