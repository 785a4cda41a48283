/** The parameters of a model as constants of a graph. */
import { OnnxExportError } from "../errors.ts";
import type { GraphBuilder, Name, Weight } from "./graph-builder.ts";

/** Parameters by name, as a module gives them. */
export type Parameters = ReadonlyMap<string, Weight>;

export class Weights {
  readonly #graph: GraphBuilder;
  readonly #parameters: Parameters;
  readonly #prefix: string;
  readonly #suffix: string;

  /** @param prefix, suffix  around the names that are asked for */
  constructor(graph: GraphBuilder, parameters: Parameters, prefix = "", suffix = "") {
    this.#graph = graph;
    this.#parameters = parameters;
    this.#prefix = prefix;
    this.#suffix = suffix;
  }

  /** Those of a part of the model. */
  within(prefix: string, suffix = ""): Weights {
    return new Weights(this.#graph, this.#parameters, `${this.#prefix}${prefix}`, `${suffix}${this.#suffix}`);
  }

  /** Other parameters under the names of this part. */
  others(parameters: Parameters): Weights {
    const named = new Map([...parameters].map(([name, weight]) => [this.#nameOf(name), weight] as const));
    return new Weights(this.#graph, named, this.#prefix, this.#suffix);
  }

  has(name: string): boolean {
    return this.#parameters.has(this.#nameOf(name));
  }

  /** @throws {OnnxExportError} if the model has no such parameter */
  read(name: string): { readonly shape: readonly number[]; readonly data: ArrayLike<number> } {
    const found = this.#parameters.get(this.#nameOf(name));
    if (found === undefined) throw new OnnxExportError(`expected a parameter ${this.#nameOf(name)}, got none`);
    return { shape: found.shape, data: found.readSync() };
  }

  /** As it is. */
  get(name: string): Name {
    return this.#graph.weight(this.#nameOf(name), () => this.read(name));
  }

  /** A part of the rows of a matrix, or of the elements of a vector. */
  rows(
    name: string,
    from: number,
    to: number,
  ): { readonly shape: readonly number[]; readonly data: ArrayLike<number> } {
    const { shape, data } = this.read(name);
    const width = shape[1] ?? 1;
    return {
      shape: [to - from, ...shape.slice(1)],
      data: Array.from({ length: (to - from) * width }, (_, index) => data[from * width + index]!),
    };
  }

  /** Some rows as a constant of their own. */
  part(name: string, from: number, to: number): Name {
    return this.#graph.weight(`${this.#nameOf(name)}.${from}_${to}`, () => this.rows(name, from, to));
  }

  /** A matrix, or some of its rows, with its axes exchanged: the right factor of a product. */
  transposed(name: string, from?: number, to?: number): Name {
    const label = from === undefined ? "transposed" : `${from}_${to}.transposed`;
    return this.#graph.weight(`${this.#nameOf(name)}.${label}`, () => {
      const { shape, data } = from === undefined ? this.read(name) : this.rows(name, from, to!);
      const [rows, columns] = shape as [number, number];
      return {
        shape: [columns, rows],
        data: Array.from({ length: rows * columns }, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!),
      };
    });
  }

  /** A constant that is made of several parameters. */
  made(name: string, make: () => { readonly shape: readonly number[]; readonly data: ArrayLike<number> }): Name {
    return this.#graph.weight(this.#nameOf(name), make);
  }

  #nameOf(name: string): string {
    return `${this.#prefix}${name}${this.#suffix}`;
  }
}

/** `x W' + b` along the last axis of `x`; without `b` where the model has no parameter of that name. */
export function linear(graph: GraphBuilder, x: Name, weights: Weights, weight = "weight", bias?: string): Name {
  const product = graph.node("MatMul", [x, weights.transposed(weight)]);
  return bias !== undefined && weights.has(bias) ? graph.node("Add", [product, weights.get(bias)]) : product;
}
