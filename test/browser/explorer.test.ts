import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { say, viewer } from "../support/hub.js";
import {
  keepScreenshot,
  launchBrowser,
  watchPage,
} from "../support/browser.js";
import { startTestServer, type TestServer } from "../support/server.js";

// The explorer as a newcomer finds it: in a real browser, with nothing but this server to talk to.

let server: TestServer;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([
    startTestServer({ DEMO: "true" }),
    launchBrowser(),
  ]);
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

async function open(): Promise<{ page: Page; problems: string[] }> {
  const page = await (
    await browser.newContext({ viewport: { width: 1400, height: 850 } })
  ).newPage();
  const problems = watchPage(page, new URL(server.url).origin);
  await page.goto(server.url);
  await page.getByRole("button", { name: /Execute query/ }).waitFor();
  return { page, problems };
}

const result = (page: Page) => page.locator(".result-window").innerText();
const tab = (page: Page, name: string) =>
  page.getByRole("tab", { name }).click();
const run = (page: Page) =>
  page.getByRole("button", { name: /Execute query/ }).click();

it("opens with ready operations and a token, and loads nothing from elsewhere", async () => {
  const { page, problems } = await open();
  const names = await page.getByRole("tab").allInnerTexts();
  expect(names.join(" ")).toMatch(
    /SendMessage[^]*MarkRead[^]*Watch[^]*MessageInfo/,
  );
  expect(await page.locator(".graphiql-editor-tool").innerText()).toContain(
    "Bearer",
  );
  await keepScreenshot(page, "explorer-start");
  expect(problems).toEqual([]);
  await page.context().close();
});

it("sends, marks, and shows message info", async () => {
  const { page, problems } = await open();
  await run(page);
  await expect.poll(() => result(page)).toContain('"duplicate": false');
  await tab(page, "MarkRead");
  await run(page);
  await expect.poll(() => result(page)).toContain('"changed": true');
  await tab(page, "MessageInfo");
  await run(page);
  await expect.poll(() => result(page)).toContain('"recipients"');
  await keepScreenshot(page, "explorer-message-info");
  expect(problems).toEqual([]);
  await page.context().close();
});

it("shows events of a subscription as they happen", async () => {
  const { page, problems } = await open();
  await tab(page, "Watch");
  await run(page);
  await expect.poll(() => server.services.hub.size.taps).toBeGreaterThan(0);
  const place = await say(server.services, "alice", "demo", "seen?");
  await server.services.receipts.mark(viewer("carol"), "READ", place, {
    upTo: false,
  });
  await expect
    .poll(() => result(page), { timeout: 10_000 })
    .toContain("Read by 1 of 2");
  await keepScreenshot(page, "explorer-watch");
  expect(problems).toEqual([]);
  await page.context().close();
});
