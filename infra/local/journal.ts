import { closeSync, existsSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';

export interface Journal<Entry> {
  /** Adds one entry; it is with the operating system when this returns, so it survives `kill -9` (not a power cut). */
  append(entry: Entry): void;
  close(): void;
}

/**
 * A file of JSON lines. `replay` gets every entry written before, oldest first, and returns those still worth keeping; the file is
 * rewritten to them. A torn last line (the process died in the write) is dropped.
 */
export function openJournal<Entry>(path: string, replay: (entries: Entry[]) => Entry[]): Journal<Entry> {
  const kept = replay(existsSync(path) ? readEntries<Entry>(path) : []);
  const fresh = `${path}.new`;
  writeFileSync(fresh, kept.map((entry) => `${JSON.stringify(entry)}\n`).join(''), { mode: 0o600 });
  renameSync(fresh, path);
  const file = openSync(path, 'a', 0o600);
  let open = true;
  return {
    append(entry) {
      if (!open) throw new Error(`${path} is closed: this home has ended.`);
      writeSync(file, `${JSON.stringify(entry)}\n`);
    },
    close() {
      if (open) closeSync(file);
      open = false;
    },
  };
}

function readEntries<Entry>(path: string): Entry[] {
  const entries: Entry[] = [];
  const lines = readFileSync(path, 'utf8').split('\n');
  for (const [index, line] of lines.entries()) {
    if (line === '') continue;
    try {
      entries.push(JSON.parse(line) as Entry);
    } catch (error) {
      const torn = index === lines.length - 1; // no line break follows: the write was cut off
      if (!torn)
        throw new Error(`Line ${index + 1} of ${path} is damaged. Restore the data folder from a copy.`, {
          cause: error,
        });
    }
  }
  return entries;
}
