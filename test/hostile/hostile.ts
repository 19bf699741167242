import { setTimeout as sleep } from "node:timers/promises";
import { Attacker } from "./attacker.js";
import { strangers, type Kind } from "./strangers.js";
import { takeTasks, type HostileFigures } from "./talk.js";
import { users } from "./users.js";

// The hostile clients. Each kind of load goes on by itself: a turn, a pause, the next turn. What strangers
// can send is sent without a token and with one, in turn.

/** Between two turns of one kind, in milliseconds. */
const pauseMs = 500;

takeTasks<HostileFigures>(async ({ url, tokens, conversations }) => {
  const stranger = new Attacker(url, null, conversations);
  const known = Object.values(tokens).map(
    (token) => new Attacker(url, token, conversations),
  );
  const all: Record<string, Kind> = { ...strangers, ...users };

  return async ({ seconds, kinds }) => {
    const figures: Record<string, Record<string, number>> = {};
    const endAt = performance.now() + seconds * 1_000;
    const loads = kinds.map(async (name, i) => {
      const act = all[name];
      const user = known[i % known.length];
      if (!act || !user) throw new Error(`there is no kind ${name}`);
      // Not all at the same moment.
      await sleep((pauseMs * i) / kinds.length);
      const counts: Record<string, number> = {};
      figures[name] = counts;
      for (let turn = 0; performance.now() < endAt; turn++) {
        const isOfStranger = name in strangers && turn % 2 === 0;
        const how = await act(isOfStranger ? stranger : user).catch(String);
        counts[how] = (counts[how] ?? 0) + 1;
        await sleep(pauseMs);
      }
    });
    // A turn that hangs is not waited for.
    await Promise.race([Promise.all(loads), sleep(seconds * 1_000 + 5_000)]);
    return figures;
  };
});
