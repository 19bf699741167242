import { expect, it } from "vitest";
import { parseDatabaseUrl } from "../src/db/database-url.js";

it.each([
  ["postgres://localhost/acked", []],
  ["postgresql://ann:p%40ss@db.example:6432/acked?sslmode=require", []],
  ["postgres:///acked", []],
])("leaves %s to the driver", (url, endpoints) => {
  expect(parseDatabaseUrl(url)).toEqual({ url, endpoints });
});

it.each([
  [
    "postgres://ann:secret@a:5433,b/acked?target_session_attrs=read-write",
    "postgres://ann:secret@localhost/acked",
    [
      { host: "a", port: 5433 },
      { host: "b", port: 5432 },
    ],
  ],
  [
    "postgres://[::1]:5433,10.0.0.2/acked?sslmode=require&target_session_attrs=primary",
    "postgres://localhost/acked?sslmode=require",
    [
      { host: "::1", port: 5433 },
      { host: "10.0.0.2", port: 5432 },
    ],
  ],
  [
    "postgres://[::1]/acked",
    "postgres://localhost/acked",
    [{ host: "::1", port: 5432 }],
  ],
  ["postgres://a/acked?target_session_attrs=any", "postgres://a/acked", []],
])("finds the hosts of %s", (text, url, endpoints) => {
  expect(parseDatabaseUrl(text)).toEqual({ url, endpoints });
});

it.each([
  "mysql://localhost/acked",
  "localhost",
  "",
  "postgres://a:port,b/acked",
  "postgres://a,,b/acked",
  "postgres://a,b:99999/acked",
  "postgres://a/acked?target_session_attrs=standby",
  "postgres://a/acked?target_session_attrs=read-only",
])("says what is wrong with %j, and nothing of a password", (text) => {
  expect(parseDatabaseUrl(text)).toEqual(expect.any(String));
});
