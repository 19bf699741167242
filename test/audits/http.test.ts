import { readFileSync } from "node:fs";
import { serverAudits, type AuditResult } from "graphql-http";
import { beforeAll, describe, expect, it } from "vitest";
import { serverForFile } from "../support/for-file.js";

// The audits of https://github.com/graphql/graphql-http, which follow the specification "GraphQL over
// HTTP". Which of them do not pass, and why, stands in docs/conformance.md.

const server = serverForFile();

/** The audits that do not pass, by id, with their reasons: rows of the table in docs/conformance.md. */
const reasons = new Map(
  [
    ...readFileSync("docs/conformance.md", "utf8").matchAll(
      /^\| `(\w{4})` +\| ([^|]+?) +\| ([^|]+?) +\|$/gm,
    ),
  ].map(([, id = "", name = "", reason = ""]) => [id, { name, reason }]),
);

let authorization = "";
beforeAll(async () => {
  authorization = `Bearer ${await server.token("an-auditor")}`;
});

const audits = serverAudits({
  url: () => server.url,
  fetchFn: (url: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    headers.set("authorization", authorization);
    return fetch(url, { ...init, headers });
  },
});

describe.each(["MUST", "SHOULD", "MAY"])("audits: %s", (requirement) => {
  const these = audits.filter(({ name }) => name.startsWith(`${requirement} `));

  it.each(these.map(({ id, name, fn }) => ({ id, name, fn })))(
    "$id: $name",
    async ({ id, name, fn }) => {
      const result: AuditResult = await fn();
      const known = reasons.get(id);
      if (known) expect(known.name).toBe(name);
      expect(
        result.status === "ok" ? "passes" : `fails: ${result.reason}`,
      ).toMatch(known ? /^fails/ : /^passes$/);
    },
  );
});

it("every MUST passes, and every exception is an audit with a reason", () => {
  const must = audits.filter(({ name }) => name.startsWith("MUST"));
  expect(must.length).toBeGreaterThanOrEqual(13);
  for (const { id } of must) expect(reasons.has(id)).toBe(false);
  for (const [id, { reason }] of reasons) {
    expect(audits.map((audit) => audit.id)).toContain(id);
    expect(reason.length).toBeGreaterThan(20);
  }
});

it("the authorization of an audit is what lets it in", async () => {
  const response = await fetch(server.url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: "{ viewer { id } }" }),
  });
  const { errors } = (await response.json()) as {
    errors?: { extensions: { code: string } }[];
  };
  expect(errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
});
