/** Cuts pieces of a text into lines; an unfinished last line waits for the next piece. */
export class LineCutter {
  private rest = '';

  /** The lines that this piece completes, without the empty ones. */
  cut(piece: string): readonly string[] {
    const lines = (this.rest + piece).split('\n');
    this.rest = lines.pop() ?? '';
    return lines.filter((line) => line !== '');
  }
}
