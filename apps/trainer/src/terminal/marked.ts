/** Texts with marked parts for a terminal: in colours, one for each label, or in brackets where there are none. */
import { styleText } from "node:util";
import type { MarkedPart } from "@cellstate/tasks";
import { showOnOneLine } from "./visible.ts";

const COLOURS = ["cyan", "magenta", "green", "yellow", "blue", "red"] as const;

/** Marks texts; a label keeps the colour that it got first. */
export class Marker {
  readonly #isColoured: boolean;
  readonly #colours = new Map<string, (typeof COLOURS)[number]>();

  /** @param isColoured  default: whether standard output shows colours */
  constructor(isColoured: boolean = process.stdout.isTTY === true && process.stdout.hasColors()) {
    this.#isColoured = isColoured;
  }

  /** The text on one line, with each label behind its part, and behind a wrong label what is true: `[Ada PERSON]`, `[Ada PLACE, not PERSON]`. */
  mark(parts: readonly MarkedPart[]): string {
    return parts.map((part) => this.#part(part)).join("");
  }

  #part({ text, label, fault }: MarkedPart): string {
    const shown = showOnOneLine(text);
    if (label === undefined) return shown;
    const name = showOnOneLine(fault === undefined ? label : `${label}, not ${fault}`);
    if (!this.#isColoured) return `[${shown} ${name}]`;
    const style = (format: Parameters<typeof styleText>[0], piece: string) =>
      styleText(format, piece, { validateStream: false });
    const colour = this.#colourOf(label);
    return `${style([colour, "bold"], shown)} ${style(["dim", colour], name)}`;
  }

  #colourOf(label: string): (typeof COLOURS)[number] {
    const known = this.#colours.get(label) ?? COLOURS[this.#colours.size % COLOURS.length]!;
    this.#colours.set(label, known);
    return known;
  }
}
