import { describe, expect, test } from "vitest";
import { ringBell } from "./bell.ts";
import { formatCount, formatDuration, formatTable } from "./format.ts";
import { createProgress, type ProgressStream } from "./progress.ts";

const event = {
  step: 120,
  totalSteps: 504,
  epoch: 2,
  loss: 0.41234,
  learningRate: 0.001,
  gradientNorm: 1,
  tokens: 1000,
  tokensPerSecond: 91_000,
  elapsedSeconds: 5,
};

function recorder(isTTY: boolean): { stream: ProgressStream; text: () => string } {
  let text = "";
  return {
    stream: {
      isTTY,
      columns: 60,
      write(part) {
        text += part;
      },
    },
    text: () => text,
  };
}

describe("createProgress", () => {
  test("redraws one line on a terminal, cut to its width", () => {
    const { stream, text } = recorder(true);
    let time = 0;
    const progress = createProgress({ stream, now: () => time });
    progress.step(event, 8);
    time += 10;
    progress.step({ ...event, step: 121 }, 8);
    progress.line("epoch 2 done");
    expect(text()).toBe("\rstep 120/504  epoch 2/8  loss 0.4123  0:16 left\x1b[K\r\x1b[Kepoch 2 done\n");
  });

  test.each([
    [120, "step 120/504  epoch 2/8  loss 0.4123  dev accuracy 0.8700  91.0k tokens/s  210 MiB  0:16 left"],
    [90, "step 120/504  epoch 2/8  loss 0.4123  dev accuracy 0.8700  91.0k tokens/s  0:16 left"],
    [60, "step 120/504  loss 0.4123  dev accuracy 0.8700  0:16 left"],
    [40, "step 120/504  loss 0.4123  0:16 left"],
    [30, "step 120/504  0:16 left"],
    [10, "step 120/"],
  ])("leaves out what is missed least in %i columns", (columns, line) => {
    const { stream, text } = recorder(true);
    const progress = createProgress({ stream: { ...stream, columns }, memory: () => 210 * 2 ** 20 });
    progress.score("accuracy 0.8700");
    progress.step(event, 8);
    expect(text()).toBe(`\r${line}\x1b[K`);
  });

  test("a bell rings on a terminal alone", () => {
    for (const isTerminal of [true, false]) {
      const { stream, text } = recorder(isTerminal);
      ringBell(stream);
      expect(text()).toBe(isTerminal ? "\x07" : "");
    }
  });

  test.each([
    ["a pair of surrogates", "\u{1f44d}"],
    ["joined emoji", "\u{1f469}\u200d\u{1f469}\u200d\u{1f467}"],
    ["a wide character", "正"],
  ])("cuts a line before %s that would not fit whole", (_, character) => {
    const { stream, text } = recorder(true);
    const progress = createProgress({ stream });
    progress.phase(`${"a".repeat(58)}${character}`);
    progress.phase(`${"a".repeat(57)}${character}b`);
    expect(text()).toBe(`\r${"a".repeat(58)}\x1b[K\r${"a".repeat(57)}${character}\x1b[K`);
  });

  test("prints plain lines elsewhere, now and then", () => {
    const { stream, text } = recorder(false);
    let time = 0;
    const progress = createProgress({ stream, now: () => time, memory: () => 210 * 2 ** 20 });
    progress.step(event, 8);
    progress.score("accuracy 0.8700");
    time += 20_000;
    progress.step(event, 8);
    progress.end();
    expect(text()).toBe(
      "step 120/504  epoch 2/8  loss 0.4123  dev accuracy 0.8700  91.0k tokens/s  210 MiB  0:16 left\n",
    );
  });

  test("shows other work as often as steps", () => {
    for (const isTerminal of [true, false]) {
      const { stream, text } = recorder(isTerminal);
      let time = 20_000;
      const progress = createProgress({ stream, now: () => time });
      time += 20_000;
      progress.tick(() => "half");
      progress.tick(() => "more");
      progress.end();
      expect(text()).toBe(isTerminal ? "\rhalf\x1b[K\r\x1b[K" : "half\n");
    }
  });

  test("says nothing but warnings when quiet", () => {
    const { stream, text } = recorder(true);
    const progress = createProgress({ stream, quiet: true });
    progress.line("a");
    progress.step(event, 8);
    progress.phase("b");
    progress.tick(() => "d");
    progress.warn("warning: c");
    progress.end();
    expect(text()).toBe("warning: c\n");
  });
});

test("numbers and times are short", () => {
  expect([7, 75, 3723, Number.NaN].map(formatDuration)).toEqual(["0:07", "1:15", "1:02:03", "?"]);
  expect([950, 12_345, 123_456, 4_560_000].map(formatCount)).toEqual(["950", "12.3k", "123k", "4.56M"]);
});

test("tables line up, wide characters too", () => {
  expect(
    formatTable([
      ["", "model"],
      ["正面", "0.5"],
      ["a", "12"],
    ]),
  ).toBe("      model\n正面    0.5\na        12\n");
});

test.each([
  ["an accent of its own takes no cell", "e\u0301正", 3],
  ["emoji and rare ideographs take two", "👍\u{20000}", 4],
  ["marks of direction take none", "\u2068א\u2069", 1],
])("%s", (_, text, width) => {
  expect(
    formatTable([
      [text, "1"],
      ["12345", "1"],
    ]),
  ).toBe(`${text}${" ".repeat(5 - width)}  1\n12345  1\n`);
});
