/** The attributes that recurrent operators share. */
import { clamp, type Tensor } from "@cellstate/tensor";
import { activationNamed, activationNames, activations } from "../activations.ts";
import type { NodeCall } from "../run/op.ts";

/** A function of a layer's pre-activations, clipped before where the operator says so; `plain` does not clip. */
export interface LayerActivation {
  (x: Tensor): Tensor;
  readonly plain: (x: Tensor) => Tensor;
}

export interface RecurrentSettings {
  /** Whether each direction reads from the end. */
  readonly reverse: readonly boolean[];
  /** Whether the batch is the first axis of all inputs and outputs. */
  readonly batchFirst: boolean;
  /** Names of each direction's activations. */
  readonly names: readonly (readonly string[])[];
  /** Of each direction. */
  readonly activations: readonly (readonly LayerActivation[])[];
  /** Whether pre-activations are clipped. */
  readonly clips: boolean;
}

export const recurrentAttributes = [
  "activations",
  "activation_alpha",
  "activation_beta",
  "clip",
  "direction",
  "hidden_size",
  "layout",
  "output_sequence",
] as const;

const directions: Readonly<Record<string, readonly boolean[]>> = {
  forward: [false],
  reverse: [true],
  bidirectional: [false, true],
};

/** @param defaults  the activations of one direction where the operator names none */
export function settingsOf(call: NodeCall, defaults: readonly string[]): RecurrentSettings {
  const direction = call.string("direction", "forward");
  const reverse = Object.hasOwn(directions, direction) ? directions[direction] : undefined;
  if (reverse === undefined) {
    throw call.fault(`expected the direction forward, reverse or bidirectional, got ${direction}`);
  }
  const { attributes } = call.node;
  const clip = attributes.float("clip");
  if (clip !== undefined && !(clip >= 0)) throw call.fault(`expected a clip from 0, got ${clip}`);
  const limit = clip === 0 ? undefined : clip;
  const given = attributes.strings("activations") ?? reverse.flatMap(() => defaults);
  if (given.length !== reverse.length * defaults.length) {
    throw call.fault(`expected ${reverse.length * defaults.length} activations, got ${given.length}`);
  }
  const functions = makeActivations(call, given, limit);
  const ofDirection = <Item>(list: readonly Item[]) =>
    reverse.map((_, index) => list.slice(index * defaults.length, (index + 1) * defaults.length));
  return {
    reverse,
    batchFirst: call.int("layout", 0) === 1,
    names: ofDirection(given),
    activations: ofDirection(functions),
    clips: limit !== undefined,
  };
}

/** Parameters are listed for those activations alone that have some. */
function makeActivations(call: NodeCall, given: readonly string[], limit: number | undefined): LayerActivation[] {
  const alphas = [...(call.node.attributes.floats("activation_alpha") ?? [])];
  const betas = [...(call.node.attributes.floats("activation_beta") ?? [])];
  return given.map((name) => {
    const known = activationNamed(name);
    if (known === undefined) {
      throw call.fault(`expected activations among ${activationNames.join(", ")}, got ${name}`);
    }
    const { defaults, apply } = activations[known];
    const alpha = defaults.length > 0 ? (alphas.shift() ?? defaults[0]!) : 0;
    const beta = defaults.length > 1 ? (betas.shift() ?? defaults[1]!) : 0;
    const plain = (x: Tensor) => apply(x, alpha, beta);
    return Object.assign((x: Tensor) => plain(limit === undefined ? x : clamp(x, -limit, limit)), { plain });
  });
}

/** Whether a direction's activations are the given ones. */
export function hasActivations(names: readonly string[], expected: readonly string[]): boolean {
  return names.every((name, index) => name.toLowerCase() === expected[index]!.toLowerCase());
}
