/** The TypeScript that follows from the kernels' definition: numbers of ops, structs by field name, and the kernels' signatures. */
import { type Definition, type Field, type KernelDefinition, placesOf, type StructDefinition } from "./definition.ts";

const NOTE = "/** Made by scripts/kernels of kernels/kernels.h, whose comments say what is what; do not edit. */\n";

/** The text of src/backends/kernels/kernels.generated.ts. */
export function kernelsModule(definition: Definition): string {
  const constants = [...definition.constants].map(([name, value]) => `export const ${name} = ${value};\n`);
  const enums = definition.enums.map(({ name, members, prefix }) => {
    const numbers = members.map((member, i) => `  ${camelCase(member.slice(prefix.length).toLowerCase())}: ${i},\n`);
    const table = `${name[0]!.toLowerCase()}${name.slice(1)}s`;
    return `export const ${table} = {\n${numbers.join("")}} as const;\nexport type ${name} = keyof typeof ${table};\n`;
  });
  return [
    `${NOTE}import type { StructLayout } from "./struct-layout.ts";\n`,
    `/** A hash of the definition. */\nexport const KERNEL_INTERFACE = ${definition.hash};\n`,
    ...constants,
    ...enums,
    ...[...definition.structs.values()].map((struct) => structModule(definition, struct)),
    `/** The C functions; every number is an address, a count or a scalar. */\n${kernelsInterface(definition.kernels)}`,
  ].join("\n");
}

function structModule(definition: Definition, struct: StructDefinition): string {
  const { name, fields, size } = struct;
  const types = fields.map(
    (field) => `  readonly ${camelCase(field.name)}: ${field.kind === "struct" ? field.type : "number"};\n`,
  );
  const writes = placesOf(definition, struct).map(([field, place]) => `    ${write(field, place)}\n`);
  return [
    `export interface ${name} {\n${types.join("")}}\n`,
    `export const ${name}: StructLayout<${name}> = {\n  size: ${size},\n  write(heap, at, fields) {\n${writes.join("")}  },\n};\n`,
  ].join("");
}

function write({ name, kind, type }: Field, place: number): string {
  const value = `fields.${camelCase(name)}`;
  if (kind === "struct") return `${type}.write(heap, at + ${place}, ${value});`;
  return `heap.${kind === "float" ? "floats" : "ints"}[at + ${place}] = ${value};`;
}

function kernelsInterface(kernels: readonly KernelDefinition[]): string {
  const methods = kernels.map(({ name, result, parameters }) => {
    const list = parameters.map((parameter) => `${camelCase(parameter.name)}: number`).join(", ");
    return `  ${name}(${list}): ${result === "void" ? "void" : "number"};\n`;
  });
  return `export interface Kernels {\n${methods.join("")}}\n`;
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
