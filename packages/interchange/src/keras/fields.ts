/** Values of a parsed JSON document, read with the key path of what is not as it should be. */
import { ModelFormatError } from "../errors.ts";

/** An object of a document, and where it stands. */
export class Fields {
  readonly path: string;
  readonly file: string;
  readonly #values: Readonly<Record<string, unknown>>;

  /** @throws {ModelFormatError} unless `value` is an object */
  constructor(value: unknown, path: string, file: string) {
    this.path = path;
    this.file = file;
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw this.#wrong("", "an object", value);
    this.#values = value as Record<string, unknown>;
  }

  get keys(): readonly string[] {
    return Object.keys(this.#values);
  }

  get(key: string): unknown {
    return Object.hasOwn(this.#values, key) ? this.#values[key] : undefined;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined && this.get(key) !== null;
  }

  text(key: string): string {
    const value = this.get(key);
    if (typeof value !== "string") throw this.#wrong(key, "a text", value);
    return value;
  }

  textOr(key: string, otherwise: string): string {
    return this.has(key) ? this.text(key) : otherwise;
  }

  list(key: string): readonly unknown[] {
    const value = this.get(key);
    if (!Array.isArray(value)) throw this.#wrong(key, "a list", value);
    return value;
  }

  fields(key: string): Fields {
    return new Fields(this.get(key), this.at(key), this.file);
  }

  /** Each entry of a list as an object. */
  each(key: string): Fields[] {
    return this.list(key).map((value, index) => new Fields(value, `${this.at(key)}[${index}]`, this.file));
  }

  at(key: string): string {
    return this.path === "" ? key : `${this.path}.${key}`;
  }

  /** @returns an error that says what was expected at a key, and what stands there */
  wrong(key: string, expected: string): ModelFormatError {
    return this.#wrong(key, expected, this.get(key));
  }

  #wrong(key: string, expected: string, value: unknown): ModelFormatError {
    const path = key === "" ? this.path || "the document" : this.at(key);
    return new ModelFormatError(this.file, `${path}: expected ${expected}, got ${shown(value)}`);
  }
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** JSON of a file. Python also writes NaN and Infinity, which are no JSON; none of what is read here holds them. */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ModelFormatError(file, `no JSON (${(error as Error).message})`, { cause: error });
  }
}
