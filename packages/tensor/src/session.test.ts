import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { nativeInstructionSets } from "./backends/native/team.ts";
import * as t from "./index.ts";

const backends = ["reference", "wasm", ...(nativeInstructionSets().length > 0 ? (["native"] as const) : [])] as const;

describe.each(backends)("a session on %s", (backend) => {
  let session: t.Session;
  beforeAll(async () => {
    session = await t.createSession({ backend });
  });
  afterAll(() => session.dispose());

  test("frees what a scope made and keeps what it hands out", () => {
    const scope = session.scope();
    const lost = session.tensor([1, 2], [2]);
    const kept = scope.keep(session.tensor([3, 4], [2]));
    scope[Symbol.dispose]();
    expect([...kept.readSync()]).toEqual([3, 4]);
    expect(() => lost.readSync()).toThrow(
      "tensor [2] was used after its scope ended; return it through scope.keep(tensor)",
    );
    expect(() => t.add(lost, kept)).toThrow(t.ScopeError);
  });

  test("free ends a tensor before its scope, which must be the tensor's own", () => {
    using outer = session.scope();
    const [gone, other] = [session.tensor([1], [1]), session.tensor([2], [1])];
    outer.free(gone);
    expect(() => gone.readSync()).toThrow("tensor [1] was used after scope.free(tensor)");
    expect(() => outer.free(gone)).toThrow(t.ScopeError);
    using inner = session.scope();
    expect(() => inner.free(other)).toThrow("free: the tensor belongs to another scope");
    expect(other.item()).toBe(2);
  });

  test("tidy frees what its work made, but for the tensors of the result, however deep", () => {
    let lost: t.Tensor | undefined;
    const make = (value: number) => session.tensor([value], [1]);
    const { a, list, map } = session.tidy(() => {
      lost = make(0);
      return { a: make(1), list: [[make(2)]], map: new Map([["x", make(3)]]) };
    });
    expect([a.item(), list[0]![0]!.item(), map.get("x")!.item()]).toEqual([1, 2, 3]);
    expect(() => lost!.item()).toThrow(t.ScopeError);
    expect(session.innermostScope).toBeUndefined();
  });

  test("tidy ends its scope when its work throws, and when a promise has settled", async () => {
    const fail = () => {
      throw new Error("no");
    };
    expect(() => session.tidy(fail)).toThrow("no");
    expect(session.innermostScope).toBeUndefined();
    const pending = session.tidy(async () => {
      const made = session.tensor([4], [1]);
      await Promise.resolve();
      return made;
    });
    expect(session.innermostScope).toBeDefined();
    expect((await pending).item()).toBe(4);
    await expect(session.tidy(async () => fail())).rejects.toThrow("no");
    expect(session.innermostScope).toBeUndefined();
  });

  test("noGrad takes work, too", () => {
    const weight = session.tensor([2], [1], { requiresGrad: true });
    expect(session.noGrad(() => t.square(weight)).requiresGrad).toBe(false);
    expect(t.square(weight).requiresGrad).toBe(true);
  });

  test("a second backward says that the tape is used up, instead of giving nothing", () => {
    using _ = session.scope();
    const weight = session.tensor([2], [1], { requiresGrad: true });
    const [one, other] = [t.sum(t.square(weight)), t.sum(t.neg(weight))];
    expect(t.backward(t.add(one, other)).get(weight)).toBeDefined();
    for (const loss of [one, other]) {
      expect(() => t.backward(loss)).toThrow(
        "backward: what led to the loss is no longer on the tape: an earlier backward",
      );
    }
    const late = session.tidy(() => t.sum(t.square(weight)));
    expect(() => t.backward(late)).toThrow(t.AutogradError);
    expect(t.denseGradient(t.backward(weight).get(weight)!).item()).toBe(1);
  });

  test("kept tensors belong to the enclosing scope", () => {
    const outer = session.scope();
    const inner = session.scope();
    const kept = inner.keep(session.tensor([1], [1]));
    inner[Symbol.dispose]();
    expect(kept.item()).toBe(1);
    outer[Symbol.dispose]();
    expect(() => kept.item()).toThrow(t.ScopeError);
  });

  test("scopes that end out of order or twice throw", () => {
    const outer = session.scope();
    const inner = session.scope();
    expect(() => outer[Symbol.dispose]()).toThrow("scopes must end in reverse order");
    inner[Symbol.dispose]();
    outer[Symbol.dispose]();
    expect(() => outer[Symbol.dispose]()).toThrow("scope ended twice");
  });

  test("a long run holds no more memory than its first step", () => {
    const weight = session.tensor(new t.Rng(1).stream("w").normal(64 * 64), [64, 64], { requiresGrad: true });
    const step = () => {
      using _ = session.scope();
      t.backward(t.sum(t.tanh(t.matmul(weight, weight))));
    };
    step();
    const peak = session.peakBytes();
    for (let i = 0; i < 50; i++) step();
    expect(session.peakBytes()).toBe(peak);
  });

  test("a frozen parameter has no gradient, costs no record, and learns again when it is told to", () => {
    using _ = session.scope();
    const frozen = session.tensor([2, 3], [2], { requiresGrad: true });
    const weight = session.tensor([5, 7], [2], { requiresGrad: true });
    frozen.setRequiresGrad(false);
    const recorded = session.tape.length;
    const squared = t.square(frozen);
    expect(session.tape.length).toBe(recorded);
    const gradients = t.backward(t.sum(t.mul(squared, weight)));
    expect(gradients.get(frozen)).toBeUndefined();
    expect([...t.denseGradient(gradients.get(weight)!).readSync()]).toEqual([4, 9]);
    expect(() => t.backward(t.sum(t.square(frozen)))).toThrow(
      "the loss does not depend on any tensor with requiresGrad",
    );
    frozen.setRequiresGrad(true);
    expect([...t.denseGradient(t.backward(t.sum(t.square(frozen))).get(frozen)!).readSync()]).toEqual([4, 6]);
    expect(() => squared.setRequiresGrad(true)).toThrow(t.AutogradError);
    expect(() => session.zeros([1]).setRequiresGrad(false)).toThrow(
      "setRequiresGrad: expected a parameter, got a tensor that was made without requiresGrad or by an op",
    );
  });

  test("backward frees what led to the loss, but not the loss and what was kept before", () => {
    using _outer = session.scope();
    const weight = session.tensor([0.5, -1], [2], { requiresGrad: true });
    const scope = session.scope();
    const hidden = t.tanh(weight);
    const kept = scope.keep(t.square(hidden));
    const loss = t.sum(kept);
    const aside = t.neg(weight);
    const gradients = t.backward(loss);
    const gone =
      "tensor [2] was used after backward freed it; read it before, or call scope.keep(tensor) before backward";
    expect(() => hidden.readSync()).toThrow(gone);
    expect(() => scope.keep(hidden)).toThrow(gone);
    expect(kept.readSync().length).toBe(2);
    expect(loss.item()).toBeCloseTo(0.79358, 4);
    expect([...aside.readSync()]).toEqual([-0.5, 1]);
    const gradient = gradients.get(weight)!;
    expect(t.denseGradient(gradient).readSync()[0]).toBeCloseTo(0.72685, 4);
    scope[Symbol.dispose]();
    expect(() => t.denseGradient(gradient).readSync()).toThrow("was used after its scope ended");
    expect(kept.readSync().length).toBe(2);
  });

  test("a deep chain needs little more memory for its backward pass than for its forward pass", async () => {
    const own = await t.createSession({ backend });
    using _ = own.scope();
    let x = own.tensor(new Float32Array(10_000).fill(0.5), [10_000], { requiresGrad: true });
    const bytes = 4 * x.size;
    const depth = 20;
    for (let i = 0; i < depth; i++) x = t.tanh(x);
    const loss = t.sum(x);
    const before = own.peakBytes();
    t.backward(loss);
    expect(before).toBeGreaterThan(depth * bytes);
    expect(own.peakBytes() - before).toBeLessThan(5 * bytes);
    await own.dispose();
  });

  test("nothing is left of a backward pass but its gradients, with or without a scope", async () => {
    const own = await t.createSession({ backend });
    const weight = own.tensor(new Float32Array(100), [10, 10], { requiresGrad: true });
    const spaces = [() => own.scope(), () => ({ [Symbol.dispose]: () => {} })];
    for (const open of spaces) {
      using _ = open();
      const loss = t.sum(t.matmul(t.tanh(weight), weight));
      const owned = own.innermostScope?.blocks.size;
      const gradient = t.denseGradient(t.backward(loss).get(weight)!);
      expect(gradient.readSync().length).toBe(100);
      // loss and gradient remain of what was there: tanh and product are gone
      if (owned !== undefined) expect(own.innermostScope!.blocks.size).toBe(2);
    }
    await own.dispose();
  });

  test("assign copies bits in place, records nothing, and forgets what was packed of the old elements", () => {
    using _ = session.scope();
    const weight = session.tensor([1, 2, 3, 4], [2, 2], { requiresGrad: true });
    const x = session.tensor([1, 1], [1, 2]);
    expect([...t.linear(x, weight).readSync()]).toEqual([3, 7]);
    const value = session.tensor([5, -0, NaN, 1e-45], [2, 2]);
    const recorded = session.tape.length;
    t.assign(weight, value);
    expect(session.tape.length).toBe(recorded);
    expect(weight.readSync()).toEqual(value.readSync());
    expect(t.linear(x, weight).readSync()[0]).toBe(5);
    const ids = session.tensor([7, 8], [2], { dtype: "int32" });
    t.assign(ids, session.tensor([2147483647, -1], [2], { dtype: "int32" }));
    expect([...ids.readSync()]).toEqual([2147483647, -1]);
    expect(() => t.assign(weight, x)).toThrow("assign: expected a value of the target's shape [2, 2], got [1, 2]");
    expect(() => t.assign(ids, session.zeros([2]))).toThrow("assign: expected int32 like the target, got float32");
  });

  test("says which shapes, types and ids do not fit", () => {
    const a = session.zeros([2, 3]);
    expect(() => t.add(a, session.zeros([4]))).toThrow("add: expected a shape that broadcasts with [2, 3], got [4]");
    expect(() => t.matmul(a, a)).toThrow("matmul: expected a right side with 3 rows in 1 matrices, got 2 rows in 1");
    expect(() => session.tensor([1, 2], [3])).toThrow("tensor: expected 3 elements for shape [3], got 2");
    expect(() => t.tanh(session.zeros([2], { dtype: "int32" }))).toThrow("tanh: expected a float tensor, got int32");
    const ids = session.tensor([1, 7], [2], { dtype: "int32" });
    expect(() => t.embedding(a, ids)).toThrow("embedding: id 7 at position 1 is outside the table of 2 rows");
    expect(() => t.slice(a, 0, 1, 5)).toThrow("slice: expected 0 <= start <= end <= 2 on axis 0, got [1, 5)");
    expect(() => t.backward(a)).toThrow("backward: expected a loss of one element, got [2, 3]");
    expect(() => t.backward(session.zeros([]))).toThrow(t.AutogradError);
  });

  test("says when integers come where floats belong", () => {
    const ints = session.zeros([2, 2], { dtype: "int32" });
    const floats = session.zeros([2, 2]);
    expect(() => t.sum(ints)).toThrow("sum: expected a float tensor, got int32");
    expect(() => t.mean(ints, 0)).toThrow("mean: expected a float tensor, got int32");
    expect(() => t.max(ints, 0)).toThrow("max: expected a float tensor, got int32");
    expect(() => t.matmul(floats, ints)).toThrow("matmul: expected a float tensor, got int32");
    expect(() => t.gatherRows(ints, Int32Array.of(0))).toThrow("gatherRows: expected a float tensor, got int32");
    expect(() => t.embedding(floats, floats)).toThrow("embedding: expected int32 ids, got float32");
    expect(() => t.concat([floats, ints], 0)).toThrow("concat: expected float32 like the first, got int32");
    expect(() => session.zeros([1], { dtype: "int32", requiresGrad: true })).toThrow(
      "tensor: expected a float type where requiresGrad is set, got int32",
    );
  });

  test("tensors of two sessions do not mix, and nothing works in a disposed session", async () => {
    const other = await t.createSession({ backend });
    const [a, b] = [session.full([2, 2], 1), other.full([2, 2], 2)];
    for (const mix of [() => t.add(a, b), () => t.matmul(a, b), () => t.concat([a, b], 0), () => t.linear(a, b)]) {
      expect(mix).toThrow("tensors of two sessions met in one op; copy one over");
    }
    if (backend !== "reference") {
      expect(() => t.embedding(a, other.tensor([1], [1], { dtype: "int32" }))).toThrow(t.SessionError);
    }
    const scope = other.scope();
    const inside = other.zeros([3]);
    await other.dispose();
    await other.dispose();
    expect(() => b.readSync()).toThrow("tensor [2, 2] was used after its session was disposed");
    expect(() => t.tanh(b)).toThrow(t.ScopeError);
    expect(() => other.zeros([1])).toThrow("the session was disposed; make tensors in a new one");
    scope[Symbol.dispose]();
    expect(() => inside.readSync()).toThrow("after its scope ended");
    expect(t.sum(a).item()).toBe(4);
  });

  test("says how much memory was wanted when there is not enough, and goes on", () => {
    const shape = backend === "reference" ? [2 ** 34] : [2 ** 20, 2 ** 10];
    expect(() => session.zeros(shape)).toThrow(/wanted (65536|4096) MiB/);
    expect(t.sum(session.full([10], 1)).item()).toBe(10);
  });

  test("names the first op that gave no finite number", () => {
    using _ = session.scope();
    const x = session.tensor([1, -1], [2], { requiresGrad: true });
    t.sum(t.log(t.mul(x, 2)));
    expect(session.firstNonFinite()).toEqual({ op: "log", index: 1 });
  });

  test("enableGrad records under noGrad until it is disposed", () => {
    const x = session.tensor([1], [1], { requiresGrad: true });
    using _ = session.noGrad();
    {
      using _enabled = session.enableGrad();
      expect(t.mul(x, 2).requiresGrad).toBe(true);
    }
    expect(t.mul(x, 2).requiresGrad).toBe(false);
  });

  test("records nothing under noGrad", () => {
    const x = session.tensor([1], [1], { requiresGrad: true });
    {
      using _ = session.noGrad();
      expect(t.mul(x, 2).requiresGrad).toBe(false);
    }
    expect(t.mul(x, 2).requiresGrad).toBe(true);
  });
});

test("createSession says which backends are not there", async () => {
  await expect(t.createSession({ backend: "wasm", dtype: "float64" })).rejects.toThrow(
    "float64 needs the reference backend",
  );
  await expect(t.createSession({ backend: "native", dtype: "float64" })).rejects.toThrow(
    "float64 needs the reference backend, got native",
  );
  await expect(t.createSession({ backend: "gpu" as "auto" })).rejects.toThrow(
    "expected backend auto, reference, wasm, native, got gpu",
  );
  for (const threads of [0, 1.5, 100_000]) {
    await expect(t.createSession({ threads })).rejects.toThrow(
      `expected threads to be an integer from 1 to 1024, or auto, got ${threads}`,
    );
  }
});

test.each([
  ["memory cannot be shared", "SharedArrayBuffer", undefined],
  ["a page is not cross-origin isolated", "crossOriginIsolated", false],
])("where %s, wasm runs on one thread and says so", async (_, name, value) => {
  vi.stubGlobal(name, value);
  const session = await t.createSession({ backend: "wasm", threads: 4 });
  vi.unstubAllGlobals();
  expect(session.threads).toBe(1);
  expect(t.sum(session.full([100], 0.5)).item()).toBe(50);
  await session.dispose();
});

test.runIf(nativeInstructionSets().length > 0)("CELLSTATE_ISA must name an instruction set that is there", async () => {
  vi.stubEnv("CELLSTATE_ISA", "avx1024");
  await expect(t.createSession({ backend: "native" })).rejects.toThrow(
    /expected CELLSTATE_ISA to be one of .*, got avx1024/,
  );
  vi.unstubAllEnvs();
});

test.runIf(nativeInstructionSets().length > 0)(
  "native sessions of different thread counts live side by side",
  async () => {
    const sessions = await Promise.all([1, 2, 3].map((threads) => t.createSession({ backend: "native", threads })));
    const products = sessions.map((session) => {
      const x = session.tensor(new t.Rng(1).stream("x").normal(128 * 128), [128, 128]);
      return [...t.matmul(x, x).readSync()];
    });
    expect(products[1]).toEqual(products[0]);
    expect(products[2]).toEqual(products[0]);
    await Promise.all(sessions.map((session) => session.dispose()));
  },
);
