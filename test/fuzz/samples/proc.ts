/** Files of `/proc`, as containers of a pod have them, and from the examples of proc(5). */

const UID = '0b5c9f5e-5d0f-4c6e-9d0c-0b8f1f6a7d11';
const ID = '2be2e2781d0ffed4a7bb6ef23568e13c52ae17237c5ded474e72e7084a7b0ef5';
const PODS = `/var/lib/kubelet/pods/${UID}`;
const SANDBOX = `/run/containerd/io.containerd.grpc.v1.cri/sandboxes/${ID}`;

export const mountinfos = [
  `2701 52 0:41 / / ro,relatime master:26 - overlay overlay rw,lowerdir=/snapshots/1/fs,upperdir=/snapshots/127/fs,workdir=/snapshots/127/work
2702 2701 0:44 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw
2703 2701 0:45 / /dev rw,nosuid - tmpfs tmpfs rw,size=65536k,mode=755
2712 2708 0:40 / /dev/shm ro,relatime master:24 - tmpfs shm rw,size=65536k
2713 2701 254:0 ${SANDBOX}/resolv.conf /etc/resolv.conf ro,relatime master:3 - ext4 /dev/vda rw,discard
2714 2701 254:0 ${PODS}/etc-hosts /etc/hosts rw,relatime - ext4 /dev/vda rw,discard
2715 2703 254:0 ${PODS}/containers/nginx/5a1b2c3d /dev/termination-log rw,relatime - ext4 /dev/vda rw,discard
2716 2701 254:0 ${PODS}/volumes/kubernetes.io~configmap/config /etc/nginx/conf.d ro,relatime - ext4 /dev/vda rw,discard
2717 2701 254:0 ${PODS}/volumes/kubernetes.io~configmap/config/..2026_11_09_08_07_06.123456789/app.conf//deleted /etc/app.conf ro,relatime - ext4 /dev/vda rw,discard
2718 2701 0:57 / /etc/tls ro,relatime - tmpfs tmpfs rw,size=12288k
2719 2701 0:58 / /run/secrets/kubernetes.io/serviceaccount ro,relatime - tmpfs tmpfs rw,size=12288k
53 2702 0:44 /bus /proc/bus ro,nosuid,nodev,noexec,relatime - proc proc rw
58 2702 0:45 /null /proc/keys rw,nosuid - tmpfs tmpfs rw,size=65536k,mode=755
`,
  '36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n',
  String.raw`36 35 8:1 /a\040b/\134c /c\011d\012e rw shared:2 propagate_from:3 unbindable - fuse.sshfs sshfs#user@host:/x rw`,
  '43 42 0:4 net:[4026532177] /run/netns/one rw shared:2 - nsfs nsfs rw\n',
] as const;

export const kubeletRoots = [
  `${PODS}/containers/nginx/5a1b2c3d`,
  `${PODS}/etc-hosts`,
  `${PODS}/volumes/kubernetes.io~configmap/config`,
  `${PODS}/volumes/kubernetes.io~configmap/config/..2026_11_09_08_07_06.1/a/b//deleted`,
  `/data/pods/outer/volumes/kubernetes.io~empty-dir/docker/_data${PODS}/volumes/kubernetes.io~projected/all`,
] as const;

export const stats = [
  '1900 (pause) S 0 1900 1900 0 -1 4194560 1056 0 1 0 1 1 0 0 20 0 1 0 1254153 1019904 163 18446744073709551615 4198400 4689969 140735267604160 0 0 0 0 0 81922 1 0 0 17 1 0 0 0 0 0 4858520 4883088 86765568 140735267606433 140735267606440 140735267606440 140735267606513 0\n',
  '42 (nginx: worker) (a)) R 7 42 42 0 -1 4194304 88 0 0 0 2 2 0 0 20 0 7 0 313490 1315999744 10422 18446744073709551615\n',
  '7 (kworker/0:1-eve) I 2 0 0 0 -1 69238880 0 0 0 0 0 0 0 0 20 0 1 0 18 0 0 0 0 0 0\n',
  '31 (app) Z 1 31 31 0 -1 4227084 0 0 0 0 0 0 0 0 20 0 1 0 99 0 0\n',
] as const;

export const statuses = [
  `Name:	nginx
Umask:	0022
State:	S (sleeping)
Tgid:	42
Ngid:	0
Pid:	42
PPid:	0
TracerPid:	0
Uid:	0	101	102	101
Gid:	0	201	0	201
FDSize:	64
Groups:	 
NStgid:	1900	42
Threads:	1
SigQ:	3/96365
SigPnd:	0000000000000000
ShdPnd:	0000000000000000
SigBlk:	0000000000000200
SigIgn:	0000000040001000
SigCgt:	8000000198016a07
CapInh:	0000000000000000
CapPrm:	00000000a80425fb
CapEff:	00000000a80425fb
CapBnd:	00000000a80425fb
CapAmb:	0000000000000000
NoNewPrivs:	1
Seccomp:	2
Cpus_allowed_list:	0-1
`,
  'Name:\tkthreadd\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nSigBlk:\t0000000000000000\n',
  String.raw`Name:	x\nUid:	7` +
    '\nUid:\t1000\t1000\t1000\t1000\nGid:\t4294967294\t4294967294\t0\t0\n',
] as const;

export const cgroups = [
  `9:name=systemd:/k8s.io/${ID}\n8:pids:/k8s.io/${ID}\n1:cpu:/k8s.io/${ID}\n0::/k8s.io/${ID}\n`,
  `0::/../cri-containerd-${ID}.scope\n`,
  '0::/\n',
  `3:cpu:/kubepods.slice/kubepods-pod0b5c_9f.slice/cri-containerd-${ID}.scope\n`,
  '4:memory:/user.slice\n',
] as const;

export const cmdlines = [
  'nginx: master process nginx -g daemon off;\0',
  '/usr/sbin/nginx\0-c\0/etc/nginx/nginx.conf\0',
  'python3\0/app/server.py\0--port=8080\0',
  'postgres: checkpointer \0\0\0\0\0\0',
  '',
] as const;

/** `/proc/net/tcp` and `/proc/net/tcp6`. */
export const sockets = [
  `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:2537 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 20211 1 0000000000000000 100 0 0 10 0
   1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 17013 1 0000000000000000 100 0 0 10 0
   2: 0100007F:B7F0 0100007F:2537 01 00000000:00000000 00:00000000 00000000  1000        0 22119 1 0000000000000000 20 4 30 10 -1
`,
  `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:2537 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 20212 1 0000000000000000 100 0 0 10 0
   1: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 20213 1 0000000000000000 100 0 0 10 0
`,
] as const;
