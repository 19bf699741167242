import { useSyncExternalStore } from "react";
import type { Watches } from "./watches.js";

/** The events of every subscription that was run, below all tabs; nothing where none was. */
export function Events({ watches }: { readonly watches: Watches }) {
  const all = useSyncExternalStore(watches.onChange, watches.all);
  if (all.length === 0) return null;
  return (
    <section className="events" aria-label="Events">
      {all.map(({ title, ended, events }) => (
        <article key={title}>
          <header>
            <h2>{title}</h2>
            <p role="status">
              {ended ??
                (events.length === 0 ? "Waiting for events" : "Watching")}
            </p>
            <button type="button" onClick={() => watches.remove(title)}>
              {ended === null ? "Stop" : "Close"}
            </button>
          </header>
          {/* Focusable, so that the keyboard scrolls it. */}
          <ol reversed tabIndex={0} aria-label={`Events of ${title}`}>
            {events.map(({ number, json }) => (
              <li key={number} value={number}>
                <pre>{json}</pre>
              </li>
            ))}
          </ol>
        </article>
      ))}
    </section>
  );
}
