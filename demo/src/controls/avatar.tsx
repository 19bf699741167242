/** How many tints there are; see `controls.css`. */
const tints = 6;

/** A person or a conversation as a coloured disc with an initial. */
export function Avatar({ name }: { name: string }) {
  const tint = [...name].reduce(
    (sum, char) => (sum * 5 + char.charCodeAt(0)) % tints,
    3,
  );
  return (
    <span className="avatar" data-tint={tint} aria-hidden="true">
      {[...name][0]?.toUpperCase()}
    </span>
  );
}
