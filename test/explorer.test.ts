import { expect, it } from "vitest";
import { serverForFile } from "./support/for-file.js";

const server = serverForFile();
const withDemo = serverForFile({}, { demo: true });

const page = (url: string) =>
  fetch(url, { headers: { accept: "text/html,*/*" } });

it("serves a page whose every file is served here and kept for good", async () => {
  const answer = await page(server.url);
  const html = await answer.text();
  expect(answer.headers.get("content-type")).toContain("text/html");
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("content-security-policy")).toContain(
    "default-src 'none'",
  );
  const files = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(
    ([, path]) => path ?? "",
  );
  expect(files).toHaveLength(5);
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

it("offers tokens only where there are demo users, and never in a page", async () => {
  const session = (url: string) =>
    fetch(new URL("/explorer/session.json", url), {
      headers: { "x-acked-demo": "1" },
    });
  for (const { url } of [server, withDemo])
    expect(await (await page(url)).text()).not.toMatch(/eyJ[\w-]+\./);
  expect((await session(server.url)).status).toBe(404);
  const { tabs } = (await (await session(withDemo.url)).json()) as {
    tabs: { token: string }[];
  };
  const token = tabs[0]?.token ?? "";
  const answer = await withDemo.post<{ viewer: { id: string } }>(
    { authorization: `Bearer ${token}` },
    { query: "{ viewer { id } }" },
  );
  expect(answer.data?.viewer.id).toBe("alice");
});

it("answers GET from anything but a browser with a clear error", async () => {
  const answer = await fetch(`${server.url}?query={viewer{id}}`, {
    headers: { accept: "application/json" },
  });
  expect(answer.status).toBe(405);
  expect(answer.headers.get("allow")).toBe("POST");
  expect(await answer.json()).toMatchObject({
    errors: [{ extensions: { code: "BAD_USER_INPUT" } }],
  });
});
