import { type ErrorText, errorText, sideText } from '../../electron/contract/error-text.ts';
import type { ErrorKind, Failure, Hint } from '../../electron/contract/errors.ts';
import type { Language } from '../../electron/contract/language.ts';

type Remedies = Readonly<Partial<Record<ErrorKind | Hint, Readonly<Record<Language, string>>>>>;

/** Remedies that in a window are another deed than on a command line. */
const remedies: Remedies = {
  'not-found': {
    en: 'Check the spelling of repository and tag; refresh the list.',
    'zh-CN': '核对仓库名和标签，并刷新列表。',
  },
  unauthorized: {
    en: 'Edit the registry on the left: check user and password, then test it.',
    'zh-CN': '在左侧编辑该仓库，检查用户名和密码后测试。',
  },
  'rate-limited': {
    en: 'Wait for the limit to pass, sign in to get a higher one, or lower “Images at a time” in the settings.',
    'zh-CN': '等待限制解除、登录以获得更高额度，或在设置中减少“同时复制的镜像数”。',
  },
  tls: {
    en: 'Edit the registry: give its CA certificate, or accept it unchecked.',
    'zh-CN': '编辑该仓库：提供其 CA 证书，或明确跳过校验。',
  },
  conflict: {
    en: 'Choose on the plan whether to overwrite, skip or back it up.',
    'zh-CN': '在计划中选择覆盖、跳过或备份。',
  },
  proxy: {
    en: 'Check address, user and password of the proxy in the settings.',
    'zh-CN': '在设置中检查代理地址和账号。',
  },
  cancelled: { en: 'Run the job again to go on.', 'zh-CN': '再次运行该任务即可继续。' },
  internal: {
    en: 'Try again; if it repeats, please report it with the diagnostics of the About page.',
    'zh-CN': '请重试；若反复出现，请附上“关于”页的诊断信息反馈。',
  },
  'attestation-refused': {
    en: 'Choose on the plan to leave build attestations out: a smaller index is published and its digest changes.',
    'zh-CN': '在计划中选择不复制构建证明：将发布较小的索引，摘要会改变。',
  },
  'credential-missing': {
    en: 'Edit the registry on the left and give user and password, or import docker’s config.json.',
    'zh-CN': '在左侧编辑该仓库并填写用户名和密码，或导入 docker config.json。',
  },
  'credential-wrong': {
    en: 'Edit the registry and correct user and password; they were tried only once, so that the account is not locked.',
    'zh-CN': '编辑该仓库并更正用户名和密码；为避免锁定账号，只尝试了一次。',
  },
  'folder-owned': {
    en: 'Wait until it has ended, or start the program with another data folder.',
    'zh-CN': '等待其结束，或用另一个数据目录启动程序。',
  },
  'line-broken': {
    en: 'Retry when the line is better; lower “Images at a time” in the settings if it breaks under load.',
    'zh-CN': '线路恢复后重试；若在高负载时中断，请在设置中减少“同时复制的镜像数”。',
  },
  'plain-http': {
    en: 'If it really speaks plain http, edit the registry and allow that.',
    'zh-CN': '若确实只有明文 http，请编辑该仓库并允许。',
  },
  'platform-missing': {
    en: 'Look at the platforms column, and choose others on the plan.',
    'zh-CN': '查看架构一栏，并在计划中选择其他架构。',
  },
  'subject-missing': {
    en: 'Copy the image itself first, or choose on the plan to copy without referrers.',
    'zh-CN': '先复制镜像本身，或在计划中选择不复制其他引用。',
  },
  'trust-ca': {
    en: 'Edit the registry: give its CA certificate, or accept it unchecked.',
    'zh-CN': '编辑该仓库：提供其 CA 证书，或明确跳过校验。',
  },
};

/** One sentence of cause and one of remedy for a failure, in words of the window. */
export function failureText(failure: Failure, language: Language): ErrorText {
  const text = errorText(failure.kind, failure.hint, language);
  const remedy = remedies[failure.hint ?? failure.kind]?.[language] ?? text.remedy;
  return { cause: text.cause, remedy };
}

/** The side a failure was on, in words. */
export function failureSide(failure: Failure, language: Language): string {
  return sideText(failure.side, language);
}

/** Everything known of a failure as lines for a report; all that strangers wrote is made visible by whoever shows it. */
export function failureReport(failure: Failure): string {
  const { http } = failure;
  return [
    failure.message,
    `kind: ${failure.kind}${failure.hint === undefined ? '' : ` (${failure.hint})`}`,
    `side: ${failure.side}`,
    `operation: ${failure.op}`,
    `subject: ${failure.subject}`,
    ...(http === undefined ? [] : [`request: ${http.method} ${http.url}`]),
    ...(http?.status === undefined ? [] : [`status: ${http.status}`]),
    ...(http?.requestId === undefined ? [] : [`request id: ${http.requestId}`]),
    ...(failure.codes.length === 0 ? [] : [`codes: ${failure.codes.join(', ')}`]),
    ...(failure.attempts === undefined ? [] : [`attempts: ${failure.attempts}`]),
  ].join('\n');
}
