/** The tasks that saved models may have: all that configs can name, and those whose models only come from elsewhere. */
import { importedOnnx, tasks as shippedTasks, type Task } from "@cellstate/tasks";
import { withPackage } from "./optional-package.ts";

/** The package is loaded where a model in an ONNX file is opened. */
const inOnnxFiles = importedOnnx(
  async () => (await withPackage("@cellstate/onnx", () => import("@cellstate/onnx"))).openOnnx,
);

/** @param tasks  default: those that come along */
export function openableTasks(tasks: readonly Task[] = shippedTasks): readonly Task[] {
  return [...tasks, inOnnxFiles];
}
