import { useApp } from "../app-context.js";
import { Ticks } from "../controls/ticks.js";
import type { WaitingItem } from "./timeline-entries.js";
import { clockTime } from "../words/times.js";

/** A message that waits to be sent, or was refused. */
export function WaitingBubble({ item }: { item: WaitingItem }) {
  const { state, clientId, draft, queuedAtMs } = item;
  return (
    <article
      className="message"
      data-testid="message"
      data-own="true"
      data-state={state}
    >
      <div className="bubble">
        <p className="body">{draft.body}</p>
        <p className="meta">
          <time>{clockTime(new Date(queuedAtMs).toISOString())}</time>
          <Ticks state={state} />
        </p>
        {state === "failed" && <Refusal clientId={clientId} />}
      </div>
    </article>
  );
}

function Refusal({ clientId }: { clientId: string }) {
  const { outbox } = useApp();
  return (
    <p className="refusal">
      Not sent
      <button
        type="button"
        className="quiet-button"
        onClick={() => outbox.retry(clientId)}
      >
        Retry
      </button>
      <button
        type="button"
        className="quiet-button"
        onClick={() => outbox.discard(clientId)}
      >
        Discard
      </button>
    </p>
  );
}
