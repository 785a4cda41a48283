/** The style sheet of a report, light and dark. */
import { CHART_COLORS } from "./chart.ts";
import { SafeHtml } from "./html.ts";

export const STYLES: SafeHtml = new SafeHtml(`
:root { --ink: #1d2330; --soft: #5b6475; --line: #dfe3ea; --page: #f6f7f9; --card: #ffffff;
  --a: #8a94a6; --b: #c2410c; --c: #1d5fbf; --d: #2f855a; --e: #8b3fb8; --f: #b7791f; --right: #2f855a; --wrong: #c53030; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ef; --soft: #9aa4b5; --line: #2c3340; --page: #12151b; --card: #1a1f28;
    --a: #77829a; --b: #fb923c; --c: #6ea8fe; --d: #48bb78; --e: #c084fc; --f: #ecc94b; --right: #48bb78; --wrong: #f56565; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.55 system-ui, sans-serif; }
header, main { max-width: 1080px; margin: 0 auto; padding: 24px 20px 0; }
main { padding-bottom: 48px; }
h1 { font-size: 28px; margin: 0 0 12px; overflow-wrap: break-word; }
h2 { font-size: 18px; margin: 0 0 12px; }
h3 { font-size: 15px; margin: 20px 0 8px; }
dl { display: flex; flex-wrap: wrap; gap: 8px; margin: 0; }
dl div { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 4px 12px; }
dt { color: var(--soft); font-size: 12px; }
dd { margin: 0; font-variant-numeric: tabular-nums; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 20px; margin-top: 18px; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 6px 12px; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-weight: 600; font-size: 13px; }
tbody tr:last-child > * { border-bottom: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.examples td { overflow-wrap: break-word; }
.confusion { width: auto; }
.confusion td { min-width: 64px; }
.confusion td.right { background: color-mix(in srgb, var(--right) var(--share), transparent); }
.confusion td.wrong { background: color-mix(in srgb, var(--wrong) var(--share), transparent); }
.attention { width: auto; margin-top: 18px; }
.attention th, .attention td { border: 0; padding: 1px 6px; color: var(--ink); font-weight: 400; }
.attention thead th { vertical-align: bottom; padding: 0 2px 4px; }
.attention thead span { white-space: nowrap; writing-mode: vertical-rl; transform: rotate(180deg); }
.attention tbody th { text-align: right; white-space: nowrap; }
.attention td { width: 22px; min-width: 22px; height: 22px; background: color-mix(in srgb, var(--c) var(--share), var(--page)); border: 1px solid var(--card); }
.charts { display: flex; flex-wrap: wrap; gap: 20px; }
.chart { flex: 1 1 420px; max-width: 720px; margin: 0; }
figcaption { font-weight: 600; }
.key { font-weight: 400; font-size: 13px; color: var(--soft); margin-left: 10px; }
.key::before { content: ""; display: inline-block; width: 14px; height: 3px; margin-right: 5px; vertical-align: middle; background: var(--a); }
${CHART_COLORS.map((color) => `.key.${color}::before { background: var(--${color}); }`).join(" ")}
svg { width: 100%; height: auto; display: block; }
svg text { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
.grid { stroke: var(--line); }
polyline { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
${CHART_COLORS.map((color) => `polyline.${color} { stroke: var(--${color}); } circle.${color} { fill: var(--${color}); }`).join(" ")}
.axes { margin: 0; overflow-x: auto; }
.axes line { stroke: var(--soft); }
.axes text { paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; pointer-events: none; }
.axes text.axis { fill: var(--ink); }
.axes polyline.a { stroke-opacity: 0.55; } .axes polyline.c { stroke-width: 3; }
.axes polyline:hover { stroke: var(--b); stroke-width: 3; }
tr.best td { font-weight: 600; }
pre { background: var(--page); border: 1px solid var(--line); border-radius: 8px; padding: 12px; overflow-x: auto; font-size: 13px; }
code { overflow-wrap: anywhere; }
`);
