/** A search space: which values each parameter may take, and which of them a number between 0 and 1 stands for. */
import { scalar } from "@cellstate/tensor";
import { SweepError } from "./errors.ts";

/** Numbers from `min` to `max`, both included. */
export interface Range {
  readonly min: number;
  readonly max: number;
  /** `log`: each factor is as likely as any other; `min` must be above 0. Default `linear`. */
  readonly scale?: "linear" | "log" | undefined;
  /** Whether only whole numbers count. Default false. */
  readonly integer?: boolean | undefined;
  /** Values that a grid takes, spaced evenly on the scale, ends included. Default: a grid needs it, but for whole numbers: all of them. */
  readonly count?: number | undefined;
}

/** Some choices, which may be any plain data, or a range. */
export type Parameter = readonly unknown[] | Range;

/** Parameters by name. */
export type Space = Readonly<Record<string, Parameter>>;

/** A value for each parameter. */
export type Values = Readonly<Record<string, unknown>>;

/** A number in `[0, 1)` for each parameter; {@link valuesOf} says which values they stand for. */
export type Shares = Readonly<Record<string, number>>;

/** Digits that drawn fractions keep, so that people can read and type them. */
const DIGITS = 4;
/** Share of its size below which a range is too narrow for so few digits. */
const NARROW = 0.01;

/** Whether a parameter is a list of choices. */
export function isChoice(parameter: Parameter): parameter is readonly unknown[] {
  return Array.isArray(parameter);
}

/** @throws {SweepError} naming the parameter whose choices or range cannot be */
export function checkSpace(space: Space): void {
  if (Object.keys(space).length === 0) throw new SweepError("a search space needs a parameter");
  for (const [name, parameter] of Object.entries(space)) {
    const fault = faultOf(parameter);
    if (fault !== undefined) throw new SweepError(`${name}: ${fault}`);
  }
}

/** What is wrong with a parameter; undefined if nothing is. */
export function faultOf(parameter: Parameter): string | undefined {
  if (isChoice(parameter)) return parameter.length === 0 ? "expected at least one choice" : undefined;
  const { min, max, scale, integer, count } = parameter;
  if (!Number.isFinite(min) || !Number.isFinite(max)) return `expected numbers as min and max, got ${min} and ${max}`;
  if (!(min < max)) return `expected min below max, got ${min} and ${max}`;
  if (scale === "log" && min <= 0) return `expected min above 0 on a log scale, got ${min}`;
  if (integer === true && !(Number.isSafeInteger(min) && Number.isSafeInteger(max))) {
    return `expected whole numbers as min and max, got ${min} and ${max}`;
  }
  if (count !== undefined && !(Number.isSafeInteger(count) && count >= 2)) {
    return `expected count to be a whole number from 2, got ${count}`;
  }
  return undefined;
}

/** The values that shares stand for. */
export function valuesOf(space: Space, shares: Shares): Values {
  return Object.fromEntries(
    Object.entries(space).map(([name, parameter]) => [name, valueAt(parameter, shares[name]!)]),
  );
}

/** @internal The value that a share in `[0, 1)` stands for: equal shares of choices, whole numbers, or of the scale. */
export function valueAt(parameter: Parameter, share: number): unknown {
  if (isChoice(parameter)) return parameter[Math.floor(share * parameter.length)];
  const { min, max, scale = "linear", integer = false } = parameter;
  if (!integer) return rounded(along(min, max, scale, share), parameter);
  // Each whole number owns the interval up to the next one.
  return clamp(Math.floor(along(min, max + 1, scale, share)), parameter);
}

/** The values of a parameter that a grid takes, in order. @throws {SweepError} if a range does not say how many */
export function gridValues(name: string, parameter: Parameter): readonly unknown[] {
  if (isChoice(parameter)) return parameter;
  const { min, max, scale = "linear", integer = false, count } = parameter;
  if (count === undefined) {
    if (integer && scale === "linear") return Array.from({ length: max - min + 1 }, (_, index) => min + index);
    throw new SweepError(`${name}: a grid takes some values of a range, so it needs count, such as count: 5`);
  }
  const values = Array.from({ length: count }, (_, index) => {
    const value = along(min, max, scale, index / (count - 1));
    return integer ? clamp(Math.floor(value + 0.5), parameter) : rounded(value, parameter);
  });
  return [...new Set(values)];
}

/** How many different points there are; Infinity where a range has fractions. */
export function sizeOf(space: Space): number {
  return Object.values(space).reduce((product, parameter) => {
    if (isChoice(parameter)) return product * parameter.length;
    const { min, max, integer } = parameter;
    return integer === true ? product * (max - min + 1) : Number.POSITIVE_INFINITY;
  }, 1);
}

/** Points are equal if they have this text. */
export function textOf(values: Values): string {
  return JSON.stringify(values);
}

function along(min: number, max: number, scale: "linear" | "log", share: number): number {
  if (scale === "linear") return min + share * (max - min);
  const low = scalar.log(min);
  return scalar.exp(low + share * (scalar.log(max) - low));
}

function rounded(value: number, range: Range): number {
  const isNarrow = range.max - range.min < NARROW * Math.max(Math.abs(range.min), Math.abs(range.max));
  return clamp(isNarrow ? value : Number(value.toPrecision(DIGITS)), range);
}

function clamp(value: number, { min, max }: Range): number {
  return Math.min(max, Math.max(min, value));
}
