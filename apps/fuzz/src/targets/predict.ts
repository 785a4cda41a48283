/** What is predicted: lines of standard input, and cells of every kind of field. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DataRecord, type Fields, inputFields, inputRecord } from "@cellstate/data";
import { linesOf, readFileRecords } from "@cellstate/data/node";
import { openModel, type Predictor } from "@cellstate/tasks";
import { createSession } from "@cellstate/tensor";
import { bytesOfText, textAndByteMutators } from "../mutate/text.ts";
import { mustHold, type Target } from "../target.ts";
import { csvText, plainText } from "./data-grammar.ts";
import { filesIn, tinyRun } from "./tiny-runs.ts";

/** Longer inputs are read alone; the others are predicted, too. */
const PREDICTED_BYTES = 2000;

export const predict: Target = {
  name: "predict",
  about: "standard input of predict, and the same bytes as --input",
  extension: "txt",
  async open(folder) {
    const session = await createSession({ backend: "reference" });
    const predictor = await openModel(filesIn(join(await tinyRun(folder, "sentiment"), "model")), session);
    const file = join(folder, "input.txt");
    return {
      seeds: ["the film was good\nthe film was bad\n", "\n\nx", "one\u2028line\r\nand another"].map(bytesOfText),
      mutators: textAndByteMutators,
      generate: (random) => bytesOfText(plainText(random)),
      async check(input) {
        writeFileSync(file, input);
        const fields = inputFields(predictor.plan.fields);
        const fromFile = await outcomeOf(
          readFileRecords(file, { fields, columns: predictor.data.columns, purpose: "predict" }),
        );
        const fromStream = await outcomeOf(streamed(input, file, fields));
        // An empty stream is refused by another name than an empty file.
        if (input.length > 0) {
          mustHold(
            JSON.stringify(fromFile.texts) === JSON.stringify(fromStream.texts) &&
              fromFile.error?.message === fromStream.error?.message,
            () => `a file gives ${shown(fromFile)}, standard input ${shown(fromStream)}`,
          );
        }
        if (fromFile.error !== undefined) throw fromFile.error;
        if (input.length <= PREDICTED_BYTES) await requireAnswers(predictor, fromFile.texts);
      },
    };
  },
};

interface Reading {
  readonly texts: readonly unknown[];
  readonly error?: Error;
}

async function outcomeOf(records: AsyncIterable<DataRecord>): Promise<Reading> {
  const texts: unknown[] = [];
  try {
    for await (const { values } of records) texts.push(values.text);
  } catch (error) {
    return { texts, error: error as Error };
  }
  return { texts };
}

const shown = ({ texts, error }: Reading) => `${JSON.stringify(texts).slice(0, 150)} ${error?.message ?? ""}`;

async function* streamed(input: Uint8Array, name: string, fields: Fields): AsyncGenerator<DataRecord> {
  for await (const { text, line } of linesOf(halves(input), name))
    yield inputRecord(fields, text, { file: name, line });
}

async function* halves(input: Uint8Array): AsyncGenerator<Uint8Array> {
  const middle = Math.floor(input.length / 2);
  yield input.subarray(0, middle);
  yield input.subarray(middle);
}

/** One answer for one line, in order. */
async function requireAnswers(predictor: Predictor, texts: readonly unknown[]): Promise<void> {
  let index = 0;
  for await (const line of predictor.predict(texts as string[])) {
    mustHold(line.index === index && line.text === texts[index], `answer ${index} is that of ${JSON.stringify(line)}`);
    index += 1;
  }
  mustHold(index === texts.length, `${index} answers to ${texts.length} lines`);
}

const FIELDS = {
  text: { kind: "text" },
  a: { kind: "number", optional: true },
  b: { kind: "numbers", optional: true },
  c: { kind: "tokens", optional: true },
  d: { kind: "bytes", optional: true },
  e: { kind: "category", optional: true },
} as const satisfies Fields;

export const cells: Target = {
  name: "cells",
  about: "cells of CSV files as values of every kind of field",
  extension: "csv",
  async open(folder) {
    const file = join(folder, "cells.csv");
    return {
      seeds: ["text,a,b,c,d,e\nx,1.5,1 2 3,a b,AQID,yes\n", 'text,a\n"x\ny",-2e3\n'].map(bytesOfText),
      mutators: textAndByteMutators,
      generate: (random) => bytesOfText(`text,a,b,c,d,e\n${csvText(random)}`),
      async check(input) {
        writeFileSync(file, input);
        const columns = Object.fromEntries(Object.keys(FIELDS).map((role) => [role, role]));
        for await (const { values } of readFileRecords(file, { fields: FIELDS, columns, purpose: "predict" })) {
          const numbers = [...(values.a === undefined ? [] : [values.a]), ...(values.b ?? [])];
          mustHold(numbers.every(Number.isFinite), () => `numbers ${numbers.join(", ")}`);
        }
      },
    };
  },
};
