import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { watchPage } from "../../support/browser.js";

/** What an own message's ticks say. */
export type TickState = "sending" | "sent" | "delivered" | "read" | "failed";

/** A mark as it went over the wire, e.g. `READ* <message id>`. */
type SentMark = string;

const messageTexts = "[data-testid=message] .body";

/** Somebody's browser: what is stored in it is shared by its tabs, and with nobody else's. */
export class Device {
  readonly context: BrowserContext;
  /** The marks of all requests that the server answered, over all tabs. */
  readonly acknowledged: SentMark[] = [];
  private readonly url: string;
  private readonly personId: string;

  private constructor(context: BrowserContext, url: string, personId: string) {
    this.context = context;
    this.url = url;
    this.personId = personId;
  }

  /** @param url of the server's `/demo/` */
  static async create(
    browser: Browser,
    url: string,
    personId: string,
    options: Parameters<Browser["newContext"]>[0] = {},
  ): Promise<Device> {
    const context = await browser.newContext({
      viewport: { width: 900, height: 700 },
      ...options,
    });
    // Tests say who looks where: a page of a headless browser is always visible, and has the focus.
    await context.addInitScript({
      content: `{
        let isLooking = true;
        Object.defineProperty(document, "visibilityState", { get: () => isLooking ? "visible" : "hidden" });
        document.hasFocus = () => isLooking;
        globalThis.look = (is) => {
          isLooking = is;
          document.dispatchEvent(new Event("visibilitychange"));
          dispatchEvent(new Event(is ? "focus" : "blur"));
        };
      }`,
    });
    return new Device(context, url, personId);
  }

  /** Opens the chat in a tab, with a conversation in it where one is named. */
  async open(conversationId = "", { isLooking = true } = {}): Promise<Tab> {
    const page = await this.context.newPage();
    page.setDefaultTimeout(10_000);
    page.on("response", (response) => {
      if (response.ok()) this.acknowledged.push(...marksOf(response.request()));
    });
    const tab = new Tab(page, watchPage(page, new URL(this.url).origin));
    if (!isLooking)
      await page.addInitScript({
        content: "addEventListener('DOMContentLoaded', () => look(false));",
      });
    await page.goto(`${this.url}?as=${this.personId}#${conversationId}`);
    await page.getByText("Connected").waitFor();
    return tab;
  }
}

/** The chat of one person in one tab. */
export class Tab {
  readonly page: Page;
  /** What went wrong on the page. */
  readonly problems: readonly string[];

  constructor(page: Page, problems: readonly string[]) {
    this.page = page;
    this.problems = problems;
  }

  /** Shows the page to its user, or hides it behind something else. */
  async look(isLooking: boolean): Promise<void> {
    await this.page.evaluate(`look(${String(isLooking)})`);
  }

  /** Writes a message and sends it with Enter. */
  async say(text: string): Promise<void> {
    const field = this.page.getByRole("textbox", { name: "Message" });
    await field.fill(text);
    await field.press("Enter");
  }

  /** The bodies on screen, oldest first. */
  texts(): Promise<string[]> {
    return this.page.locator(messageTexts).allInnerTexts();
  }

  /** The message with exactly this text. */
  message(text: string): Locator {
    const body = this.page.getByText(text, { exact: true });
    return this.page.getByTestId("message").filter({ has: body });
  }

  /** An own message's ticks: as they are drawn, and as a screen reader says them. */
  async ticks(text: string): Promise<{ drawn: TickState; said: string }> {
    const ticks = this.message(text).locator(".ticks");
    return {
      drawn: (await ticks.getAttribute("data-ticks")) as TickState,
      said: await ticks.innerText(),
    };
  }

  /** `Read by 1 of 2` below an own message in a group. */
  summary(text: string): Promise<string> {
    return this.message(text).locator(".summary").innerText();
  }

  /** A conversation in the list. */
  row(conversationId: string): Locator {
    return this.page.locator(`[data-conversation="${conversationId}"]`);
  }

  /** How many unread messages a conversation's badge shows. */
  async badge(conversationId: string): Promise<number> {
    const badge = this.row(conversationId).getByTestId("unread");
    return (await badge.count()) === 0 ? 0 : Number(await badge.innerText());
  }

  /** What is said to wait for the network; empty where nothing does. */
  async waiting(): Promise<string> {
    const waiting = this.page.getByTestId("waiting");
    return (await waiting.count()) === 0 ? "" : waiting.innerText();
  }

  async switchTo(
    label: "Online" | "Read receipts",
    isOn: boolean,
  ): Promise<void> {
    const control = this.page.getByRole("switch", { name: label });
    if ((await control.isChecked()) === isOn) return;
    await control.click();
    // Where the server has a say, it shows once it was asked.
    await this.page
      .getByRole("switch", { name: label, checked: isOn })
      .waitFor();
  }
}

/** The marks in a request, as `READ* <message id>`; none where it is another. */
function marksOf(request: {
  method(): string;
  postData(): string | null;
}): SentMark[] {
  if (request.method() !== "POST") return [];
  const { operationName, variables } = JSON.parse(
    request.postData() ?? "{}",
  ) as {
    operationName?: string;
    variables?: {
      input?: {
        receipts?: { kind: string; upTo?: boolean; messageId: string }[];
      };
    };
  };
  if (operationName !== "SyncReceipts") return [];
  return (variables?.input?.receipts ?? []).map(
    ({ kind, upTo, messageId }) => `${kind}${upTo ? "*" : ""} ${messageId}`,
  );
}
