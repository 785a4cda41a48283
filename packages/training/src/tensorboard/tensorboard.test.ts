import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { crc32c } from "./crc32c.ts";
import { decodeEvents, encodeEvent, encodeFileStart, type TensorBoardEvent } from "./events.ts";
import { histogramOf } from "./histogram.ts";
import { readRecords } from "./records.ts";

const golden = new URL("../../test/golden/tensorboard/", import.meta.url);
/** A PNG of one white pixel. */
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC",
  "base64",
);
/** What the golden file holds: every kind of value, an accent and a long text, a step beyond 2^32. */
const events: TensorBoardEvent[] = [
  { wallTime: 0.5, step: 1, values: [{ tag: "train/loss", scalar: 0.6251 }] },
  {
    wallTime: 1.25,
    step: 300,
    values: [
      { tag: "dev/accuracy", scalar: -1.5e-30 },
      { tag: "weights/é", histogram: histogramOf([-1, 0, 0.25, 0.25, 3])! },
      { tag: "weights/same", histogram: histogramOf([2, 2, 2])! },
      { tag: "dev/answers", text: `${"good film ".repeat(30)}\n→ positive` },
      { tag: "attention/0", image: { width: 1, height: 1, png } },
    ],
  },
  { wallTime: 1e9, step: 5_000_000_000, values: [{ tag: "train/loss", scalar: 12345.678 }] },
];
const file = Buffer.concat([encodeFileStart(), ...events.map(encodeEvent)]);
const rounded = (value: TensorBoardEvent["values"][number]) =>
  "scalar" in value ? { ...value, scalar: Math.fround(value.scalar) } : value;

test("CRC-32C of the check string is the published one", () => {
  expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa); // RFC 3720, B.4
});

test("the bytes are those of the golden file, in which TensorBoard reads the same values", () => {
  expect(file).toEqual(readFileSync(new URL("events.out.tfevents.0.golden", golden)));
  const read = JSON.parse(readFileSync(new URL("read-by-tensorboard.json", golden), "utf8"));
  expect(read).toEqual(
    events.flatMap(({ wallTime, step, values }) =>
      values.map((value) => {
        const at = { tag: value.tag, step, wallTime };
        if ("scalar" in value) return { ...at, scalar: Math.fround(value.scalar) };
        if ("text" in value) return { ...at, text: value.text };
        if ("image" in value)
          return { ...at, image: { ...value.image, png: Buffer.from(value.image.png).toString("base64") } };
        return { ...at, histogram: value.histogram };
      }),
    ),
  );
});

test("what was written is read back, up to where a crash has cut it", () => {
  const back = decodeEvents(file);
  expect(back.map(({ end: _, ...event }) => event)).toEqual(
    events.map((event) => ({ ...event, values: event.values.map(rounded).map(plainBytes) })),
  );
  expect(back.at(-1)!.end).toBe(file.length);
  for (const cut of [1, 5, 20]) expect(decodeEvents(file.subarray(0, file.length - cut))).toHaveLength(2);
  const harmed = Uint8Array.from(file);
  harmed[back[0]!.end + 30]! ^= 1;
  expect(decodeEvents(harmed)).toHaveLength(1);
  expect(readRecords(new Uint8Array(7))).toEqual([]);
  expect(() => decodeEvents(Buffer.from("no events"))).toThrow("expected an event file that begins with brain.Event:2");
});

function plainBytes(value: TensorBoardEvent["values"][number]) {
  return "image" in value ? { ...value, image: { ...value.image, png: expect.anything() } } : value;
}

test("a histogram has every finite number in one of its buckets", () => {
  const values = [-2, -1, 0, 1, 28, Number.NaN, Number.POSITIVE_INFINITY];
  const { counts, limits, ...totals } = histogramOf(values)!;
  expect(totals).toEqual({ min: -2, max: 28, count: 5, sum: 26, sumOfSquares: 790 });
  expect(limits).toHaveLength(30);
  expect([limits[0], limits.at(-1)]).toEqual([-1, 28]);
  expect(counts.slice(0, 4)).toEqual([1, 1, 1, 1]);
  expect(counts.reduce((sum, count) => sum + count)).toBe(5);
  expect(histogramOf([Number.NaN])).toBeUndefined();
});
