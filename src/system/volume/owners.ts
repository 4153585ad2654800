/** What is in the way of a path: somebody else's file, or folder. */
export type Clash = {
  owner: string;
  /** Which path the owner has. */
  path: string;
  /** The same path; a folder where the file would be; a file where a folder would have to be. */
  as: 'same' | 'folder' | 'file';
};

/**
 * Whose each path is, where several give files to one directory: one path is of one owner, and a file
 * cannot be a folder as well.
 */
export type Owners = {
  /** Gives a file to an owner, or tells why it cannot. */
  claim: (path: string, owner: string) => Clash | undefined;
  /** Who has a path, or stands in its way. */
  ownerOf: (path: string) => string | undefined;
};

export function createOwners(): Owners {
  const files = new Map<string, string>();
  const folders = new Map<string, string>();

  const find = (path: string): Clash | undefined => {
    const same = files.get(path);
    if (same !== undefined) return { owner: same, path, as: 'same' };
    const below = folders.get(path);
    if (below !== undefined) return { owner: below, path, as: 'folder' };
    for (const folder of foldersOf(path)) {
      const owner = files.get(folder);
      if (owner !== undefined) return { owner, path: folder, as: 'file' };
    }
    return undefined;
  };

  return {
    claim: (path, owner) => {
      const clash = find(path);
      if (clash !== undefined) return clash;
      files.set(path, owner);
      for (const folder of foldersOf(path)) if (!folders.has(folder)) folders.set(folder, owner);
      return undefined;
    },
    ownerOf: (path) => find(path)?.owner,
  };
}

function* foldersOf(path: string): Generator<string, void, void> {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    yield path.slice(0, end);
  }
}

/** What is not possible at once, in words; the clash is met by `other`. */
export function describeClash({ owner, path, as }: Clash, other: string): string {
  switch (as) {
    case 'same':
      return `the key ${path} is in ${owner} and in ${other}`;
    case 'folder':
      return `${path} is a folder in ${owner} and a file in ${other}`;
    case 'file':
      return `${path} is a file in ${owner} and a folder in ${other}`;
    default:
      return as satisfies never;
  }
}
