import { describe, expect, it } from "vitest";
import { announcement } from "../src/cli/announcement.js";
import { testSecret } from "./support/server.js";

const url = "http://127.0.0.1:4000/graphql";
const demoUrl = "http://127.0.0.1:4000/demo/";
const secret = {
  url,
  metricsUrl: null,
  keys: { kind: "secret", secret: testSecret },
} as const;
const jwks = {
  url,
  metricsUrl: null,
  keys: { kind: "jwks", url: new URL("https://issuer.example/keys") },
} as const;

describe("what a server says when it is ready", () => {
  it("tells people every address, the demo chat's too, and a token for each demo user", async () => {
    const said = await announcement(
      { demo: true, logFormat: "pretty" },
      secret,
    );
    expect(said.match(/(http|ws):\S+/g)).toEqual([
      url,
      "ws://127.0.0.1:4000/graphql",
      demoUrl,
      "http://127.0.0.1:4000/readyz",
      url,
    ]);
    expect(said.match(/^export TOKEN=eyJ\S+ {3}# \w+$/gm)).toHaveLength(3);
    expect(said).toMatch(/# Alice\ncurl -s http/);
  });

  it("tells programs the same in one line of JSON", async () => {
    const said = await announcement({ demo: true, logFormat: "json" }, secret);
    expect(said).not.toContain("\n");
    const token = expect.stringMatching(/^eyJ/) as unknown;
    expect(JSON.parse(said)).toEqual({
      event: "ready",
      url,
      demoUrl,
      demoTokens: { alice: token, bob: token, carol: token },
    });
  });

  it.each([
    { where: "the demo is off", demo: false, server: secret },
    { where: "no token can be made here", demo: true, server: jwks },
  ])("tells of no demo chat where $where", async ({ demo, server }) => {
    expect(
      JSON.parse(await announcement({ demo, logFormat: "json" }, server)),
    ).toEqual({ event: "ready", url });
    expect(
      await announcement({ demo, logFormat: "pretty" }, server),
    ).not.toContain("/demo/");
  });
});
