/** Opens a page as a reader would, on a phone or a desk, light or dark, and says what is wrong with it. */
import type { BrowserContext, Page } from "playwright";
import type { BrowserCommand } from "vitest/node";

/** What was found; a page without faults has empty lists. */
interface Audit {
  /** Pixels by which the page is wider than its window. */
  readonly overflow: number;
  /** Serious and critical faults by axe-core, with the first place of each. */
  readonly faults: readonly string[];
  /** Addresses that the page asked for. */
  readonly requests: readonly string[];
  /** Errors of its script, and what its policy kept from running. */
  readonly errors: readonly string[];
  /** What the readout says at the first chart. */
  readonly readout: string | null;
  /** What dragging across the first chart does to its ticks, and a double click after it. */
  readonly zoom: { readonly changes: boolean; readonly goesBack: boolean };
  /** Pixels by which it is wider than a printed page of A4, and its colour then. */
  readonly print: { readonly overflow: number; readonly paper: string };
}

/** Pixels of a page of A4 between its margins. */
const PRINTED_WIDTH = 688;

interface AxeFault {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** A command of the tests, which runs beside the browser: the page gets a window of its own. */
export const auditPage: BrowserCommand<[page: string, width: number, colorScheme: "light" | "dark"]> = async (
  { context },
  text,
  width,
  colorScheme,
): Promise<Audit> => {
  const browser = (context as BrowserContext).browser()!;
  const page = await browser.newPage({ viewport: { width, height: 844 }, colorScheme });
  try {
    const requests: string[] = [];
    const errors: string[] = [];
    page.on("pageerror", ({ message }) => errors.push(message));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.route("https://report.test/", (route) => route.fulfill({ contentType: "text/html", body: text }));
    page.on("request", (request) => requests.push(request.url()));
    await page.goto("https://report.test/");
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    const chart = page.locator(".plot").first();
    if ((await chart.count()) > 0) await chart.press("End");
    const readout = await page.locator(".readout").textContent();
    const zoom = await zoomOf(page);
    const faults = await faultsOf(page);
    const print = await printOf(page);
    return { overflow, faults, requests: requests.slice(1), errors, readout, zoom, print };
  } finally {
    await page.close();
  }
};

/** Serious and critical faults by axe-core, with the first place of each. */
export async function faultsOf(page: Page): Promise<string[]> {
  const { default: axe } = await import("axe-core"); // here, since it cannot be loaded where only the config is read
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<{ violations: readonly AxeFault[] }>("axe.run()");
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`);
}

async function zoomOf(page: Page): Promise<Audit["zoom"]> {
  const area = page.locator(".plot .area").first();
  if ((await area.count()) === 0) return { changes: false, goesBack: false };
  const ticks = () => page.locator(".plot .x").first().textContent();
  const whole = await ticks();
  await area.scrollIntoViewIfNeeded();
  const box = (await area.boundingBox())!;
  const across = (share: number) => [box.x + share * box.width, box.y + box.height / 2] as const;
  await page.mouse.move(...across(0.3));
  await page.mouse.down();
  await page.mouse.move(...across(0.6), { steps: 4 });
  await page.mouse.up();
  const part = await ticks();
  await page.mouse.dblclick(...across(0.5));
  return { changes: part !== whole, goesBack: (await ticks()) === whole };
}

async function printOf(page: Page): Promise<Audit["print"]> {
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize({ width: PRINTED_WIDTH, height: 900 });
  return page.evaluate(() => ({
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    paper: getComputedStyle(document.body).backgroundColor,
  }));
}

declare module "vitest/browser" {
  interface BrowserCommands {
    auditPage(page: string, width: number, colorScheme: "light" | "dark"): Promise<Audit>;
  }
}
