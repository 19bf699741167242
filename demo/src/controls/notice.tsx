/** A page that has only something to say. */
export function Notice({ text }: { text: string }) {
  return (
    <main className="notice">
      <p>{text}</p>
    </main>
  );
}
