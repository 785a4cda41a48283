/** Layers that make one tensor of several: Add, Subtract, Multiply, Average, Maximum, Minimum, Concatenate, Dot. */
import {
  add,
  concat,
  div,
  matmul,
  maximum,
  minimum,
  mul,
  OptionError,
  reshape,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  transpose,
  unsqueeze,
  where,
} from "@cellstate/tensor";
import { ModelError } from "../errors.ts";
import { type CommonLayerOptions, Layer, type LayerKind } from "../graph/layer.ts";
import { Mask } from "../graph/mask.ts";
import type { Value } from "../graph/value.ts";
import { type LayerShape, shapeText } from "../shape.ts";

type NoOptions = Record<never, never>;

/** A step is real where it is in any input; none is masked where an input has no mask. */
function commonMask(inputs: readonly Value[]): Mask | undefined {
  const masks = inputs.flatMap(({ mask }) => (mask ? [mask] : []));
  return masks.length < inputs.length ? undefined : masks.reduce((either, mask) => either.or(mask));
}

function mergeKind(
  className: string,
  merge: (inputs: readonly Value[]) => Tensor,
  count?: number,
): LayerKind<NoOptions> {
  return {
    className,
    optionNames: {},
    plan(_options, inputs, owner) {
      const wanted = count === undefined ? "at least 2" : `${count}`;
      if (inputs.length < 2 || (count !== undefined && inputs.length !== count)) {
        throw new ModelError(`${owner}: expected ${wanted} inputs, got ${inputs.length}`);
      }
      return {
        outputs: [inputs.reduce((shape, input) => broadcast(owner, shape, input))],
        make: () => ({
          run: (values) => [{ tensor: merge(values), mask: commonMask(values) }],
        }),
      };
    },
  };
}

/** @throws {ModelError} unless extents agree or are 1 */
function broadcast(owner: string, a: LayerShape, b: LayerShape): LayerShape {
  if (
    a.length !== b.length ||
    a.some((extent, axis) => extent !== null && b[axis] !== null && extent !== b[axis] && extent !== 1 && b[axis] !== 1)
  ) {
    throw new ModelError(`${owner}: expected inputs of one shape, got ${shapeText(a)} and ${shapeText(b)}`);
  }
  return a.map((extent, axis) => (extent === 1 ? b[axis]! : (extent ?? b[axis]!)));
}

const tensorsOf = (inputs: readonly Value[]) => inputs.map(({ tensor }) => tensor);

const each = (merge: (a: Tensor, b: Tensor) => Tensor) => (inputs: readonly Value[]) => tensorsOf(inputs).reduce(merge);

/** Where a step is masked, the input stands aside: it is 1 there. */
function product(inputs: readonly Value[]): Tensor {
  return inputs
    .map(({ tensor, mask }) =>
      mask && !mask.isFull ? where(mask.tensor(tensor.session, tensor.shape.length), tensor, 1) : tensor,
    )
    .reduce(mul);
}

/** Where a step of one input is masked, that of the other counts alone. */
function extreme(choose: (a: Tensor, b: Tensor) => Tensor) {
  return (inputs: readonly Value[]): Tensor =>
    inputs.reduce((a, b) => {
      const seenBy = ({ tensor, mask }: Value) =>
        mask && !mask.isFull ? mask.tensor(tensor.session, tensor.shape.length) : undefined;
      const [inA, inB] = [seenBy(a), seenBy(b)];
      const right = inB ? where(inB, b.tensor, a.tensor) : b.tensor;
      const left = inA ? where(inA, a.tensor, right) : a.tensor;
      return { tensor: choose(left, right), mask: commonMask([a, b]) };
    }).tensor;
}

export const addKind = mergeKind("Add", each(add));
export const subtractKind = mergeKind("Subtract", each(sub), 2);
export const multiplyKind = mergeKind("Multiply", product);
export const averageKind = mergeKind("Average", (inputs) => mul(each(add)(inputs), 1 / inputs.length));
export const maximumKind = mergeKind("Maximum", extreme(maximum));
export const minimumKind = mergeKind("Minimum", extreme(minimum));

/** The sum of its inputs. */
export const addLayer = (options: CommonLayerOptions = {}): Layer => new Layer(addKind, options);
/** The first input less the second. */
export const subtractLayer = (options: CommonLayerOptions = {}): Layer => new Layer(subtractKind, options);
/** The product of its inputs, element by element. */
export const multiplyLayer = (options: CommonLayerOptions = {}): Layer => new Layer(multiplyKind, options);
/** The mean of its inputs. */
export const averageLayer = (options: CommonLayerOptions = {}): Layer => new Layer(averageKind, options);
/** The larger of its inputs, element by element. */
export const maximumLayer = (options: CommonLayerOptions = {}): Layer => new Layer(maximumKind, options);
/** The smaller of its inputs, element by element. */
export const minimumLayer = (options: CommonLayerOptions = {}): Layer => new Layer(minimumKind, options);

export interface ConcatenateOptions {
  /** Counted with the batch's axis. Default -1, the features. */
  readonly axis?: number | undefined;
}

export const concatenateKind: LayerKind<ConcatenateOptions> = {
  className: "Concatenate",
  optionNames: { axis: true },
  plan({ axis = -1 }, inputs, owner) {
    const first = inputs[0]!;
    const at = axisOf(owner, axis, first.length + 1);
    const extents = inputs.map((shape) => shape[at - 1]!);
    inputs.forEach((shape) => {
      if (
        shape.length !== first.length ||
        shape.some((extent, i) => i !== at - 1 && extent !== null && first[i] !== null && extent !== first[i])
      ) {
        throw new ModelError(
          `${owner}: expected inputs that differ on axis ${at} only, got ${shapeText(first)} and ${shapeText(shape)}`,
        );
      }
    });
    const joined = extents.reduce<number | null>(
      (total, extent) => (total === null || extent === null ? null : total + extent),
      0,
    );
    return {
      outputs: [first.map((extent, i) => (i === at - 1 ? joined : extent))],
      make: () => ({
        run(values) {
          const tensor = concat(
            values.map((value) => value.tensor),
            at,
          );
          return [{ tensor, mask: at === 1 && tensor.shape.length > 2 ? maskInTurn(values) : commonMask(values) }];
        },
      }),
    };
  },
};

/** Masks of sequences that follow each other in time. */
function maskInTurn(values: readonly Value[]): Mask | undefined {
  if (values.every(({ mask }) => mask === undefined)) return undefined;
  const lengths = values.map(({ tensor }) => tensor.shape[1]!);
  const total = lengths.reduce((all, length) => all + length, 0);
  const batchSize = values[0]!.tensor.shape[0]!;
  return Mask.where(batchSize, total, (at) => {
    const row = Math.floor(at / total);
    let step = at % total;
    let part = 0;
    while (step >= lengths[part]!) step -= lengths[part++]!;
    return values[part]!.mask === undefined || values[part]!.mask!.real[row * lengths[part]! + step] === 1;
  });
}

/** Inputs side by side along an axis. */
export const concatenate = (options: ConcatenateOptions & CommonLayerOptions = {}): Layer =>
  new Layer(concatenateKind, options);

export interface DotOptions {
  /** Axes that are multiplied away, counted with the batch's: one for both inputs, or one each. */
  readonly axes: number | readonly [number, number];
  /** Whether vectors are scaled to length 1 first: cosines. Default false. */
  readonly normalize?: boolean | undefined;
}

export const dotKind: LayerKind<DotOptions> = {
  className: "Dot",
  optionNames: { axes: true, normalize: true },
  plan({ axes, normalize = false }, inputs, owner) {
    if (inputs.length !== 2) throw new ModelError(`${owner}: expected 2 inputs, got ${inputs.length}`);
    const [a, b] = inputs as [LayerShape, LayerShape];
    if (a.length > 2 || b.length > 2) {
      throw new ModelError(`${owner}: expected inputs of at most 3 axes, got ${shapeText(a)} and ${shapeText(b)}`);
    }
    const pair = typeof axes === "number" ? [axes, axes] : axes;
    const [inA, inB] = [axisOf(owner, pair[0]!, a.length + 1), axisOf(owner, pair[1]!, b.length + 1)];
    if (a[inA - 1] !== b[inB - 1]) {
      throw new ModelError(
        `${owner}: expected equal extents on axes ${inA} and ${inB}, got ${shapeText(a)} and ${shapeText(b)}`,
      );
    }
    const rest = [...a.filter((_, i) => i !== inA - 1), ...b.filter((_, i) => i !== inB - 1)];
    return {
      outputs: [rest.length === 0 ? [1] : rest],
      make: () => ({
        run: ([x, y]) => {
          const [left, right] = normalize
            ? [unitLength(x!.tensor, inA), unitLength(y!.tensor, inB)]
            : [x!.tensor, y!.tensor];
          return [{ tensor: dotProduct(left, inA, right, inB) }];
        },
      }),
    };
  },
};

/** Batch by batch, over one axis of each. */
function dotProduct(a: Tensor, inA: number, b: Tensor, inB: number): Tensor {
  const left = a.shape.length === 2 ? unsqueeze(a, 1) : inA === 2 ? a : transpose(a, [0, 2, 1]); // [batch, rows, shared]
  const right = b.shape.length === 2 ? unsqueeze(b, 2) : inB === 1 ? b : transpose(b, [0, 2, 1]); // [batch, shared, columns]
  const product = matmul(left, right);
  const [batchSize, rows, columns] = product.shape as [number, number, number];
  const rest = [...(a.shape.length === 2 ? [] : [rows]), ...(b.shape.length === 2 ? [] : [columns])];
  return reshape(product, [batchSize, ...(rest.length === 0 ? [1] : rest)]);
}

function unitLength(x: Tensor, axis: number): Tensor {
  const squares = unsqueeze(sum(square(x), axis), axis);
  return div(x, sqrt(maximum(squares, 1e-12)));
}

/** Products of two inputs, summed over one axis of each. */
export const dot = (options: DotOptions & CommonLayerOptions): Layer => new Layer(dotKind, options);

/** @throws {OptionError} unless it is an axis behind the batch's */
function axisOf(owner: string, axis: number, rank: number): number {
  const at = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(at) || at < 1 || at >= rank)
    throw new OptionError(owner, "axis", `in [1, ${rank - 1}] or negative`, axis);
  return at;
}
