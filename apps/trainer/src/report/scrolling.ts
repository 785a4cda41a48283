/** What may be wider than the page scrolls by itself, with the keys too. */
import { html, type SafeHtml } from "./html.ts";

/** @param name  what it is, for those who do not see it */
export function scrolling(name: string, body: SafeHtml): SafeHtml {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${name}">${body}</div>`;
}

/** Characters from which a cell keeps room for a line that can be read, on a phone too. */
const LONG_CELL = 40;

/** Characters up to which a cell stays on one line, so that a date is not cut at its hyphens. */
const SHORT_CELL = 12;

/** The class of a cell with this text. */
export function sizeClass(text: string): string {
  if (text.length > LONG_CELL) return "long";
  return text.length <= SHORT_CELL ? "short" : "";
}
