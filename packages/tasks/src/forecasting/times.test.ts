import { expect, test } from "vitest";
import { commonestStep, formatTime, namedStep, parseTime, stepFrom, stepsBetween } from "./times.ts";

const at = (text: string) => Date.parse(text);

test.each([
  ["2026-01-31", "2026-01-31T00:00:00Z"],
  ["2026/01/31 13:05", "2026-01-31T13:05:00Z"],
  ["2026-01-31T13:05:09.25+02:00", "2026-01-31T11:05:09.250Z"],
  ["2026-01-31T13:05-0530", "2026-01-31T18:35:00Z"],
  ["1949-01", "1949-01-01T00:00:00Z"],
  ["2026-Q3", "2026-07-01T00:00:00Z"],
  ["31.01.2026 08:30", "2026-01-31T08:30:00Z"],
  ["2026 1 31 8", "2026-01-31T08:00:00Z"],
])("%s is read as %s", (text, expected) => {
  expect(parseTime(text)).toEqual({ clock: "date", value: at(expected) });
});

test("numbers are times of their own unit", () => {
  expect(parseTime("12.5")).toEqual({ clock: "number", value: 12.5 });
});

test.each([
  ["2026-02-30", '"2026-02-30" is no date of the calendar'],
  ["03/04/2026", "since day and month cannot be told apart"],
  ["soon", "expected a time such as 2026-01-31"],
])("%s is refused", (text, message) => {
  expect(parseTime(text)).toContain(message);
});

test("the step is the commonest distance, in months where all times begin or end one", () => {
  const hours = [0, 1, 2, 5, 6].map((hour) => hour * 3_600_000);
  expect(commonestStep([hours], "date")).toEqual({ unit: "time", size: 3_600_000 });
  const months = ["2025-11-30", "2025-12-31", "2026-01-31", "2026-02-28"].map(at);
  const step = commonestStep([months], "date");
  expect(step).toEqual({ unit: "month", size: 1 });
  expect(months.map((month) => stepsBetween(months[0]!, month, step))).toEqual([0, 1, 2, 3]);
  expect(formatTime(stepFrom(months[0]!, 3, step), { clock: "date", step })).toBe("2026-02-28");
  expect(formatTime(stepFrom(months[0]!, 4, step), { clock: "date", step })).toBe("2026-03-31");
});

test("a config names steps", () => {
  expect(namedStep("15min")).toEqual({ unit: "time", size: 900_000 });
  expect(namedStep("3mo")).toEqual({ unit: "month", size: 3 });
  expect(namedStep("auto")).toBeUndefined();
});
