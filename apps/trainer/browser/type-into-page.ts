/** Opens a page that holds a classifier from the file system, with the network off, types texts, and says what it shows. */
import { pathToFileURL } from "node:url";
import type { BrowserContext, Page } from "playwright";
import type { BrowserCommand } from "vitest/node";
import { faultsOf } from "./audit-page.ts";

/** What the page shows of one text. */
interface Shown {
  /** By label, as JavaScript writes them: each digit of a float64. */
  readonly probs: Readonly<Record<string, string>>;
  /** What it says to those who cannot see the bars. */
  readonly status: string;
  /** Milliseconds from the text to its probabilities. */
  readonly elapsedMs: number;
  /** The marked text as a whole, and its marked words with their scores. */
  readonly text: string;
  readonly marks: readonly { readonly word: string; readonly kind: string; readonly score: number }[];
}

interface Opened {
  readonly shown: readonly Shown[];
  /** Addresses that were asked for. */
  readonly requests: readonly string[];
  /** Errors of its script, and what its policy kept from acting. */
  readonly errors: readonly string[];
  /** What its policy does with a request of the page. */
  readonly fetched: string;
  /** On a phone and a desk, light and dark, with the last text. */
  readonly looks: readonly { readonly overflow: number; readonly faults: readonly string[] }[];
}

const windows = [
  { width: 390, colorScheme: "light" },
  { width: 1280, colorScheme: "dark" },
] as const;

export const typeIntoPage: BrowserCommand<[file: string, texts: readonly string[]]> = async (
  { context },
  file,
  texts,
): Promise<Opened> => {
  const own = await (context as BrowserContext).browser()!.newContext({ offline: true });
  try {
    const page = await own.newPage();
    const requests: string[] = [];
    const errors: string[] = [];
    page.on("pageerror", ({ message }) => errors.push(message));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    await page.locator("html[data-ready]").waitFor({ timeout: 20_000 });
    const shown: Shown[] = [];
    for (const text of texts) {
      await page.locator("textarea").fill(text);
      await page.waitForFunction((typed) => document.querySelector("#marked")!.textContent === typed, text);
      shown.push(await page.evaluate(readPage));
    }
    const looks: Opened["looks"][number][] = [];
    for (const { width, colorScheme } of windows) {
      await page.setViewportSize({ width, height: 844 });
      await page.emulateMedia({ colorScheme });
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      looks.push({ overflow, faults: await faultsOf(page) });
    }
    const asked = [requests.map((address) => address.replace(/.*\//, "")), [...errors]] as const;
    return { shown, requests: asked[0], errors: asked[1], fetched: await fetchedBy(page), looks };
  } finally {
    await own.close();
  }
};

/** Runs in the page. */
function readPage(): Shown {
  const all = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)];
  return {
    probs: Object.fromEntries(all("#bars li").map(({ dataset }) => [dataset.label!, dataset.prob!])),
    status: document.querySelector("#status")!.textContent,
    elapsedMs: Number(document.querySelector<HTMLElement>("#time")!.dataset.ms),
    text: document.querySelector("#marked")!.textContent,
    marks: all("#marked mark").map((mark) => ({
      word: mark.textContent,
      kind: mark.className,
      score: Number(mark.dataset.score),
    })),
  };
}

/** The directive by which the policy refuses a request, or that it does not. */
function fetchedBy(page: Page): Promise<string> {
  return page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => resolve(effectiveDirective));
        fetch("https://elsewhere.test/").then(
          () => resolve("fetched"),
          () => setTimeout(() => resolve("failed without the policy"), 1000),
        );
      }),
  );
}

declare module "vitest/browser" {
  interface BrowserCommands {
    typeIntoPage(file: string, texts: readonly string[]): Promise<Opened>;
  }
}
