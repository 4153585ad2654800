import type { Platform } from '../manifest/openshift.ts';
import type { Settings } from '../../config/options.ts';

/** A native sidecar (Kubernetes 1.29), or a plain container beside the app. */
export type Form = 'native' | 'plain';

/** What is to be added. */
export type InjectOptions = {
  form: Form;
  image: string;
  /** Names of volumes; all ConfigMaps and Secrets that the app mounts, if absent. */
  volumes: readonly string[] | undefined;
  /** The app's container; every container that mounts them, if absent. */
  container: string | undefined;
  /** The uid of rehup; that of the app, as far as the manifest gives it, if absent. */
  uid: number | undefined;
  /** REHUP_ variables. */
  env: Readonly<Record<string, string>>;
  /** What these variables come to. */
  settings: Settings;
  /** The options among them that talk to the Kubernetes API. */
  usesApi: boolean;
  /** The app is to see what rehup publishes, instead of the volumes themselves. */
  publish?: boolean;
  ports: boolean;
  probes: boolean;
  resources: object | undefined;
  platform?: Platform | undefined;
};

/** A policy of admission instead of a manifest. */
export type PolicyCommand = Pick<
  InjectOptions,
  'image' | 'platform' | 'ports' | 'probes' | 'resources'
> & {
  /** Minor version of Kubernetes 1, where it is given. */
  kubernetes: number | undefined;
};

/** What was asked for on the command line. */
export type InjectCommand = Omit<InjectOptions, 'settings' | 'usesApi'> & {
  /** A file, or `-`. */
  name: string;
  diff: boolean;
  /** Into the file, instead of to standard output. */
  write: boolean;
};
