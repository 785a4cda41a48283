/// <reference types="vite/client" />
/** In a page, `@cellstate/tasks` opens the models that the command line wrote and gives what it printed, to the bit. */
import { openModel, type Task, tasks } from "@cellstate/tasks";
import { createSession, type Session } from "@cellstate/tensor";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { TrainedModel } from "./train-models.ts";

const toyModules = import.meta.glob<{ readonly task: Task }>("../../../packages/tasks/test/toys/*/task.ts", {
  eager: true,
});
const allTasks = [...tasks, ...Object.values(toyModules).map(({ task }) => task)];
let session: Session;

beforeAll(async () => {
  session = await createSession();
});

afterAll(() => session.dispose());

test("runs in a page", () => {
  expect("document" in globalThis).toBe(true);
  expect("process" in globalThis && "versions" in process && process.versions.node).toBeFalsy();
  expect(session.backendName).toBe("wasm");
});

const opened = ({ files }: TrainedModel) =>
  openModel(
    new Map(
      files.map(([name, base64]) => [name, Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))]),
    ),
    session,
    { tasks: allTasks },
  );

test.each(inject("models"))("$name gives the command line's answers to the bit", async (model: TrainedModel) => {
  const { inputs, printed } = model;
  const predictor = await opened(model);
  const lines = await Array.fromAsync(predictor.predict(inputs));
  expect(lines.map((line) => `${JSON.stringify(line)}\n`).join("")).toBe(printed);
  expect(lines).toHaveLength(inputs.length);
});

test("a language model writes on as the command line does", async () => {
  const model = inject("models").find(({ written }) => written !== undefined)!;
  const { prompt, length, text } = model.written!;
  const { generate } = (await opened(model)).model;
  expect((await Array.fromAsync(generate!(prompt, { length, seed: 0 }))).join("")).toBe(text);
  expect(text).not.toBe("");
});
