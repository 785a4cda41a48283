/**
 * Weights of a trained model for another one: by names, and where both know what the rows of a parameter stand for, such as tokens and
 * labels, row by row.
 */
import { matchesName } from "@cellstate/lstm-core";
import type { Tensor, TensorData } from "@cellstate/tensor";
import { nearestName } from "@cellstate/tensor";
import { TransferError } from "../errors.ts";
import type { InitConfig } from "./config.ts";
import { isMapping, mapName } from "./map-names.ts";

/** Parameters by name, and what the rows of some stand for. */
interface NamedRows {
  readonly rowNames: ReadonlyMap<string, readonly string[]>;
}

export interface TransferSource extends NamedRows {
  readonly tensors: ReadonlyMap<string, TensorData>;
}

export interface TransferTarget extends NamedRows {
  readonly parameters: ReadonlyMap<string, Tensor>;
}

export type TransferOptions = Partial<Pick<InitConfig, "map" | "skip" | "strict">>;

/** What was taken. */
export interface Transfer {
  readonly taken: readonly TakenParameter[];
  /** Parameters that keep their first values. */
  readonly left: readonly string[];
  /** What did not fit; only where that was allowed. */
  readonly faults: readonly string[];
}

export interface TakenParameter {
  readonly from: string;
  readonly to: string;
  /** Rows that were found by name, of how many; undefined where the whole tensor was taken. */
  readonly rows?: { readonly taken: number; readonly all: number };
}

/**
 * Writes what fits into the parameters of `target`; nothing before all was compared.
 *
 * @throws {TransferError} that lists all that does not fit with the nearest names, unless `options.strict` is false
 */
export function transferWeights(
  source: TransferSource,
  target: TransferTarget,
  { map, skip = [], strict = true }: TransferOptions = {},
): Transfer {
  const names = [...target.parameters.keys()];
  const isSkipped = (name: string) => skip.some((pattern) => matchesName(pattern, name));
  const { pairs, faults } = pairNames([...source.tensors.keys()], names, Object.entries(map ?? { "*": "*" }));
  for (const pattern of skip) {
    if (!names.some((name) => matchesName(pattern, name))) faults.push(`skip: ${nothingFits(pattern, names, "here")}`);
  }
  const planned: Planned[] = [];
  for (const [from, to] of pairs) {
    if (isSkipped(to)) continue;
    const plan = planOf(source, target, from, to);
    if (typeof plan === "string") faults.push(plan);
    else planned.push(plan);
  }
  const reached = new Set([...pairs.values()]);
  if (map === undefined) {
    for (const name of names.filter((one) => !reached.has(one) && !isSkipped(one))) {
      faults.push(
        `${name} ${shapeOf(target.parameters.get(name)!)}: ${notThere(name, [...source.tensors.keys()], "there")}`,
      );
    }
  }
  if (strict && faults.length > 0) throw new TransferError(faults);
  for (const { write } of planned) write();
  const taken = planned.map(({ write: _, ...rest }) => rest);
  const left = names.filter((name) => !taken.some(({ to }) => to === name));
  return { taken, left, faults };
}

interface Planned extends TakenParameter {
  readonly write: () => void;
}

/** The name here of each tensor there; of several patterns the first that fits. */
function pairNames(
  there: readonly string[],
  here: readonly string[],
  map: readonly (readonly [string, string])[],
): { readonly pairs: Map<string, string>; readonly faults: string[] } {
  const pairs = new Map<string, string>();
  const faults: string[] = [];
  for (const pattern of map) {
    const [from, to] = pattern;
    if (!isMapping(pattern)) {
      faults.push(
        `map: ${JSON.stringify(to)} has more * and ? than ${JSON.stringify(from)}, from which they take their letters`,
      );
      continue;
    }
    const fitting = there.filter((name) => matchesName(from, name));
    if (fitting.length === 0) faults.push(`map: ${nothingFits(from, there, "there")}`);
    for (const name of fitting) {
      if (pairs.has(name)) continue;
      const own = mapName(name, pattern)!;
      const other = [...pairs].find(([, target]) => target === own)?.[0];
      if (other !== undefined) faults.push(`map: both ${other} and ${name} would become ${own}`);
      else if (here.includes(own)) pairs.set(name, own);
      else faults.push(`${name === own ? name : `${name}, as ${own}`}: ${notThere(own, here, "here")}`);
    }
  }
  return { pairs, faults };
}

/** How a parameter gets its values, or why it cannot. */
function planOf(source: TransferSource, target: TransferTarget, from: string, to: string): Planned | string {
  const given = source.tensors.get(from)!;
  const parameter = target.parameters.get(to)!;
  const name = from === to ? from : `${from}, as ${to}`;
  if (given.dtype !== parameter.dtype) return `${name}: ${given.dtype} there, ${parameter.dtype} here`;
  const [rowsThere, rowsHere] = [source.rowNames.get(from), target.rowNames.get(to)];
  const sameRest = given.shape.slice(1).join() === parameter.shape.slice(1).join();
  const byRow = rowsThere !== undefined && rowsHere !== undefined && sameRest && !isSame(rowsThere, rowsHere);
  if (byRow) return rowPlan({ from, to, name, given, parameter, rowsThere, rowsHere });
  if (given.shape.join() !== parameter.shape.join()) {
    return `${name}: ${shapeOf(given)} there, ${shapeOf(parameter)} here`;
  }
  return { from, to, write: () => parameter.write(given.data) };
}

interface RowPlan {
  readonly from: string;
  readonly to: string;
  readonly name: string;
  readonly given: TensorData;
  readonly parameter: Tensor;
  readonly rowsThere: readonly string[];
  readonly rowsHere: readonly string[];
}

function rowPlan({ from, to, name, given, parameter, rowsThere, rowsHere }: RowPlan): Planned | string {
  const places = new Map<string, number>();
  for (const [row, one] of rowsThere.entries()) if (one !== "" && !places.has(one)) places.set(one, row);
  const common = rowsHere.flatMap((one, row) => {
    const place = places.get(one);
    return place === undefined ? [] : [[place, row] as const];
  });
  if (common.length === 0) {
    return `${name}: no row of ${some(rowsThere)} there is one of ${some(rowsHere)} here; skip: [${to}] begins it anew`;
  }
  const write = () => {
    const width = parameter.size / parameter.shape[0]!;
    const values = parameter.readSync();
    for (const [place, row] of common) values.set(given.data.subarray(place * width, (place + 1) * width), row * width);
    parameter.write(values);
  };
  return { from, to, rows: { taken: common.length, all: rowsHere.length }, write };
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}

function shapeOf({ shape }: Pick<TensorData, "shape">): string {
  return `[${shape.join(", ")}]`;
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 4).map((name) => JSON.stringify(name));
  return names.length > shown.length ? `${shown.join(", ")} and ${names.length - shown.length} more` : shown.join(", ");
}

function nothingFits(pattern: string, names: readonly string[], where: "here" | "there"): string {
  return `no parameter ${where} has a name that fits ${JSON.stringify(pattern)}${nearest(pattern, names)}`;
}

function notThere(name: string, names: readonly string[], where: "here" | "there"): string {
  return `there is no such parameter ${where}${nearest(name, names)}`;
}

function nearest(name: string, names: readonly string[]): string {
  const near = nearestName(name, names);
  return near === undefined ? "" : `; the nearest is ${near}`;
}
