/**
 * The functions of d3 that charts are drawn with. `pnpm build` puts d3's code into the built file (`scripts/bundle-libraries.ts`), so that an
 * installation brings 23 kB of it instead of all its packages.
 */
export { bisector, nice, ticks } from "d3-array";
export { format, precisionFixed } from "d3-format";
export { area, line } from "d3-shape";
