/** First configs of forecasters: a column of numbers and one of times, if there is one, and perhaps one that tells series apart. */
import type { ColumnNames, Columns } from "@cellstate/data";
import {
  type Certainty,
  type ColumnFacts,
  type DataFacts,
  type Draft,
  type Guess,
  isProse,
  listOf,
  rankIn,
  type Starter,
} from "./starter.ts";
import { paceOf, type TimePart, UNTIMED } from "./time-pace.ts";

/** Usual names of columns that hold times, the plainest first. */
const TIME_NAMES = [
  ...["time", "date", "datetime", "timestamp", "ds", "day", "month", "week", "quarter", "hour", "period", "year"],
  ...["日期", "时间"],
];
/** Usual names of rows that are numbered. */
const COUNT_NAMES = ["t", "step", "no", "index", "id", "row", "number", "n"];
/** The parts of a time that stand in a column each, from the longest. */
const PARTS: readonly TimePart[] = ["year", "month", "day", "hour", "minute"];
/** Usual names of what is forecast. `ot` is the oil temperature of the ETT data. */
const TARGET_NAMES = [
  ...["target", "y", "value", "ot", "sales", "demand", "load", "price", "close", "consumption", "volume", "count"],
  ...["数值", "销量"],
];
const SERIES_NAMES = [
  ...["series", "seriesid", "uniqueid", "id", "item", "store", "product", "shop", "station", "sensor", "building"],
  ...["city", "country", "region", "symbol", "ticker", "household", "customer", "meter"],
];

/** Steps of windows that one pass reads: some seconds on two cores. */
const STEPS_IN_PASS = 800_000;
/** Rows of a series below which a small model trains longer. */
const FEW_ROWS = 1000;

export const forecasterStarter: Starter = {
  task: "forecasting",
  roles: ["target"],
  optionalRoles: ["time", "series"],
  guess,
  draft,
};

interface Choice {
  readonly names: ColumnNames;
  readonly certainty: Certainty;
  readonly reason: string;
}
type Unguessed = Extract<Guess, { columns?: undefined }>;

const text = (names: ColumnNames) => [names].flat().join("`, `");

function guess(data: DataFacts, given: Columns): Guess {
  const prose = data.columns.filter(isProse).filter(({ times }) => times === undefined);
  if (prose.length > 0 && given.time === undefined) {
    const reason = `texts stand beside the numbers, in \`${listOf(prose.map(({ name }) => name))}\`; say --columns time=<column>`;
    return { fault: "unfit", reason };
  }
  const time = chooseTime(data, given);
  if ("fault" in time) return data.columns.every(({ numbers }) => numbers > 0.5) ? guessUntimed(data, given) : time;
  const target = chooseTarget(data, given, [time.names].flat());
  if ("fault" in target) return target;
  const series = chooseSeries(data, given, time.names);
  if (series !== undefined && "fault" in series) return series;
  const isGuess = [time, target, ...(series ? [series] : [])].map(({ certainty }) => certainty);
  return {
    columns: { time: time.names, target: target.names, ...(series === undefined ? {} : { series: series.names }) },
    certainty: isGuess.includes("a guess") ? "a guess" : isGuess.includes("likely") ? "likely" : "sure",
    reasons: [
      `time is column \`${text(time.names)}\` (${time.certainty}): ${time.reason}`,
      `target is column \`${text(target.names)}\` (${target.certainty}): ${target.reason}`,
      ...(series === undefined
        ? []
        : [`series are told apart by column \`${text(series.names)}\` (${series.certainty}): ${series.reason}`]),
    ],
  };
}

/** Nothing but numbers: rows may be steps in their order. */
function guessUntimed(data: DataFacts, given: Columns): Guess {
  const target = chooseTarget(data, given, []);
  if ("fault" in target) return target;
  return {
    columns: { target: target.names },
    certainty: "hardly",
    reasons: [
      "no column holds times: each row is taken for a step, in the order of the file",
      `target is column \`${text(target.names)}\` (${target.certainty}): ${target.reason}`,
    ],
  };
}

function chooseTime({ columns }: DataFacts, given: Columns): Choice | Unguessed {
  if (given.time !== undefined) return { names: given.time, certainty: "sure", reason: "as given" };
  const dates = columns.filter(({ times }) => times?.clock === "date");
  const ranked = (list: readonly ColumnFacts[], usual: readonly string[]) =>
    list
      .map((column) => ({ column, rank: rankIn(usual, column.name) ?? usual.length }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ column }) => column);
  const [date, ...others] = ranked(dates, TIME_NAMES);
  if (date !== undefined) {
    const rest = others.length === 0 ? "" : `; so does \`${listOf(others.map(({ name }) => name))}\``;
    return { names: date.name, certainty: others.length === 0 ? "sure" : "likely", reason: `it holds dates${rest}` };
  }
  const parts = PARTS.flatMap((part) => columns.find(({ name, times }) => times && rankIn([part], name) === 0) ?? []);
  if (parts.length > 1 && PARTS.slice(0, parts.length).every((part, at) => rankIn([part], parts[at]!.name) === 0)) {
    return { names: parts.map(({ name }) => name), certainty: "likely", reason: "they are the parts of a date" };
  }
  const usual = [...TIME_NAMES, ...COUNT_NAMES];
  const rising = columns.filter(
    ({ times, name }) => times?.backs === 0 && times.repeats === 0 && rankIn(usual, name) !== undefined,
  );
  const [counted] = ranked(rising, usual);
  if (counted !== undefined) return { names: counted.name, certainty: "likely", reason: "by its name, and it rises" };
  return { fault: "unfit", reason: "no column holds times, such as 2026-01-31 or 2026-01-31T12:00" };
}

function chooseTarget({ columns }: DataFacts, given: Columns, times: readonly string[]): Choice | Unguessed {
  if (given.target !== undefined) return { names: given.target, certainty: "sure", reason: "as given" };
  const isCounted = ({ name, times: runs }: ColumnFacts) =>
    runs?.backs === 0 && runs.repeats === 0 && rankIn(COUNT_NAMES, name) !== undefined;
  const taken = [...times, ...[given.series ?? []].flat()];
  const numbers = columns.filter(
    (column) => column.numbers > 0.5 && column.distinct > 1 && !taken.includes(column.name) && !isCounted(column),
  );
  const [first, ...more] = numbers;
  if (first === undefined) return { fault: "unfit", reason: "no column beside the times holds numbers" };
  if (more.length === 0) return { names: first.name, certainty: "sure", reason: "the only column of numbers" };
  const named = numbers
    .map((column) => ({ column, rank: rankIn(TARGET_NAMES, column.name) }))
    .filter((one): one is { column: ColumnFacts; rank: number } => one.rank !== undefined)
    .sort((a, b) => a.rank - b.rank)[0]?.column;
  const chosen = named ?? first;
  const others = numbers.filter((column) => column !== chosen).map(({ name }) => name);
  const way = `another one by --columns target=${others[0]}`;
  return named === undefined
    ? { names: chosen.name, certainty: "a guess", reason: `the first of ${numbers.length} columns of numbers; ${way}` }
    : { names: chosen.name, certainty: "likely", reason: `by its name; ${way}` };
}

/** The column without which times would go back or repeat; undefined where they rise. */
function chooseSeries({ columns, rows }: DataFacts, given: Columns, time: ColumnNames): Choice | Unguessed | undefined {
  if (given.series !== undefined) return { names: given.series, certainty: "sure", reason: "as given" };
  const runs = columns.find(({ name }) => name === time)?.times;
  if (runs === undefined || (runs.backs === 0 && runs.repeats === 0)) return undefined;
  const steps = rows - runs.repeats;
  const fits = columns.filter(({ values, distinct, times }) => {
    if (values === undefined || distinct < 2 || times?.clock === "date") return false;
    // One series after the other, or all of them at each time.
    return runs.backs > 0 ? runs.backs === distinct - 1 : Math.abs(rows / steps - distinct) < 0.3 * distinct;
  });
  const [best] = [...fits].sort(
    (a, b) =>
      (rankIn(SERIES_NAMES, a.name) ?? Number.POSITIVE_INFINITY) -
      (rankIn(SERIES_NAMES, b.name) ?? Number.POSITIVE_INFINITY),
  );
  if (best !== undefined) {
    return {
      names: best.name,
      certainty: fits.length === 1 ? "likely" : "a guess",
      reason: "within each of its names the times rise",
    };
  }
  const many = runs.backs > 0 ? "go back" : "repeat";
  return {
    fault: "open",
    reason: `the times of \`${text(time)}\` ${many}: --columns series=<column> names what tells series apart, else sort the rows by time`,
  };
}

function draft(data: DataFacts, { time, target = [], series }: Columns): Draft {
  const own = data.columns.find(({ name }) => [series].flat().includes(name))?.distinct ?? 1;
  const rows = Math.floor(data.rows / own);
  const facts = data.columns.find(({ name }) => name === time)?.times;
  const times = time === undefined ? [] : [time].flat();
  const parts = times.flatMap((name) => PARTS.find((part) => rankIn([part], name) === 0) ?? []);
  const pace = time === undefined ? UNTIMED : paceOf(facts, parts);
  const { season, unit } = pace;
  const held = Math.floor(rows / 10);
  const horizon = Math.max(1, Math.min(season > 1 ? season : 10, Math.floor(0.6 * held)));
  const context = Math.max(horizon, Math.min(pace.context, Math.floor(rows / 5)));
  const stride = Math.max(1, Math.ceil((data.rows * context) / STEPS_IN_PASS));
  const isSmall = rows < FEW_ROWS;
  const epochs = isSmall ? 40 : 12;
  const read = [times, target, series ?? []].flat();
  const others = data.columns
    .filter(({ name, numbers }) => numbers > 0.5 && !read.includes(name))
    .map(({ name }) => name);
  const isStacked = facts !== undefined && facts.backs > 0;
  return {
    maxExamples: undefined,
    split: { by: "time", ...(isStacked ? { column: times[0] } : {}) },
    reasons: [
      `steps: ${pace.reason}`,
      `looks back on ${context} steps and forecasts ${horizon}${season > 1 ? `, with a season of ${season}` : ""}`,
      ...(others.length === 0
        ? []
        : [`left out: ${listOf(others)}; series.covariates reads numbers that are known up to now, if they help`]),
    ],
    sections: [
      {
        key: "series",
        comment: `it looks back on \`context\` ${unit}, and forecasts \`horizon\``,
        value: {
          context,
          horizon,
          ...(season > 1 ? { season } : {}),
          ...(stride > 1 ? { stride, evaluationStride: Math.min(stride, horizon) } : {}),
          ...(pace.isByRow ? { frequency: "rows" } : {}),
          ...(pace.calendar.length > 0 ? { calendar: pace.calendar } : {}),
        },
      },
      { key: "model", value: { encoder: { kind: "lstm", hiddenSize: isSmall ? 16 : 32 } } },
      { key: "optimizer", value: { kind: "adamw", learningRate: 3e-3 } },
      {
        key: "training",
        comment: `at most ${epochs} passes over the windows; ends after 5 without a lower loss on dev`,
        value: { epochs, batchSize: isSmall ? 16 : 32, clipNorm: 1, patience: 5 },
      },
    ],
  };
}
