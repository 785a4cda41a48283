/**
 * Options as plain data: from one description come the type, the default, the check of what a caller gives and, in
 * `option-schema.ts`, the schema of config files.
 */
import { nearestName } from "@cellstate/tensor";
import { TrainingStateError } from "./errors.ts";

export interface NumberOption {
  readonly type: "number" | "integer";
  readonly default: number;
  /** Smallest value. */
  readonly min?: number;
  /** The value is greater than this. */
  readonly above?: number;
  /** Largest value. */
  readonly max?: number;
  /** The value is less than this. */
  readonly below?: number;
  /** One line for editors and the reference page. */
  readonly description: string;
}

export interface FlagOption {
  readonly type: "flag";
  readonly default: boolean;
  readonly description: string;
}

export interface NumbersOption {
  readonly type: "numbers";
  readonly default: readonly number[];
  /** Each value is greater than this. */
  readonly above: number;
  readonly description: string;
}

export type Option = NumberOption | FlagOption | NumbersOption;
export type Options = Readonly<Record<string, Option>>;

/** A finite number. */
export function number(option: Omit<NumberOption, "type">): NumberOption {
  return { type: "number", ...option };
}

/** A whole number. */
export function integer(option: Omit<NumberOption, "type">): NumberOption {
  return { type: "integer", ...option };
}

/** True or false. */
export function flag(option: Omit<FlagOption, "type">): FlagOption {
  return { type: "flag", ...option };
}

/** One finite number or several. */
export function numbers(option: Omit<NumbersOption, "type">): NumbersOption {
  return { type: "numbers", ...option };
}

/** A value for every option. */
export type ValuesOf<O extends Options> = { readonly [Name in keyof O]: O[Name]["default"] };

/** One of several kinds, with options of its own. */
export interface Choice<Kind extends string = string, O extends Options = Options> {
  readonly kind: Kind;
  /** One line for editors and the reference page. */
  readonly description: string;
  readonly options: O;
  /** What is wrong with values that are right one by one. */
  conflict?(values: ValuesOf<O>): Conflict | undefined;
}

interface Conflict {
  /** The option to blame. */
  readonly option: string;
  readonly message: string;
}

/** A choice with every option, as config files are read. */
export type ConfigOf<C extends Choice> =
  C extends Choice<infer Kind, infer O> ? { readonly kind: Kind } & ValuesOf<O> : never;

/** A choice as callers write it: options that are left out take their defaults. */
export type GivenOf<C extends Choice> =
  C extends Choice<infer Kind, infer O>
    ? { readonly kind: Kind } & { readonly [Name in keyof O]?: ValuesOf<O>[Name] }
    : never;

/** The choice whose kind `given` names. @throws {TrainingStateError} naming all kinds if there is none */
export function findChoice<C extends Choice>(who: string, choices: readonly C[], given: { readonly kind: string }): C {
  if (typeof given !== "object" || given === null) {
    throw new TrainingStateError(
      `${who}: expected options such as { kind: "${choices[0]!.kind}" }, got ${shown(given)}`,
    );
  }
  const { kind } = given;
  const choice = choices.find((candidate) => candidate.kind === kind);
  if (choice === undefined) {
    const kinds = choices.map((candidate) => candidate.kind);
    throw new TrainingStateError(
      `${who}: expected kind to be one of ${kinds.join(", ")}, got ${shown(kind)}${nearestHint(String(kind), kinds)}`,
    );
  }
  return choice;
}

/**
 * The given options and the defaults of the others. One that is given as `undefined` is not left out but missing: it is refused, so
 * that no typo trains with a default.
 *
 * @throws {TrainingStateError} naming the first option that is unknown, out of range or in conflict with another
 */
export function completeOptions<O extends Options>(choice: Choice<string, O>, given: object): ValuesOf<O> {
  const { kind, options } = choice;
  const unknown = Object.keys(given).find((name) => name !== "kind" && !Object.hasOwn(options, name));
  if (unknown !== undefined) {
    const names = Object.keys(options);
    throw new TrainingStateError(
      `${kind}: expected options among ${names.join(", ")}, got ${unknown}${nearestHint(unknown, names)}`,
    );
  }
  const chosen = new Map<string, unknown>(Object.entries(given));
  const entries = Object.entries(options).map(([name, option]) => {
    const value = chosen.has(name) ? chosen.get(name) : option.default;
    if (!isValue(option, value)) {
      const advice = value === undefined ? `; leave it out for its default, ${shown(option.default)}` : "";
      throw new TrainingStateError(`${kind}: expected ${name} to be ${rangeOf(option)}, got ${shown(value)}${advice}`);
    }
    return [name, value];
  });
  const values: ValuesOf<O> = Object.fromEntries(entries);
  const conflict = choice.conflict?.(values);
  if (conflict !== undefined) throw new TrainingStateError(`${kind}: ${conflict.message}`);
  return values;
}

function isValue(option: Option, value: unknown): boolean {
  if (option.type === "flag") return typeof value === "boolean";
  if (option.type === "numbers") {
    return Array.isArray(value) && value.length > 0 && value.every((one) => Number.isFinite(one) && one > option.above);
  }
  if (typeof value !== "number" || !Number.isFinite(value)) return false;
  const { type, min = -Infinity, above = -Infinity, max = Infinity, below = Infinity } = option;
  return (
    value >= min && value > above && value <= max && value < below && (type === "number" || Number.isInteger(value))
  );
}

function rangeOf(option: Option): string {
  if (option.type === "flag") return "true or false";
  if (option.type === "numbers") return `a list of at least one number, each > ${option.above}`;
  const { type, min, above, max, below } = option;
  const bounds = Object.entries({ ">=": min, ">": above, "<=": max, "<": below })
    .filter(([, bound]) => bound !== undefined)
    .map(([sign, bound]) => `${sign} ${bound}`);
  return [type === "integer" ? "an integer" : "a number", bounds.join(" and ")].join(" ").trim();
}

function nearestHint(name: string, names: readonly string[]): string {
  const near = nearestName(name, names);
  return near === undefined ? "" : `; did you mean ${near}?`;
}

function shown(value: unknown): string {
  return typeof value === "string" || Array.isArray(value) ? JSON.stringify(value) : String(value);
}
