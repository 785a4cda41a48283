/** The reader of kernels.h, and what is made of it. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { addonCalls, kernelsHeader } from "../scripts/kernels/c.ts";
import { placesOf, readDefinition } from "../scripts/kernels/definition.ts";
import { generate } from "../scripts/kernels/generate.ts";
import { kernelsModule } from "../scripts/kernels/typescript.ts";
import { Heap } from "../src/backends/kernels/heap.ts";
import { Squared } from "../src/backends/kernels/kernels.generated.ts";
import { createMemory } from "../src/backends/kernels/memory.ts";

const SMALL = `
#pragma once
/* Elements. */
#define CHUNK 4096
typedef enum { SHAPE_CIRCLE, SHAPE_HALF_MOON } Shape;
typedef struct Pair {
  int first, second; /* of two */
} Pair;
typedef struct Job {
  Pair pair;
  float scale;
  const float *x, *y;
  Shape shape;
} Job;
EXPORT double run(Job *args, uint32_t seed);
`;

test("the TypeScript side in this checkout is made of the kernels.h in this checkout", () => {
  const file = new URL("../src/backends/kernels/kernels.generated.ts", import.meta.url);
  expect(readFileSync(file, "utf8")).toBe(generate().module);
});

test("constants, closed sets, structs and kernels are read with their names and places", () => {
  const definition = readDefinition(SMALL);
  expect([...definition.constants]).toEqual([["CHUNK", 4096]]);
  expect(definition.enums).toEqual([{ name: "Shape", prefix: "SHAPE_", members: ["SHAPE_CIRCLE", "SHAPE_HALF_MOON"] }]);
  const job = definition.structs.get("Job")!;
  expect(placesOf(definition, job).map(([{ name, kind }, place]) => [name, kind, place])).toEqual([
    ["pair", "struct", 0],
    ["scale", "float", 2],
    ["x", "pointer", 3],
    ["y", "pointer", 4],
    ["shape", "int", 5],
  ]);
  expect([job.size, job.hasPointers, definition.structs.get("Pair")!.hasPointers]).toEqual([6, true, false]);
  expect(definition.kernels[0]).toMatchObject({ name: "run", result: "double" });
});

test("each side names fields and numbers ops by that one text", () => {
  const definition = readDefinition(SMALL);
  const module = kernelsModule(definition);
  expect(module).toContain("export const shapes = {\n  circle: 0,\n  halfMoon: 1,\n} as const;");
  expect(module).toContain("heap.floats[at + 2] = fields.scale;");
  expect(module).toContain("Pair.write(heap, at + 0, fields.pair);");
  expect(module).toContain("run(args: number, seed: number): number;");
  const header = kernelsHeader(definition);
  expect(header).toContain("#define EACH_SHAPE(X) X(SHAPE_CIRCLE) X(SHAPE_HALF_MOON)");
  expect(header).toContain("_Static_assert(__builtin_offsetof(Job, scale) == 4 * 2,");
  const calls = addonCalls(definition);
  expect(calls).toContain("to->x = pointer_at(context, from[3]);");
  expect(calls).toContain("double result = context->kernels->run(&struct_0, (uint32_t)number[1]);");
  expect(module).toContain(`export const KERNEL_INTERFACE = ${definition.hash};`);
  expect(header).toContain(`#define KERNEL_INTERFACE ${definition.hash}\n`);
});

test("a struct is written by the names of its fields, whatever their order", () => {
  const heap = new Heap(createMemory(false), 64);
  const at = heap.allocate(4 * Squared.size) / 4;
  Squared.write(heap, at, { width: 4, count: 3, rows: 2 ** 32 - 64, gradient: 1 });
  expect([...heap.ints.subarray(at, at + Squared.size)]).toEqual([1, -64, 3, 4]);
});

test("the number of the interface changes with every declaration, not with comments or white space", () => {
  const { hash } = readDefinition(SMALL);
  expect(readDefinition(SMALL.replace("/* of two */", "/* of both */\n\n")).hash).toBe(hash);
  for (const [from, to] of [
    ["first, second", "second, first"],
    ["SHAPE_CIRCLE, SHAPE_HALF_MOON", "SHAPE_HALF_MOON, SHAPE_CIRCLE"],
    ["uint32_t seed", "int seed"],
    ["4096", "2048"],
  ] as const) {
    expect(readDefinition(SMALL.replace(from, to)).hash).not.toBe(hash);
  }
});

test.each([
  [
    "a macro that is no number",
    "#define TWICE(x) (2 * x)\n",
    "expected one of the forms at its top, got #define TWICE(x) (2 * x)",
  ],
  ["a variable", "int count;\n", "expected one of the forms at its top, got int count;"],
  [
    "names without a common beginning",
    "typedef enum { SHAPE_A, FORM_B } Shape;",
    "expected names of Shape that begin with SHAPE_, got FORM_B",
  ],
  [
    "a field of 8 bytes",
    "typedef struct S { double x; } S;",
    "expected int, uint32_t, float, an enum, a struct or pointers in S, got double x",
  ],
  [
    "an array",
    "typedef struct S { int x[3]; } S;",
    "expected int, uint32_t, float, an enum, a struct or pointers in S, got int x[3]",
  ],
  [
    "a struct by value",
    "typedef struct S { int x; } S; EXPORT void f(S s);",
    "expected a pointer to the struct S in f",
  ],
])("%s is refused", (_, source, message) => {
  expect(() => readDefinition(source)).toThrow(message);
});
