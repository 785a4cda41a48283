/** What is in the columns of data files, before there is a config that says what they are. */
import { readParallelLines, readRecords, type SourceRecord } from "@cellstate/data/node";
import { type ColumnFacts, type DataFacts, parseTime, SPACELESS, type TimeFacts } from "@cellstate/tasks/starters";
import type { SplitFiles } from "./find-data-files.ts";

/** Rows that are counted. More are not read: they would say the same. */
const MAX_ROWS = 300_000;
/** Rows whose texts are measured. */
const MAX_MEASURED = 20_000;
/** Different values up to which a column may hold names. */
const MAX_VALUES = 2000;

/** Times of the first rows that are kept. */
const MAX_OPENING = 2000;

/** Facts, and whether they are of all rows. */
export interface Seen extends DataFacts {
  readonly isWhole: boolean;
  /** What stands in the first row of files that do not name their columns there; undefined where they do. */
  readonly firstRow?: string | undefined;
}

/**
 * Reads the files of train, up to 300,000 rows. Where the first one looks like all others, columns are called `column1` and so on.
 *
 * @throws {DataFileError} if a file cannot be read
 */
export async function lookAtData(files: SplitFiles): Promise<Seen> {
  const seen = await countColumns(files, true);
  const firstRow = files.rows === undefined ? undefined : dataAsHeader(files.rows[0]!, seen.columns);
  return firstRow === undefined ? seen : { ...(await countColumns(files, false)), firstRow };
}

async function countColumns(files: SplitFiles, header: boolean): Promise<Seen> {
  const columns = new Map<string, ColumnCounter>();
  let rows = 0;
  let isWhole = true;
  for await (const { record } of rowsIn(files, header)) {
    if (rows === MAX_ROWS) {
      isWhole = false;
      break;
    }
    for (const [name, cell] of Object.entries(record)) {
      const counter = columns.get(name) ?? new ColumnCounter(name);
      columns.set(name, counter);
      counter.see(typeof cell === "string" ? cell : cell.join(" "), rows < MAX_MEASURED);
    }
    rows += 1;
  }
  const seen = [...columns.values()].map((counter) => counter.facts());
  return { columns: seen, rows, isWhole, isPlainText: files.texts !== undefined };
}

/** The columns of the first row. */
export async function columnsIn(files: SplitFiles, header: boolean): Promise<readonly string[]> {
  for await (const { record } of rowsIn(files, header)) return Object.keys(record);
  return [];
}

async function* rowsIn(
  { rows, lines, texts }: SplitFiles,
  header: boolean,
): AsyncGenerator<SourceRecord, void, undefined> {
  if (lines !== undefined) yield* readParallelLines(lines);
  else for (const path of rows ?? texts) yield* readRecords(path, { header });
}

/**
 * The name that tells that there is no header: names of columns are short, no numbers, and stand in no row; anything else is a row of a
 * file without names.
 */
function dataAsHeader(file: string, columns: readonly ColumnFacts[]): string | undefined {
  const asData = columns.find(
    ({ name, values }) => /^[+-]?[\d.]+$/.test(name) || name.length > 80 || values?.has(name.trim()),
  );
  return asData === undefined || /\.(jsonl|ndjson)(\.gz)?$/i.test(file) ? undefined : asData.name;
}

const LETTER = /\p{L}/gu;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

class ColumnCounter {
  readonly #name: string;
  #first = "";
  #rows = 0;
  #blank = 0;
  #numbers = 0;
  #values: Map<string, number> | undefined = new Map();
  readonly #lengths: number[] = [];
  #characters = 0;
  #letters = 0;
  #spaceless = 0;
  #times: TimeCounter | undefined = new TimeCounter();

  constructor(name: string) {
    this.#name = name;
  }

  see(cell: string, isMeasured: boolean): void {
    const value = cell.trim();
    this.#rows += 1;
    if (this.#times?.see(value) === false) this.#times = undefined;
    if (value === "") {
      this.#blank += 1;
      return;
    }
    if (this.#first === "") this.#first = value;
    if (NUMBER.test(value)) this.#numbers += 1;
    if (this.#values !== undefined) {
      this.#values.set(value, (this.#values.get(value) ?? 0) + 1);
      if (this.#values.size > MAX_VALUES) this.#values = undefined;
    }
    if (isMeasured) this.#measure(value);
  }

  #measure(value: string): void {
    const spaceless = value.match(SPACELESS)?.length ?? 0;
    const spaced = spaceless === 0 ? value : value.replace(SPACELESS, " ");
    this.#lengths.push(spaceless + (spaced.match(/\S+/g)?.length ?? 0));
    this.#characters += value.length;
    this.#letters += value.match(LETTER)?.length ?? 0;
    this.#spaceless += spaceless;
  }

  facts(): ColumnFacts {
    const filled = this.#rows - this.#blank;
    const lengths = this.#lengths.sort((a, b) => a - b);
    const values =
      this.#values && [...this.#values].sort(([a, first], [b, second]) => second - first || (a < b ? -1 : 1));
    return {
      name: this.#name,
      rows: this.#rows,
      blank: this.#blank,
      first: this.#first,
      distinct: values?.length ?? MAX_VALUES,
      values: values && new Map(values),
      meanLength: lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length),
      longLength: lengths[Math.floor(0.95 * lengths.length)] ?? 0,
      meanCharacters: this.#characters / Math.max(1, lengths.length),
      numbers: this.#numbers / Math.max(1, filled),
      spaceless: this.#spaceless / Math.max(1, this.#letters),
      times: this.#times?.facts(),
    };
  }
}

/** How the times of a column run, as long as each row has one of the same clock. */
class TimeCounter {
  #clock: TimeFacts["clock"] | undefined;
  readonly #opening: number[] = [];
  #last = Number.NEGATIVE_INFINITY;
  #backs = 0;
  #repeats = 0;

  /** @returns false where a row has no such time */
  see(text: string): boolean {
    const parsed = parseTime(text);
    if (typeof parsed === "string") return false;
    this.#clock ??= parsed.clock;
    if (this.#clock !== parsed.clock) return false;
    if (this.#opening.length < MAX_OPENING) this.#opening.push(parsed.value);
    if (parsed.value < this.#last) this.#backs += 1;
    if (parsed.value === this.#last) this.#repeats += 1;
    this.#last = parsed.value;
    return true;
  }

  facts(): TimeFacts | undefined {
    if (this.#clock === undefined) return undefined;
    return { clock: this.#clock, opening: this.#opening, backs: this.#backs, repeats: this.#repeats };
  }
}
