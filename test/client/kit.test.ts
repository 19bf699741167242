import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { build } from "esbuild";
import type { Browser, BrowserContext, Page } from "playwright-core";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
} from "vitest";
import { launchBrowser } from "../support/browser.js";
import { Chat, type Message } from "../support/chat.js";
import { roomy } from "../support/fair.js";
import { startTestServer, type TestServer } from "../support/server.js";

/** Chromium beside a server and a bundler may be slow. */
const patiently = { timeout: 20_000, interval: 50 };

const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** An example, bundled as an app bundles it, React's warnings included. */
async function bundle(example: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`examples/${example}/src/main.tsx`],
    bundle: true,
    format: "iife",
    jsx: "automatic",
    target: "es2022",
    define: { "process.env.NODE_ENV": '"development"' },
    alias: Object.fromEntries(
      ["apollo", "urql", "react"].map((entry) => [
        `@acked/client/${entry}`,
        resolve(`packages/client/src/${entry}.ts`),
      ]),
    ),
    write: false,
  });
  return (outputFiles[0]?.text ?? "").replaceAll("</script", "<\\/script");
}

describe
  .skipIf(!existsSync(executablePath))
  .each(["apollo-react", "urql-react"])(
  "examples/%s, in Chromium, under StrictMode",
  { timeout: 90_000 },
  (example) => {
    let server: TestServer;
    let browser: Browser;
    let site: Server;
    let chat: Chat;
    const contexts: BrowserContext[] = [];
    const problems: string[] = [];

    beforeAll(async () => {
      const script = await bundle(example);
      site = createServer((_request, response) => {
        response.setHeader("content-type", "text/html");
        response.end(
          `<!doctype html><link rel="icon" href="data:,"><body><div id="root"></div><script>${script}</script>`,
        );
      });
      await new Promise<void>((resolve) =>
        site.listen(0, "127.0.0.1", () => resolve()),
      );
      server = await startTestServer({}, { fair: roomy });
      browser = await launchBrowser();
    });
    afterAll(async () => {
      await browser.close();
      site.closeAllConnections();
      site.close();
      await server.close();
    });
    beforeEach(() => {
      chat = new Chat(server);
      problems.length = 0;
    });
    afterEach(async () => {
      for (const context of contexts.splice(0)) await context.close();
    });

    async function open(name: string): Promise<Page> {
      const context = await browser.newContext({
        viewport: { width: 500, height: 600 },
      });
      contexts.push(context);
      const page = await context.newPage();
      page.on("pageerror", (error) => problems.push(error.message));
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type()))
          problems.push(message.text());
      });
      const asked = new URLSearchParams({
        url: server.url,
        token: await server.token(chat.id(name)),
      });
      const { port } = site.address() as AddressInfo;
      await page.goto(`http://127.0.0.1:${port}/?${asked.toString()}`);
      return page;
    }

    const badge = (page: Page) => page.locator("section").first();
    const rows = (page: Page) => page.locator("p");
    const isShown = (page: Page, ...texts: string[]) =>
      expect.poll(() => rows(page).allInnerTexts(), patiently).toEqual(texts);
    const says = (page: Page, text: RegExp) =>
      expect
        .poll(() => page.locator("#root").innerText(), patiently)
        .toMatch(text);
    async function write(page: Page, text: string): Promise<void> {
      page.once("dialog", (dialog) => void dialog.accept(text));
      await page.getByText("Write").click();
    }

    it("ticks, badges and message info follow; what is seen is read", async () => {
      await chat.conversation("alice", "bob");
      const alice = await open("alice");
      await badge(alice).click();
      await write(alice, "hi");
      await isShown(alice, "hi Sent");
      const bob = await open("bob");
      await isShown(alice, "hi Delivered");
      await says(bob, /^1\s+1/);
      await rows(alice).first().click();
      await isShown(alice, `hi Delivered ${chat.id("bob")}: Delivered`);
      await bob.bringToFront();
      await badge(bob).click();
      await isShown(alice, `hi Read ${chat.id("bob")}: Read`);
      await says(bob, /^0\s+0/);
      expect(problems).toEqual([]);
    });

    it("what is written offline is sent once the network is back, and what came meanwhile is shown", async () => {
      await chat.conversation("alice", "bob");
      const alice = await open("alice");
      await badge(alice).click();
      await write(alice, "one");
      await isShown(alice, "one Sent");
      const [context] = contexts;
      await context?.setOffline(true);
      await write(alice, "two");
      await isShown(alice, "one Sent", "two Waiting");
      await chat.say("bob", "three");
      await context?.setOffline(false);
      await isShown(alice, "one Sent", "three", "two Sent");
    });

    it("older pages join on to the list, and follow as well", async () => {
      await chat.conversation("alice", "bob");
      const said = await chat.sayMany("alice", 120);
      const alice = await open("alice");
      await badge(alice).click();
      for (const count of [50, 100, 120]) {
        await expect.poll(() => rows(alice).count(), patiently).toBe(count);
        if (count < 120) await alice.getByText("Older").click();
      }
      await chat.readUpTo("bob", said.at(-1) as Message);
      await expect
        .poll(
          async () =>
            (await rows(alice).allInnerTexts()).filter(
              (text) => !text.endsWith("Read"),
            ),
          patiently,
        )
        .toEqual([]);
      expect(await rows(alice).first().innerText()).toContain(said[0]?.body);
      expect(problems).toEqual([]);
    });

    it("is at most 40 lines of the app's own", async () => {
      const app = await readFile(`examples/${example}/src/app.tsx`, "utf8");
      const lines = app.split("\n").filter((line) => line.trim() !== "");
      expect(lines.length).toBeLessThanOrEqual(40);
    });
  },
);
