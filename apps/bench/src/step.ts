/** `step.ts <shape> <backend> <threads> <seconds>`: one process, one JSON line. */
import { type ShapeName, shapes } from "./shapes.ts";
import { type StepOptions, timeStep } from "./time-step.ts";

const [shape, backend, threads, seconds] = process.argv.slice(2);
if (shape === undefined || !(shape in shapes)) {
  console.error(`bench: expected a shape, one of ${Object.keys(shapes).join(", ")}, got ${shape}`);
  process.exit(2);
}
const timing = await timeStep(shape as ShapeName, {
  backend: (backend ?? "auto") as StepOptions["backend"],
  threads: Number(threads ?? 2),
  seconds: Number(seconds ?? 4),
});
console.log(JSON.stringify({ shape, backend, threads: Number(threads), ...timing }));
