/** The frame of every page: self-contained, light and dark. */
import { html, type SafeHtml } from "./html.ts";
import { STYLES } from "./styles.ts";

/** The text of a page. Nothing in it comes from elsewhere. */
export function pageOf(title: string, body: SafeHtml): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${STYLES}</style>
</head>
<body>
${body}
</body>
</html>
`.text;
}
