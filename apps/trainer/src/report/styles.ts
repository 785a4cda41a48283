/** The style sheet of every page: light, dark and printed, from a phone's width on. */
import { CHART_COLORS } from "./chart.ts";
import { SafeHtml } from "./html.ts";

const LIGHT = `--ink: #1d2330; --soft: #566072; --line: #dfe3ea; --page: #f6f7f9; --card: #ffffff;
  --a: #7d8799; --b: #c2410c; --c: #1d5fbf; --d: #2f855a; --e: #8b3fb8; --f: #a16207; --right: #2f855a; --wrong: #c53030;`;
const DARK = `--ink: #e6e9ef; --soft: #9aa4b5; --line: #2c3340; --page: #12151b; --card: #1a1f28;
  --a: #8e99ae; --b: #fb923c; --c: #6ea8fe; --d: #48bb78; --e: #c084fc; --f: #ecc94b; --right: #48bb78; --wrong: #f56565;`;

const PAGE = `
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.55 system-ui, sans-serif; }
header, main { max-width: 1080px; margin: 0 auto; padding: 24px 20px 0; }
main { padding-bottom: 48px; }
h1 { font-size: 28px; line-height: 1.25; margin: 0 0 12px; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 0 0 12px; overflow-wrap: anywhere; }
h3 { font-size: 15px; margin: 20px 0 8px; }
dl { display: flex; flex-wrap: wrap; gap: 8px; margin: 0; }
dl div { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 4px 12px; min-width: 0; }
dt { color: var(--soft); font-size: 12px; }
dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 20px; margin-top: 18px; overflow-wrap: anywhere; }
section p { margin: 0 0 12px; }
pre { background: var(--page); border: 1px solid var(--line); border-radius: 8px; padding: 12px; font-size: 13px; white-space: pre-wrap; }
summary { cursor: pointer; }
:focus-visible { outline: 2px solid var(--c); outline-offset: 2px; }
`;

const TABLES = `
.scroll { overflow-x: auto; margin-bottom: 12px; }
.scroll:last-child { margin-bottom: 0; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 6px 12px; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: normal; }
th { color: var(--soft); font-weight: 600; font-size: 13px; }
tbody tr:last-child > * { border-bottom: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.examples td { overflow-wrap: break-word; max-width: 640px; }
.examples td:not(.number) { min-width: 72px; }
.examples td.long { min-width: 230px; }
.examples td.short { white-space: nowrap; }
tr.best td { font-weight: 600; }
.cells { width: auto; border-collapse: separate; border-spacing: 0; }
.cells tbody th, .cells thead :first-child { position: sticky; left: 0; background: var(--card); z-index: 1; }
.cells td.at { outline: 2px solid var(--ink); outline-offset: -2px; }
.cells th.at { color: var(--ink); text-decoration: underline; }
.marked .title { color: var(--soft); font-size: 13px; margin-right: 6px; }
.named { border-radius: 4px; padding: 1px 5px; background: color-mix(in srgb, var(--right) 18%, transparent); }
.named.fault { background: color-mix(in srgb, var(--wrong) 22%, transparent); }
.named small { margin-left: 5px; }
.confusion tbody td { min-width: 56px; }
.confusion.many td { min-width: 0; padding: 5px 7px; font-size: 13px; }
.confusion.many thead th { vertical-align: bottom; padding: 4px 7px; }
.confusion.many thead span, .attention thead span { writing-mode: vertical-rl; transform: rotate(180deg); white-space: nowrap; max-height: 190px; overflow: hidden; text-overflow: ellipsis; }
.confusion.many thead :first-child { white-space: nowrap; }
.confusion td.right { background: color-mix(in srgb, var(--right) var(--share), transparent); }
.confusion td.wrong { background: color-mix(in srgb, var(--wrong) var(--share), transparent); }
.attention th, .attention td { border: 0; padding: 1px 6px; color: var(--ink); font-weight: 400; }
.attention thead th { vertical-align: bottom; padding: 0 2px 4px; }
.attention tbody th { text-align: right; white-space: nowrap; max-width: 180px; overflow: hidden; text-overflow: ellipsis; }
.attention tbody td { width: 22px; min-width: 22px; height: 22px; background: color-mix(in srgb, var(--c) var(--share), var(--page)); border: 1px solid var(--card); }
`;

const CHARTS = `
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 24px 28px; margin-bottom: 12px; }
.chart { margin: 0; min-width: 0; max-width: 760px; }
figcaption { font-weight: 600; margin-bottom: 8px; }
.key { display: inline-block; font-weight: 400; font-size: 13px; color: var(--soft); margin-left: 10px; }
.key::before { content: ""; display: inline-block; width: 14px; height: 3px; margin-right: 5px; vertical-align: middle; background: var(--a); }
.plot { display: grid; grid-template-columns: 46px minmax(0, 1fr); margin-right: 16px; color: var(--soft); font-size: 12px; line-height: 1; font-variant-numeric: tabular-nums; }
.y, .area, .x { position: relative; }
.y span, .x span, .mark { position: absolute; white-space: nowrap; }
.y span { right: 8px; transform: translateY(50%); }
.area { height: 220px; cursor: crosshair; touch-action: pan-y; user-select: none; }
.x { grid-column: 2; height: 14px; margin-top: 7px; }
.x span { transform: translateX(-50%); }
.x-name { margin-top: 5px; }
.x.epochs { margin-top: 5px; }
.x-label { grid-column: 2; text-align: right; margin-top: 2px; }
.chart svg { display: block; width: 100%; height: 100%; overflow: visible; }
.chart svg.zoomed { overflow: hidden; }
.chart path { fill: none; vector-effect: non-scaling-stroke; }
path.grid { stroke: var(--line); stroke-width: 1; }
path.mark { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 4 4; }
span.mark { top: 2px; padding: 2px 5px; background: color-mix(in srgb, var(--card) 80%, transparent); }
path.line { stroke-width: 1.8; stroke-linejoin: round; }
path.dots { stroke-width: 6; stroke-linecap: round; }
.chart path.band { stroke: none; opacity: 0.2; }
.axes { padding: 44px 84px 12px 8px; font-size: 12px; line-height: 1; color: var(--soft); }
.axes .area { height: 260px; cursor: default; }
.axes svg { display: block; width: 100%; height: 100%; overflow: visible; }
.axes path { fill: none; vector-effect: non-scaling-stroke; }
path.axis { stroke: var(--soft); stroke-width: 1; }
.axes path.line.a { stroke-opacity: 0.6; } .axes path.line.best { stroke-width: 3; }
.axes path.line:hover { stroke: var(--b); stroke-width: 3; stroke-opacity: 1; }
.axes span { position: absolute; white-space: nowrap; pointer-events: none; }
span.axis { top: -40px; color: var(--ink); font-weight: 600; }
span.axis.low { top: -24px; }
.axes span.tick { margin-left: 6px; transform: translateY(50%); padding: 1px 2px; background: color-mix(in srgb, var(--card) 70%, transparent); }
.cursor { position: absolute; top: 0; bottom: 0; border-left: 1px solid var(--ink); pointer-events: none; }
.selected { position: absolute; top: 0; bottom: 0; background: color-mix(in srgb, var(--c) 20%, transparent); pointer-events: none; }
.readout { position: fixed; z-index: 9; max-width: calc(100vw - 8px); padding: 6px 10px; border-radius: 8px; background: var(--card); color: var(--ink);
  border: 1px solid var(--soft); font-size: 13px; font-variant-numeric: tabular-nums; pointer-events: none; overflow-wrap: anywhere; }
.readout .key { display: block; margin: 0; color: var(--ink); }
[hidden] { display: none; }
.help { color: var(--soft); font-size: 13px; margin: 8px 0 0; }
${CHART_COLORS.map((color) => `path.line.${color}, path.dots.${color} { stroke: var(--${color}); } .chart path.band.${color} { fill: var(--${color}); } .key.${color}::before { background: var(--${color}); }`).join("\n")}
`;

const NARROW_AND_PRINT = `
@media (max-width: 600px) {
  header, main { padding: 16px 12px 0; }
  h1 { font-size: 22px; }
  section { padding: 14px 12px; border-radius: 10px; }
  th, td { padding: 5px 8px; }
  .plot { grid-template-columns: 40px minmax(0, 1fr); }
  .area { height: 180px; }
}
@page { size: A4; margin: 14mm; }
@media print {
  :root { ${LIGHT} --page: #ffffff; }
  * { print-color-adjust: exact; }
  body { font-size: 11px; }
  header, main { max-width: none; padding: 0; }
  section { border: 0; padding: 0; }
  figure, tr, .cells, dl div, section > p { break-inside: avoid; }
  h2, h3, section > p { break-after: avoid; }
  th, td { padding: 3px 8px; }
  th, dt, .key, pre { font-size: 10px; }
  .scroll { overflow: visible; }
  .charts { grid-template-columns: 1fr 1fr; gap: 14px 18px; }
  .area { height: 150px; }
  .plot { font-size: 10px; }
  .cells tbody th, .cells thead :first-child { position: static; }
  .confusion.many td, .confusion.many th { padding: 2px 3px; font-size: 8px; }
  .attention th { font-size: 9px; padding: 0 3px; max-width: 90px; }
  .attention thead th { padding: 0; }
  .attention tbody td { width: 11px; min-width: 11px; height: 12px; padding: 0; }
  .help, .readout, .cursor, .selected, details, h3:has(+ details) { display: none; }
}
`;

export const STYLES: SafeHtml = new SafeHtml(`
:root { ${LIGHT} }
@media screen and (prefers-color-scheme: dark) { :root { ${DARK} } }
${PAGE}${TABLES}${CHARTS}${NARROW_AND_PRINT}`);
