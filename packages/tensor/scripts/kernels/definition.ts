/** Reads kernels/kernels.h, the one definition of the kernels' interface, in the few forms of C that it keeps to. */
import { createHash } from "node:crypto";

/** How a value crosses from JavaScript: every one is 4 bytes there. */
type ValueKind = "int" | "uint" | "float" | "pointer";

export interface Field {
  /** As in C. */
  readonly name: string;
  readonly kind: ValueKind | "struct";
  /** The C type, without `*` and `const`. */
  readonly type: string;
}

interface EnumDefinition {
  readonly name: string;
  /** Members as in C, each numbered by its place; all begin with `prefix`. */
  readonly members: readonly string[];
  readonly prefix: string;
}

export interface StructDefinition {
  readonly name: string;
  readonly fields: readonly Field[];
  /** 4-byte elements that it takes where a pointer has 4 bytes. */
  readonly size: number;
  /** Whether any field is a pointer, in structs inside it too. */
  readonly hasPointers: boolean;
}

export interface KernelDefinition {
  readonly name: string;
  readonly result: "void" | "int" | "double";
  /** A struct is a parameter by pointer: kind `pointer`, with the struct's name as type. */
  readonly parameters: readonly Field[];
}

export interface Definition {
  readonly constants: ReadonlyMap<string, number>;
  readonly enums: readonly EnumDefinition[];
  readonly structs: ReadonlyMap<string, StructDefinition>;
  readonly kernels: readonly KernelDefinition[];
  /** In `[0, 2^31)`, of everything but comments and white space. */
  readonly hash: number;
}

/** A form of kernels.h that the reader does not know. */
class DefinitionError extends Error {
  override readonly name = "DefinitionError";
}

const VALUES: ReadonlyMap<string, ValueKind> = new Map([
  ["int", "int"],
  ["uint32_t", "uint"],
  ["float", "float"],
]);

/** What kernels.h is made of, comments aside. */
const FORM = new RegExp(
  [
    String.raw`\s+|#(?:pragma|include) .*\n`,
    String.raw`#define (?<constant>\w+) (?<number>\d+)\n`,
    String.raw`typedef enum \{(?<members>[^}]*)\} (?<enum>\w+);`,
    String.raw`typedef struct (?<struct>\w+) \{(?<fields>[^}]*)\} \k<struct>;`,
    String.raw`EXPORT (?<result>void|int|double) (?<kernel>\w+)\((?<parameters>[^)]*)\);`,
  ].join("|"),
  "y",
);

/**
 * @param source  the text of kernels.h
 * @throws {DefinitionError} at the first thing that has none of the known forms
 */
export function readDefinition(source: string): Definition {
  const text = source.replace(/\/\*.*?\*\//gs, "").replace(/[ \t]+/g, " ");
  const constants = new Map<string, number>();
  const enums: EnumDefinition[] = [];
  const structs = new Map<string, StructDefinition>();
  const kernels: KernelDefinition[] = [];
  const known: KnownTypes = { enums, structs };
  for (let at = 0; at < text.length; at = FORM.lastIndex) {
    FORM.lastIndex = at;
    const form = FORM.exec(text)?.groups;
    if (form === undefined) {
      const [line] = text.slice(at).split("\n");
      throw new DefinitionError(`kernels.h: expected one of the forms at its top, got ${line}`);
    }
    if (form.constant) constants.set(form.constant, Number(form.number));
    if (form.enum) enums.push(readEnum(form.enum, form.members!));
    if (form.struct) structs.set(form.struct, readStruct(known, form.struct, form.fields!));
    if (form.kernel) {
      const result = form.result as KernelDefinition["result"];
      kernels.push({ name: form.kernel, result, parameters: readParameters(known, form.kernel, form.parameters!) });
    }
  }
  return { constants, enums, structs, kernels, hash: hashOf(text) };
}

interface KnownTypes {
  readonly enums: readonly EnumDefinition[];
  readonly structs: ReadonlyMap<string, StructDefinition>;
}

function hashOf(text: string): number {
  const digest = createHash("sha256").update(text.split(/\s+/).join(" ").trim()).digest();
  return digest.readUInt32BE(0) >>> 1;
}

function readEnum(name: string, list: string): EnumDefinition {
  const members = list
    .split(",")
    .map((member) => member.trim())
    .filter((member) => member !== "");
  const prefix = `${members[0]?.split("_")[0]}_`;
  const stranger = members.find((member) => !/^[A-Z0-9_]+$/.test(member) || !member.startsWith(prefix));
  if (members.length === 0 || stranger !== undefined) {
    throw new DefinitionError(
      `kernels.h: expected names of ${name} that begin with ${prefix}, got ${stranger ?? "none"}`,
    );
  }
  return { name, members, prefix };
}

function readStruct(known: KnownTypes, name: string, body: string): StructDefinition {
  const lines = body
    .split(";")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const fields = lines.flatMap((line) => readFields(known, name, line));
  const inner = (field: Field) => (field.kind === "struct" ? known.structs.get(field.type)! : undefined);
  return {
    name,
    fields,
    size: fields.reduce((size, field) => size + (inner(field)?.size ?? 1), 0),
    hasPointers: fields.some((field) => field.kind === "pointer" || inner(field)?.hasPointers === true),
  };
}

/** `const float *a, *b` or `int a, b`. */
function readFields(known: KnownTypes, owner: string, line: string): Field[] {
  const [, type = "", names = ""] = /^(?:const )?(\w+) (.*)$/.exec(line) ?? [];
  return names.split(",").map((declared): Field => {
    const [, star, name] = /^(\*?)(\w+)$/.exec(declared.trim()) ?? [];
    const kind = star === "*" ? "pointer" : kindOf(known, type);
    if (name === undefined || kind === undefined) {
      throw new DefinitionError(
        `kernels.h: expected int, uint32_t, float, an enum, a struct or pointers in ${owner}, got ${line}`,
      );
    }
    return { name, kind, type };
  });
}

function readParameters(known: KnownTypes, owner: string, list: string): Field[] {
  if (list === "void") return [];
  const parameters = list.split(",").flatMap((declared) => readFields(known, owner, declared.trim()));
  const byValue = parameters.find(({ kind }) => kind === "struct");
  if (byValue !== undefined) {
    throw new DefinitionError(`kernels.h: expected a pointer to the struct ${byValue.type} in ${owner}`);
  }
  return parameters;
}

function kindOf({ enums, structs }: KnownTypes, type: string): Field["kind"] | undefined {
  if (structs.has(type)) return "struct";
  if (enums.some(({ name }) => name === type)) return "int";
  return VALUES.get(type);
}

/** Places of a struct's own fields, in 4-byte elements. */
export function placesOf(definition: Definition, struct: StructDefinition): [field: Field, place: number][] {
  let place = 0;
  return struct.fields.map((field) => {
    const at = place;
    place += field.kind === "struct" ? definition.structs.get(field.type)!.size : 1;
    return [field, at];
  });
}
