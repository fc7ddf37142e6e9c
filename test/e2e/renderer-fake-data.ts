import type { Failure } from '../../electron/contract/errors.ts';
import type { ImageRow } from '../../electron/contract/images.ts';
import type { Registry } from '../../electron/contract/registries.ts';

/** What a test wants to see. */
export interface FakeOptions {
  readonly language?: 'system' | 'zh' | 'en';
  readonly theme?: 'system' | 'light' | 'dark';
  readonly isFirstRun?: boolean;
  readonly isEmpty?: boolean;
  /** Nothing is told and nothing is left over. */
  readonly isCalm?: boolean;
  /** Not on the desktop. */
  readonly isBrowser?: boolean;
  /** There is no vault to keep a password in. */
  readonly hasNoVault?: boolean;
  /** Every text of a stranger tries to be markup, an escape, a bidi trick or ten kilobytes. */
  readonly isHostile?: boolean;
  /** Tags in `library/busybox`; 5,000 unless told. */
  readonly tags?: number;
  /** Images of the first running job; 260 unless told. */
  readonly queue?: number;
  /** Nothing moves by itself, so that two pictures agree. */
  readonly isStill?: boolean;
}

/** A number from 0 to 1 out of a seed, the same on every machine. */
export function chance(seed: number): number {
  let value = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return ((value ^ (value >>> 16)) >>> 0) / 2 ** 32;
}

/** A digest out of a seed. */
export function digestOf(seed: number): string {
  let hex = '';
  for (let at = 0; at < 8; at++)
    hex += Math.floor(chance(seed * 8 + at) * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return `sha256:${hex}`;
}

const mark = '<img src=x onerror=alert(1)><script>alert(2)</script>';
/** A text that tries to be more than text. */
export const hostileText: string = `${mark}\u202egnp.exe\u0007\u001b[31m{{name}}$t(app.name)%s${'A'.repeat(10_000)}`;

/** The text, or in a hostile world something worse. */
export function strange(text: string, options: FakeOptions): string {
  return options.isHostile === true ? hostileText : text;
}

/** The registries of the fake. */
export function fakeRegistries(options: FakeOptions): Registry[] {
  if (options.isEmpty === true) return [];
  const plain = { plainHttp: false, insecure: false, prefixes: [] } as const;
  return [
    {
      id: 'aliyun',
      host: 'registry.cn-hangzhou.aliyuncs.com',
      name: strange('registry.cn-hangzhou.aliyuncs.com', options),
      ...plain,
      user: 'ops@example',
      credential: 'stored',
    },
    {
      id: 'harbor',
      host: 'harbor.prod.local',
      name: 'harbor.prod.local',
      ...plain,
      user: 'robot$ferry',
      credential: 'session',
      vendor: 'harbor',
    },
    {
      id: 'site-b',
      host: 'harbor.site-b.example:8443',
      name: 'Site B',
      ...plain,
      credential: 'none',
      vendor: 'harbor',
    },
  ];
}

const names = [
  'platform/gateway',
  'platform/auth-service',
  'platform/order-svc',
  'monitor/prometheus',
  'monitor/grafana',
  'middleware/rocketmq',
  'middleware/nacos-server',
  'ai/vllm-openai',
  'library/nginx',
  'library/redis',
  'infra/kube-apiserver',
  'infra/coredns',
];

/** Repositories and how many tags each holds: 10,000 and some in all. */
export function fakeRepositories(options: FakeOptions): readonly { readonly path: string; readonly tags: number }[] {
  const small = Array.from({ length: 48 }, (_, index) => ({
    path: index < names.length ? (names[index] ?? '') : `team-${Math.floor(index / 6)}/service-${index}`,
    tags: 105,
  }));
  return [...small, { path: 'library/busybox', tags: options.tags ?? 5000 }].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** One tag of a repository; without details as registries list them. */
export function fakeRow(path: string, index: number, hasDetails: boolean): ImageRow {
  const seed = path.length * 7919 + path.charCodeAt(path.length - 1) * 131 + index;
  const tag = `v${1 + Math.floor(index / 400)}.${Math.floor(index / 20) % 20}.${index % 20}${chance(seed) > 0.85 ? '-alpine' : ''}`;
  if (!hasDetails) return { repository: path, tag };
  const platforms = chance(seed + 3) > 0.55 ? ['linux/amd64', 'linux/arm64'] : ['linux/amd64'];
  return {
    repository: path,
    tag,
    // only digests of the right grammar may cross
    digest: digestOf(seed),
    sizeBytes: Math.floor(5e6 + chance(seed + 1) * 9e8),
    platforms: chance(seed + 4) > 0.95 ? [...platforms, 'linux/arm/v7', 'linux/s390x', 'linux/ppc64le'] : platforms,
    pushedAt: new Date(Date.UTC(2026, 10, 20) - Math.floor(chance(seed + 2) * 3e10)).toISOString(),
  };
}

/** A failure at a destination. */
export function fakeFailure(options: FakeOptions, index: number): Failure {
  const subject = strange(`harbor.prod.local/platform/order-svc:v2.9.${index}`, options);
  if (index % 3 === 0) {
    return {
      kind: 'forbidden',
      side: 'destination',
      op: 'upload.start',
      subject,
      hint: 'create-project',
      remedy: '',
      codes: ['DENIED'],
      message: strange(
        'destination refused to begin an upload to platform/order-svc: project platform not found',
        options,
      ),
      http: {
        method: 'POST',
        url: 'https://harbor.prod.local/v2/platform/order-svc/blobs/uploads/',
        status: 403,
        requestId: '9f3a',
      },
    };
  }
  if (index % 3 === 1) {
    return {
      kind: 'conflict',
      side: 'destination',
      op: 'manifest.put',
      subject,
      hint: 'immutable-tag',
      remedy: '',
      codes: ['PRECONDITION'],
      message: strange('destination protects the tag from being changed: configured as immutable', options),
      http: { method: 'PUT', url: 'https://harbor.prod.local/v2/platform/order-svc/manifests/v2.9', status: 412 },
    };
  }
  return {
    kind: 'integrity',
    side: 'source',
    op: 'blob.get',
    subject,
    hint: 'source-corrupt',
    remedy: '',
    codes: [],
    attempts: 2,
    message: strange('source sent 31,457,280 bytes with another digest than sha256:638ba7aaa6c8, twice', options),
  };
}
