/** The attributes of a node by name and type. */
import { OnnxFormatError } from "../errors.ts";
import { type AttributeMessage, attributeTypes, type GraphMessage, type TensorMessage } from "../file/messages.ts";

type TypeName = keyof typeof attributeTypes;

export class Attributes {
  readonly #place: string;
  readonly #messages: ReadonlyMap<string, AttributeMessage>;

  /** @param place  the node, for errors */
  constructor(place: string, messages: readonly AttributeMessage[]) {
    this.#place = place;
    this.#messages = new Map(messages.map((message) => [message.name ?? "", message]));
  }

  get names(): string[] {
    return [...this.#messages.keys()];
  }

  has(name: string): boolean {
    return this.#messages.has(name);
  }

  int(name: string): number | undefined {
    return this.#find(name, "int")?.i ?? this.#zeroOf(name);
  }

  float(name: string): number | undefined {
    return this.#find(name, "float")?.f ?? this.#zeroOf(name);
  }

  string(name: string): string | undefined {
    const message = this.#find(name, "string");
    return message && new TextDecoder().decode(message.s);
  }

  ints(name: string): readonly number[] | undefined {
    return this.#find(name, "ints")?.ints;
  }

  floats(name: string): readonly number[] | undefined {
    return this.#find(name, "floats")?.floats;
  }

  strings(name: string): string[] | undefined {
    return this.#find(name, "strings")?.strings.map((bytes) => new TextDecoder().decode(bytes));
  }

  tensor(name: string): TensorMessage | undefined {
    return this.#find(name, "tensor")?.t;
  }

  graph(name: string): GraphMessage | undefined {
    return this.#find(name, "graph")?.g;
  }

  /** Writers may leave out a field that is 0. */
  #zeroOf(name: string): number | undefined {
    return this.#messages.has(name) ? 0 : undefined;
  }

  #find(name: string, type: TypeName): AttributeMessage | undefined {
    const message = this.#messages.get(name);
    // Files of the first versions name no types.
    if (message?.type !== undefined && message.type !== 0 && message.type !== attributeTypes[type]) {
      throw new OnnxFormatError(this.#place, `attribute ${name} of type ${type}`, `one of type number ${message.type}`);
    }
    return message;
  }
}
