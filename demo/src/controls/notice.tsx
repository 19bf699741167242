/** A page with one sentence and nothing else. */
export function Notice({ text }: { text: string }) {
  return (
    <main className="notice">
      <p>{text}</p>
    </main>
  );
}
