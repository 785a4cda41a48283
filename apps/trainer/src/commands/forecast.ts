/** `cellstate forecast`: a history in, a table of the steps that follow out. */
import type { DataRecord } from "@cellstate/data";
import type { PredictionLine, Predictor, Task } from "@cellstate/tasks";
import { Command } from "@commander-js/extra-typings";
import { type DefineCommand, example, modelArgument } from "../command-line/command.ts";
import { positiveCount, positiveNumber } from "../command-line/option-values.ts";
import { standardOutput, writeAll } from "../command-line/output.ts";
import { checkOutputOption, writeOutputOption } from "../command-line/output-option.ts";
import { pluginOption } from "../command-line/plugin-option.ts";
import { UsageError } from "../errors.ts";
import { printMessage } from "../terminal/print.ts";

export const forecast: DefineCommand = ({ tasks }) =>
  new Command("forecast")
    .description("forecast the steps that follow a history, as CSV")
    .addArgument(modelArgument())
    .requiredOption(
      "--input <file>",
      ".csv, .tsv or .jsonl with the run's columns, up to now; rows ahead leave the target blank",
    )
    .option(
      "--horizon <n>",
      "steps of each series, at most as many as the model was trained for. Default: all",
      positiveCount,
    )
    .option(
      "--anomalies <factor>",
      "instead of forecasts the past steps that lie this many half-widths of the interval from their forecast, such as 2",
      positiveNumber,
    )
    .option("--output <file>", "write here instead of standard output: .csv, or .jsonl with a line for each step")
    .option("--json", "print one JSON document: the list of all steps")
    .addOption(pluginOption())
    .addHelpText("after", example("cellstate forecast runs/my-run --input history.csv --horizon 24"))
    .addHelpText(
      "after",
      example("cellstate forecast runs/my-run --input history.csv --anomalies 2 --output anomalies.csv"),
    )
    .action(async (run, { input, horizon, anomalies, output, json, plugin }) => {
      if (anomalies !== undefined && horizon !== undefined) {
        throw new UsageError("--horizon: with --anomalies each step is forecast from the one before; remove one");
      }
      if (output !== undefined) await checkOutputOption(output);
      const { inputRecords } = await import("../command-line/inputs.ts");
      const { findModel, withModel } = await import("../command-line/with-model.ts");
      const found = await findModel(run, tasks, {}, plugin);
      const { rows: rowsOf, surprises } = found.task;
      if (rowsOf === undefined || surprises === undefined) {
        throw new UsageError(
          `${run} is a model for ${found.task.name}, which does not forecast; use: cellstate predict ${run}`,
        );
      }
      await withModel(found, {}, async ({ model, pipeline }) => {
        const records = inputRecords(found, { texts: [], input });
        const steps =
          anomalies === undefined
            ? stepsOf(model.predict(records), { rowsOf, horizon, run })
            : anomaliesOf({ model, pipeline, run }, records, { surprises, factor: anomalies });
        const pieces =
          json === true ? asList(steps) : (output?.endsWith(".jsonl") ?? false) ? asLines(steps) : asCsv(steps);
        if (output === undefined) await writeAll(pieces, standardOutput);
        else await writeOutputOption(output, (sink) => writeAll(pieces, sink));
      });
    });

type Row = Readonly<Record<string, string | number>>;

interface StepOptions {
  readonly rowsOf: NonNullable<Task["rows"]>;
  readonly horizon: number | undefined;
  readonly run: string;
}

/** The first steps of each answer. @throws {UsageError} if the model gives fewer */
async function* stepsOf(
  lines: AsyncIterable<PredictionLine>,
  { rowsOf, horizon, run }: StepOptions,
): AsyncGenerator<Row, void, undefined> {
  for await (const line of lines) {
    const rows = rowsOf(line);
    if (horizon !== undefined && horizon > rows.length) {
      throw new UsageError(`--horizon ${horizon}: ${run} forecasts ${rows.length} steps; train with a longer horizon`);
    }
    yield* rows.slice(0, horizon);
  }
}

interface AnomalyOptions {
  readonly surprises: NonNullable<Task["surprises"]>;
  readonly factor: number;
}

/** The past steps that lie far outside the interval that the model forecast one step before. @throws {UsageError} if it forecasts points */
async function* anomaliesOf(
  { model, pipeline, run }: Pick<Predictor, "model" | "pipeline"> & { readonly run: string },
  records: AsyncIterable<DataRecord>,
  { surprises, factor }: AnomalyOptions,
): AsyncGenerator<Row, void, undefined> {
  const evaluation = await model.evaluate(await pipeline.encode(await Array.fromAsync(records), "each step"));
  let seen = 0;
  let found = 0;
  for (const line of evaluation.lines()) {
    for (const row of surprises(line)) {
      seen += 1;
      if (Number(row.score) < factor) continue;
      found += 1;
      yield row;
    }
  }
  if (seen === 0) {
    throw new UsageError(`--anomalies: ${run} forecasts points without intervals; train with loss: { kind: quantile }`);
  }
  printMessage(`${found} of ${seen} steps lie ${factor} or more half-widths of their interval off\n`);
}

async function* asCsv(rows: AsyncIterable<Row>): AsyncGenerator<string, void, undefined> {
  let isFirst = true;
  for await (const row of rows) {
    if (isFirst) yield csvLine(Object.keys(row));
    isFirst = false;
    yield csvLine(Object.values(row));
  }
}

/** RFC 4180. */
function csvLine(cells: readonly (string | number)[]): string {
  const quoted = cells.map((cell) => {
    const text = String(cell);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${quoted.join(",")}\n`;
}

async function* asLines(rows: AsyncIterable<Row>): AsyncGenerator<string, void, undefined> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`;
}

async function* asList(rows: AsyncIterable<Row>): AsyncGenerator<string, void, undefined> {
  const all = await Array.fromAsync(rows);
  yield `${JSON.stringify(all, null, 2)}\n`;
}
