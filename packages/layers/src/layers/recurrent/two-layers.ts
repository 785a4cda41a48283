/** Bidirectional over two layers of their own: the second one reads backwards, and its outputs are turned round again. */
import { gatherRows, OptionError, reshape, type Tensor } from "@cellstate/tensor";
import { ModelError } from "../../errors.ts";
import type { Layer, LayerPlan, MadeLayer, MakeContext } from "../../graph/layer.ts";
import type { LayerShape } from "../../shape.ts";
import type { CellKind } from "./cells.ts";
import type { RecurrentOptions } from "./options.ts";
import { type MergeMode, merged, planRecurrent } from "./plan.ts";

interface Direction {
  readonly layer: Layer<unknown>;
  readonly cell: CellKind<RecurrentOptions>;
}

interface TwoLayers {
  readonly forward: Direction;
  readonly backward: Direction;
  readonly mergeMode: MergeMode;
  /** Of the sequence, then of the initial states of both if there are any. */
  readonly inputs: readonly LayerShape[];
  readonly owner: string;
}

const optionsOf = ({ layer }: Direction) => ({ ...(layer.options as RecurrentOptions), zeroOutputForMask: true });

/** @throws {ModelError | OptionError} unless both give outputs and states alike, and the second one reads backwards */
export function planTwoLayers({ forward, backward, mergeMode, inputs, owner }: TwoLayers): LayerPlan {
  const [first, second] = [optionsOf(forward), optionsOf(backward)];
  requireAlike(owner, first, second);
  if (mergeMode !== "concat" && mergeMode !== null && first.units !== second.units) {
    throw new ModelError(
      `${owner}: expected as many units in both directions to ${mergeMode} them, got ${first.units} and ${second.units}`,
    );
  }
  const [input, ...states] = inputs;
  const own = forward.cell.stateCount;
  if (states.length !== 0 && states.length !== own + backward.cell.stateCount) {
    const wanted = own + backward.cell.stateCount;
    throw new ModelError(`${owner}: expected an initialState of ${wanted} tensors, got ${states.length}`);
  }
  const plans = [
    planRecurrent({ cell: forward.cell, options: first, inputs: [input!, ...states.slice(0, own)], owner }),
    planRecurrent({ cell: backward.cell, options: second, inputs: [input!, ...states.slice(own)], owner }),
  ] as const;
  const [[output, ...ownStates], [other, ...otherStates]] = plans.map(({ outputs }) => outputs) as [
    LayerShape[],
    LayerShape[],
  ];
  const joined = [...output!.slice(0, -1), output!.at(-1)! + other!.at(-1)!];
  return {
    outputs: [
      ...(mergeMode === null ? [output!, other!] : [mergeMode === "concat" ? joined : output!]),
      ...ownStates,
      ...otherStates,
    ],
    weights: plans.flatMap(({ weights = [] }, at) =>
      weights.map((spec) => ({ ...spec, name: prefixes[at]! + spec.name })),
    ),
    flops: plans[0].flops! + plans[1].flops!,
    make: (context) => makeTwoLayers(plans, own, mergeMode, first.returnSequences ?? false, context),
  };
}

const prefixes = ["forward/", "backward/"] as const;

function requireAlike(owner: string, forward: RecurrentOptions, backward: RecurrentOptions): void {
  if (backward.goBackwards !== true)
    throw new OptionError(owner, "the backwardLayer's goBackwards", "true", backward.goBackwards);
  for (const name of ["returnSequences", "returnState", "stateful"] as const) {
    const [one, other] = [forward[name] ?? false, backward[name] ?? false];
    if (one !== other) throw new OptionError(owner, `the backwardLayer's ${name}`, `${one}, as its layer's`, other);
  }
}

function makeTwoLayers(
  plans: readonly [LayerPlan, LayerPlan],
  stateCount: number,
  mergeMode: MergeMode,
  returnsSequences: boolean,
  { session, stream }: MakeContext,
): MadeLayer {
  const both = plans.map((plan, at) => plan.make({ session, stream: stream.fork(prefixes[at]!) }));
  const weights = both.flatMap((made, at) =>
    Object.entries(made.weights!).map(([name, parts]) => [prefixes[at]! + name, parts] as const),
  );
  const [forward, backward] = both as [MadeLayer, MadeLayer];
  return {
    weights: Object.fromEntries(weights),
    run([x, ...states], context) {
      const [output, ...ownStates] = forward.run([x!, ...states.slice(0, stateCount)], context);
      const [other, ...otherStates] = backward.run([x!, ...states.slice(stateCount)], context);
      const turned = returnsSequences ? turnedRound(other!.tensor) : other!.tensor;
      const outputs = merged(output!.tensor, turned, mergeMode).map((tensor) => ({ tensor, mask: output!.mask }));
      return [...outputs, ...ownStates, ...otherStates];
    },
    resetStates() {
      for (const made of both) made.resetStates?.();
    },
  };
}

/** `[batch, time, features]` with its steps in the other order. */
function turnedRound(x: Tensor): Tensor {
  const [batchSize, seqLen, features] = x.shape as [number, number, number];
  const rows = Int32Array.from({ length: batchSize * seqLen }, (_, at) => {
    const step = at % seqLen;
    return at - step + (seqLen - 1 - step);
  });
  return reshape(gatherRows(reshape(x, [batchSize * seqLen, features]), rows), x.shape);
}
