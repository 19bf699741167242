import { afterEach, beforeEach, expect, vi } from "vitest";

/** What a screen shows now, and waiting for it to show something. */
export interface Screen<T> {
  readonly shown: T | null;
  /** Waits until a condition on what is shown holds. */
  until(condition: (shown: T) => boolean): Promise<T>;
  close(): void;
}

/** A screen that follows a source of values, as a component follows a watched query. */
export function screenOf<T>(
  watch: (show: (value: T) => void) => () => void,
): Screen<T> {
  let shown: T | null = null;
  let woken = (): void => undefined;
  const close = watch((value) => {
    shown = value;
    woken();
  });
  return {
    get shown() {
      return shown;
    },
    async until(condition) {
      const deadline = Date.now() + 5_000;
      for (;;) {
        if (shown !== null && condition(shown)) return shown;
        if (Date.now() > deadline)
          throw new Error(`still shown: ${JSON.stringify(shown)}`);
        await new Promise<void>((resolve) => {
          woken = resolve;
          setTimeout(resolve, 100);
        });
      }
    },
    close,
  };
}

/** What was written to the console as a warning or error since it was last asked for. */
export function takeWarnings(): string[] {
  return [console.warn, console.error].flatMap((log) => {
    const { calls } = vi.mocked(log).mock;
    return calls.splice(0).map((call) => call.join(" "));
  });
}

/** Fails each test of a file in which anything was written to the console as a warning or error. */
export function expectNoWarnings(): void {
  beforeEach(() => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    vi.spyOn(console, "error").mockImplementation(() => undefined);
  });
  afterEach(() => {
    const warnings = takeWarnings();
    vi.restoreAllMocks();
    expect(warnings).toEqual([]);
  });
}
