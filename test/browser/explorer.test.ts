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
    startTestServer({}, { demo: true }),
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

/**
 * Opens a tab and runs it until it answers so. The editor takes a moment to notice which operation a
 * tab holds; until then it sends the last tab's name, which is refused and does nothing.
 */
async function runTab(page: Page, name: string, answer: RegExp): Promise<void> {
  await tab(page, name);
  const attempt = async () => {
    await run(page);
    return result(page);
  };
  await expect.poll(attempt, { timeout: 10_000 }).toMatch(answer);
}

/** All but the refusal that `runTab` speaks of. */
function isUnexpected(problem: string): boolean {
  return !problem.includes("status of 400");
}

it("opens with ready operations and a token, and loads nothing from elsewhere", async () => {
  const { page, problems } = await open();
  const names = await page.getByRole("tab").allInnerTexts();
  expect(names.join(" ")).toMatch(
    /SendMessage[^]*MarkRead[^]*Watch[^]*MessageInfo/,
  );
  expect(await page.locator(".graphiql-editors").innerText()).toContain(
    "Bearer ey",
  );
  await keepScreenshot(page, "explorer-start");
  expect(problems).toEqual([]);
  await page.context().close();
});

it("sends, marks, and shows message info", async () => {
  const { page, problems } = await open();
  await run(page);
  await expect.poll(() => result(page)).toContain('"duplicate": false');
  await runTab(page, "MarkRead", /"summaryText": "Read by 1 of 2"/);
  await runTab(page, "MessageInfo", /"recipients"/);
  await keepScreenshot(page, "explorer-message-info");
  expect(problems.filter(isUnexpected)).toEqual([]);
  await page.context().close();
});

it("shows events of a subscription as they happen", async () => {
  const { page, problems } = await open();
  await tab(page, "Watch");
  const subscribed = async () => {
    if (server.services.hub.size.followers === 0) await run(page);
    return server.services.hub.size.followers;
  };
  await expect.poll(subscribed, { timeout: 10_000, interval: 500 }).toBe(1);
  const place = await say(server.services, "alice", "demo", "seen?");
  await server.services.receipts.mark(viewer("carol"), "READ", place, {
    upTo: false,
  });
  await expect
    .poll(() => result(page), { timeout: 10_000 })
    .toContain("Read by 1 of 2");
  await keepScreenshot(page, "explorer-watch");
  expect(problems.filter(isUnexpected)).toEqual([]);
  await page.context().close();
});
