/** What each weight of a layer takes as options: how it starts, what its size costs, and what limits it keeps to. */
import { type Constraint, constraintKinds, type WeightPenaltyRule } from "@cellstate/lstm-core";
import { OptionError, type OptionNames } from "@cellstate/tensor";
import { findByName } from "../names.ts";
import { type InitializerName, type InitializerOption, resolveInitializer } from "./initializers.ts";
import type { WeightSpec } from "./weight.ts";

/** Factors of the sum of magnitudes and of the sum of squares of a weight, which are added to the loss; by name 0.01. */
export type RegularizerOption = "l1" | "l2" | "l1L2" | Pick<WeightPenaltyRule, "l1" | "l2">;

/** A limit of a weight, with Keras's axes: 0, the default, is all that one unit reads. */
export type ConstraintOption = Constraint["kind"] | Constraint;

/** Options of the weights called `kernel`, `bias`, ... */
export type WeightOptions<Prefix extends string> = {
  readonly [Option in `${Prefix}Initializer`]?: InitializerOption | undefined;
} & {
  readonly [Option in `${Prefix}Regularizer`]?: RegularizerOption | null | undefined;
} & {
  readonly [Option in `${Prefix}Constraint`]?: ConstraintOption | null | undefined;
};

/** The names of those options. */
export function weightOptionNames<const Prefix extends string>(
  ...prefixes: readonly Prefix[]
): OptionNames<WeightOptions<Prefix>> {
  const names = prefixes.flatMap((prefix) => [`${prefix}Initializer`, `${prefix}Regularizer`, `${prefix}Constraint`]);
  return Object.fromEntries(names.map((name) => [name, true])) as OptionNames<WeightOptions<Prefix>>;
}

interface SpecOptions {
  readonly shape: readonly number[];
  /** Where the options name none. */
  readonly initializer: InitializerName;
  /** Keras's, where it is not the prefix. */
  readonly name?: string;
}

/** The weight that such options describe. @throws {OptionError} if one of them names nothing that there is */
export function weightSpec(
  owner: string,
  options: object,
  prefix: string,
  { shape, initializer, name = prefix }: SpecOptions,
): WeightSpec {
  const given = options as Readonly<Record<string, unknown>>;
  const option = (kind: string) => given[`${prefix}${kind}`] ?? undefined;
  const regularizer = regularizerOf(
    owner,
    `${prefix}Regularizer`,
    option("Regularizer") as RegularizerOption | undefined,
  );
  const constraint = constraintOf(owner, `${prefix}Constraint`, option("Constraint") as ConstraintOption | undefined);
  return {
    name,
    shape,
    initializer: resolveInitializer(
      owner,
      `${prefix}Initializer`,
      (option("Initializer") as InitializerOption | undefined) ?? initializer,
    ),
    ...(regularizer && { regularizer }),
    ...(constraint && { constraint }),
  };
}

const named: Readonly<Record<string, Pick<WeightPenaltyRule, "l1" | "l2">>> = {
  l1: { l1: 0.01 },
  l2: { l2: 0.01 },
  l1L2: { l1: 0.01, l2: 0.01 },
};

/** @throws {OptionError} unless it is a name, or finite numbers >= 0 */
export function regularizerOf(
  owner: string,
  option: string,
  given: RegularizerOption | undefined,
): WeightSpec["regularizer"] {
  if (given === undefined) return undefined;
  const factors =
    typeof given === "string" ? findByName<Exclude<RegularizerOption, string>>(owner, option, named, given) : given;
  for (const [name, value] of Object.entries(factors)) {
    const isFactor =
      (name === "l1" || name === "l2") && typeof value === "number" && value >= 0 && Number.isFinite(value);
    if (!isFactor) throw new OptionError(owner, option, "l1 and l2, finite numbers >= 0", `${name} ${String(value)}`);
  }
  return factors;
}

function constraintOf(owner: string, option: string, given: ConstraintOption | undefined): Constraint | undefined {
  if (given === undefined) return undefined;
  const kinds = Object.fromEntries(constraintKinds.map((kind) => [kind, kind]));
  const constraint = typeof given === "string" ? ({ kind: given } as Constraint) : given;
  const kind = findByName(owner, option, kinds, constraint.kind, { nonNeg: "nonNegative" });
  return { ...constraint, kind } as Constraint;
}
