import { RELOADERS } from '../../config/reloaders.ts';
import type { Container } from './container.ts';
import type { Pod } from './pod.ts';

/**
 * The rehup of a pod: by its image, its name, or its settings. One that ends before the app starts, as `rehup once` in
 * an init container, is it only where no other stays.
 */
export function findSidecar({ containers }: Pod): Container | undefined {
  const staying = containers.filter(({ role }) => role !== 'init');
  const ending = containers.filter(({ role }) => role === 'init');
  return (
    byImageOrName(staying) ??
    byImageOrName(ending) ??
    [...staying, ...ending].find(({ variables }) =>
      variables.some(({ name }) => name.startsWith('REHUP_')),
    )
  );
}

function byImageOrName(containers: readonly Container[]): Container | undefined {
  return containers.find(isSidecar) ?? containers.find(({ name }) => name === 'rehup');
}

/** `ghcr.io/rehup/rehup:0.1.0`, and variants as `rehup-native`. */
export function isSidecar({ image }: Container): boolean {
  return image !== undefined && /^rehup(?:-[a-z0-9]+)*$/.test(imageName(image));
}

/** The last part of an image's path, without tag and digest. */
function imageName(image: string): string {
  return image.replace(/@.*$/, '').replace(/^.*\//, '').replace(/:.*$/, '');
}

/** A program that mounts a volume only to tell the app about it; by its image, as no process runs. */
export function isReloader({ image }: Container): boolean {
  return image !== undefined && RELOADERS.includes(imageName(image));
}
