/**
 * Makes the loads of three buildings that were never built: `node make-data.ts`. Each hour a building takes a base load, a day's and a week's
 * swing of its kind, cooling and heating by the temperature, and noise that lasts some hours; on holidays an office is nearly empty.
 */
import { writeFileSync } from "node:fs";

const DAYS = 140;
const DEV_DAYS = 14;
const TEST_DAYS = 14;
const HOUR_MS = 3_600_000;
const START = Date.UTC(2025, 0, 6); // a Monday
const HOLIDAYS = new Set([14, 47, 48, 74, 104, 115, 130]);

interface Building {
  readonly name: string;
  readonly kind: "office" | "home";
  readonly base: number;
  readonly swing: number;
  readonly perDegree: number;
}

const buildings: readonly Building[] = [
  { name: "north-tower", kind: "office", base: 120, swing: 160, perDegree: 4 },
  { name: "mill-lane", kind: "home", base: 30, swing: 25, perDegree: 1.5 },
  { name: "lab-4", kind: "office", base: 300, swing: 90, perDegree: 9 },
];

/** A Lehmer generator (Park & Miller 1988): the same numbers on every machine. */
let state = 20_250_106;
function uniform(): number {
  state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647;
}

/** About normal: the sum of twelve uniform numbers less 6. */
function normal(): number {
  return Array.from({ length: 12 }, uniform).reduce((sum, value) => sum + value, -6);
}

/** A bump of height 1 at an hour, and of some hours' width, round the clock. */
function bump(hour: number, at: number, width: number): number {
  const distance = Math.min(Math.abs(hour - at), 24 - Math.abs(hour - at));
  return Math.max(0, 1 - (distance / width) ** 2);
}

function shapeOf(kind: Building["kind"], hour: number, isFree: boolean): number {
  if (kind === "office") return isFree ? 0.12 * bump(hour, 13, 6) : bump(hour, 13, 7);
  return 0.6 * bump(hour, 7, 3) + bump(hour, 20, 5) + (isFree ? 0.5 * bump(hour, 13, 5) : 0);
}

const temperatures: number[] = [];
let weather = 0;
for (let hour = 0; hour < DAYS * 24; hour++) {
  weather = 0.985 * weather + 0.55 * normal();
  const season = 2 + 16 * (hour / (DAYS * 24));
  temperatures.push(season + weather + 4 * bump(hour % 24, 15, 9) - 2);
}

const parts: Record<string, string[]> = { train: [], dev: [], test: [] };
for (const { name, kind, base, swing, perDegree } of buildings) {
  let noise = 0;
  for (let hour = 0; hour < DAYS * 24; hour++) {
    const day = Math.floor(hour / 24);
    const isHoliday = HOLIDAYS.has(day);
    const isFree = isHoliday || day % 7 >= 5;
    const degrees = temperatures[hour]!;
    noise = 0.8 * noise + 0.025 * normal();
    const climate = perDegree * (Math.max(0, 12 - degrees) + 1.5 * Math.max(0, degrees - 20));
    const load = (base + swing * shapeOf(kind, hour % 24, isFree) + climate) * (1 + noise);
    // Meters fail now and then: about one hour in two hundred has no reading.
    const reading = uniform() < 0.005 ? "" : load.toFixed(1);
    const part = day < DAYS - DEV_DAYS - TEST_DAYS ? "train" : day < DAYS - TEST_DAYS ? "dev" : "test";
    const time = new Date(START + hour * HOUR_MS).toISOString().slice(0, 16);
    parts[part]!.push([time, name, kind, degrees.toFixed(1), isHoliday ? 1 : 0, reading].join(","));
  }
}
for (const [part, rows] of Object.entries(parts)) {
  const head = "time,building,kind,temperature,holiday,load";
  writeFileSync(new URL(`${part}.csv`, import.meta.url), `${[head, ...rows].join("\n")}\n`);
}
