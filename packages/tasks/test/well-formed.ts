/** What every section of a report must keep to, whatever task it is from. */
import type { ReportSection } from "@cellstate/tasks";
import { expect } from "vitest";

/** @throws if a section has no title, or its numbers or rows do not fit together */
export function expectWellFormed(section: ReportSection): void {
  expect(section.title).toMatch(/\S/);
  switch (section.kind) {
    case "table":
      expect(section.columns.length).toBeGreaterThan(0);
      for (const row of section.rows) {
        expect(row.length).toBe(section.columns.length);
        for (const [column, cell] of row.entries()) {
          if (section.columns[column]!.isNumber) expect(Number(cell)).not.toBeNaN();
        }
      }
      return;
    case "confusion":
      expect(section.counts.length).toBe(section.names.length);
      for (const row of section.counts) {
        expect(row.length).toBe(section.names.length);
        expect(row.every((count) => Number.isSafeInteger(count) && count >= 0)).toBe(true);
      }
      return;
    case "heatMaps":
      for (const { columns, rows, values } of section.maps) {
        expect(values.length).toBe(rows.length);
        for (const row of values) {
          expect(row.length).toBe(columns.length);
          expect(Array.from(row).every((value) => value >= 0 && value <= 1)).toBe(true);
        }
      }
      return;
    case "curves":
      expect(section.series.length).toBeGreaterThan(0);
      for (const { name, points } of section.series) {
        expect(name).toMatch(/\S/);
        expect(points.length).toBeGreaterThan(0);
        expect(points.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))).toBe(true);
      }
      return;
    case "texts":
      expect(section.texts.length).toBeGreaterThan(0);
      return;
    case "marked":
      for (const { title, parts } of section.texts) {
        expect(title).toMatch(/\S/);
        expect(parts.some(({ label }) => label !== undefined)).toBe(true);
      }
      return;
    default:
      section satisfies never;
  }
}
