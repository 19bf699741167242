import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { promisify } from "node:util";
import { chromium, type Browser, type Page } from "playwright-core";

const artefacts = ".ci/artefacts";

/** Builds a page as `npm run build` does. */
export async function buildPage(name: "explorer"): Promise<void> {
  const build = ["vite", "build", name, "--logLevel", "warn"];
  await promisify(execFile)("npx", ["--no-install", ...build], {
    env: { ...process.env, NODE_ENV: "production" },
  });
}

/** Debian's Chromium, without the calls home that a closed network refuses. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** Collects the problems of a page: logged errors, and requests that failed or went to another origin. */
export function watchPage(page: Page, origin: string): string[] {
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`page: ${error.message}`));
  page.on("requestfailed", (request) =>
    problems.push(`failed: ${request.url()}`),
  );
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.origin !== origin)
      problems.push(`elsewhere: ${url.href}`);
  });
  return problems;
}

/** Keeps a screenshot for people to look at. */
export async function keepScreenshot(
  page: Page,
  name: string,
  options: { readonly fullPage?: boolean } = {},
): Promise<void> {
  await mkdir(artefacts, { recursive: true });
  await page.screenshot({
    path: `${artefacts}/${name}.png`,
    animations: "disabled",
    ...options,
  });
}
