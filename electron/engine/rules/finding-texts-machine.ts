import type { FindingText } from './finding-text.ts';

/** What an operator should know about this machine and how it is used. */
export const machineTexts = {
  'folder-owned': [
    'note',
    'the data folder {folder} is in use by process {pid} of {user} on {machine}; images go straight through, without the cache',
    'Let that one end to have the cache, or name another folder with --data-dir.',
    '数据目录 {folder} 正被 {machine} 上 {user} 的进程 {pid} 使用；镜像将直接传输，不经缓存',
    '待其结束后即可使用缓存，或用 --data-dir 指定其他目录。',
  ],
  'folder-open': [
    'warning',
    'other users of this machine may read the data folder {folder}',
    'Take their rights away, or name another folder with --data-dir.',
    '本机其他用户可以读取数据目录 {folder}',
    '请收回他们的权限，或用 --data-dir 指定其他目录。',
  ],
  'folder-unusable': [
    'warning',
    'nothing is kept of this run, and images go straight through: {problem}',
    'Make room or name another folder with --data-dir; then broken transfers go on where they stopped.',
    '本次运行不会留下记录，镜像将直接传输：{problem}',
    '请腾出空间，或用 --data-dir 指定其他目录；这样中断的传输才能续传。',
  ],
  'history-lost': [
    'warning',
    'the history was damaged and begins anew; the old file is now {file}',
    'Nothing else is lost: images, cache and settings of registries are checked again when they are used.',
    '历史记录文件已损坏，已重新开始；旧文件移至 {file}',
    '其他内容没有丢失：镜像和缓存在使用时会重新校验。',
  ],
  'job-adopted': [
    'note',
    'goes on with job {job}, which was broken off; attempt {attempt}',
    '',
    '继续未完成的任务 {job}，第 {attempt} 次',
    '',
  ],
  'journal-stuck': [
    'warning',
    'the journal cannot be written, so nothing is told as done until it can: {problem}',
    'Make room on the disk of the data folder.',
    '无法写入任务日志，恢复之前不会报告完成：{problem}',
    '请为数据目录所在磁盘腾出空间。',
  ],
  'insecure-host': [
    'warning',
    'the auth file marks {host} insecure: its certificate is not checked, and plain http is used if it speaks no TLS',
    '',
    '认证文件将 {host} 标记为 insecure：不校验其证书，若其不支持 TLS 则使用明文 http',
    '',
  ],
} as const satisfies Readonly<Record<string, FindingText>>;
