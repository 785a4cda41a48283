/** What is read out at once under the pointer: cells of coloured tables, whose row and column stand out, and lines of parallel coordinates. */
import type { Readout } from "./readout.ts";

/** Cells say in `title` what they hold, for those who have no script. */
export function watchCells(table: HTMLTableElement, readout: Readout): void {
  let marked: Element[] = [];
  const leave = () => {
    for (const one of marked) one.classList.remove("at");
    marked = [];
    readout.hide();
  };
  table.addEventListener("pointerover", (event) => {
    const cell = (event.target as Element).closest<HTMLTableCellElement>("tbody td");
    leave();
    if (cell === null) return;
    // The browser's own box would come late and stand in the way.
    cell.dataset.title ??= cell.title;
    cell.removeAttribute("title");
    const rowName = (cell.parentElement as HTMLTableRowElement).cells[0]!;
    const columnName = table.tHead!.rows[0]!.cells[cell.cellIndex]!;
    marked = [cell, rowName, columnName];
    for (const one of marked) one.classList.add("at");
    const { left, top, width } = cell.getBoundingClientRect();
    readout.show(
      [{ text: `${rowName.textContent} → ${columnName.textContent}` }, { text: cell.dataset.title }],
      left + width / 2,
      top,
    );
  });
  table.addEventListener("pointerleave", leave);
}

/** Lines of parallel coordinates say in their `<title>` which point they are. */
export function watchLines(drawing: Element, readout: Readout): void {
  drawing.addEventListener("pointermove", (event) => {
    const { target, clientX, clientY } = event as PointerEvent;
    const text = (target as Element).querySelector(":scope > title")?.textContent;
    if (text === undefined) readout.hide();
    else readout.show([{ text }], clientX, clientY);
  });
  drawing.addEventListener("pointerleave", () => readout.hide());
}
