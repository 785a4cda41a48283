/** What losses under distributions of two parameters share: both of one shape, or the raw pairs that a layer gives. */
import { OptionError, reshape, ShapeError, slice, Tensor } from "@cellstate/tensor";
import { CountedTargets, type CountOptions } from "./counted-targets.ts";

/** Parameters by name, each in the shape of the first. */
type Parameters<Name extends string> = { readonly [Key in Name]: Tensor };

export interface PickedParameters<Name extends string> {
  readonly owner: string;
  /** By name, or raw numbers `[..., 2]`. */
  readonly given: Parameters<Name> | Tensor;
  /** In the order in which they are checked. */
  readonly names: readonly [Name, Name];
  /** Those that are numbers >= 0. */
  readonly notNegative: readonly Name[];
  readonly targets: ArrayLike<number>;
  readonly counts: CountOptions;
  /** Parameters of raw numbers. */
  parametersOf(raw: Tensor): Parameters<Name>;
}

/**
 * The parameters of the targets that count, each `[count]`.
 *
 * @throws {ShapeError} unless the parameters have one shape and there is a target for each of them
 * @throws {OptionError} naming a parameter that must not be negative and is, with its place
 */
export function pickParameters<Name extends string>(picked: PickedParameters<Name>) {
  const { owner, given, names, notNegative, targets, counts, parametersOf } = picked;
  const counted = given instanceof Tensor ? ofPairs(owner, given, targets, counts) : ofBoth(picked, given);
  const parameters =
    given instanceof Tensor
      ? parametersOf(counted.pick(given))
      : (Object.fromEntries(names.map((name) => [name, counted.pick(given[name])])) as Parameters<Name>);
  for (const name of notNegative) {
    const values = parameters[name].readSync();
    const bad = values.findIndex((value) => value < 0);
    if (bad >= 0) throw new OptionError(owner, name, "numbers >= 0", `${values[bad]} at ${counted.placeOf(bad)}`);
  }
  return { counted, parameters };
}

function ofPairs(owner: string, raw: Tensor, targets: ArrayLike<number>, counts: CountOptions): CountedTargets {
  if (raw.shape.at(-1) !== 2) throw new ShapeError(owner, "raw numbers of shape [..., 2]", raw.shape);
  return CountedTargets.ofRows(owner, raw, targets, counts);
}

function ofBoth<Name extends string>(picked: PickedParameters<Name>, given: Parameters<Name>): CountedTargets {
  const { owner, names, targets, counts } = picked;
  const [{ shape, size }, other] = [given[names[0]], given[names[1]]];
  if (other.shape.join() !== shape.join()) {
    throw new ShapeError(owner, `${names[1]} of shape [${shape.join(", ")}], as ${names[0]}`, other.shape);
  }
  if (targets.length !== size) throw new ShapeError(owner, `${size} targets`, `${targets.length}`);
  return new CountedTargets(owner, shape, counts);
}

/** The halves of `[..., 2]`, each `[...]`. @throws {ShapeError} if the last axis has another extent */
export function splitPairs(owner: string, raw: Tensor): [Tensor, Tensor] {
  const { shape } = raw;
  if (shape.at(-1) !== 2) throw new ShapeError(owner, "raw numbers of shape [..., 2]", shape);
  const part = (index: number) => reshape(slice(raw, -1, index, index + 1), shape.slice(0, -1));
  return [part(0), part(1)];
}
