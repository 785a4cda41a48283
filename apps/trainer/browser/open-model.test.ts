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

test.each(inject("models"))(
  "$name gives the command line's answers to the bit",
  async ({ files, inputs, printed }: TrainedModel) => {
    const contents = new Map(
      files.map(([name, base64]) => [name, Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))]),
    );
    const predictor = await openModel(contents, session, { tasks: allTasks });
    const lines = await Array.fromAsync(predictor.predict(inputs));
    expect(lines.map((line) => `${JSON.stringify(line)}\n`).join("")).toBe(printed);
    expect(lines).toHaveLength(inputs.length);
  },
);
