/** The C that follows from the kernels' definition: lists for macros, checks of the layout, and the addon's calls. */
import { type Definition, type Field, type KernelDefinition, placesOf, type StructDefinition } from "./definition.ts";

const NOTE = "/* Made of kernels/kernels.h by scripts/kernels; do not edit. */\n";

/** kernels.generated.h, which kernels.h ends with. */
export function kernelsHeader(definition: Definition): string {
  const { enums, structs, kernels, hash } = definition;
  const lists = enums.map(({ name, members }) => listMacro(name, members));
  return [
    NOTE,
    `#define KERNEL_INTERFACE ${hash}\n`,
    ...lists,
    listMacro(
      "Kernel",
      kernels.map(({ name }) => name),
    ),
    ...[...structs.values()].map((struct) => layoutChecks(definition, struct)),
  ].join("\n");
}

/** `EACH_UNARY_OP(X)` for `UnaryOp`: X of each name in turn. */
function listMacro(name: string, members: readonly string[]): string {
  const upper = name.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
  return `#define EACH_${upper}(X) ${members.map((member) => `X(${member})`).join(" ")}\n`;
}

/** TypeScript writes structs with pointers of 4 bytes; those without any are the same everywhere. */
function layoutChecks(definition: Definition, struct: StructDefinition): string {
  const { name, size, hasPointers } = struct;
  const places = placesOf(definition, struct).map(([field, place]) => [
    `__builtin_offsetof(${name}, ${field.name})`,
    place,
  ]);
  const checks = [[`sizeof(${name})`, size], ...places].map(
    ([what, elements]) => `_Static_assert(${what} == 4 * ${elements}, "as TypeScript writes it");\n`,
  );
  return hasPointers ? `#if __SIZEOF_POINTER__ == 4\n${checks.join("")}#endif\n` : checks.join("");
}

/** calls.generated.h: for each kernel a function that Node calls, in terms of native/addon.c. */
export function addonCalls(definition: Definition): string {
  const structs = [...definition.structs.values()].filter(({ hasPointers }) => hasPointers);
  const most = Math.max(...definition.kernels.map(({ parameters }) => parameters.length));
  return [
    NOTE,
    `_Static_assert(MOST_ARGUMENTS >= ${most}, "room for the arguments of every kernel");\n`,
    ...structs.map((struct) => widening(definition, struct)),
    ...definition.kernels.map((kernel) => call(definition, kernel)),
  ].join("\n");
}

/** A struct with 32-bit addresses becomes one with pointers. */
function widening(definition: Definition, struct: StructDefinition): string {
  const lines = placesOf(definition, struct).map(([field, place]) => {
    switch (field.kind) {
      case "struct":
        return `  widen_${field.type}(context, from + ${place}, &to->${field.name});\n`;
      case "pointer":
        return `  to->${field.name} = pointer_at(context, from[${place}]);\n`;
      case "float":
        return `  memcpy(&to->${field.name}, from + ${place}, 4);\n`;
      default:
        return `  to->${field.name} = (${field.type})from[${place}];\n`;
    }
  });
  const head = `static void widen_${struct.name}(const Context *context, const uint32_t *from, ${struct.name} *to) {\n`;
  return `${head}${lines.join("")}}\n`;
}

function call(definition: Definition, { name, result, parameters }: KernelDefinition): string {
  const isWidened = ({ kind, type }: Field) => kind === "pointer" && definition.structs.get(type)?.hasPointers === true;
  const widened = parameters.flatMap((parameter, i) =>
    isWidened(parameter)
      ? [
          `  ${parameter.type} struct_${i};\n`,
          `  widen_${parameter.type}(context, pointer_at(context, number[${i}]), &struct_${i});\n`,
        ]
      : [],
  );
  const given = parameters.map((parameter, i) => {
    if (isWidened(parameter)) return `&struct_${i}`;
    return parameter.kind === "pointer" ? `pointer_at(context, number[${i}])` : `(${parameter.type})number[${i}]`;
  });
  const run = `context->kernels->${name}(${given.join(", ")})`;
  return [
    `static napi_value call_${name}(napi_env env, napi_callback_info info) {\n`,
    `  double number[MOST_ARGUMENTS];\n`,
    `  Context *context = read_call(env, info, number, ${parameters.length});\n`,
    ...widened,
    `  FloatState before = enter_kernels();\n`,
    result === "void" ? `  ${run};\n` : `  double result = ${run};\n`,
    `  leave_kernels(before);\n`,
    result === "void" ? "  return 0;\n" : "  return number_value(env, result);\n",
    "}\n",
  ].join("");
}
