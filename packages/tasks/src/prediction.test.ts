import { createSession, type Session } from "@cellstate/tensor";
import { beforeAll, expect, test } from "vitest";
import { collect } from "../test/collect.ts";
import { predictAll, predictStream } from "./prediction.ts";

let session: Session;
beforeAll(async () => {
  session = await createSession({ backend: "reference" });
});

/** Answers a text by its capitals, and notes the texts of each batch. */
function shouter() {
  const batches: string[][] = [];
  return {
    batches,
    session,
    size: (text: string) => text.length,
    predictBatch: (texts: readonly string[]) => {
      batches.push([...texts]);
      return texts.map((text) => text.toUpperCase());
    },
  };
}

async function* streamOf<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  yield* items;
}

/** A source whose items the test hands out one by one. */
function handedOut() {
  const waiting: ((text: string) => void)[] = [];
  const source = { isClosed: false, give: (text: string) => waiting.shift()!(text), items };
  async function* items(): AsyncGenerator<string> {
    try {
      for (;;) yield await new Promise<string>((resolve) => waiting.push(resolve));
    } finally {
      source.isClosed = true;
    }
  }
  return source;
}

const texts = Array.from({ length: 200 }, (_, i) => "ab".repeat(1 + ((i * 7) % 13)));

test("a list is computed in batches of similar size, and answered in its order", async () => {
  const predictor = shouter();
  expect(await predictAll(predictor, texts)).toEqual(texts.map((text) => text.toUpperCase()));
  expect(predictor.batches.map((batch) => batch.length)).toEqual([64, 64, 64, 8]);
  const sizes = predictor.batches.flat().map((text) => text.length);
  expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
  expect(await predictAll(predictor, [])).toEqual([]);
});

test("what a batch makes is freed after it, and nothing is recorded", async () => {
  let kept: { read(): Promise<unknown> } | undefined;
  const predictBatch = (batch: readonly string[]) => {
    kept = session.tensor([1, 2], [2]);
    return batch;
  };
  await predictAll({ session, size: () => 1, predictBatch }, ["a"]);
  await expect(async () => await kept!.read()).rejects.toThrow(/scope|disposed/i);
});

test("a stream is answered in its order, each answer beside its example", async () => {
  const answers = await collect(predictStream(shouter(), streamOf(texts)));
  expect(answers.map(({ example }) => example)).toEqual(texts);
  expect(answers.map(({ prediction }) => prediction)).toEqual(texts.map((text) => text.toUpperCase()));
  expect(await collect(predictStream(shouter(), streamOf([])))).toEqual([]);
});

test("a long stream is read a window at a time, so that memory stays flat", async () => {
  let read = 0;
  async function* endless() {
    for (;;) yield `text ${read++}`;
  }
  let answered = 0;
  let ahead = 0;
  for await (const { example } of predictStream(shouter(), endless())) {
    expect(example).toBe(`text ${answered++}`);
    ahead = Math.max(ahead, read - answered);
    if (answered === 5000) break;
  }
  expect(ahead).toBeGreaterThan(64); // batches are filled
  expect(ahead).toBeLessThan(1024);
});

test("an input that pauses is answered before the next one comes", async () => {
  const source = handedOut();
  const answers = predictStream(shouter(), source.items());
  for (const text of ["a", "b", "c"]) {
    const next = answers.next();
    await expect.poll(() => tryGive(source, text)).toBe(true);
    expect((await next).value).toEqual({ example: text, prediction: text.toUpperCase() });
  }
});

test("an error of the source comes after the answers to what came before it", async () => {
  async function* failing() {
    yield "a";
    yield "b";
    throw new RangeError("line 3 is bad");
  }
  const answered: string[] = [];
  const walk = async () => {
    for await (const { prediction } of predictStream(shouter(), failing())) answered.push(prediction);
  };
  await expect(walk()).rejects.toThrow(new RangeError("line 3 is bad"));
  expect(answered).toEqual(["A", "B"]);
});

test("an error of the model surfaces and closes the source", async () => {
  let isClosed = false;
  async function* source() {
    try {
      yield* ["a", "b"];
    } finally {
      isClosed = true;
    }
  }
  const predictBatch = () => {
    throw new Error("no memory");
  };
  const answers = predictStream({ session, size: () => 1, predictBatch }, source());
  await expect(answers.next()).rejects.toThrow("no memory");
  expect(isClosed).toBe(true);
});

test("who stops early closes the source", async () => {
  let isClosed = false;
  async function* source() {
    try {
      for (let i = 0; ; i++) yield `text ${i}`;
    } finally {
      isClosed = true;
    }
  }
  for await (const { example } of predictStream(shouter(), source())) {
    expect(example).toBe("text 0");
    break;
  }
  expect(isClosed).toBe(true);
});

test("who stops while the source waits for input is let go at once, and the source closes with its next item", async () => {
  const source = handedOut();
  const answers = predictStream(shouter(), source.items());
  const first = answers.next();
  await expect.poll(() => tryGive(source, "a")).toBe(true);
  expect((await first).value).toEqual({ example: "a", prediction: "A" });
  expect(await answers.return()).toEqual({ value: undefined, done: true });
  expect(source.isClosed).toBe(false);
  source.give("b");
  await expect.poll(() => source.isClosed).toBe(true);
});

/** Gives an item if the source has been asked for one. */
function tryGive(source: ReturnType<typeof handedOut>, text: string): boolean {
  try {
    source.give(text);
    return true;
  } catch {
    return false;
  }
}
