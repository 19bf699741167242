import { expect, it } from "vitest";
import {
  converse,
  listener,
  rigForFile,
  viewer,
  type Listener,
} from "./support/hub.js";
import { waitFor } from "./support/wait.js";

const rig = rigForFile();

const resets = ({ events }: Listener) =>
  events.filter(
    (event) =>
      "messageStatusChanged" in event && event.messageStatusChanged.reset,
  ).length;

it("R20: a switch of which no notice is heard is found by the next sweep, and resets once", async () => {
  const { services, hub, bus } = rig();
  const one = await converse(services, "alice", ["bob"]);
  await converse(services, "alice", ["bob"]);
  const follow = async (conversationId: string | null, userId = "alice") => {
    const heard = listener();
    const stop = await hub.subscribe({
      ...{ kind: "status", viewer: viewer(userId), conversationId },
      ...{ sentByViewer: false, after: null },
      ...{ operation: heard.operation, sink: heard.sink },
    });
    return { heard, stop };
  };
  const followed = [await follow(one), await follow(null)];
  const bobs = await follow(one, "bob");
  bus.isDeaf = true;
  await services.users.setReadReceipts("alice", false);
  bus.isDeaf = false;
  await hub.sweep();
  for (const { heard } of followed)
    await waitFor(() => expect(resets(heard)).toBe(1));
  // Another that begins now knows of it.
  const later = await follow(null);
  await hub.sweep();
  await hub.sweep();
  expect(followed.map(({ heard }) => resets(heard))).toEqual([1, 1]);
  expect([resets(later.heard), resets(bobs.heard)]).toEqual([0, 0]);
  for (const { stop } of [...followed, later, bobs]) stop();
});
