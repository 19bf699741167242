import { execFile } from "node:child_process";
import { chmod, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** Shifts the wall clock of the processes that load it by the seconds that a mapped file holds. */
const shim = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>

static volatile int32_t *seconds;

__attribute__((constructor)) static void map(void) {
  const char *path = getenv("ACKED_CLOCK");
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return;
  void *at = mmap(0, sizeof *seconds, PROT_READ, MAP_SHARED, file, 0);
  if (at != MAP_FAILED) seconds = at;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  static int (*real)(struct timeval *, void *);
  if (!real) real = (int (*)(struct timeval *, void *))dlsym(RTLD_NEXT, "gettimeofday");
  int result = real(now, zone);
  if (now && seconds) now->tv_sec += *seconds;
  return result;
}
`;

/** The clock of the clusters of a folder. */
export interface Clock {
  /** What a Postgres needs in its environment, so that its clock is this one. */
  readonly env: Record<string, string>;
  /** Steps the clock, away from the machine's by so many seconds. */
  set(seconds: number): Promise<void>;
}

/** Builds the clock; null where this machine has no C compiler, or loads no library before others. */
export async function buildClock(folder: string): Promise<Clock | null> {
  if (process.platform !== "linux") return null;
  const [source, library, file] = ["clock.c", "clock.so", "clock"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  await writeFile(source, shim);
  try {
    await promisify(execFile)("cc", [
      ...["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"],
    ]);
  } catch {
    return null;
  }
  const bytes = (seconds: number) => {
    const buffer = Buffer.alloc(4);
    buffer.writeInt32LE(seconds);
    return buffer;
  };
  await writeFile(file, bytes(0));
  for (const path of [library, file]) await chmod(path, 0o755);
  return {
    env: { LD_PRELOAD: library, ACKED_CLOCK: file },
    async set(seconds) {
      // In place: Postgres has mapped these bytes.
      const handle = await open(file, "r+");
      await handle.write(bytes(seconds), 0, 4, 0);
      await handle.close();
    },
  };
}
