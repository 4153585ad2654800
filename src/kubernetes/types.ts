/** The parts of Kubernetes objects that rehup reads, as JSON has them. All else is passed through. */
export type ObjectMeta = {
  name: string;
  namespace?: string;
  uid: string;
  /** Opaque: compared for equality only. */
  resourceVersion: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Readonly<Record<string, string>>;
  annotations?: Readonly<Record<string, string>>;
  ownerReferences?: readonly OwnerReference[];
  managedFields?: readonly { manager?: string; operation?: string; time?: string }[];
};

export type OwnerReference = {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
};

export type KubeObject = { apiVersion?: string; kind?: string; metadata: ObjectMeta };

/** Names an object that content comes from. */
export type SourceReference = { kind: 'ConfigMap' | 'Secret'; name: string };

export type ConfigMapObject = KubeObject & {
  data?: Readonly<Record<string, string>>;
  binaryData?: Readonly<Record<string, string>>;
  immutable?: boolean;
};

export type SecretObject = KubeObject & {
  type?: string;
  data?: Readonly<Record<string, string>>;
  immutable?: boolean;
};

type Named = {
  name?: string;
  optional?: boolean;
  /** Which keys, and as what; every key under its own name where there are none. */
  items?: readonly { key: string; path: string }[];
};

export type ProjectedSource = {
  configMap?: Named;
  secret?: Named;
  /** What no object of the API tells. */
  serviceAccountToken?: object;
  downwardAPI?: object;
  clusterTrustBundle?: object;
  podCertificate?: object;
};

export type PodVolume = {
  name: string;
  configMap?: Named;
  secret?: Omit<Named, 'name'> & { secretName?: string };
  projected?: { sources?: readonly ProjectedSource[] | null };
};

export type VolumeMount = {
  name: string;
  mountPath: string;
  subPath?: string;
  subPathExpr?: string;
};

export type PodContainer = {
  name: string;
  image?: string;
  volumeMounts?: readonly VolumeMount[];
  env?: readonly {
    name: string;
    valueFrom?: { configMapKeyRef?: Named; secretKeyRef?: Named };
  }[];
  envFrom?: readonly { configMapRef?: Named; secretRef?: Named }[];
};

export type PodSpec = {
  containers: readonly PodContainer[];
  initContainers?: readonly PodContainer[];
  volumes?: readonly PodVolume[];
};

export type PodStatus = {
  phase?: string;
  /** When the kubelet took it on; ISO 8601. */
  startTime?: string;
  containerStatuses?: readonly ContainerStatus[];
  initContainerStatuses?: readonly ContainerStatus[];
};

type ContainerStatus = {
  name: string;
  ready?: boolean;
  state?: { running?: object; waiting?: { reason?: string }; terminated?: { reason?: string } };
};

export type Pod = KubeObject & { spec: PodSpec; status?: PodStatus };

/** What a failed request is answered with (`metav1.Status`). */
export type StatusObject = {
  kind: 'Status';
  status?: string;
  message?: string;
  reason?: string;
  code?: number;
  details?: {
    retryAfterSeconds?: number;
    causes?: readonly { field?: string; message?: string }[];
  };
};
