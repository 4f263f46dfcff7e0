/** An id that reads like the name: "Front left" becomes "front-left". Empty when the name has no Latin letter or digit. */
const readable = (name: string): string =>
  name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 64)
    .replace(/-+$/, '');

/** The id offered for a new screen: like its name, or the first free `screen-<n>` for a name in another script. */
export function idFromName(name: string, taken: ReadonlySet<string>): string {
  const id = readable(name);
  if (id !== '' || name.trim() === '') return id;
  let n = taken.size + 1;
  while (taken.has(`screen-${n}`)) n += 1;
  return `screen-${n}`;
}
