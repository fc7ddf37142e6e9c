import type { Language } from '../../contract/language.ts';
import type { Confirm } from '../../app/window/parts.ts';

/** A question with its explanation and the word on the button that says yes. */
export interface Question {
  readonly message: string;
  readonly detail: string;
  readonly yes: string;
}

/** What the desktop itself says, beside the page. */
export interface Texts {
  readonly cancel: string;
  readonly confirm: Readonly<Record<Parameters<Confirm>[0], (subject: string) => Question>>;
  readonly openFile: (name: string) => Question;
  readonly closing: { readonly message: (jobs: number) => string; readonly detail: string };
  readonly stay: string;
  readonly background: string;
  readonly quit: string;
  readonly show: string;
  readonly ended: (title: string) => string;
  readonly endedBody: (copied: number, failed: number) => string;
  readonly choose: Readonly<Record<'images' | 'auth' | 'bundle' | 'ca' | 'export', string>>;
  readonly noKeyStore: string;
  readonly openKeyStore: string;
  readonly refusedSwitch: (name: string) => string;
  readonly cannotOpen: string;
  readonly menu: Readonly<Record<'file' | 'edit' | 'view' | 'help' | 'logs', string>>;
}

const en: Texts = {
  cancel: 'Cancel',
  confirm: {
    'remove-registry': (host) => ({
      message: `Remove ${host}?`,
      detail: 'Its stored credential is forgotten as well. Images at the registry stay as they are.',
      yes: 'Remove',
    }),
    'skip-certificate-checks': (host) => ({
      message: `Trust ${host} without checking its certificate?`,
      detail: 'Anybody on the way to it could read the credential and change images. Adding its CA is safer.',
      yes: 'Do not check',
    }),
    'discard-job': (job) => ({
      message: `Discard the unfinished job ${job}?`,
      detail: 'What it has copied stays; the rest will not be copied.',
      yes: 'Discard',
    }),
    'trim-cache': (folder) => ({
      message: `Delete layers from the cache in ${folder}?`,
      detail: 'They will be fetched again when they are needed.',
      yes: 'Delete',
    }),
    'approve-realm': (host) => ({
      message: `Let the credentials of ${host} go to another token server?`,
      detail: 'The registry names another token server than before. Approve only when this change was announced.',
      yes: 'Approve',
    }),
  },
  openFile: (name) => ({
    message: `Open ${name}?`,
    detail: 'The program was started with this file. Nothing is copied before you have seen the plan.',
    yes: 'Open',
  }),
  closing: {
    message: (jobs) => `${jobs === 1 ? 'One job is' : `${jobs} jobs are`} still running. Quit?`,
    detail: 'What is unfinished can be resumed at the next start, without sending anything twice.',
  },
  stay: 'Stay',
  background: 'Go on in the background',
  quit: 'Quit',
  show: 'Show window',
  ended: (title) => `Done: ${title}`,
  endedBody: (copied, failed) =>
    failed === 0 ? `${copied} images are there.` : `${copied} images are there, ${failed} failed.`,
  choose: {
    images: 'Choose lists of images',
    auth: 'Choose a file with credentials',
    bundle: 'Choose a bundle',
    ca: 'Choose CA certificates',
    export: 'Save as',
  },
  noKeyStore: 'this machine has no key store that protects credentials, so they are kept until the program ends',
  openKeyStore:
    'the key store of this desktop only pretends to encrypt, so credentials are kept until the program ends',
  refusedSwitch: (name) => `Image Ferry does not start with the switch ${name}.`,
  cannotOpen: 'Image Ferry cannot start',
  menu: { file: 'File', edit: 'Edit', view: 'View', help: 'Help', logs: 'Show logs' },
};

const zh: Texts = {
  cancel: '取消',
  confirm: {
    'remove-registry': (host) => ({
      message: `移除 ${host}？`,
      detail: '已保存的凭据也会一并删除。仓库中的镜像不受影响。',
      yes: '移除',
    }),
    'skip-certificate-checks': (host) => ({
      message: `不验证证书就信任 ${host}？`,
      detail: '途中的任何人都可能读取凭据并篡改镜像。添加它的 CA 证书更安全。',
      yes: '不验证',
    }),
    'discard-job': (job) => ({
      message: `放弃未完成的任务 ${job}？`,
      detail: '已复制的内容会保留，其余的不再复制。',
      yes: '放弃',
    }),
    'trim-cache': (folder) => ({
      message: `从缓存 ${folder} 中删除层？`,
      detail: '需要时会重新下载。',
      yes: '删除',
    }),
    'approve-realm': (host) => ({
      message: `允许把 ${host} 的凭据发送到另一个令牌服务器？`,
      detail: '仓库指定的令牌服务器与以前不同。只有在已获知这项变更时才批准。',
      yes: '批准',
    }),
  },
  openFile: (name) => ({
    message: `打开 ${name}？`,
    detail: '程序是带着这个文件启动的。在你看到计划之前不会复制任何内容。',
    yes: '打开',
  }),
  closing: {
    message: (jobs) => `还有 ${jobs} 个任务正在运行。要退出吗？`,
    detail: '未完成的部分可在下次启动时继续，不会重复传输。',
  },
  stay: '留下',
  background: '在后台继续',
  quit: '退出',
  show: '显示窗口',
  ended: (title) => `已完成：${title}`,
  endedBody: (copied, failed) =>
    failed === 0 ? `${copied} 个镜像已就位。` : `${copied} 个镜像已就位，${failed} 个失败。`,
  choose: {
    images: '选择镜像列表',
    auth: '选择凭据文件',
    bundle: '选择离线包',
    ca: '选择 CA 证书',
    export: '另存为',
  },
  noKeyStore: '本机没有能保护凭据的密钥存储，凭据只保留到程序结束',
  openKeyStore: '此桌面的密钥存储并未真正加密，凭据只保留到程序结束',
  refusedSwitch: (name) => `Image Ferry 不能带 ${name} 开关启动。`,
  cannotOpen: 'Image Ferry 无法启动',
  menu: { file: '文件', edit: '编辑', view: '视图', help: '帮助', logs: '显示日志' },
};

/** What the desktop says, in one of both languages. */
export function textsIn(language: Language): Texts {
  return language === 'zh-CN' ? zh : en;
}

/** The language that is set, or the one of this machine. */
export function languageOf(set: 'system' | 'zh' | 'en', locale: string): Language {
  if (set !== 'system') return set === 'zh' ? 'zh-CN' : 'en';
  return locale.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}
