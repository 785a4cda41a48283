/** The style sheet of a page that holds a classifier: light and dark, from a phone's width on. */

export const CLASSIFIER_STYLES: string = `
:root { color-scheme: light dark; --ink: #1b2130; --soft: #545e70; --line: #dcdfe7; --page: #f5f5f2; --card: #ffffff; --accent: #2456b8;
  --track: #e9ebf0; --for: #4c8dff; --against: #f29a1f; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaf0; --soft: #a3adbd; --line: #2d3440; --page: #11141a; --card: #191e27; --accent: #7fb0ff; --track: #262d39;
    --for: #3b78e0; --against: #c07712; }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
header, main, footer { max-width: 760px; margin: 0 auto; padding: 0 20px; }
header { padding-top: clamp(24px, 7vh, 64px); }
h1 { font-size: clamp(24px, 5vw, 34px); line-height: 1.2; letter-spacing: -0.01em; margin: 0 0 6px; overflow-wrap: anywhere; }
h2 { font-size: 13px; font-weight: 600; color: var(--soft); margin: 0 0 12px; }
p { margin: 0; }
.soft { color: var(--soft); }
.small { font-size: 14px; }
label { display: block; font-weight: 600; margin: 26px 0 8px; }
textarea { display: block; width: 100%; min-height: 104px; padding: 14px 16px; border: 1px solid var(--soft); border-radius: 12px; background: var(--card);
  color: var(--ink); font: inherit; font-size: 18px; line-height: 1.5; resize: vertical; field-sizing: content; max-height: 50vh; }
textarea::placeholder { color: var(--soft); opacity: 1; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
textarea:focus-visible { border-radius: 12px; outline-offset: 0; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 18px 20px; margin-top: 16px; }
.between { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 2px 16px; margin-top: 8px; min-height: 22px; }
#status { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
#status.fault { position: static; width: auto; height: auto; clip-path: none; white-space: normal; }
#bars { list-style: none; margin: 0; padding: 0; display: grid; gap: 10px; }
#bars li { display: grid; grid-template-columns: minmax(72px, 26%) 1fr 74px; gap: 12px; align-items: center; }
.label { overflow-wrap: anywhere; line-height: 1.3; }
.track { height: 12px; border-radius: 6px; background: var(--track); overflow: hidden; }
.fill { display: block; height: 100%; width: var(--share); min-width: 2px; border-radius: 6px; background: var(--soft); transition: width 120ms; }
.answer .label, .answer .value { font-weight: 650; }
.answer .fill { background: var(--accent); }
.value, .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
#rest:empty { display: none; }
#rest { margin-top: 12px; }
#marked { font-size: 18px; line-height: 1.9; white-space: pre-wrap; overflow-wrap: anywhere; }
mark { color: inherit; border-radius: 4px; padding: 2px 3px; margin: 0 -1px; -webkit-box-decoration-break: clone; box-decoration-break: clone; }
mark.for { background: color-mix(in srgb, var(--for) calc(8% + var(--strength) * 0.42), transparent); box-shadow: inset 0 -2px var(--for); }
mark.against { background: color-mix(in srgb, var(--against) calc(8% + var(--strength) * 0.42), transparent); box-shadow: inset 0 -2px var(--against); }
.legend { display: flex; flex-wrap: wrap; gap: 6px 18px; margin-top: 14px; }
.legend mark { --strength: 80%; color: var(--ink); }
details { margin-top: 12px; }
summary { cursor: pointer; color: var(--soft); width: fit-content; }
table { border-collapse: collapse; margin-top: 8px; }
th, td { text-align: left; padding: 3px 24px 3px 0; overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 600; font-size: 13px; }
th.number { text-align: right; }
footer { padding-top: 28px; padding-bottom: 48px; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 20px; margin: 0 0 12px; font-size: 14px; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
ul.limits { margin: 8px 0 0; padding-left: 18px; }
@media (max-width: 480px) {
  header, main, footer { padding-left: 14px; padding-right: 14px; }
  section { padding: 15px 14px; }
  #bars li { grid-template-columns: 1fr auto; gap: 4px 12px; }
  .track { grid-row: 2; grid-column: 1 / -1; }
}
@media (prefers-reduced-motion: reduce) { .fill { transition: none; } }
`;
