import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashText } from "@cellstate/files";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CardFile } from "../../config.ts";
import type { LocatedCard } from "../cards/find-cards.ts";
import { cacheFolder, mirrorFolder } from "./folders.ts";
import { resolveFile } from "./resolve-file.ts";
import { adviceOn, fetchDataset, verifyDataset } from "./verify.ts";

const CONTENT = "label\ttext\n1\tgood\n";
/** As a publisher may have it: Latin-1, no header, other columns first. */
const RAW = "good: it was:a good café:1\nbad: schöner Mist:0";
const MADE = "label\tkind\ttext\n1\tgood\tit was:a good café\n";
let server: Server;
let base: string;
let requests: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request.url ?? "");
    if (request.url === "/train.tsv") response.end(CONTENT);
    else if (request.url === "/raw.label") response.end(Buffer.from(RAW, "latin1"));
    else if (request.url === "/changed.tsv") response.end(CONTENT.replace("good", "evil"));
    else if (request.url === "/long.tsv") response.end(CONTENT.repeat(10));
    else if (request.url === "/short.tsv") response.end(CONTENT.slice(0, 5));
    else if (request.url === "/cut.tsv") {
      response.writeHead(200, { "content-length": String(CONTENT.length) });
      response.write(CONTENT.slice(0, 5));
      setTimeout(() => response.destroy(), 20);
    } else response.writeHead(404).end("<html>not here</html>");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
});

let folder: string;
let env: Record<string, string>;
beforeEach(async () => {
  requests = [];
  folder = await mkdtemp(join(tmpdir(), "files-"));
  env = { XDG_CACHE_HOME: join(folder, "cache"), CELLSTATE_DATASETS: join(folder, "mirror") };
});

const entry = (url?: string): CardFile => ({
  path: "train.tsv",
  sha256: hashText(CONTENT),
  bytes: CONTENT.length,
  ...(url === undefined ? {} : { url: `${base}/${url}` }),
});

function located(file: CardFile): LocatedCard {
  const card: LocatedCard["card"] = {
    formatVersion: 1,
    name: "tiny",
    title: "Tiny",
    description: "One text.",
    license: "CC0-1.0",
    source: "somewhere",
    format: "tsv",
    columns: { text: "text", label: "label" },
    files: [file],
    splits: { train: "train.tsv" },
  };
  return { card, file: join(folder, "tiny", "dataset.yaml"), folder: join(folder, "tiny") };
}

const resolveTiny = (file: CardFile) => resolveFile(located(file), file, { env });

async function put(place: string, content = CONTENT): Promise<string> {
  await mkdir(join(folder, place, "tiny"), { recursive: true });
  await writeFile(join(folder, place, "tiny", "train.tsv"), content);
  return join(folder, place, "tiny", "train.tsv");
}

describe("looking for a file", () => {
  test("the mirror comes first, then the card's folder, then the cache, then download", async () => {
    const file = entry("train.tsv");
    const downloaded = await resolveTiny(file);
    expect(downloaded).toEqual({
      path: join(folder, "cache/cellstate/datasets/tiny/train.tsv"),
      origin: "download",
      sha256: file.sha256,
    });
    expect(await readFile(downloaded.path, "utf8")).toBe(CONTENT);
    expect((await resolveTiny(file)).origin).toBe("cache");
    const bundled = await put(".");
    expect(await resolveTiny(file)).toMatchObject({ origin: "bundled", path: bundled });
    const mirrored = await put("mirror");
    expect(await resolveTiny(file)).toMatchObject({ origin: "mirror", path: mirrored });
    expect(requests).toEqual(["/train.tsv"]);
  });

  test("a file with another sha256 names itself, what was expected and what was found", async () => {
    const path = await put("mirror", "label\ttext\n1\tevil\n");
    await expect(resolveTiny(entry())).rejects.toThrow(
      `${path}: sha256 does not match its dataset card: expected ${hashText(CONTENT)}, found ${hashText("label\ttext\n1\tevil\n")}; replace the file in the folder that CELLSTATE_DATASETS names`,
    );
  });

  test("a file that is nowhere and has no address says how to get it", async () => {
    await expect(resolveTiny(entry())).rejects.toThrow(
      /^tiny: train\.tsv not found, and the card has no address to download from; CELLSTATE_DATASETS is .*mirror; the data come from somewhere: put them at .*mirror\/tiny\/train\.tsv \(sha256 [0-9a-f]{64}\)$/,
    );
    env = { XDG_CACHE_HOME: join(folder, "cache") };
    await expect(resolveTiny(entry())).rejects.toThrow(
      /CELLSTATE_DATASETS is not set; .* put them at <folder>\/tiny\/train\.tsv .*, and set CELLSTATE_DATASETS to <folder>$/,
    );
  });

  test("all files that are nowhere are named at once, by fetch, verify and whoever reads one", async () => {
    const card = located(entry());
    const files = [entry(), { ...entry(), path: "dev.tsv" }, { ...entry("train.tsv"), path: "test.tsv" }];
    const several: LocatedCard = { ...card, card: { ...card.card, files } as LocatedCard["card"] };
    const all = /^tiny: train\.tsv, dev\.tsv not found, .*tiny\/train\.tsv \(.*tiny\/dev\.tsv \(/;
    await expect(fetchDataset(several, { env })).rejects.toThrow(all);
    await expect(resolveFile(several, files[0]!, { env })).rejects.toThrow(all);
    expect(requests).toEqual([]);
    expect(await adviceOn(several, await verifyDataset(several, { env }), { env })).toMatch(all);
  });

  test("the advice on files that are not whole is one that can help", async () => {
    const withAddress = located(entry("train.tsv"));
    const adviceNow = async () => adviceOn(withAddress, await verifyDataset(withAddress, { env }), { env });
    expect(await adviceNow()).toBe("try: cellstate data fetch tiny");
    const path = await put("mirror", "x");
    expect(await adviceNow()).toBe(
      `${path}: replace the file in the folder that CELLSTATE_DATASETS names, or unset the variable`,
    );
    await put("mirror");
    expect(await adviceNow()).toBeUndefined();
  });

  test("verify tells present, missing and changed files apart, and fetch makes them present", async () => {
    const card = located(entry("train.tsv"));
    expect(await verifyDataset(card, { env })).toMatchObject([{ file: "train.tsv", status: "missing" }]);
    expect(await fetchDataset(card, { env })).toMatchObject([{ status: "ok", origin: "download" }]);
    expect(await verifyDataset(card, { env })).toMatchObject([{ status: "ok", origin: "cache" }]);
    await put("mirror", "x");
    expect(await verifyDataset(card, { env })).toMatchObject([{ status: "mismatch", foundSha256: hashText("x") }]);
  });
});

describe("a file that is made of its publisher's", () => {
  const upstream = {
    url: "",
    encoding: "latin1",
    line: "{kind}: {text}:{label}",
    columns: ["label", "kind", "text"],
  } as const;
  const made = (change: object = {}, sha256 = hashText(MADE)): CardFile => ({
    path: "train.tsv",
    sha256,
    upstream: { ...upstream, columns: [...upstream.columns], url: `${base}/raw.label`, ...change },
  });
  const cache = () => readdir(join(folder, "cache/cellstate/datasets/tiny"));

  test("is downloaded, cut into columns, checked and kept alone", async () => {
    const file = made({ line: "{kind}: {text}é:{label}" });
    await expect(resolveTiny(file)).rejects.toThrow("train.tsv.original:2: expected a line such as");
    const whole = made(
      { line: "{kind}: {rest}", columns: ["kind", "rest"] },
      hashText(`kind\trest\n${RAW.replaceAll(": ", "\t")}\n`),
    );
    const found = await resolveTiny(whole);
    expect(await readFile(found.path, "utf8")).toBe("kind\trest\ngood\tit was:a good café:1\nbad\tschöner Mist:0\n");
    expect(await cache()).toEqual(["train.tsv"]);
  });

  test("is refused where it comes out otherwise, and nothing is kept", async () => {
    await expect(resolveTiny(made())).rejects.toThrow(/raw\.label: sha256 does not match .* nothing was kept/);
    await expect(resolveTiny(made({ sha256: "0".repeat(64) }))).rejects.toThrow(/raw\.label: sha256 does not match/);
    await expect(resolveTiny(made({ encoding: "utf8" }))).rejects.toThrow(/original:1: invalid UTF-8/);
    expect(await cache()).toEqual([]);
  });
});

describe("a download that goes wrong keeps nothing", () => {
  const cases: [string, string, RegExp][] = [
    ["changed bytes", "changed.tsv", /changed\.tsv: sha256 does not match .* nothing was kept/],
    ["a missing page", "none.tsv", /download of .*none\.tsv failed: the server answered HTTP 404/],
    ["a connection that breaks", "cut.tsv", /download of .*cut\.tsv failed: broke off after 5 bytes/],
    ["a body that is too short", "short.tsv", /download of .*short\.tsv failed: truncated after 5 of 18 bytes/],
    ["a body that is too long", "long.tsv", /the server sends more than the 18 bytes expected/],
  ];
  test.each(cases)("%s", async (_, url, message) => {
    await expect(resolveTiny(entry(url))).rejects.toThrow(message);
    expect(await readdir(join(folder, "cache/cellstate/datasets/tiny"))).toEqual([]);
  });

  test("no server at all", async () => {
    const file: CardFile = { ...entry(), url: "http://127.0.0.1:1/train.tsv" };
    await expect(resolveTiny(file)).rejects.toThrow(
      /download of http:\/\/127\.0\.0\.1:1\/train\.tsv failed: fetch failed/,
    );
  });

  test("a cache that cannot be written", async () => {
    await writeFile(join(folder, "cache"), "a file where a folder should be");
    await expect(resolveTiny(entry("train.tsv"))).rejects.toThrow(/failed: cannot write .*cache/);
  });
});

test("the cache follows each system's custom", () => {
  expect(cacheFolder({ XDG_CACHE_HOME: "/x" }, "linux")).toBe(join("/x", "cellstate"));
  expect(cacheFolder({ HOME: "/home/a" }, "darwin")).toBe(join("/home/a", ".cache", "cellstate"));
  expect(cacheFolder({ HOME: "/home/a", LOCALAPPDATA: "/local" }, "win32")).toBe(join("/local", "cellstate"));
});

test("a relative mirror is relative to the caller's folder", () => {
  expect(mirrorFolder({ CELLSTATE_DATASETS: "data", INIT_CWD: "/work" })).toBe(join("/work", "data"));
  expect(mirrorFolder({ CELLSTATE_DATASETS: "" })).toBeUndefined();
});
