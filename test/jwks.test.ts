import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWK,
} from "jose";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createAuthenticator } from "../src/auth/token.js";

// An issuer that changes its keys, as issuers do.

let published: JWK[] = [];
let asked = 0;
const issuer = createServer((_, response) => {
  asked++;
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ keys: published }));
});
beforeAll(
  () => new Promise<void>((resolve) => issuer.listen(0, "127.0.0.1", resolve)),
);
afterAll(() => new Promise((resolve) => issuer.close(resolve)));

const authenticator = () => {
  const { port } = issuer.address() as AddressInfo;
  return createAuthenticator({
    keys: { kind: "jwks", url: new URL(`http://127.0.0.1:${port}/`) },
    issuer: null,
    audience: null,
  });
};

async function key(kid: string): Promise<{ jwk: JWK; privateKey: CryptoKey }> {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  return {
    jwk: { ...(await exportJWK(publicKey)), kid, alg: "RS256" },
    privateKey,
  };
}

const bearer = async (privateKey: CryptoKey, kid?: string) => {
  const jwt = new SignJWT({})
    .setProtectedHeader({ alg: "RS256", ...(kid !== undefined && { kid }) })
    .setSubject("alice")
    .setExpirationTime("1h");
  return `Bearer ${await jwt.sign(privateKey)}`;
};

it("a token that names no key is good where any key of its kind made it", async () => {
  const [first, second, stranger] = await Promise.all(["1", "2", "3"].map(key));
  if (!first || !second || !stranger) throw new Error("no keys");
  published = [first.jwk, second.jwk];
  const authenticate = authenticator();
  for (const { privateKey } of [first, second])
    expect((await authenticate(await bearer(privateKey))).viewer.userId).toBe(
      "alice",
    );
  await expect(
    authenticate(await bearer(stranger.privateKey)),
  ).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
});

it("a key that is published later is found within seconds, and unknown ones cause no storm of requests", async () => {
  const [old, rotated, unknown] = await Promise.all(
    ["old", "rotated", "unknown"].map(key),
  );
  if (!old || !rotated || !unknown) throw new Error("no keys");
  published = [old.jwk];
  const authenticate = authenticator();
  await authenticate(await bearer(old.privateKey, "old"));
  published = [old.jwk, rotated.jwk];
  const token = await bearer(rotated.privateKey, "rotated");
  await expect
    .poll(
      () =>
        authenticate(token).then(
          ({ viewer }) => viewer.userId,
          () => null,
        ),
      { timeout: 5_000 },
    )
    .toBe("alice");
  const before = asked;
  const nobodys = await bearer(unknown.privateKey, "unknown");
  await Promise.allSettled(
    Array.from({ length: 50 }, () => authenticate(nobodys)),
  );
  expect(asked - before).toBeLessThanOrEqual(1);
});
