import { vi } from "vitest";

/** Waits until a condition holds, for as long as it may take on a busy machine. */
export function waitFor<T>(
  condition: () => T | Promise<T>,
  timeoutMs = 20_000,
): Promise<T> {
  return vi.waitFor(condition, { timeout: timeoutMs, interval: 20 });
}
