import { Button } from '@fluentui/react-components';
import { type ChangeEvent, type ReactElement, useRef } from 'react';

import { fileOfText, type NamedFile } from './given-file.ts';

/** The most bytes of a text file that may travel to the engine as text. */
const longestTextFile: number = 900_000;

/** The file as a text of its own; undefined where it is too large for that. */
export async function readTextFile(file: File): Promise<NamedFile | undefined> {
  return file.size > longestTextFile ? undefined : fileOfText(file.name, await file.text());
}

/** A button that has the system's dialog choose a text file. */
export function FileButton(props: {
  readonly label: string;
  readonly icon?: ReactElement;
  readonly accept?: string;
  readonly onFile: (file: NamedFile & { readonly text: string }) => void;
  readonly onTooLarge?: (name: string) => void;
}) {
  const { label, icon, accept, onFile, onTooLarge } = props;
  const input = useRef<HTMLInputElement>(null);
  const chosen = async (event: ChangeEvent<HTMLInputElement>): Promise<void> => {
    const files = [...(event.target.files ?? [])];
    event.target.value = '';
    for (const file of files) {
      const read = await readTextFile(file);
      if (read?.text === undefined) onTooLarge?.(file.name);
      else onFile({ ...read, text: read.text });
    }
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        onChange={(event) => void chosen(event)}
        data-file={label}
      />
      <Button {...(icon === undefined ? {} : { icon })} onClick={() => input.current?.click()}>
        {label}
      </Button>
    </>
  );
}
