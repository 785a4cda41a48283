/** What an operator is, and what it sees of the node that it computes. */
import type { Session, Tensor } from "@cellstate/tensor";
import { OnnxNodeError } from "../errors.ts";
import type { FileTensor } from "../file/tensors.ts";
import type { Meter } from "../limits.ts";
import { sizeOf } from "../shapes.ts";
import { describe, type FloatValue, type OnnxValue, type WholeValue } from "../values.ts";
import type { Attributes } from "./attributes.ts";

/** What a node gives: values in the order of its outputs, fewer where the last ones are not there. */
export type OpResult = OnnxValue | readonly (OnnxValue | undefined)[];

export interface Op {
  /** Names of the attributes that it takes: a node with another one is refused. */
  readonly attributes: readonly string[];
  /** Whether equal inputs always give equal outputs at once, so that nodes of constants are computed when the model is opened. Default true. */
  readonly folds?: boolean;
  /** Work on inputs that are constants, done once; what it returns is `call.prepared`. Other inputs are undefined in its call. */
  prepare?(call: NodeCall): unknown;
  run(call: NodeCall): OpResult;
}

export interface CompiledNode {
  /** For errors: `node "/rnn/LSTM" (LSTM)`. */
  readonly place: string;
  readonly opset: number;
  readonly op: Op;
  readonly attributes: Attributes;
  /** Of attributes that are tensors. */
  readonly tensors: ReadonlyMap<string, FileTensor>;
  /** Of attributes that are graphs. */
  readonly bodies: ReadonlyMap<string, CompiledGraph>;
  /** Names of values; empty where an optional input is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  prepared: unknown;
}

export interface CompiledGraph {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly constants: ReadonlyMap<string, OnnxValue>;
  readonly nodes: readonly CompiledNode[];
}

/** What all nodes of a run share. */
export interface RunContext {
  readonly session: Session;
  readonly meter: Meter;
}

/** Runs a graph of the node's attributes; it sees the values around the node too. */
export type RunBody = (body: CompiledGraph, inputs: readonly OnnxValue[]) => readonly OnnxValue[];

/** One computation of one node. */
export class NodeCall {
  readonly node: CompiledNode;
  readonly inputs: readonly (OnnxValue | undefined)[];
  readonly session: Session;
  readonly meter: Meter;
  readonly #runBody: RunBody;

  constructor(
    node: CompiledNode,
    inputs: readonly (OnnxValue | undefined)[],
    { session, meter }: RunContext,
    runBody: RunBody,
  ) {
    this.node = node;
    this.inputs = inputs;
    this.session = session;
    this.meter = meter;
    this.#runBody = runBody;
  }

  get opset(): number {
    return this.node.opset;
  }

  get prepared(): unknown {
    return this.node.prepared;
  }

  /** @throws {OnnxLimitError} if a value of this shape would be too much; call it before making one larger than the inputs */
  reserve(shape: readonly number[]): void {
    this.meter.check(this.node.place, shape);
  }

  fault(message: string): OnnxNodeError {
    return new OnnxNodeError(this.node.place, message);
  }

  value(index: number): OnnxValue {
    return this.inputs[index] ?? this.#missing(index, "a value");
  }

  optional(index: number): OnnxValue | undefined {
    return this.inputs[index];
  }

  /** Any numbers. */
  number(index: number): FloatValue | WholeValue {
    const value = this.value(index);
    return value.kind === "text" ? this.#missing(index, "numbers") : value;
  }

  /** Fractions. */
  tensor(index: number): Tensor {
    const value = this.value(index);
    return value.kind === "float" ? value.tensor : this.#missing(index, "a tensor of fractions");
  }

  optionalTensor(index: number): Tensor | undefined {
    return this.inputs[index] === undefined ? undefined : this.tensor(index);
  }

  whole(index: number): WholeValue {
    const value = this.value(index);
    return value.kind === "whole" ? value : this.#missing(index, "whole numbers");
  }

  /** Elements of an input of whole numbers. */
  ints(index: number): number[] {
    return Array.from(this.whole(index).data);
  }

  optionalInts(index: number): number[] | undefined {
    return this.inputs[index] === undefined ? undefined : this.ints(index);
  }

  /** The one element of an input of numbers. */
  scalar(index: number): number {
    const value = this.number(index);
    if (sizeOf(value.shape) !== 1) return this.#missing(index, "one number");
    return value.kind === "float" ? value.tensor.item() : value.data[0]!;
  }

  optionalScalar(index: number): number | undefined {
    return this.inputs[index] === undefined ? undefined : this.scalar(index);
  }

  #missing(index: number, expected: string): never {
    throw this.fault(`expected ${expected} as input ${index}, got ${describe(this.inputs[index])}`);
  }

  int(name: string, byDefault: number): number {
    return this.node.attributes.int(name) ?? byDefault;
  }

  float(name: string, byDefault: number): number {
    return this.node.attributes.float(name) ?? byDefault;
  }

  string(name: string, byDefault: string): string {
    return this.node.attributes.string(name) ?? byDefault;
  }

  /** Elements of a list that older versions of an operator have as attribute `name`, newer ones as an input. */
  intsOf(name: string, index: number): readonly number[] | undefined {
    return this.node.attributes.ints(name) ?? this.optionalInts(index);
  }

  /** An axis from the front, of a value with `rank` axes. */
  axis(axis: number, rank: number): number {
    const fromFront = axis < 0 ? axis + rank : axis;
    if (!(Number.isInteger(axis) && fromFront >= 0 && fromFront < rank)) {
      throw this.fault(`expected an axis in [${-rank}, ${rank - 1}], got ${axis}`);
    }
    return fromFront;
  }

  /** A graph that the node must have. */
  body(name: string): CompiledGraph {
    const body = this.node.bodies.get(name);
    if (body === undefined) throw this.fault(`expected a graph as attribute ${name}, got none`);
    return body;
  }

  runBody(body: CompiledGraph, inputs: readonly OnnxValue[]): readonly OnnxValue[] {
    return this.#runBody(body, inputs);
  }
}
