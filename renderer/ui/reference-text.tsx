import { visibleText } from '../format/visible.ts';
import { piecesOfReference } from '../format/reference.ts';

/** A reference on one line, of which first the host is cut, then the path, and the tag never. */
export function ReferenceText(props: { readonly reference: string }) {
  const text = visibleText(props.reference);
  const { host, path, tag } = piecesOfReference(text);
  return (
    <span className="reference" title={text}>
      <span className="reference-host">{host}</span>
      <span className="reference-name">
        <span className="reference-path">{path}</span>
        <span>{tag}</span>
      </span>
    </span>
  );
}
