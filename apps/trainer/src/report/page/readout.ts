/** The small box beside the pointer. */

/** A line of it: a text, with the colour of its series if it has one. */
export interface ReadoutLine {
  readonly text: string;
  readonly color?: string;
}

export class Readout {
  readonly #box = document.createElement("div");

  constructor() {
    this.#box.className = "readout";
    this.#box.hidden = true;
    this.#box.setAttribute("role", "status");
    document.body.append(this.#box);
  }

  /** Beside a place of the window, in pixels, and within it. */
  show(lines: readonly ReadoutLine[], left: number, top: number): void {
    const rows = lines.map(({ text, color }) => {
      const row = document.createElement("div");
      if (color !== undefined) row.className = `key ${color}`;
      row.textContent = text;
      return row;
    });
    this.#box.replaceChildren(...rows);
    this.#box.hidden = false;
    const { width, height } = this.#box.getBoundingClientRect();
    const beside = left + 14 + width > document.documentElement.clientWidth ? left - 14 - width : left + 14;
    this.#box.style.left = `${Math.max(4, beside)}px`;
    this.#box.style.top = `${Math.max(4, top - height - 10)}px`;
  }

  hide(): void {
    this.#box.hidden = true;
  }
}
