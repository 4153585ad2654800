/**
 * Builds and loads the images by itself, for machines on which the tests run where no network but
 * the cluster's is: run this first, and the tests with REHUP_E2E_SKIP_IMAGES=1. See support/images.ts.
 */
import { buildAndLoadImages } from './support/images.ts';

await buildAndLoadImages();
