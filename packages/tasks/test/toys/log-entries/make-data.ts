/** Made-up entries of a ship's log: `node --conditions=@cellstate/source make-data.ts > data.tsv`. */
import { DrawStream } from "@cellstate/data";

const ENTRIES = 260;

const times = ["at dawn", "at noon", "at dusk", "in the night", "before breakfast", "after supper"];
const winds = ["a light wind", "a fresh breeze", "a cold wind", "a gale", "hardly any wind"];
const quarters = ["north", "south", "east", "west"];
const seas = ["a calm sea", "a rough sea", "long waves", "short waves", "a grey swell"];
const sights = ["a lighthouse", "two gulls", "a red buoy", "a school of fish", "the old harbour", "an island"];
const crew = ["the cook", "the mate", "the captain", "the boy"];
const deeds = ["saw", "drew", "sang about", "dreamt of", "wrote about"];

/** A column of short texts. */
export function makeData(): string {
  const stream = new DrawStream(0, "log");
  const wind = () => `${stream.pick(winds)} from the ${stream.pick(quarters)}`;
  const kinds = [
    () => `${stream.pick(times)}, ${wind()} and ${stream.pick(seas)}.`,
    () => `${stream.pick(times)} ${stream.pick(crew)} ${stream.pick(deeds)} ${stream.pick(sights)}.`,
    () => `${stream.pick(crew)} ${stream.pick(deeds)} ${stream.pick(sights)}, then ${wind()}.`,
  ];
  return `text\n${Array.from({ length: ENTRIES }, () => `${stream.pick(kinds)()}\n`).join("")}`;
}

if (import.meta.main) process.stdout.write(makeData());
