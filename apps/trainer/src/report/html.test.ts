import fc from "fast-check";
import { expect, test } from "vitest";
import { escapeHtml, html } from "./html.ts";

test("data in a template is escaped, templates inside templates are not", () => {
  const inner = html`<b>${"<script>alert(1)</script>"}</b>`;
  expect(html`<p title="${'"&'}">${inner}${[inner, null, false]}</p>`.text).toBe(
    '<p title="&quot;&amp;"><b>&lt;script&gt;alert(1)&lt;/script&gt;</b><b>&lt;script&gt;alert(1)&lt;/script&gt;</b></p>',
  );
});

test("no text can open a tag, an entity or leave a quoted attribute", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(escapeHtml(text)).not.toMatch(/[<>"']/);
      expect(escapeHtml(text).replace(/&(amp|lt|gt|quot|#39);/g, "")).not.toContain("&");
    }),
  );
});
