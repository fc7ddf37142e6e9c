import type { Language } from '../../contract/language.ts';

/** Every word of the command line that is not an error, in both languages. */
export interface Words {
  readonly outcomes: Readonly<Record<'copied' | 'unchanged' | 'skipped' | 'failed' | 'cancelled', string>>;
  readonly actions: Readonly<Record<'copy' | 'unchanged' | 'skip' | 'fail', string>>;
  readonly images: string;
  readonly blobs: (sent: number, mounted: number, present: number) => string;
  readonly moved: (received: string, sent: string, saved: string) => string;
  readonly requests: (source: number, destination: number, token: number) => string;
  readonly seconds: (seconds: string) => string;
  readonly remedy: string;
  readonly note: string;
  readonly warning: string;
  readonly paused: (host: string, until: string) => string;
  readonly stopping: string;
  readonly planned: (toSend: string, toMount: string, present: string) => string;
  readonly verified: (manifests: number, blobs: number, bytes: string) => string;
  readonly phases: Readonly<Record<string, string>>;
}

const en: Words = {
  outcomes: { copied: 'copied', unchanged: 'unchanged', skipped: 'skipped', failed: 'failed', cancelled: 'cancelled' },
  actions: { copy: 'copy', unchanged: 'unchanged', skip: 'skip', fail: 'would fail' },
  images: 'images',
  blobs: (sent, mounted, present) => `blobs: ${sent} sent, ${mounted} mounted, ${present} already there`,
  moved: (received, sent, saved) => `bytes: ${received} received, ${sent} sent, ${saved} saved`,
  requests: (source, destination, token) =>
    `requests: ${source} to sources, ${destination} to destinations, ${token} for tokens`,
  seconds: (seconds) => `time: ${seconds} s`,
  remedy: 'remedy',
  note: 'note',
  warning: 'warning',
  paused: (host, until) => `${host} asked for a pause; going on at ${until}`,
  stopping: 'stopping; press Ctrl-C again to stop at once',
  planned: (toSend, toMount, present) => `to send ${toSend}, to mount ${toMount}, already there ${present}`,
  verified: (manifests, blobs, bytes) =>
    `${manifests} manifests and ${blobs} blobs (${bytes}) are what their digests say`,
  phases: {
    queued: 'queued',
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
    failed: 'failed',
  },
};

const zh: Words = {
  outcomes: { copied: '已复制', unchanged: '已一致', skipped: '已跳过', failed: '失败', cancelled: '已取消' },
  actions: { copy: '复制', unchanged: '已一致', skip: '跳过', fail: '将会失败' },
  images: '镜像',
  blobs: (sent, mounted, present) => `层：发送 ${sent}，挂载 ${mounted}，已存在 ${present}`,
  moved: (received, sent, saved) => `流量：接收 ${received}，发送 ${sent}，节省 ${saved}`,
  requests: (source, destination, token) => `请求：源端 ${source}，目标端 ${destination}，令牌 ${token}`,
  seconds: (seconds) => `用时：${seconds} 秒`,
  remedy: '处理办法',
  note: '提示',
  warning: '警告',
  paused: (host, until) => `${host} 要求暂停，${until} 继续`,
  stopping: '正在停止；再按一次 Ctrl-C 立即退出',
  planned: (toSend, toMount, present) => `需发送 ${toSend}，可挂载 ${toMount}，已存在 ${present}`,
  verified: (manifests, blobs, bytes) => `${manifests} 个清单和 ${blobs} 个层（${bytes}）与摘要一致`,
  phases: {
    queued: '排队',
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
    failed: '失败',
  },
};

/** The words of a language. */
export function wordsOf(language: Language): Words {
  return language === 'zh-CN' ? zh : en;
}

/** The language of the terminal: by its locale variables, else by the machine's. */
export function terminalLanguage(environment: Readonly<Record<string, string | undefined>>): Language {
  const named = environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG'];
  const locale = named ?? Intl.DateTimeFormat().resolvedOptions().locale;
  return /^zh(?:[_-]|$)/i.test(locale) ? 'zh-CN' : 'en';
}
