/** Compares what a network gives with what the framework that trained it gave, in a file of inputs and outputs. */
import { readFileSync } from "node:fs";
import type { ModelData } from "@cellstate/layers";
import { z } from "zod";
import { inputFile } from "../../command-line/input-file.ts";
import { UsageError } from "../../errors.ts";
import type { OpenedNetwork } from "./import-model.ts";

const numbers: z.ZodType<unknown> = z.lazy(() => z.union([z.number(), z.array(numbers)]));
const probe = z.object({ inputs: z.array(numbers).min(1), outputs: z.array(numbers).min(1) });

/** As far as sums in another order go. */
const TOLERANCE = 1e-4;

/**
 * @returns one line that says how near they are
 * @throws {UsageError} if the file is no probe, or a number differs by more than the tolerance
 */
export async function checkProbe(file: string, { model, file: network }: OpenedNetwork): Promise<string> {
  const { inputs, outputs } = readProbe(file, await inputFile(file, { option: "--probe" }));
  const { data } = (await model.predict(inputs as ModelData)) as { readonly data: Float32Array };
  const wanted = outputs.flat(Number.POSITIVE_INFINITY) as number[];
  if (wanted.length !== data.length) {
    throw new UsageError(`--probe ${file}: expected outputs of ${data.length} numbers in all, got ${wanted.length}`);
  }
  const differences = wanted.map((value, index) => Math.abs(value - data[index]!));
  const largest = Math.max(...differences);
  if (largest <= TOLERANCE)
    return `probe: ${wanted.length} numbers, none differs by more than ${largest.toExponential(1)}`;
  const at = differences.indexOf(largest);
  throw new UsageError(
    `--probe ${file}: ${network} gives ${data[at]} for number ${at + 1} of the outputs, expected ${wanted[at]}; it is not taken over`,
  );
}

function readProbe(file: string, path: string): z.infer<typeof probe> {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UsageError(`--probe ${file}: ${(error as Error).message}`, { cause: error });
  }
  const result = probe.safeParse(document);
  if (result.success) return result.data;
  throw new UsageError(
    `--probe ${file}: expected { "inputs": [...], "outputs": [...] }, lists of numbers, an entry for each example`,
  );
}
