import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
} from "vitest";
import {
  keepScreenshot,
  launchBrowser,
  watchPage,
} from "../support/browser.js";
import {
  fromSources,
  post,
  startServerProcess,
  type ServerProcess,
} from "../support/server-process.js";
import { Device, type Tab } from "./support/device.js";

// The demo as its visitors use it: the built page, the server as a process of its own, and people on
// devices of their own. Each test has its own conversation.

const waitMs = 15_000;

let dataDir: string;
let server: ServerProcess;
let browser: Browser;
let demoUrl: string;

/** Starts the server; again on the same port, where a kill has left it free. */
function startDemo(port: string): Promise<ServerProcess> {
  return startServerProcess(fromSources, {
    env: {
      PORT: port,
      DATA_DIR: dataDir,
    },
  });
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "acked-demo-"));
  const build = ["vite", "build", "demo", "--logLevel", "warn"];
  await promisify(execFile)("npx", ["--no-install", ...build], {
    env: { ...process.env, NODE_ENV: "production" },
  });
  [server, browser] = await Promise.all([startDemo("0"), launchBrowser()]);
  demoUrl = new URL("/demo/", server.url).href;
}, 120_000);
afterAll(async () => {
  await browser.close();
  // A kill would leave its Postgres running.
  server.process.kill("SIGTERM");
  await server.ended;
  await rm(dataDir, { recursive: true });
});

const devices: Device[] = [];
afterEach(async () => {
  for (const { context } of devices.splice(0)) await context.close();
});

async function device(
  personId: string,
  options?: Parameters<typeof Device.create>[3],
): Promise<Device> {
  const created = await Device.create(browser, demoUrl, personId, options);
  devices.push(created);
  return created;
}

/** Somebody's chat on a device of their own. */
async function open(
  personId: string,
  conversationId: string,
  looking?: { isLooking: boolean },
): Promise<Tab> {
  return (await device(personId)).open(conversationId, looking);
}

/** Asks the server as one of the demo's people. */
async function ask<T>(
  personId: string,
  query: string,
  variables: Record<string, unknown>,
): Promise<T> {
  const session = await fetch(new URL("session.json", demoUrl), {
    headers: { "x-acked-demo": "1" },
  });
  const { people } = (await session.json()) as {
    people: { id: string; token: string }[];
  };
  const token = people.find(({ id }) => id === personId)?.token ?? "";
  const response = await post(server, token, query, variables);
  const { data, errors } = (await response.json()) as {
    data: T;
    errors?: object[];
  };
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

/** Alice begins a conversation. */
async function conversationWith(
  participantIds: string[],
  title: string | null = null,
): Promise<string> {
  const { createConversation } = await ask<{
    createConversation: { conversation: { id: string } };
  }>(
    "alice",
    "mutation ($input: CreateConversationInput!) { createConversation(input: $input) { conversation { id } } }",
    { input: { participantIds, title } },
  );
  return createConversation.conversation.id;
}

interface Truth {
  readonly unreadCount: number;
  readonly messages: {
    readonly nodes: readonly {
      readonly body: string;
      readonly status: { readonly overallStatus: string };
    }[];
  };
}

/** What the server says of a conversation. */
async function truth(personId: string, id: string): Promise<Truth> {
  const { conversation } = await ask<{ conversation: Truth }>(
    personId,
    "query ($id: ID!) { conversation(id: $id) { unreadCount messages(last: 100) { nodes { body status { overallStatus } } } } }",
    { id },
  );
  return conversation;
}

const until = (read: () => unknown) => expect.poll(read, { timeout: waitMs });

/** `["text 1", …]`. */
const numbered = (text: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${text} ${i + 1}`);

it("one tick when it is sent, two when it is there, coloured when it is read; each said to a screen reader", async () => {
  const chat = await conversationWith(["bob"]);
  const alice = await open("alice", chat);
  await alice.say("Hello Bob");
  await until(() => alice.ticks("Hello Bob")).toEqual({
    drawn: "sent",
    said: "Sent",
  });
  const oneTick = await colourOfTicks(alice, "Hello Bob");

  const bob = await open("bob", chat, { isLooking: false });
  await until(() => alice.ticks("Hello Bob")).toEqual({
    drawn: "delivered",
    said: "Delivered",
  });
  await until(() => bob.badge(chat)).toBe(1);
  expect(await colourOfTicks(alice, "Hello Bob")).toBe(oneTick);
  await keepScreenshot(alice.page, "demo-delivered");

  await bob.look(true);
  await until(() => alice.ticks("Hello Bob")).toEqual({
    drawn: "read",
    said: "Read",
  });
  await until(() => bob.badge(chat)).toBe(0);
  expect(await colourOfTicks(alice, "Hello Bob")).not.toBe(oneTick);
  // The list tells the same of the last message.
  const listed = alice.row(chat).locator(".ticks");
  await until(() => listed.getAttribute("data-ticks")).toBe("read");
  await keepScreenshot(alice.page, "demo-read");
  expect([...alice.problems, ...bob.problems]).toEqual([]);
});

function colourOfTicks(tab: Tab, text: string): Promise<string> {
  return tab
    .message(text)
    .locator(".ticks svg")
    .evaluate((svg) => getComputedStyle(svg).color);
}

it("a page that is hidden takes delivery and reads nothing until it is shown", async () => {
  const chat = await conversationWith(["bob"]);
  const alice = await open("alice", chat);
  const bob = await open("bob", chat);
  await bob.look(false);
  await alice.say("Are you there?");
  await until(() => alice.ticks("Are you there?")).toMatchObject({
    drawn: "delivered",
  });
  await until(() => bob.badge(chat)).toBe(1);
  expect((await truth("bob", chat)).unreadCount).toBe(1);
  await bob.look(true);
  await until(() => alice.ticks("Are you there?")).toMatchObject({
    drawn: "read",
  });
});

describe("offline for 20 messages and back", () => {
  const unsent = numbered("from offline", 3);
  const missed = numbered("while offline", 20);

  it.each([
    { title: "all marks arrive, once", isKilled: false },
    { title: "the same where the server is killed meanwhile", isKilled: true },
  ])("$title", async ({ isKilled }) => {
    const chat = await conversationWith(["bob"]);
    const alice = await open("alice", chat);
    const bobsDevice = await device("bob");
    const bob = await bobsDevice.open(chat, { isLooking: false });
    const before = numbered("before", 2);
    for (const text of before) await alice.say(text);
    await until(() => bob.badge(chat)).toBe(2);

    await bob.switchTo("Online", false);
    await bob.look(true);
    for (const text of unsent) await bob.say(text);
    await until(() => bob.waiting()).toBe("1 receipt, 3 messages waiting");
    expect(await bob.ticks("from offline 1")).toEqual({
      drawn: "sending",
      said: "Sending",
    });
    await keepScreenshot(bob.page, "demo-offline");

    for (const text of missed.slice(0, 10)) await alice.say(text);
    if (isKilled) {
      await server.kill();
      // Alice notices nothing but clocks.
      for (const text of missed.slice(10)) await alice.say(text);
      await until(() => alice.ticks("while offline 20")).toMatchObject({
        drawn: "sending",
      });
      server = await startDemo(new URL(server.url).port);
    } else for (const text of missed.slice(10)) await alice.say(text);
    await until(() => alice.ticks("while offline 20")).toMatchObject({
      drawn: "sent",
    });
    expect(await alice.ticks("before 1")).toMatchObject({ drawn: "delivered" });

    await bob.switchTo("Online", true);
    for (const text of [...before, ...missed])
      await until(() => alice.ticks(text)).toMatchObject({ drawn: "read" });
    await until(() => bob.badge(chat)).toBe(0);
    await until(() => bob.waiting()).toBe("");
    await until(() => bob.ticks("from offline 3")).toMatchObject({
      drawn: "read",
    });

    const { unreadCount, messages } = await truth("bob", chat);
    expect(unreadCount).toBe(0);
    const said = messages.nodes.map(({ body }) => body);
    expect(said).toHaveLength(25);
    for (const texts of [before, unsent, missed])
      expect(said.filter((text) => texts.includes(text))).toEqual(texts);
    const overall = messages.nodes.map(({ status }) => status.overallStatus);
    expect(new Set(overall)).toEqual(new Set(["READ"]));
    expectNoneTwice(bobsDevice.acknowledged);
  });
});

function expectNoneTwice(marks: readonly string[]): void {
  expect([...marks].sort()).toEqual([...new Set(marks)].sort());
}

it("marks that were not sent yet are sent after a reload", async () => {
  const chat = await conversationWith(["bob"]);
  const alice = await open("alice", chat);
  const bob = await open("bob", chat, { isLooking: false });
  await alice.say("Read me later");
  await until(() => bob.badge(chat)).toBe(1);
  await bob.switchTo("Online", false);
  await bob.look(true);
  await bob.say("Send me later");
  await until(() => bob.waiting()).toBe("1 receipt, 1 message waiting");
  // Hidden after the reload: what is read then was read before it.
  await bob.page.reload();
  await until(() => alice.ticks("Read me later")).toMatchObject({
    drawn: "read",
  });
  await until(() => alice.texts()).toEqual(["Read me later", "Send me later"]);
});

it("two tabs of one user mark nothing twice, and their badges agree", async () => {
  const chat = await conversationWith(["bob"]);
  const alice = await open("alice", chat);
  const bobsDevice = await device("bob");
  const first = await bobsDevice.open(chat, { isLooking: false });
  const second = await bobsDevice.open("", { isLooking: false });
  const texts = numbered("to both", 12);
  for (const text of texts) await alice.say(text);
  await until(() => first.badge(chat)).toBe(12);
  await until(() => second.badge(chat)).toBe(12);
  await Promise.all([first.look(true), second.look(true)]);
  await second.row(chat).click();
  await until(() => alice.ticks("to both 12")).toMatchObject({ drawn: "read" });
  await until(() => first.badge(chat)).toBe(0);
  await until(() => second.badge(chat)).toBe(0);
  expectNoneTwice(bobsDevice.acknowledged);
  expect(bobsDevice.acknowledged.some((mark) => mark.startsWith("READ"))).toBe(
    true,
  );
});

it("a group of five: begun, written to and read; message info tells who and when", async () => {
  const alice = await open("alice", "");
  await alice.page.getByRole("button", { name: "New group" }).click();
  await alice.page.getByRole("textbox", { name: "Title" }).fill("Five");
  for (const name of ["Bob", "Carol", "Dave", "Erin"])
    await alice.page.getByRole("checkbox", { name }).check();
  await keepScreenshot(alice.page, "demo-new-group");
  await alice.page.getByRole("button", { name: "Create" }).click();
  await alice.page.getByRole("heading", { name: "Five", level: 2 }).waitFor();
  const chat = decodeURIComponent(new URL(alice.page.url()).hash.slice(1));

  await alice.say("Lunch?");
  await until(() => alice.summary("Lunch?")).toBe("Sent");
  const bob = await open("bob", chat, { isLooking: false });
  await until(() => alice.summary("Lunch?")).toBe("Delivered to 1 of 4");
  const others: Tab[] = [];
  for (const id of ["carol", "dave", "erin"])
    others.push(await open(id, chat, { isLooking: false }));
  await until(() => alice.summary("Lunch?")).toBe("Delivered to all");
  expect(await alice.ticks("Lunch?")).toMatchObject({ drawn: "delivered" });
  await bob.look(true);
  await until(() => alice.summary("Lunch?")).toBe("Read by 1 of 4");
  await others[0]?.look(true);
  await until(() => alice.summary("Lunch?")).toBe("Read by 2 of 4");

  await alice.message("Lunch?").hover();
  await alice
    .message("Lunch?")
    .getByRole("button", { name: "Message info" })
    .click();
  const info = alice.page.getByRole("dialog", { name: "Message info" });
  const rows = () =>
    info
      .getByRole("listitem")
      .evaluateAll((items) =>
        items.map((item) =>
          [
            item.querySelector(".recipient-name")?.textContent,
            item.querySelector(".recipient-state")?.textContent,
            item.querySelectorAll("time").length,
          ].join(" "),
        ),
      );
  // Delivered and read each have a time once they happened.
  await until(rows).toEqual([
    "Bob Read 2",
    "Carol Read 2",
    "Dave Delivered 1",
    "Erin Delivered 1",
  ]);
  await keepScreenshot(alice.page, "demo-message-info");
  // It moves while it is open.
  for (const tab of others.slice(1)) await tab.look(true);
  await until(rows).toEqual([
    "Bob Read 2",
    "Carol Read 2",
    "Dave Read 2",
    "Erin Read 2",
  ]);
  await alice.page.keyboard.press("Escape");
  await until(() => alice.summary("Lunch?")).toBe("Read by all");
  expect(await alice.ticks("Lunch?")).toMatchObject({ drawn: "read" });
  await keepScreenshot(alice.page, "demo-group");
});

it("R20: who switches read receipts off reads unseen, and sees nobody's reads", async () => {
  const chat = await conversationWith(["bob"]);
  const alice = await open("alice", chat);
  const bob = await open("bob", chat);
  await bob.switchTo("Read receipts", false);
  await until(async () => {
    const { viewer } = await ask<{ viewer: { readReceipts: boolean } }>(
      "bob",
      "{ viewer { readReceipts } }",
      {},
    );
    return viewer.readReceipts;
  }).toBe(false);
  await alice.say("In private");
  await until(async () => (await truth("bob", chat)).unreadCount).toBe(0);
  await until(() => alice.ticks("In private")).toMatchObject({
    drawn: "delivered",
  });
  await bob.say("My turn");
  await until(async () => (await truth("alice", chat)).unreadCount).toBe(0);
  await until(() => bob.ticks("My turn")).toMatchObject({ drawn: "delivered" });
  await bob.switchTo("Read receipts", true);
  await until(() => bob.ticks("My turn")).toMatchObject({ drawn: "read" });
  // What was read in private stays so.
  await alice.page.reload();
  await until(() => alice.ticks("In private")).toMatchObject({
    drawn: "delivered",
  });
});

it("the keyboard is enough: to choose a conversation, to write, to look a message up", async () => {
  const chat = await conversationWith(["bob"], "By keyboard");
  const { page, ...alice } = await open("alice", "");
  const press = (key: string) => page.keyboard.press(key);
  const focused = () =>
    page.evaluate(() => {
      const { activeElement } = document;
      if (!activeElement || activeElement === document.body) return "";
      return (
        activeElement.getAttribute("aria-label") ?? activeElement.textContent
      );
    });
  /** Goes on with Tab until something has the focus. */
  async function tabTo(name: RegExp): Promise<void> {
    for (let i = 0; i < 60; i++) {
      if (name.test(await focused())) return;
      await press("Tab");
    }
    throw new Error(`Tab does not lead to ${String(name)}`);
  }
  await tabTo(/By keyboard/);
  await press("Enter");
  await until(focused).toBe("Message");
  await page.keyboard.type("First line");
  await press("Shift+Enter");
  await page.keyboard.type("second line");
  await press("Enter");
  await until(async () => (await truth("bob", chat)).messages.nodes).toEqual([
    expect.objectContaining({ body: "First line\nsecond line" }),
  ]);
  await press("Shift+Tab");
  await press("Shift+Tab");
  await tabTo(/^Message info$/);
  await press("Enter");
  await page.getByRole("dialog", { name: "Message info" }).waitFor();
  await press("Escape");
  await until(focused).toBe("Message info");
  expect(alice.problems).toEqual([]);
});

it("side by side in one window: what one writes, the other gets; who is clicked into reads", async () => {
  const page = await (
    await browser.newContext({ viewport: { width: 1280, height: 760 } })
  ).newPage();
  const problems = watchPage(page, new URL(demoUrl).origin);
  await page.goto(demoUrl);
  const [alice, bob] = ["Alice", "Bob"].map((name) =>
    page.frameLocator(`iframe[title="${name}"]`),
  );
  if (!alice || !bob) throw new Error("no frames");
  const field = alice.getByRole("textbox", { name: "Message" });
  await field.fill("Side by side");
  await field.press("Enter");
  await bob.getByText("Side by side", { exact: true }).last().waitFor();
  const sent = alice
    .getByTestId("message")
    .filter({ hasText: "Side by side" })
    .last();
  await bob.getByRole("log").click();
  await until(() => sent.locator(".summary").innerText()).toMatch(
    /^Read by 1 of/,
  );
  await keepScreenshot(page, "demo-stage");
  expect(problems).toEqual([]);
  await page.context().close();
});

describe("looks right, and axe finds nothing serious", () => {
  let chat: string;
  beforeEach(async () => {
    chat = await conversationWith(["bob", "carol"], "Weekend");
    for (const [i, text] of numbered("A line about the weekend", 8).entries())
      await ask(
        i % 3 === 0 ? "bob" : "alice",
        "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { duplicate } }",
        {
          input: { conversationId: chat, clientId: `${chat}-${i}`, body: text },
        },
      );
  });

  it.each([
    { look: "light", width: 1000, height: 700, colorScheme: "light" },
    { look: "dark", width: 1000, height: 700, colorScheme: "dark" },
    { look: "phone", width: 375, height: 720, colorScheme: "light" },
    { look: "phone-dark", width: 375, height: 720, colorScheme: "dark" },
  ] as const)("$look", async ({ look, width, height, colorScheme }) => {
    const viewport = { width, height };
    const alices = await device("alice", { viewport, colorScheme });
    const { page } = await alices.open("");
    await page.getByText("Weekend").first().waitFor();
    await check(page, `demo-list-${look}`);
    await page
      .getByRole("button", { name: /Weekend/ })
      .first()
      .click();
    await page
      .getByText("A line about the weekend 8", { exact: true })
      .waitFor();
    await expectNoSidewaysScrolling(page);
    await check(page, `demo-chat-${look}`);
    await page.getByRole("button", { name: "Message info" }).last().focus();
    await page.keyboard.press("Enter");
    const info = page.getByRole("dialog", { name: "Message info" });
    await info.getByText("Carol", { exact: true }).waitFor();
    await check(page, `demo-info-${look}`);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "People" }).click();
    await page.getByRole("dialog", { name: "People" }).waitFor();
    await check(page, `demo-people-${look}`);

    const stage = await (
      await browser.newContext({ viewport, colorScheme })
    ).newPage();
    await stage.goto(demoUrl);
    await stage
      .frameLocator("iframe >> nth=0")
      .getByText("Connected")
      .waitFor();
    await check(stage, `demo-stage-${look}`);
    await stage.context().close();
  });
});

async function expectNoSidewaysScrolling(page: Page): Promise<void> {
  const [content, screen] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    innerWidth,
  ]);
  expect(content).toBeLessThanOrEqual(screen);
}

const axe = readFile(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
);

/** Keeps a screenshot, and lets axe look at the page, its frames included. */
async function check(page: Page, name: string): Promise<void> {
  // Half faded in, nothing has its contrast yet.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map(({ finished }) => finished)),
  );
  await keepScreenshot(page, name);
  for (const frame of page.frames()) {
    // The page's own policy lets no foreign script in; the debugger may.
    await frame.evaluate(await axe);
    const { violations } = await frame.evaluate<AxeResults>(
      "axe.run({ iframes: false })",
    );
    const serious = violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join(" ")}`);
    expect(serious).toEqual([]);
  }
}
