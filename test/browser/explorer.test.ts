import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  buildPage,
  keepScreenshot,
  launchBrowser,
  watchPage,
} from "../support/browser.js";
import { startTestServer, type TestServer } from "../support/server.js";

// The explorer as a newcomer finds it: in a real browser, with nothing but this server to talk to.

let server: TestServer;
let browser: Browser;
beforeAll(async () => {
  await buildPage("explorer");
  [server, browser] = await Promise.all([
    startTestServer({}, { demo: true }),
    launchBrowser(),
  ]);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await server.close();
});

const desktop = { width: 1400, height: 850 };
const phone = { width: 390, height: 800 };
const waitMs = 20_000;

async function open(
  viewport = desktop,
  url = server.url,
): Promise<{ page: Page; problems: string[] }> {
  const page = await (await browser.newContext({ viewport })).newPage();
  page.setDefaultTimeout(waitMs);
  const problems = watchPage(page, new URL(url).origin);
  await page.goto(url);
  await page.locator(".graphiql-query-editor .view-lines").waitFor();
  return { page, problems };
}

// Monaco writes spaces that do not break.
const text = async (page: Page, selector: string) =>
  (await page.locator(selector).innerText()).replaceAll("\u00a0", " ");
const result = (page: Page) => text(page, ".result-window");
const tab = (page: Page, name: string) => page.getByRole("tab", { name });
const actAs = (page: Page) => page.getByRole("combobox", { name: "Act as" });
// Not by the pointer: the names that the editor offers may lie over the button.
const run = (page: Page) =>
  page.getByRole("button", { name: /Execute query/ }).dispatchEvent("click");

/** Replaces the operation of the open tab, at one go: the editor offers names to who types letter by letter. */
async function write(page: Page, operation: string): Promise<void> {
  await page.locator(".graphiql-query-editor .view-lines").click();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.insertText(operation);
}

/** Opens a tab, runs it, and waits for its answer. */
async function runTab(page: Page, name: string, answer: RegExp): Promise<void> {
  await tab(page, name).click();
  // The editor shows the tab's operation: what is run is what is shown.
  await expect
    .poll(() => text(page, ".graphiql-query-editor"), { timeout: waitMs })
    .toContain(name);
  await run(page);
  await expect.poll(() => result(page), { timeout: waitMs }).toMatch(answer);
}

it("opens with a tab that only reads, as Alice, and loads nothing from elsewhere", async () => {
  const { page, problems } = await open();
  const names = await page.getByRole("tab").allInnerTexts();
  expect(names.join(" ")).toMatch(
    /MessageInfo[^]*Watch[^]*SendMessage[^]*MarkRead/,
  );
  expect(await actAs(page).locator("option:checked").innerText()).toBe("Alice");
  await run(page);
  await expect.poll(() => result(page)).toContain('"recipients"');
  await keepScreenshot(page, "explorer-start");
  expect(await page.content()).not.toMatch(/eyJ[\w-]+\./);
  expect(problems).toEqual([]);
  await page.context().close();
});

it("the tour works as it says: events come while other tabs are open", async () => {
  const { page, problems } = await open();
  await runTab(page, "Watch", /Watching/);
  await expect.poll(() => server.services.hub.size.followers).toBe(1);
  await runTab(page, "SendMessage", /"duplicate": false/);
  await runTab(page, "MarkRead", /"changed": true/);
  expect(await actAs(page).locator("option:checked").innerText()).toBe("Bob");
  await expect
    .poll(() => text(page, ".events"), { timeout: waitMs })
    .toMatch(/Watch as Alice[^]*"summaryText": "Read by 1 of 2"/);
  await keepScreenshot(page, "explorer-watch");
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect.poll(() => server.services.hub.size.followers).toBe(0);
  expect(problems).toEqual([]);
  await page.context().close();
});

it("a new tab is sent by whoever the last one was, and each tab keeps its own", async () => {
  const { page } = await open();
  await tab(page, "MarkRead").click();
  await page.getByRole("button", { name: "New tab" }).click();
  await expect.poll(() => actAs(page).inputValue()).toBe("bob");
  await write(page, "{ viewer { id } }");
  await run(page);
  await expect
    .poll(() => result(page), { timeout: waitMs })
    .toContain('"id": "bob"');
  await actAs(page).selectOption("carol");
  await tab(page, "MarkRead").click();
  await expect.poll(() => actAs(page).inputValue()).toBe("bob");
  await page.context().close();
});

it("takes a pasted token", async () => {
  const { page } = await open();
  const token = await server.token("dave");
  await actAs(page).selectOption({ label: "a token’s user" });
  await page.getByRole("textbox", { name: "Token" }).fill(token);
  await write(page, "{ viewer { id } }");
  await run(page);
  await expect
    .poll(() => result(page), { timeout: waitMs })
    .toContain('"id": "dave"');
  await page.context().close();
});

it("is one column on a phone: operation and result as wide as the screen", async () => {
  const { page, problems } = await open(phone);
  await runTab(page, "MessageInfo", /"recipients"/);
  await runTab(page, "Watch", /Watching/);
  await page.locator(".events").waitFor();
  await keepScreenshot(page, "explorer-phone", { fullPage: true });
  for (const part of [".graphiql-editors", ".graphiql-response", ".events"]) {
    const box = await page.locator(part).boundingBox();
    expect(box?.width).toBeGreaterThan(phone.width * 0.9);
    expect(box?.width).toBeLessThanOrEqual(phone.width);
  }
  const { width, height } = await page.evaluate(() => ({
    width: document.documentElement.scrollWidth,
    height: document.documentElement.scrollHeight,
  }));
  expect(width).toBeLessThanOrEqual(phone.width);
  expect(height).toBeLessThan(phone.height * 3);
  expect(problems).toEqual([]);
  await page.context().close();
});

it("what is Acked's own in it has no violations of axe's rules", async () => {
  const { page } = await open();
  await runTab(page, "Watch", /Watching/);
  const axe = createRequire(import.meta.url).resolve("axe-core");
  // Scripts of the page are kept to files by its content security policy; this one comes by the debugger.
  await page.evaluate(await readFile(axe, "utf8"));
  const { violations } = await page.evaluate<AxeResults>(
    `axe.run({ include: [[".who"], [".events"]] })`,
  );
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  await page.context().close();
});

it("serves the page's every file here, and lets browsers keep the files", async () => {
  const answer = await fetch(server.url, {
    headers: { accept: "text/html,*/*" },
  });
  const html = await answer.text();
  expect(answer.headers.get("content-type")).toContain("text/html");
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("content-security-policy")).toContain(
    "default-src 'none'",
  );
  const files = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(
    ([, path]) => path ?? "",
  );
  expect(files.length).toBeGreaterThan(1);
  for (const path of files) {
    const file = await fetch(new URL(path, server.url));
    expect(file.status).toBe(200);
    expect(file.headers.get("cache-control")).toContain("immutable");
    expect(file.headers.get("content-type")).toMatch(
      path.endsWith(".css") ? /text\/css/ : /text\/javascript/,
    );
  }
  expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
});
