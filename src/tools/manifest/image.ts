import { version } from '../../config/version.ts';

/** Where the image of rehup is. */
export const IMAGE_NAME = 'ghcr.io/rehup/rehup';

/** The image of this version. */
export const image = `${IMAGE_NAME}:${version}`;
