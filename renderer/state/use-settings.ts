import type { Language } from '../../electron/contract/language.ts';
import type { Settings, SettingsChange } from '../../electron/contract/settings.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useAnswer, useClient } from './client.tsx';

/** The settings, and how to change them; a change is shown at once and taken back when it is refused. */
export function useSettings() {
  const client = useClient();
  const queries = useQueryClient();
  const answer = useAnswer('settings.get', {});
  const change = useCallback(
    async (part: SettingsChange): Promise<Settings> => {
      const settings = await client.call('settings.set', part);
      queries.setQueryData(['settings.get', {}], settings);
      return settings;
    },
    [client, queries],
  );
  return { settings: answer.data, error: answer.error, change };
}

/** The language of the settings, where they name one. */
export function languageOf(settings: Settings | undefined, system: Language): Language {
  if (settings === undefined || settings.language === 'system') return system;
  return settings.language === 'zh' ? 'zh-CN' : 'en';
}
