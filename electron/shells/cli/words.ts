import type { Language } from '../../contract/language.ts';
import type { JobState } from '../../contract/history.ts';
import type { DeliveryPhase, ImagePhase, ImageResult, PlannedImage } from '../../contract/models.ts';

type Outcome = ImageResult['outcome'];

/** Every word of the command line that is not an error, in both languages. */
export interface Words {
  readonly colon: string;
  readonly comma: string;
  /** Between two sentences. */
  readonly stop: string;
  readonly outcomes: Readonly<Record<Outcome, string>>;
  readonly counted: (count: number, outcome: Outcome) => string;
  readonly actions: Readonly<Record<PlannedImage['action'], string>>;
  readonly images: string;
  readonly blobs: (sent: number, mounted: number, present: number) => string;
  readonly moved: (received: string, sent: string, saved: string) => string;
  readonly requests: (source: number, destination: number, token: number) => string;
  readonly time: (time: string) => string;
  readonly remedy: string;
  readonly note: string;
  readonly warning: string;
  /** Comes behind a cause. */
  readonly line: (line: number) => string;
  readonly attempts: (count: number) => string;
  readonly noTags: (repository: string) => string;
  readonly paused: (host: string, until: string) => string;
  readonly unreachable: (host: string, until: string) => string;
  readonly again: (images: number) => string;
  readonly stopping: string;
  readonly planned: (toSend: string, toMount: string, present: string) => string;
  readonly plannedHere: (toFetch: string, disk: string, cached: string) => string;
  readonly plannedDirect: (toFetch: string) => string;
  readonly verified: (manifests: number, blobs: number, bytes: string) => string;
  readonly jobStates: Readonly<Record<JobState, string>>;
  readonly noHistory: string;
  readonly job: (number: number) => string;
  readonly signedIn: (user: string, host: string) => string;
  readonly signedOut: (host: string) => string;
  readonly notSignedIn: (host: string) => string;
  readonly nothingToRetry: (number: number) => string;
  readonly retryOf: (number: number, title: string) => string;
  readonly attempt: (attempt: number) => string;
  readonly leftOut: (images: number) => string;
  readonly cacheHolds: (blobs: number, bytes: string, budget: string) => string;
  readonly cacheUnfinished: (blobs: number, bytes: string) => string;
  readonly cacheQuarantined: (blobs: number, bytes: string) => string;
  readonly cacheFree: (bytes: string, folder: string) => string;
  readonly cacheVerified: (blobs: number, bytes: string, rotten: number) => string;
  readonly cacheTrimmed: (deleted: string, left: string) => string;
  readonly phases: Readonly<Record<ImagePhase | DeliveryPhase, string>>;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const enOutcomes = {
  copied: 'copied',
  unchanged: 'unchanged',
  skipped: 'skipped',
  failed: 'failed',
  cancelled: 'cancelled',
} as const;

const en: Words = {
  colon: ': ',
  comma: ', ',
  stop: '. ',
  outcomes: enOutcomes,
  counted: (count, outcome) => `${count} ${enOutcomes[outcome]}`,
  actions: { copy: 'copy', unchanged: 'unchanged', skip: 'skip', fail: 'would fail' },
  images: 'images',
  blobs: (sent, mounted, present) => `blobs: ${sent} sent, ${mounted} mounted, ${present} already there`,
  moved: (received, sent, saved) => `bytes: ${received} received, ${sent} sent, ${saved} saved`,
  requests: (source, destination, token) =>
    `requests: ${source} to sources, ${destination} to destinations, ${token} for tokens`,
  time: (time) => `time: ${time}`,
  remedy: 'remedy',
  note: 'note',
  warning: 'warning',
  line: (line) => `line ${line}`,
  attempts: (count) => `, tried ${count} times`,
  noTags: (repository) => `${repository} has no tags, so there is nothing to copy`,
  paused: (host, until) => `${host} asked for a pause; going on at ${until}`,
  unreachable: (host, until) => `${host} cannot be reached; next try at ${until}`,
  again: (images) => `once more: ${counted(images, 'image')} that failed`,
  stopping: 'stopping; press Ctrl-C again to stop at once',
  plannedHere: (toFetch, disk, cached) => `to download ${toFetch}; disk needed ${disk}; in the cache already ${cached}`,
  plannedDirect: (toFetch) => `to download ${toFetch}, straight through, with nothing on disk`,
  planned: (toSend, toMount, present) => `to send ${toSend}, to mount ${toMount}, already there ${present}`,
  verified: (manifests, blobs, bytes) =>
    `${counted(manifests, 'manifest')} and ${counted(blobs, 'blob')} (${bytes}), all as their digests say`,
  jobStates: {
    running: 'running',
    interrupted: 'unfinished',
    finished: 'finished',
    'finished-with-failures': 'finished with failures',
    cancelled: 'cancelled',
  },
  noHistory: 'nothing has run yet',
  job: (number) => `job ${number}`,
  signedIn: (user, host) => `${host} lets ${user} in; the vault keeps the account`,
  signedOut: (host) => `the vault keeps nothing for ${host} any more`,
  notSignedIn: (host) => `the vault kept nothing for ${host}`,
  nothingToRetry: (number) => `job ${number} has nothing that failed or did not end; --all runs all of it again`,
  retryOf: (number, title) => `again job ${number}: ${title}`,
  attempt: (attempt) => `attempt ${attempt}`,
  leftOut: (images) =>
    `${counted(images, 'entry').replace('entrys', 'entries')} of the job cannot be read and so not be run again`,
  cacheHolds: (blobs, bytes, budget) => `cache: ${counted(blobs, 'blob')}, ${bytes} of at most ${budget}`,
  cacheUnfinished: (blobs, bytes) => `unfinished: ${counted(blobs, 'blob')}, ${bytes}`,
  cacheQuarantined: (blobs, bytes) => `put aside because they rotted: ${counted(blobs, 'blob')}, ${bytes}`,
  cacheFree: (bytes, folder) => `free on the disk of ${folder}: ${bytes}`,
  cacheVerified: (blobs, bytes, rotten) => `${counted(blobs, 'blob')} read (${bytes}), ${rotten} rotten`,
  cacheTrimmed: (deleted, left) => `${deleted} deleted, ${left} left`,
  phases: {
    ...enOutcomes,
    queued: 'queued',
    held: 'held',
    resolving: 'resolving',
    copying: 'copying',
    publishing: 'publishing',
    waiting: 'waiting',
    checking: 'checking',
    mounting: 'mounting',
    sending: 'sending',
    'backing-off': 'trying again',
    present: 'present',
    mounted: 'mounted',
    sent: 'sent',
  },
};

const zhOutcomes = {
  copied: '已复制',
  unchanged: '已一致',
  skipped: '已跳过',
  failed: '失败',
  cancelled: '已取消',
} as const;

const zh: Words = {
  colon: '：',
  comma: '，',
  stop: '。',
  outcomes: zhOutcomes,
  counted: (count, outcome) => `${zhOutcomes[outcome]} ${count}`,
  actions: { copy: '复制', unchanged: '已一致', skip: '跳过', fail: '预计失败' },
  images: '镜像',
  blobs: (sent, mounted, present) => `层：发送 ${sent}，挂载 ${mounted}，已存在 ${present}`,
  moved: (received, sent, saved) => `流量：接收 ${received}，发送 ${sent}，节省 ${saved}`,
  requests: (source, destination, token) => `请求：源端 ${source}，目标端 ${destination}，令牌 ${token}`,
  time: (time) => `用时：${time}`,
  remedy: '处理办法',
  note: '提示',
  warning: '警告',
  line: (line) => `第 ${line} 行`,
  attempts: (count) => `，已尝试 ${count} 次`,
  noTags: (repository) => `${repository} 没有标签，没有可复制的内容`,
  paused: (host, until) => `${host} 要求暂停访问，将于 ${until} 继续`,
  unreachable: (host, until) => `无法连接 ${host}，将于 ${until} 再试`,
  again: (images) => `再次复制 ${images} 个失败的镜像`,
  stopping: '正在停止；再按一次 Ctrl-C 立即退出',
  plannedHere: (toFetch, disk, cached) => `需下载 ${toFetch}；需要磁盘 ${disk}；缓存中已有 ${cached}`,
  plannedDirect: (toFetch) => `需下载 ${toFetch}，直接传输，不写磁盘`,
  planned: (toSend, toMount, present) => `需发送 ${toSend}，可挂载 ${toMount}，已存在 ${present}`,
  verified: (manifests, blobs, bytes) => `${manifests} 个清单和 ${blobs} 个层（${bytes}）全部与摘要一致`,
  jobStates: {
    running: '进行中',
    interrupted: '未完成',
    finished: '已完成',
    'finished-with-failures': '已完成，有失败',
    cancelled: '已取消',
  },
  noHistory: '还没有运行记录',
  job: (number) => `任务 ${number}`,
  signedIn: (user, host) => `${host} 接受 ${user} 登录，账号已存入保险库`,
  signedOut: (host) => `保险库不再保存 ${host} 的账号`,
  notSignedIn: (host) => `保险库中没有 ${host} 的账号`,
  nothingToRetry: (number) => `任务 ${number} 没有失败或未完成的镜像；用 --all 可全部重新运行`,
  retryOf: (number, title) => `重试任务 ${number}：${title}`,
  attempt: (attempt) => `第 ${attempt} 次`,
  leftOut: (images) => `该任务中有 ${images} 项无法识别，因此不能重试`,
  cacheHolds: (blobs, bytes, budget) => `缓存：${blobs} 个层，${bytes}，上限 ${budget}`,
  cacheUnfinished: (blobs, bytes) => `未下载完：${blobs} 个层，${bytes}`,
  cacheQuarantined: (blobs, bytes) => `因损坏被隔离：${blobs} 个层，${bytes}`,
  cacheFree: (bytes, folder) => `${folder} 所在磁盘剩余 ${bytes}`,
  cacheVerified: (blobs, bytes, rotten) => `已校验 ${blobs} 个层（${bytes}），损坏 ${rotten} 个`,
  cacheTrimmed: (deleted, left) => `已删除 ${deleted}，剩余 ${left}`,
  phases: {
    ...zhOutcomes,
    queued: '排队',
    held: '已暂停',
    resolving: '解析',
    copying: '复制中',
    publishing: '发布中',
    waiting: '等待',
    checking: '检查',
    mounting: '挂载中',
    sending: '发送中',
    'backing-off': '重试中',
    present: '已存在',
    mounted: '已挂载',
    sent: '已发送',
  },
};

/** The words of a language. */
export function wordsOf(language: Language): Words {
  return language === 'zh-CN' ? zh : en;
}

/** The language of the terminal: by its locale variables, else by the machine's. */
export function terminalLanguage(environment: Readonly<Record<string, string | undefined>>): Language {
  const named = environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG'];
  const locale = named || Intl.DateTimeFormat().resolvedOptions().locale;
  return /^zh(?![a-z\d])/i.test(locale) ? 'zh-CN' : 'en';
}
