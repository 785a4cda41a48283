/** `startup.ts <backend>`: how long a new process takes to its first result, as one line of JSON. */
const begin = performance.now();
const { createSession, matmul } = await import("@cellstate/tensor");
const imported = performance.now();
const session = await createSession({ backend: process.argv[2] as "native" | "wasm" });
const created = performance.now();
const identity = session.tensor([1, 0, 0, 1], [2, 2]);
const [first] = matmul(session.tensor([1, 2, 3, 4], [2, 2]), identity).readSync();
const end = performance.now();
if (first !== 1) throw new Error(`bench: expected the first product to give 1, got ${first}`);
console.log(
  JSON.stringify({ ms: end - begin, import: imported - begin, session: created - imported, product: end - created }),
);
await session.dispose();
