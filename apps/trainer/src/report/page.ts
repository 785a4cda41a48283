/** The frame of every page: self-contained, light and dark; no script but its own may run. */
import { createHash } from "node:crypto";
import { html, SafeHtml } from "./html.ts";
import { PAGE_SCRIPT } from "./page-script.generated.ts";
import { STYLES } from "./styles.ts";

const SCRIPT_HASH = createHash("sha256").update(PAGE_SCRIPT).digest("base64");
const POLICY = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${SCRIPT_HASH}'`;

/** The text of a page. Nothing in it comes from elsewhere. */
export function pageOf(title: string, body: SafeHtml): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${STYLES}</style>
</head>
<body>
${body}
<script>${new SafeHtml(PAGE_SCRIPT)}</script>
</body>
</html>
`.text;
}
