/** Builds a graph node by node; values are known by their names. */
import { type ElementType, elementNumbers } from "../file/element-types.ts";
import {
  type AttributeMessage,
  attributeTypes,
  type GraphMessage,
  type NodeMessage,
  type TensorMessage,
  type ValueInfoMessage,
} from "../file/messages.ts";

/** The name of a value. */
export type Name = string;

/** The value of an attribute, with its type where JavaScript does not tell. */
export type AttributeValue =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly strings: readonly string[] }
  | { readonly graph: GraphMessage };

/** An extent, or the name of one that differs from run to run. */
export type Extent = number | string;

/** Numbers of a model: what a tensor of a session is, too. */
export interface Weight {
  readonly shape: readonly number[];
  readSync(): ArrayLike<number>;
}

/** What a graph shares with those inside its nodes: names, and constants, which all of them see. */
interface Shared {
  readonly constants: Map<Name, TensorMessage>;
  /** Names of inputs and outputs, which no other value takes. */
  readonly reserved: Set<Name>;
  count: number;
}

export class GraphBuilder {
  readonly #shared: Shared;
  readonly #isInner: boolean;
  readonly #nodes: NodeMessage[] = [];
  readonly #inputs: ValueInfoMessage[] = [];
  readonly #outputs: ValueInfoMessage[] = [];

  constructor(shared?: Shared) {
    this.#shared = shared ?? { constants: new Map(), reserved: new Set(), count: 0 };
    this.#isInner = shared !== undefined;
  }

  /** A builder of a graph inside a node of this one. */
  inner(): GraphBuilder {
    return new GraphBuilder(this.#shared);
  }

  /** A name that no other value has. */
  fresh(label: string): Name {
    const name = `${label}_${this.#shared.count++}`;
    return this.#shared.reserved.has(name) ? this.fresh(label) : name;
  }

  /** Keeps names for inputs and outputs that others gave. */
  reserve(names: Iterable<Name>): void {
    for (const name of names) this.#shared.reserved.add(name);
  }

  input(name: Name, type: ElementType, shape?: readonly Extent[]): Name {
    this.#inputs.push(portOf(name, type, shape));
    return name;
  }

  output(name: Name, value: Name, type: ElementType, shape?: readonly Extent[]): void {
    this.#nodes.push({ opType: "Identity", name: `output_${name}`, inputs: [value], outputs: [name], attributes: [] });
    this.#outputs.push(portOf(name, type, shape));
  }

  /** A constant under a name of its own, made at most once. */
  weight(name: Name, make: () => { readonly shape: readonly number[]; readonly data: ArrayLike<number> }): Name {
    if (!this.#shared.constants.has(name)) {
      const { shape, data } = make();
      this.#shared.constants.set(name, floatTensor(name, shape, data));
    }
    return name;
  }

  /** One fraction. */
  number(value: number): Name {
    return this.weight(`number_${value}`, () => ({ shape: [], data: [value] }));
  }

  /** A vector of equal fractions. */
  filled(size: number, value: number): Name {
    return this.weight(`filled_${size}_${value}`, () => ({ shape: [size], data: new Array<number>(size).fill(value) }));
  }

  /** One whole number. */
  int(value: number): Name {
    return this.#whole(`int_${value}`, [], [value]);
  }

  ints(values: readonly number[]): Name {
    return this.#whole(`ints_${values.join("_")}`, [values.length], values);
  }

  #whole(name: Name, dims: readonly number[], int64Data: readonly number[]): Name {
    this.#shared.constants.set(name, { ...noElements, name, dims, dataType: elementNumbers.int64, int64Data });
    return name;
  }

  /** A node of one output. An input that is left out is the empty name. */
  node(opType: string, inputs: readonly Name[], attributes: Readonly<Record<string, AttributeValue>> = {}): Name {
    return this.nodes(opType, inputs, 1, attributes)[0]!;
  }

  /** A node of several outputs. */
  nodes(
    opType: string,
    inputs: readonly Name[],
    count: number,
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): Name[] {
    const name = this.fresh(opType.toLowerCase());
    const outputs = count === 1 ? [name] : Array.from({ length: count }, (_, index) => `${name}_${index}`);
    const messages = Object.entries(attributes).map(([key, value]) => attributeOf(key, value));
    this.#nodes.push({ opType, name: `node_${name}`, inputs, outputs, attributes: messages });
    return outputs;
  }

  /** The finished graph. */
  graph(name: string): GraphMessage {
    return {
      name,
      nodes: this.#nodes,
      initializers: this.#isInner ? [] : [...this.#shared.constants.values()],
      sparseInitializers: [],
      inputs: this.#inputs,
      outputs: this.#outputs,
    };
  }
}

const noElements = {
  floatData: [],
  int32Data: [],
  int64Data: [],
  uint64Data: [],
  doubleData: [],
  stringData: [],
  externalData: [],
} as const;

function floatTensor(name: Name, dims: readonly number[], data: ArrayLike<number>): TensorMessage {
  const rawData = new Uint8Array(4 * data.length);
  const view = new DataView(rawData.buffer);
  for (let i = 0; i < data.length; i++) view.setFloat32(4 * i, data[i]!, true);
  return { ...noElements, name, dims, dataType: elementNumbers.float32, rawData };
}

function portOf(name: Name, type: ElementType, shape: readonly Extent[] | undefined): ValueInfoMessage {
  const dims = shape?.map((extent) => (typeof extent === "number" ? { value: extent } : { param: extent }));
  return { name, type: { tensorType: { elemType: elementNumbers[type], ...(dims && { shape: { dims } }) } } };
}

function attributeOf(name: string, value: AttributeValue): AttributeMessage {
  const none = { name, floats: [], ints: [], strings: [] };
  if ("int" in value) return { ...none, type: attributeTypes.int, i: value.int };
  if ("ints" in value) return { ...none, type: attributeTypes.ints, ints: value.ints };
  if ("float" in value) return { ...none, type: attributeTypes.float, f: value.float };
  if ("graph" in value) return { ...none, type: attributeTypes.graph, g: value.graph };
  const encoder = new TextEncoder();
  if ("string" in value) return { ...none, type: attributeTypes.string, s: encoder.encode(value.string) };
  return { ...none, type: attributeTypes.strings, strings: value.strings.map((text) => encoder.encode(text)) };
}
