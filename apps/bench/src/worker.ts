/** `worker.ts <backend> <request>`: one measurement of Cellstate in a process of its own, as one line of JSON. */
import { createSession, type Session } from "@cellstate/tensor";
import { measurePeak } from "@cellstate/tensor/testing";
import type { Measurement, Request } from "./request.ts";
import { measureFit } from "./tasks/fit.ts";
import { measureInference } from "./tasks/inference.ts";
import { measureLayers } from "./tasks/layers.ts";
import { measureMemory } from "./tasks/memory.ts";
import { measureProducts } from "./tasks/products.ts";
import { measureSlopes } from "./tasks/slopes.ts";
import { measureStep } from "./tasks/step.ts";

function measure(session: Session, request: Request): Measurement | Promise<Measurement> {
  switch (request.task) {
    case "step":
      return measureStep(session, request);
    case "fit":
      return measureFit(session, request);
    case "layers":
      return measureLayers(session, request);
    case "products":
      return measureProducts(session, request);
    case "slopes":
      return measureSlopes(session, request);
    case "inference":
      return measureInference(session, request);
    case "memory":
      return measureMemory(session, request);
    case "peak":
      return { peak: measurePeak(session, request.seconds) };
  }
}

const [backend, json] = process.argv.slice(2) as ["native" | "wasm", string];
const request = JSON.parse(json) as Request;
const session = await createSession({ backend, threads: request.threads });
console.log(JSON.stringify(await measure(session, request)));
await session.dispose();
