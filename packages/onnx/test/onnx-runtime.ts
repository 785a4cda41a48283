/** ONNX Runtime, whose WebAssembly comes with its package, as the judge of what is exported. */
import { env, InferenceSession, Tensor } from "onnxruntime-web";
import type { OnnxFeed, OnnxTensor } from "../src/index.ts";

env.wasm.numThreads = 1;
env.logLevel = "error";

/** A model in ONNX Runtime, with the interface of one that `openOnnx` opens. */
export async function runtimeModel(bytes: Uint8Array) {
  const session = await InferenceSession.create(bytes);
  return {
    inputs: session.inputNames,
    run: async (feeds: Readonly<Record<string, OnnxFeed>>): Promise<Record<string, OnnxTensor>> => {
      const results = await session.run(
        Object.fromEntries(
          session.inputMetadata.map((port) => {
            const feed = feeds[port.name];
            if (feed === undefined || !port.isTensor) throw new Error(`no input ${port.name}`);
            return [port.name, tensorFor(feed, port.type)];
          }),
        ),
      );
      return Object.fromEntries(
        Object.entries(results).map(([name, { dims, data, type }]) => [
          name,
          { shape: dims, data: Array.from(data as ArrayLike<number>), type: type as "float32" },
        ]),
      );
    },
  };
}

function tensorFor({ shape, data }: OnnxFeed, type: string): Tensor {
  const numbers = Array.from(data as ArrayLike<number>, Number);
  if (type === "int64") return new Tensor("int64", BigInt64Array.from(numbers.map(BigInt)), shape);
  return new Tensor("float32", Float32Array.from(numbers), shape);
}
