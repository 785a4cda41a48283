/** What a module is: an object that names its parameters as PyTorch does; and how those are saved and restored. */
import { nearestName, OptionError, Tensor, type TensorData } from "@cellstate/tensor";
import { StateDictError } from "./errors.ts";

/** A layer or a whole model: anything with named parameters. */
export interface Module {
  /** Trainable tensors by name, such as `lstm.weight_ih_l0_reverse`; a tensor that is used twice is named once. */
  parameters(): Map<string, Tensor>;
  /** Tensors that are saved with the parameters and get no gradient, such as `norm.running_mean`. Default: none. */
  buffers?(): Map<string, Tensor>;
}

/** Which step of training a forward pass belongs to: the address of its dropout. */
export interface StepContext {
  /** Whether dropout acts. */
  readonly training: boolean;
  /** Optimizer steps taken before this one. */
  readonly step: number;
  /** `[batch]`: the example number of each row, so that dropout does not depend on an example's place in the batch. */
  readonly examples: Int32Array;
  /** Takes what outputs cost besides the loss, shape `[]` each, of layers that have such penalties. Default: nothing may cost anything. */
  readonly penalties?: Tensor[] | undefined;
  /**
   * Share of the batch in running statistics, in `(0, 1]`, in place of the layers' own: `1 / n` for the n-th of several batches makes
   * them means over all. Default: the layers' own.
   */
  readonly statisticsShare?: number | undefined;
  /** Looks at the gates of recurrent layers. Default: nobody does, and they are not computed. */
  readonly gateWatch?: GateWatch | undefined;
}

/** Is shown what gates do in a forward pass. */
export interface GateWatch {
  see(gates: SeenGates): void;
}

/** The gates of one layer in one direction. */
export interface SeenGates {
  /** The layer's input weights, by which its place in the model is known. */
  readonly weightIh: Tensor;
  /** `[batch, time, hiddenSize]` each, by names such as `forget_gate`; anything on padding. */
  readonly activations: Readonly<Record<string, Tensor>>;
  /** `[batch]`: real steps of each row; undefined: all are. */
  readonly lengths: Int32Array | undefined;
}

/** The context of evaluation and prediction: nothing is dropped. */
export const evaluationStep: StepContext = { training: false, step: 0, examples: new Int32Array(0) };

/** Joins the parameters of children under their names with a dot, in the given order. */
export function namedParameters(children: Readonly<Record<string, Module | Tensor>>): Map<string, Tensor> {
  const parameters = new Map<string, Tensor>();
  for (const [name, child] of Object.entries(children)) {
    if (child instanceof Tensor) parameters.set(name, child);
    else for (const [inner, tensor] of child.parameters()) parameters.set(`${name}.${inner}`, tensor);
  }
  return parameters;
}

/** The same for the buffers of children that have any. */
export function namedBuffers(children: Readonly<Record<string, Module>>): Map<string, Tensor> {
  const buffers = new Map<string, Tensor>();
  for (const [name, child] of Object.entries(children)) {
    for (const [inner, tensor] of child.buffers?.() ?? []) buffers.set(`${name}.${inner}`, tensor);
  }
  return buffers;
}

/** Trainable numbers in a module. */
export function parameterCount(module: Module): number {
  let count = 0;
  for (const tensor of module.parameters().values()) count += tensor.size;
  return count;
}

/** All that is saved of a module. */
function savedTensors(module: Module): Map<string, Tensor> {
  return new Map([...module.parameters(), ...(module.buffers?.() ?? [])]);
}

/** Copies of all parameters and buffers, ready for `encodeSafetensors`. */
export function stateDict(module: Module): Map<string, TensorData> {
  const tensors = new Map<string, TensorData>();
  for (const [name, tensor] of savedTensors(module)) {
    tensors.set(name, { dtype: tensor.dtype, shape: [...tensor.shape], data: tensor.readSync() });
  }
  return tensors;
}

/**
 * Replaces all parameters and buffers by saved ones, in place; checks every name, shape and type before it writes any.
 *
 * @throws {StateDictError} naming each tensor that is missing, unexpected, or of another shape or type
 */
export function loadStateDict(module: Module, tensors: ReadonlyMap<string, TensorData>): void {
  const parameters = savedTensors(module);
  if (!(tensors instanceof Map)) {
    throw new OptionError("loadStateDict", "tensors", "a Map of tensors by name", tensors);
  }
  const problems: string[] = [];
  const unexpected = [...tensors.keys()].filter((name) => !parameters.has(name));
  for (const [name, parameter] of parameters) {
    const saved = tensors.get(name);
    if (saved === undefined)
      problems.push(`missing: ${name} [${parameter.shape.join(", ")}]${likelyName(name, unexpected)}`);
    else if (saved.shape.join() !== parameter.shape.join()) {
      problems.push(`shape: ${name} must be [${parameter.shape.join(", ")}], is [${saved.shape.join(", ")}]`);
    } else if (saved.dtype !== parameter.dtype) {
      problems.push(`type: ${name} must be ${parameter.dtype}, is ${saved.dtype}`);
    }
  }
  for (const name of unexpected) problems.push(`unexpected: ${name}`);
  if (problems.length > 0) throw new StateDictError(problems);
  for (const [name, parameter] of parameters) parameter.write(tensors.get(name)!.data);
}

/** Which of the saved names that fit nothing may be the missing one. */
function likelyName(name: string, saved: readonly string[]): string {
  const near = nearestName(name, saved);
  return near === undefined ? "" : `; the nearest saved name is ${near}`;
}
