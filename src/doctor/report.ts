import type { Finding, Outcome } from "./finding.js";

/** All that a doctor has found. */
export interface Report {
  /** The worst outcome of a check. */
  readonly outcome: Exclude<Outcome, "skipped">;
  /** 0, 1 where a check failed, 2 where the environment is wrong. */
  readonly exitCode: 0 | 1 | 2;
  readonly checks: readonly Finding[];
}

/** Sums findings up. */
export function reportOf(
  checks: readonly Finding[],
  isEnvironmentRight: boolean,
): Report {
  const has = (outcome: Outcome) =>
    checks.some((finding) => finding.outcome === outcome);
  const outcome = has("failure")
    ? "failure"
    : has("warning")
      ? "warning"
      : "ok";
  const failed = outcome === "failure" ? 1 : 0;
  return { outcome, exitCode: isEnvironmentRight ? failed : 2, checks };
}

/** A report for people: one line for what a check has found, and one for what to do about it. */
export function asTable({ checks, outcome }: Report): string {
  const width = Math.max(...checks.map(({ check }) => check.length));
  const lines = checks.flatMap(({ check, outcome, found, advice }) => [
    `${outcome.padEnd(7)}  ${check.padEnd(width)}  ${found}`,
    ...(advice === null ? [] : [`${" ".repeat(width + 11)}→ ${advice}`]),
  ]);
  const count = (which: Outcome) =>
    checks.filter((finding) => finding.outcome === which).length;
  const sum = (["failure", "warning", "skipped", "ok"] as const)
    .map((each) => `${String(count(each))} ${each}`)
    .join(", ");
  return [...lines, "", `${outcome}: ${sum}`].join("\n");
}

/**
 * Takes secrets out of findings: no check writes one down, but a library's error may.
 * @param secrets what must not be shown
 */
export function withoutSecrets(
  findings: readonly Finding[],
  secrets: readonly string[],
): Finding[] {
  const hide = (text: string) =>
    secrets.reduce((shown, secret) => shown.replaceAll(secret, "***"), text);
  return findings.map((finding) => ({
    ...finding,
    found: hide(finding.found),
    advice: finding.advice === null ? null : hide(finding.advice),
  }));
}

/** A shorter text would be found in words that say nothing of it. */
const shortestSecret = 4;

/** The secrets of an environment: keys, and passwords in URLs. */
export function secretsOf(env: NodeJS.ProcessEnv): string[] {
  const found = [env["AUTH_JWT_SECRET"], env["CURSOR_SECRET"]];
  for (const name of ["DATABASE_URL", "BUS_URL", "AUTH_JWKS_URL"])
    for (const [, credentials = ""] of (env[name] ?? "").matchAll(
      /\/\/([^/?#]*)@/g,
    )) {
      const password = /:(.*)$/s.exec(credentials)?.[1] ?? credentials;
      found.push(password, decoded(password));
    }
  return found.filter(
    (text): text is string =>
      text !== undefined && text.length >= shortestSecret,
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
