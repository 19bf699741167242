import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import {
  chromium,
  type Browser,
  type BrowserContext,
  type Page,
} from "playwright-core";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
} from "vitest";
import type * as client from "../../packages/client/src/index.js";

declare global {
  var acked: typeof client;
  var queue: client.ReceiptQueue;
}

const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";

/** A page that holds the library; `/sync` takes marks as `syncReceipts` does. */
class Site {
  /** The marks of each request that was answered or refused, as `READ c1`. */
  readonly requests: string[][] = [];
  /** How many requests were under way at once, at most. */
  mostAtOnce = 0;
  /** What is done to requests: answered, refused with 503, or left without an answer. */
  mode: "answer" | "refuse" | "hang" = "answer";
  answerMs = 0;
  private atOnce = 0;
  private readonly server: Server;

  constructor(script: string) {
    this.server = createServer((request, response) => {
      if (request.url !== "/sync") {
        response.setHeader("content-type", "text/html");
        response.end(`<!doctype html><body><script>${script}</script>`);
        return;
      }
      let text = "";
      request.on("data", (chunk) => (text += String(chunk)));
      request.on("end", () => {
        const { input } = JSON.parse(text) as client.SyncReceiptsVariables;
        this.requests.push(
          input.receipts.map(
            ({ kind, upTo, messageId }) =>
              `${kind}${upTo ? "*" : ""} ${messageId}`,
          ),
        );
        if (this.mode === "hang") return;
        this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
        setTimeout(() => {
          this.atOnce--;
          response.statusCode = this.mode === "refuse" ? 503 : 200;
          response.end(
            JSON.stringify({
              results: input.receipts.map(() => ({ error: null })),
            }),
          );
        }, this.answerMs);
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) =>
      this.server.listen(0, "127.0.0.1", resolve),
    );
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

describe.skipIf(!existsSync(executablePath))("in Chromium", () => {
  let browser: Browser;
  let script: string;
  let site: Site;
  let url: string;
  let context: BrowserContext;

  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: ["packages/client/src/index.ts"],
      bundle: true,
      format: "iife",
      globalName: "acked",
      write: false,
    });
    script = outputFiles[0]?.text ?? "";
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    site = new Site(script);
    url = await site.listen();
    context = await browser.newContext({
      viewport: { width: 400, height: 600 },
    });
  });
  afterEach(async () => {
    await context.close();
    await site.close();
  });

  /** A tab with Bob's queue in it. */
  async function tab(): Promise<Page> {
    const page = await context.newPage();
    await page.goto(url);
    await begin(page);
    return page;
  }

  async function begin(page: Page): Promise<void> {
    await page.evaluate(() => {
      globalThis.queue = acked.createReceiptQueue({
        userId: "bob",
        backOff: { firstMs: 50, longestMs: 100 },
        async send(variables) {
          const response = await fetch("/sync", {
            method: "POST",
            body: JSON.stringify(variables),
          });
          if (!response.ok)
            throw Object.assign(new Error("refused"), {
              statusCode: response.status,
            });
          return (await response.json()) as client.SyncReceiptsAnswer;
        },
      });
    });
  }

  const mark = (page: Page, how: "read" | "readUpTo", ...seqs: number[]) =>
    page.evaluate(
      ([how, seqs]) => {
        for (const seq of seqs)
          queue[how]({ id: `c${seq}`, seq, conversationId: "c" });
      },
      [how, seqs] as const,
    );

  const pending = (page: Page) => page.evaluate(() => queue.pending);
  const done = (page: Page) =>
    page.waitForFunction(() => queue.pending === 0 && queue.state === "idle");

  it("marks that were made right before a reload are sent after it", async () => {
    const page = await tab();
    await done(page);
    site.mode = "refuse";
    const isReloaded = page.waitForEvent("load");
    // In one breath: not even the answer of the storage is waited for.
    await page.evaluate(() => {
      for (const seq of [1, 2])
        queue.read({ id: `c${seq}`, seq, conversationId: "c" });
      location.reload();
    });
    await isReloaded;
    site.mode = "answer";
    site.requests.length = 0;
    await begin(page);
    await expect.poll(() => site.requests).toEqual([["READ c1", "READ c2"]]);
    await done(page);
    await page.reload();
    await begin(page);
    await done(page);
    expect(site.requests).toHaveLength(1);
  });

  it("of several tabs one sends at a time, and each mark once", async () => {
    const tabs = await Promise.all([tab(), tab(), tab()]);
    site.answerMs = 60;
    await Promise.all(
      tabs.map((page, i) => mark(page, "read", 1, 2, 10 + i, 20 + i)),
    );
    await Promise.all(tabs.map(done));
    expect(site.mostAtOnce).toBe(1);
    expect(site.requests.flat().sort()).toEqual(
      [1, 2, 10, 11, 12, 20, 21, 22].map((seq) => `READ c${seq}`).sort(),
    );
    await Promise.all(tabs.map((page) => mark(page, "readUpTo", 22)));
    await Promise.all(tabs.map(done));
    expect(site.requests.at(-1)).toEqual(["READ* c22"]);
    await Promise.all(tabs.map((page) => mark(page, "read", 3)));
    await Promise.all(tabs.map(done));
    expect(site.requests.flat()).not.toContain("READ c3");
  });

  it("a tab takes over from one that is closed in the middle of a request", async () => {
    const [first, second] = [await tab(), await tab()];
    await Promise.all([first, second].map(done));
    site.mode = "hang";
    await mark(first, "read", 1);
    await expect.poll(() => site.requests.length).toBe(1);
    await mark(second, "read", 2);
    await expect.poll(() => pending(second)).toBe(2);
    site.mode = "answer";
    await first.close();
    await done(second);
    expect(site.requests.at(-1)).toEqual(["READ c1", "READ c2"]);
  });

  it("what piles up offline goes as one request once the browser is online", async () => {
    const page = await tab();
    await done(page);
    await context.setOffline(true);
    for (let seq = 1; seq <= 20; seq++) await mark(page, "read", seq);
    expect(await pending(page)).toBe(20);
    await context.setOffline(false);
    await done(page);
    expect(site.requests).toHaveLength(1);
    expect(site.requests[0]).toHaveLength(20);
  });

  it("messages scrolled into view are read, one higher than the screen too", async () => {
    const page = await tab();
    await page.evaluate(() => {
      const seen = acked.createSeenObserver({ queue });
      for (const [i, height] of [40, 1_900, 40, 40].entries()) {
        const element = document.createElement("p");
        element.style.cssText = `height: ${height}px; margin: 0`;
        document.body.append(element);
        seen.observe(element, {
          id: `c${i + 1}`,
          seq: i + 1,
          conversationId: "c",
        });
      }
    });
    await expect.poll(() => site.requests.at(-1)).toEqual(["READ* c2"]);
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await expect.poll(() => site.requests.at(-1)).toEqual(["READ* c4"]);
  });
});
