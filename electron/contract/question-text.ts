import type { Language } from './language.ts';
import type { Deed } from './questions.ts';

/** A question with its explanation and the word on the button that says yes. */
export interface QuestionText {
  readonly message: string;
  readonly detail: string;
  readonly yes: string;
}

type Words = Readonly<Record<Language, (subject: string) => QuestionText>>;

/** One text for every deed, whoever asks: a dialog of the desktop or the page. */
const texts: Readonly<Record<Deed, Words>> = {
  'remove-registry': {
    en: (host) => ({
      message: `Remove ${host}?`,
      detail: 'Its stored credential is forgotten as well. Images at the registry stay as they are.',
      yes: 'Remove',
    }),
    'zh-CN': (host) => ({
      message: `移除 ${host}？`,
      detail: '已保存的凭据也会一并删除。仓库中的镜像不受影响。',
      yes: '移除',
    }),
  },
  'skip-certificate-checks': {
    en: (host) => ({
      message: `Trust ${host} without checking its certificate?`,
      detail: 'Anybody on the way to it could read the credential and change images. Adding its CA is safer.',
      yes: 'Do not check',
    }),
    'zh-CN': (host) => ({
      message: `不验证证书就信任 ${host}？`,
      detail: '途中的任何人都可能读取凭据并篡改镜像。添加它的 CA 证书更安全。',
      yes: '不验证',
    }),
  },
  'discard-job': {
    en: (job) => ({
      message: `Discard the unfinished job ${job}?`,
      detail: 'What it has copied stays; the rest will not be copied.',
      yes: 'Discard',
    }),
    'zh-CN': (job) => ({
      message: `放弃未完成的任务 ${job}？`,
      detail: '已复制的内容会保留，其余的不再复制。',
      yes: '放弃',
    }),
  },
  'trim-cache': {
    en: (folder) => ({
      message: `Delete layers from the cache in ${folder}?`,
      detail: 'They will be fetched again when they are needed.',
      yes: 'Delete',
    }),
    'zh-CN': (folder) => ({
      message: `从缓存 ${folder} 中删除层？`,
      detail: '需要时会重新下载。',
      yes: '删除',
    }),
  },
  'approve-realm': {
    en: (host) => ({
      message: `Let the credentials of ${host} go to another token server?`,
      detail: 'The registry names another token server than before. Approve only when this change was announced.',
      yes: 'Approve',
    }),
    'zh-CN': (host) => ({
      message: `允许把 ${host} 的凭据发送到另一个令牌服务器？`,
      detail: '仓库指定的令牌服务器与以前不同。只有在已获知这项变更时才批准。',
      yes: '批准',
    }),
  },
  'open-dock': {
    en: (address) => ({
      message: `Serve images on the network at ${address}?`,
      detail: 'Whoever reaches this address can pull what is published, unless users or addresses are limited.',
      yes: 'Serve',
    }),
    'zh-CN': (address) => ({
      message: `在网络地址 ${address} 上提供镜像？`,
      detail: '除非限制了用户或地址，任何能访问此地址的人都可以拉取已发布的内容。',
      yes: '提供服务',
    }),
  },
};

/** The words of a question about a deed; the subject must be fit to be shown. */
export function questionText(deed: Deed, subject: string, language: Language): QuestionText {
  return texts[deed][language](subject);
}
