import type { InputOf } from '../../contract/commands.ts';
import type { Language } from '../../contract/language.ts';
import type { QuestionText } from '../../contract/question-text.ts';

/** What the desktop itself says, beside the page. */
export interface Texts {
  readonly language: Language;
  readonly cancel: string;
  readonly openFile: (name: string) => QuestionText;
  readonly closing: { readonly message: (jobs: number) => string; readonly detail: string };
  readonly stay: string;
  readonly background: string;
  readonly quit: string;
  readonly show: string;
  readonly ended: (title: string) => string;
  readonly endedBody: (copied: number, failed: number) => string;
  readonly choose: Readonly<Record<InputOf<'files.pick'>['purpose'], string>>;
  readonly noKeyStore: string;
  readonly openKeyStore: string;
  readonly refusedSwitch: (name: string) => string;
  readonly cannotOpen: string;
  readonly menu: Readonly<Record<'file' | 'edit' | 'view' | 'help' | 'logs', string>>;
}

const en: Texts = {
  language: 'en',
  cancel: 'Cancel',
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
    folder: 'Choose a folder of images',
    ca: 'Choose CA certificates',
    key: 'Choose a key',
    users: 'Choose an htpasswd file',
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
  language: 'zh-CN',
  cancel: '取消',
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
    folder: '选择镜像文件夹',
    ca: '选择 CA 证书',
    key: '选择密钥',
    users: '选择 htpasswd 文件',
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
