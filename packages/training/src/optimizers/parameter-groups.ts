/**
 * Parameter groups: options of an optimizer for parameters by name, and which of them learn and from which epoch on. Groups by depth
 * have the rates and the gradual unfreezing of ULMFiT (Howard & Ruder 2018, arXiv:1801.06146, sections 3.2 and 3.3).
 */
import { matchesName, namesMatching } from "@cellstate/lstm-core";
import { requireKnownOptions, scalar } from "@cellstate/tensor";
import { ParameterGroupError, TrainingStateError } from "../errors.ts";
import { type Choice, completeOptions, flag, integer, number, type Options, type ValuesOf } from "../options.ts";

/** What a group says besides options of its optimizer. */
export const groupOptions = {
  learningRateFactor: number({
    above: 0,
    default: 1,
    description: "factor of the optimizer's learning rate; instead of a learningRate of the group's own",
  }),
  freeze: flag({
    default: false,
    description: "its parameters stay as they are for the whole run, and backward passes work out no gradients of them",
  }),
  unfreezeEpoch: integer({
    min: 1,
    max: 1_000_000,
    default: 1,
    description: "epoch, from 1, in which its parameters begin to learn; until then they are frozen",
  }),
};

type GroupOptions = typeof groupOptions;

/** One group as callers write it: options that it leaves out are those of the optimizer. */
type GroupOf<O extends Options> = { readonly pattern: string } & {
  readonly [Name in keyof (O & GroupOptions)]?: ValuesOf<O & GroupOptions>[Name];
};

/** A group of whatever optimizer. */
interface AnyGroup {
  readonly pattern: string;
  readonly [option: string]: unknown;
}

/** Groups from the layer nearest to the loss down. */
interface ByDepth {
  /** Patterns of parameter names, such as `output.*`: the layer nearest to the loss first. */
  readonly layers: readonly string[];
  /** Each layer's learning rate is that of the one before it divided by this. Default 2.6 */
  readonly factor?: number;
  /** Whether the second layer is frozen in the first epoch, the third in the first two, and so on. Default false */
  readonly gradualUnfreezing?: boolean;
}

/** How parameters are divided, beside the options of the optimizer: by groups or by depth. */
export interface Grouping<O extends Options> {
  /** The first group whose pattern fits a name has the parameter. */
  readonly groups?: readonly GroupOf<O>[];
  readonly byDepth?: ByDepth;
}

/** The same of whatever optimizer. */
export interface AnyGrouping {
  readonly groups?: readonly AnyGroup[] | undefined;
  readonly byDepth?: ByDepth | undefined;
}

/** The parameters of one group and what is different for them. */
export interface GroupMembers {
  readonly names: readonly string[];
  /** Options of their optimizer. */
  readonly given: Readonly<Record<string, unknown>>;
  /** Factor of the learning rate of each step. */
  readonly rateFactor: number;
  /** Epoch from which its parameters learn; Infinity for never. */
  readonly fromEpoch: number;
}

/**
 * Divides parameters among groups; the last of the result are those of no group.
 *
 * @param choice  the optimizer
 * @param base    its options, complete
 * @throws {NamePatternError} if a pattern fits no name
 * @throws {ParameterGroupError} if all that a pattern fits belongs to groups before it
 * @throws {TrainingStateError} if an option is wrong
 */
export function divide(
  choice: Choice,
  base: Readonly<Record<string, unknown>>,
  { groups, byDepth }: AnyGrouping,
  names: readonly string[],
): GroupMembers[] {
  if (groups !== undefined && byDepth !== undefined) {
    throw new TrainingStateError(`${choice.kind}: ${GROUPS_AND_DEPTH}`);
  }
  const owner = `${choice.kind}: groups`;
  let left = names;
  const divided = requireGroups(owner, groups ?? groupsByDepth(byDepth!)).map((group): GroupMembers => {
    namesMatching(owner, group.pattern, names);
    const own = left.filter((name) => matchesName(group.pattern, name));
    if (own.length === 0) {
      throw new ParameterGroupError(
        `${owner}: everything that "${group.pattern}" fits belongs to groups before it; put the narrower pattern first`,
      );
    }
    left = left.filter((name) => !own.includes(name));
    return { names: own, ...rulesOf(choice, base, group) };
  });
  return [...divided, { names: left, given: base, rateFactor: 1, fromEpoch: 1 }];
}

/** @internal */
export const GROUPS_AND_DEPTH = "groups and byDepth say the same in two ways; leave one of them out";

/** What TypeScript would refuse. */
function requireGroups(owner: string, groups: readonly AnyGroup[]): readonly AnyGroup[] {
  if (!Array.isArray(groups)) throw new TrainingStateError(`${owner}: expected groups to be a list, got ${groups}`);
  for (const { pattern } of groups) {
    if (typeof pattern === "string") continue;
    throw new TrainingStateError(
      `${owner}: expected each group to have a pattern, such as "encoder.*", got ${String(pattern)}`,
    );
  }
  return groups;
}

/** What a group says, checked. */
function rulesOf(choice: Choice, base: Readonly<Record<string, unknown>>, group: AnyGroup) {
  const { pattern, ...given } = group;
  const who = {
    ...choice,
    kind: `${choice.kind}: group "${pattern}"`,
    options: { ...choice.options, ...groupOptions },
  };
  const conflict = groupConflict(given);
  if (conflict !== undefined) throw new TrainingStateError(`${who.kind}: ${conflict.message}`);
  const values: Readonly<Record<string, unknown>> = completeOptions(who, { ...base, ...given });
  const { learningRateFactor, freeze, unfreezeEpoch, ...options } = values;
  const rate = (options.learningRate as number) / (base.learningRate as number);
  return {
    given: { ...options, learningRate: base.learningRate },
    rateFactor: rate * (learningRateFactor as number),
    fromEpoch: freeze === true ? Number.POSITIVE_INFINITY : (unfreezeEpoch as number),
  };
}

/** What contradicts itself in a group. */
export function groupConflict(given: object): { readonly option: string; readonly message: string } | undefined {
  const names = Object.keys(given).filter((name) => name !== "pattern");
  if (names.includes("learningRate") && names.includes("learningRateFactor")) {
    return { option: "learningRateFactor", message: "expected learningRate or learningRateFactor, got both" };
  }
  const other = names.find((name) => name !== "freeze");
  if ((given as { readonly freeze?: unknown }).freeze !== true || other === undefined) return undefined;
  return { option: other, message: `${other} does nothing where freeze is true` };
}

/** The groups of ULMFiT's discriminative learning rates and gradual unfreezing. */
function groupsByDepth(byDepth: ByDepth): AnyGroup[] {
  requireKnownOptions("byDepth", byDepth, { layers: true, factor: true, gradualUnfreezing: true });
  const { layers, factor = 2.6, gradualUnfreezing = false } = byDepth;
  if (!(factor > 0 && Number.isFinite(factor))) {
    throw new TrainingStateError(`byDepth: expected factor to be a number > 0, got ${factor}`);
  }
  return layers.map((pattern, depth) => ({
    pattern,
    learningRateFactor: 1 / scalar.pow(factor, depth),
    ...(gradualUnfreezing && { unfreezeEpoch: depth + 1 }),
  }));
}
