/** From records to the rows of each series: times and numbers as files hold them, checked, with file and line of what does not fit. */
import { DataFileError, type DataRecord, type Field } from "@cellstate/data";
import type { SeriesConfig } from "./config.ts";
import { type Clock, parseTime } from "./times.ts";

/** A record of a forecaster: its roles depend on the config. */
export type SeriesRecord = DataRecord<ForecastFields>;
/** All are texts, since what stands for a missing number is none. */
export type ForecastFields = Readonly<Record<string, Field & { readonly kind: "text" | "category" }>>;

/** What a forecaster reads. */
export function forecastFields({
  frequency,
  targets,
  covariates,
  knownAhead,
  categories,
}: SeriesConfig): ForecastFields {
  const optional = (kind: "text" | "category") => ({ kind, optional: true }) as const;
  return {
    time: frequency === "rows" ? optional("text") : { kind: "text" },
    target: optional("text"),
    series: { kind: "category", optional: true, onlyNamed: true },
    ...Object.fromEntries([...targets, ...covariates, ...knownAhead].map((name) => [name, optional("text")])),
    ...Object.fromEntries(categories.map((name) => [name, optional("category")])),
  };
}

/** The roles of what is forecast: `target`, and the config's further ones. */
export function targetRoles({ targets }: SeriesConfig): readonly string[] {
  return ["target", ...targets];
}

/** The roles of all numbers, in the order in which rows hold them. */
export function numberRoles(config: SeriesConfig): readonly string[] {
  return [...targetRoles(config), ...config.covariates, ...config.knownAhead];
}

/** One row of a series. */
export interface SeriesRow {
  readonly time: number;
  /** Targets, covariates, and what is known ahead, in the config's order; NaN where a number is missing. */
  readonly numbers: readonly number[];
  readonly categories: readonly (string | undefined)[];
  readonly file: string;
  readonly line: number;
}

/** The rows of every series by its name, in rising order of time. */
export interface SeriesRows {
  readonly bySeries: ReadonlyMap<string, readonly SeriesRow[]>;
  readonly clock: Clock;
}

/** The name of the series of records without such a column. */
export const ONLY_SERIES = "";

/** What files write where there is no number. */
const MISSING = new Set(["", "na", "n/a", "nan", "null", "none", "?", "-"]);

/**
 * Reads rows in the order of their files.
 *
 * @throws {DataFileError} naming file and line of a time or number that cannot be read, of a time that goes back, and of one that
 *   repeats unless the config says what becomes of it
 */
export async function readRows(
  records: Iterable<SeriesRecord> | AsyncIterable<SeriesRecord>,
  config: SeriesConfig,
): Promise<SeriesRows> {
  const reader = new RowReader(config);
  for await (const record of records) reader.add(record);
  return reader.finish();
}

class RowReader {
  readonly #config: SeriesConfig;
  readonly #series = new Map<string, SeriesRow[][]>();
  #clock: Clock | undefined;

  constructor(config: SeriesConfig) {
    this.#config = config;
  }

  add({ values, file, line }: SeriesRecord): void {
    const { categories } = this.#config;
    const numberAt = (role: string) => this.#numberOf(values[role], role, file, line);
    const row: SeriesRow = {
      time: this.#timeOf(values.time, file, line),
      numbers: numberRoles(this.#config).map(numberAt),
      categories: categories.map((role) => values[role]),
      file,
      line,
    };
    const name = values.series ?? ONLY_SERIES;
    const times = this.#series.get(name);
    if (times === undefined) this.#series.set(name, [[row]]);
    else this.#append(times, row, name);
  }

  finish(): SeriesRows {
    const merged = [...this.#series].map(([name, times]) => [name, times.map((rows) => this.#merge(rows))] as const);
    return { bySeries: new Map(merged), clock: this.#clock ?? "date" };
  }

  #append(times: SeriesRow[][], row: SeriesRow, name: string): void {
    const same = times.at(-1)!;
    const last = same.at(-1)!;
    if (row.time > last.time) {
      times.push([row]);
      return;
    }
    const of = name === ONLY_SERIES ? "" : ` in series ${JSON.stringify(name)}`;
    if (row.time < last.time) {
      const advice = "sort the rows by time, or name the column that tells series apart with data.columns.series";
      throw new DataFileError(
        row.file,
        row.line,
        `the time goes back behind that of line ${last.line}${of}; ${advice}`,
      );
    }
    if (this.#config.repeats === "refuse") {
      const advice = "remove one, say series.repeats: first, last or mean, or name data.columns.series";
      throw new DataFileError(row.file, row.line, `the time repeats that of line ${last.line}${of}; ${advice}`);
    }
    same.push(row);
  }

  #merge(rows: readonly SeriesRow[]): SeriesRow {
    const [first] = rows;
    if (rows.length === 1 || this.#config.repeats === "first") return first!;
    if (this.#config.repeats === "last") return rows.at(-1)!;
    return { ...first!, numbers: first!.numbers.map((_, column) => meanOf(rows.map((row) => row.numbers[column]!))) };
  }

  /** Rows without times are numbered by their lines. */
  #timeOf(text: string | undefined, file: string, line: number): number {
    const parsed = parseTime(text ?? String(line));
    if (typeof parsed === "string") throw new DataFileError(file, line, `time: ${parsed}`);
    this.#clock ??= parsed.clock;
    if (this.#clock === parsed.clock) return parsed.value;
    throw new DataFileError(file, line, `time: dates and numbers are mixed, got ${JSON.stringify(text)}`);
  }

  #numberOf(cell: string | undefined, role: string, file: string, line: number): number {
    const text = (cell ?? "").trim();
    if (MISSING.has(text.toLowerCase())) return Number.NaN;
    const { decimal } = this.#config;
    const plain = decimal === "," ? text.replaceAll(".", "").replace(",", ".") : text;
    const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : Number.NaN;
    if (Number.isFinite(value)) return value;
    const hint =
      decimal === "." && /^[+-]?[\d.]*\d,\d+$/.test(text) ? '; for decimal commas say series.decimal: ","' : "";
    throw new DataFileError(file, line, `${role}: expected a finite number, got ${JSON.stringify(text)}${hint}`);
  }
}

/** The mean of the numbers that are there. */
function meanOf(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? Number.NaN : known.reduce((sum, value) => sum + value, 0) / known.length;
}
