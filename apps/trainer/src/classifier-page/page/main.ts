/**
 * The script of a page that holds a classifier: opens the model that stands in the page, answers what is typed, and marks the words that
 * count. Nothing is loaded and nothing is sent.
 */
import { openModel, type Predictor } from "@cellstate/tasks";
import { createSession } from "@cellstate/tensor";
import { config } from "zod";
import { readFiles } from "./files.ts";
import { showAnswer, showNothing, showWords } from "./show.ts";

/** Milliseconds without a key until an answer is worked out: as long as the last one took to be explained, within these. */
const [SHORTEST_PAUSE, LONGEST_PAUSE] = [40, 800];

// A page's policy allows no code that is made of strings.
config({ jitless: true });

const input = document.querySelector("textarea")!;

main().catch((error: unknown) => {
  const status = document.querySelector("#status")!;
  status.className = "fault";
  status.textContent = `This browser cannot run the model: ${error instanceof Error ? error.message : String(error)}`;
  throw error;
});

async function main(): Promise<void> {
  const session = await createSession({ backend: "wasm" });
  const model = await openModel(await readFiles(), session, { verify: false });
  await answer(model, "one"); // the first text meets code that is not compiled yet
  let pause = SHORTEST_PAUSE;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isWorking = false;

  const work = async (): Promise<void> => {
    if (isWorking) return;
    isWorking = true;
    try {
      for (let text: string | undefined; text !== input.value; ) {
        text = input.value;
        pause = await explain(model, text);
      }
    } finally {
      isWorking = false;
    }
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => void work(), pause);
  });
  document.documentElement.dataset.ready = "true";
  await work();
}

async function answer(model: Predictor, text: string): Promise<Readonly<Record<string, unknown>>> {
  for await (const line of model.predict([text])) return line;
  throw new Error("internal: a text without an answer");
}

/** Answers a text and marks its words. @returns milliseconds to wait for more keys before the next text */
async function explain(model: Predictor, text: string): Promise<number> {
  if (text.trim() === "") {
    showNothing();
    return SHORTEST_PAUSE;
  }
  const start = performance.now();
  const line = await answer(model, text);
  showAnswer(line, performance.now() - start);
  for await (const { attribution } of model.explain!([text])) showWords(text, attribution);
  return Math.min(Math.max(performance.now() - start, SHORTEST_PAUSE), LONGEST_PAUSE);
}
